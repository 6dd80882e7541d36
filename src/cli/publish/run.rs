//! `tidings publish`: a version's release on the forge.

use crate::{
    error::Error,
    forge::{Access, Forge},
    history::Versions,
    http,
    model::{Notes, Version},
    notes::Line,
    publish::{self, Announcement, Plan, RemoteState, Wish},
    render::{self},
    session::{self, Session},
    settings::Asking,
};

use super::{
    args::Args,
    wish::{body, lost, options, wanted, wish},
};

/// How often it is begun anew where somebody else was faster.
const ATTEMPTS: usize = 3;

/// What is known before the forge is asked.
struct Job<'s> {
    session: &'s Session,
    args: &'s Args,
    line: &'s Line,
    notes: Notes,
    /// How the body is rendered.
    options: render::Options,
    wish: Wish,
    /// The tag that is taken back and what is lost with it, Markdown.
    lost: Option<(String, String)>,
}

/// Runs the command.
///
/// # Errors
/// When the repository cannot answer, what is wanted cannot be, or the forge fails.
pub(in crate::cli) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let line = session.line_of(args.version.as_deref())?;
    let access = access(session)?;
    let versions = Versions::new(&session.tags, &line.history);
    let wanted = wanted(session, args, line, &versions)?;
    let notes = session.notes(line, &wanted)?;
    let lost = match &args.rollback_to {
        Some(to) => Some(lost(session, args, line, &versions, to)?),
        None => None,
    };
    let options = options(session, args)?;
    let wish = wish(session, args, &versions, &notes)?;
    let job = Job { session, args, line, notes, options, wish, lost };
    if let Some(tag) = job.unannounced() {
        session.ui().warn(&format!(
            "nothing is announced: the release {tag} is to stay a draft; when it is published: tidings publish {tag} --announce-only"
        ));
    }
    // Answers that were kept tell how things stood, not how they stand.
    let fresh = http::Options { cache: None, ..session.settings.forge.http.clone() };
    let page = session::wait(session.ui(), fresh, async |client| {
        let forge = Forge::new(client, access)?;
        job.done(&forge).await
    })?;
    if let Some(page) = page.filter(|page| !page.contains(char::is_control)) {
        session.ui().report(&format!("{page}\n"))?;
    }
    Ok(())
}

impl Job<'_> {
    /// Does it all; the release's page comes back where there is one.
    async fn done(mut self, forge: &Forge) -> Result<Option<String>, Error> {
        if self.args.announce_only {
            let found = forge.release(&self.wish.tag).await.map_err(publish::Error::from)?;
            let found = found.filter(|release| !release.draft);
            let found = found
                .ok_or_else(|| publish::Error::Senseless(format!("{} is not published", self.wish.tag)))?;
            self.announce(forge, &found.url).await?;
            return Ok(None);
        }
        for attempt in 1..=ATTEMPTS {
            let standing = self.look(forge).await?;
            let plan = self.plan(&standing)?;
            for remark in &plan.remarks {
                self.session.ui().warn(remark);
            }
            if self.args.dry_run {
                self.tell(&plan)?;
                self.announced(forge, plan.release.as_ref().map_or("", |release| &release.url)).await?;
                return Ok(None);
            }
            if plan.actions.is_empty() {
                self.session
                    .ui()
                    .tell(&format!("nothing to do: the release {} is as it should be", plan.tag));
            }
            let ui = self.session.ui();
            match publish::perform(forge, &plan, &|step| ui.tell(&format!("done: {step}"))).await {
                Err(publish::Error::Taken { tag }) if attempt < ATTEMPTS => {
                    ui.detail(&format!("another run is publishing {tag}; waiting for it"));
                    publish::wait_for_first(forge, &tag, self.wish.draft).await?;
                }
                Err(error) => {
                    for left in error.remaining() {
                        ui.warn(&format!("not done: {left}"));
                    }
                    return Err(error.into());
                }
                Ok(release) => {
                    let page = release.as_ref().map(|release| release.url.clone());
                    if release.is_some_and(|release| !release.draft) {
                        self.announced(forge, page.as_deref().unwrap_or_default()).await?;
                    }
                    return Ok(page.filter(|page| !page.is_empty()));
                }
            }
        }
        Ok(None)
    }

    async fn look(&self, forge: &Forge) -> Result<RemoteState, Error> {
        let own = self.notes.releases.first().and_then(|release| release.version.as_ref());
        let is_higher = |tag: &str| {
            let text = self.line.history.pattern.version_text(tag);
            let version = text.and_then(|text| Version::parse(text, &self.line.history.scheme));
            version.zip(own).is_some_and(|(other, own)| !other.is_prerelease() && other > *own)
        };
        Ok(publish::look(forge, &self.wish.tag, &is_higher).await.map_err(publish::Error::from)?)
    }

    fn plan(&mut self, standing: &RemoteState) -> Result<Plan, Error> {
        let old = standing.release.as_ref().map_or("", |release| release.body.as_str());
        let notice = self.lost.as_ref().map_or(0, |(_, notice)| notice.chars().count() + 200);
        let limit = standing.abilities.longest_body.unwrap_or(usize::MAX);
        let mode = self.wish.mode;
        let fits = |text: &str| {
            publish::compose(old, text, mode).body.chars().count().saturating_add(notice) <= limit
        };
        let text = |notes: &Notes, left_out| body(notes, &self.options, left_out);
        let (text, left_out) = publish::shorten(&self.notes, &text, &fits)?;
        if left_out > 0 {
            self.session.ui().warn(&format!(
                "{left_out} entries are left out: {} takes no more than {limit} characters",
                standing.forge.title()
            ));
        }
        self.session.ui().warn_of_secrets(text.as_bytes());
        self.wish.text = text;
        Ok(match &self.lost {
            Some((from, notice)) => publish::rollback(&self.wish, standing, from, notice)?,
            None => publish::plan(&self.wish, standing)?,
        })
    }

    fn tell(&self, plan: &Plan) -> Result<(), Error> {
        let text = match plan.actions.is_empty() {
            true => format!("nothing to do: the release {} is as it should be\n", plan.tag),
            false => plan.told(),
        };
        Ok(self.session.ui().show(&text)?)
    }

    /// The tag that is not announced for being a draft's, where that is wanted.
    fn unannounced(&self) -> Option<&str> {
        (self.is_to_be_announced() && self.wish.draft && !self.args.announce_only).then_some(&*self.wish.tag)
    }

    fn is_to_be_announced(&self) -> bool {
        self.lost.is_none() && (self.args.announce || self.session.settings.publish.announce)
    }

    /// Announces it where that is wanted.
    async fn announced(&self, forge: &Forge, url: &str) -> Result<(), Error> {
        if self.is_to_be_announced() && !self.wish.draft {
            self.announce(forge, url).await?;
        }
        Ok(())
    }

    async fn announce(&self, forge: &Forge, url: &str) -> Result<(), Error> {
        let (said, ui, dry) = (&self.session.settings.publish, self.session.ui(), self.args.dry_run);
        let what = Announcement {
            tag: self.wish.tag.clone(),
            url: url.to_owned(),
            label: said.label.clone(),
            threads: publish::threads(&self.notes, said.announce_bots),
        };
        let told = |step: &str| ui.tell(&format!("done: {step}"));
        let done = publish::announce(forge, &what, dry, &told).await?;
        for thread in done.now.iter().filter(|_| dry) {
            ui.report(&format!("- tell {} that {} is released\n", thread.title(), what.tag))?;
        }
        if done.now.is_empty() {
            ui.tell(&format!("nothing to announce: {} had been told already", done.before));
        }
        if done.left_out > 0 {
            ui.warn(&format!(
                "{} further pull requests and issues are not told: there are too many",
                done.left_out
            ));
        }
        Ok(())
    }
}

/// Whom to ask, with a token: a release is never made as nobody.
fn access(session: &Session) -> Result<Access, Error> {
    let repository = &session.settings.options.repository;
    if let Some(forge) = repository.forge.filter(|forge| !forge.abilities().releases) {
        return Err(crate::forge::Error::Unsupported { forge, what: "publishing a release" }.into());
    }
    match session.settings.forge.insisting().asking(repository)? {
        Asking::Yes(access) if access.credentials.is_some() => Ok(access),
        Asking::Yes(access) => Err(Error::usage(
            format!("publishing on {} needs a token", access.kind.title()),
            Some(&format!("set {}", access.kind.token_variables())),
        )),
        Asking::Unwanted => Err(Error::usage(
            "publishing asks the forge, which is forbidden here",
            Some("leave out --offline, and ask = \"never\" under [forge]"),
        )),
        Asking::Anonymously(_, reason) | Asking::Stranger(reason) => Err(Error::usage(reason, None)),
        Asking::No(reason) => {
            Err(Error::usage(reason, Some("`url` and `forge` under [repository] say where it lives")))
        }
    }
}
