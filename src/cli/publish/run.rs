//! Runs `tidings publish`: renders the notes, plans the release from the forge's state and performs the plan.

use crate::{
    cli::context::Context,
    error::Error,
    forge::{Forge, Thread},
    http,
    model::{Notes, Version, plural},
    notes::Line,
    publish::{self, DesiredRelease, Plan, RemoteState, Rollback, ThreadAnnouncement},
    render::{self},
    session::{self, Session},
};

use super::{
    access::{PublishAccess, access},
    args::Args,
    body_from::body_from,
    deployed::deployed,
    desired::{body, desired, options, selector},
    rollback::rollback,
};

/// The number of attempts if another run publishes the same tag at the same time.
const ATTEMPTS: usize = 3;

/// The inputs that need no request to the forge.
struct Job<'s> {
    session: &'s Session,
    args: &'s Args,
    line: &'s Line,
    notes: Notes,
    /// How the body is rendered.
    options: render::Options,
    /// The body, if it is taken from a file instead.
    body: Option<String>,
    desired: DesiredRelease,
    /// With --rollback-to.
    rollback: Option<Rollback>,
}

/// Runs the command.
///
/// # Errors
/// If the repository cannot be read, the version cannot be published as requested, or the forge fails.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let session = &context.session()?;
    let line = session.line_of(args.version.as_deref())?;
    let access = access(session, args.dry_run)?;
    let versions = session.versions(line);
    let selector = selector(session, args, line, &versions)?;
    let notes = session.notes(line, &selector)?;
    warn_same_commit(session, &notes);
    let deployed = deployed(context, session, args, &notes)?;
    let options = options(session, args)?;
    let desired = desired(session, args, &versions, &notes)?;
    let running = deployed.as_ref().and_then(|deployed| deployed.running.as_ref());
    let rollback = rollback(session, (args, running), (line, &versions), &desired)?;
    let body = body_from(session, args, line, &notes)?;
    if let Some(deployed) = deployed.filter(|_| args.dry_run) {
        session.ui().show(&deployed.plan)?;
    }
    let job = Job { session, args, line, notes, options, body, desired, rollback };
    if let Some(tag) = job.unannounced() {
        session.ui().warn(&format!(
            "the draft {tag} is not announced; after publishing it: tidings publish {tag} --announce-only"
        ));
    }
    let access = match access {
        PublishAccess::Allowed(access) => *access,
        PublishAccess::Unread(reason) => return job.show_unread(&reason),
    };
    // Cached responses may be out of date.
    let fresh = http::Options { cache: None, ..session.settings.forge.http.clone() };
    let page = session::with_client(session.ui(), fresh, async |client| {
        let forge = Forge::new(client, access)?;
        job.run(&forge).await
    })?;
    if let Some(page) = page.filter(|page| !page.contains(char::is_control)) {
        session.ui().report(&format!("{page}\n"))?;
    }
    Ok(())
}

/// Warns of a version on the commit of its base: its release would say nothing.
fn warn_same_commit(session: &Session, notes: &Notes) {
    let Some(release) = notes.releases.first() else { return };
    let base = release.base.as_ref().filter(|base| base.commit == release.commit);
    if let Some((version, base)) = release.version.as_ref().zip(base.and_then(|base| base.version.as_ref())) {
        session.ui().warn(&format!("{version} has no changes: it is on the same commit as {base}"));
    }
}

/// A comment, as a dry run prints it.
fn thread_line(thread: Thread, tag: &str) -> String {
    format!("- comment on {}: {tag} is released\n", thread.title())
}

impl Job<'_> {
    /// Publishes the release and returns the URL of its page, if it has one.
    async fn run(mut self, forge: &Forge) -> Result<Option<String>, Error> {
        if self.args.announce_only {
            let found = forge.release(&self.desired.tag).await.map_err(publish::Error::from)?;
            let found = found.filter(|release| !release.draft);
            let found = found.ok_or_else(|| {
                publish::Error::Invalid(format!(
                    "cannot announce {}: it has no published release",
                    self.desired.tag
                ))
            })?;
            self.announce(forge, &found.url).await?;
            return Ok(None);
        }
        for attempt in 1..=ATTEMPTS {
            let remote = self.remote_state(forge).await?;
            let plan = self.plan(&remote)?;
            for remark in &plan.remarks {
                self.session.ui().warn(remark);
            }
            if self.args.dry_run {
                self.show(&plan)?;
                self.announce_if_requested(forge, plan.release.as_ref().map_or("", |release| &release.url))
                    .await?;
                return Ok(None);
            }
            if plan.actions.is_empty() {
                self.session.ui().info(&format!("nothing to do: the release {} is up to date", plan.tag));
            }
            let ui = self.session.ui();
            match publish::perform(forge, &plan, &|step| ui.info(&format!("done: {step}"))).await {
                Err(publish::Error::Taken { tag }) if attempt < ATTEMPTS => {
                    ui.detail(&format!("another run is publishing {tag}; waiting for it"));
                    publish::wait_for_first(forge, &tag, self.desired.draft).await?;
                }
                Err(error) => {
                    for step in error.remaining() {
                        ui.warn(&format!("not done: {step}"));
                    }
                    return Err(error.into());
                }
                Ok(release) => {
                    let page = release.as_ref().map(|release| release.url.clone());
                    if release.is_some_and(|release| !release.draft) {
                        self.announce_if_requested(forge, page.as_deref().unwrap_or_default()).await?;
                    }
                    return Ok(page.filter(|page| !page.is_empty()));
                }
            }
        }
        Ok(None)
    }

    /// Shows the plan for a version that has no release yet, without a request, because of this reason.
    fn show_unread(mut self, reason: &str) -> Result<(), Error> {
        let kind = self.session.settings.options.repository.forge;
        let remote = RemoteState::unread(kind, !self.desired.objects.is_empty());
        self.session.ui().warn(&format!(
            "nothing was read from {}, so this is the plan for a version without a release: {reason}",
            remote.forge
        ));
        if !self.args.announce_only {
            let plan = self.plan(&remote)?;
            for remark in &plan.remarks {
                self.session.ui().warn(remark);
            }
            self.show(&plan)?;
        }
        if (self.should_announce() || self.args.announce_only) && !self.desired.draft {
            for thread in self.announcement("").threads {
                self.session.ui().report(&thread_line(thread, &self.desired.tag))?;
            }
        }
        Ok(())
    }

    async fn remote_state(&self, forge: &Forge) -> Result<RemoteState, Error> {
        let own = self.notes.releases.first().and_then(|release| release.version.as_ref());
        let is_higher = |tag: &str| {
            let text = self.line.history.pattern.version_text(tag);
            let version = text.and_then(|text| Version::parse(text, &self.line.history.scheme));
            version.zip(own).is_some_and(|(other, own)| !other.is_prerelease() && other > *own)
        };
        let republishes = self.rollback.as_ref().is_some_and(|rollback| rollback.trigger.is_none());
        let state = publish::fetch_state(forge, &self.desired.tag, &is_higher, republishes).await;
        Ok(state.map_err(publish::Error::from)?)
    }

    fn plan(&mut self, remote: &RemoteState) -> Result<Plan, Error> {
        let old = remote.release.as_ref().map_or("", |release| release.body.as_str());
        let notice = self.rollback.as_ref().map_or(0, |rollback| rollback.notice.chars().count() + 200);
        let limit = remote.abilities.longest_body.unwrap_or(usize::MAX);
        let mode = self.desired.mode;
        let length =
            |text: &str| publish::compose(old, text, mode).body.chars().count().saturating_add(notice);
        let fits = |text: &str| length(text) <= limit;
        let render = |notes: &Notes, left_out| body(notes, &self.options, left_out);
        let (text, left_out) = match &self.body {
            Some(text) if fits(text) => (text.clone(), 0),
            Some(text) => {
                let forge = remote.forge;
                return Err(publish::Error::TooLong { forge, length: length(text), limit }.into());
            }
            None => publish::shorten(&self.notes, &render, &fits)?,
        };
        if left_out > 0 {
            self.session.ui().warn(&format!(
                "left out {}: {} accepts at most {limit} characters",
                plural(left_out, "entry", "entries"),
                remote.forge
            ));
        }
        self.session.ui().warn_of_secrets(text.as_bytes());
        self.desired.text = text;
        Ok(match &self.rollback {
            Some(rollback) => publish::rollback(&self.desired, remote, rollback)?,
            None => publish::plan(&self.desired, remote)?,
        })
    }

    fn show(&self, plan: &Plan) -> Result<(), Error> {
        let text = match plan.actions.is_empty() {
            true => format!("nothing to do: the release {} is up to date\n", plan.tag),
            false => plan.description(),
        };
        Ok(self.session.ui().show(&text)?)
    }

    /// The tag, if an announcement is requested but the release stays a draft.
    fn unannounced(&self) -> Option<&str> {
        (self.should_announce() && self.desired.draft && !self.args.announce_only)
            .then_some(&*self.desired.tag)
    }

    fn should_announce(&self) -> bool {
        self.rollback.is_none() && (self.args.announce || self.session.settings.publish.announce)
    }

    /// Announces the release if requested, unless it is a draft.
    async fn announce_if_requested(&self, forge: &Forge, url: &str) -> Result<(), Error> {
        if self.should_announce() && !self.desired.draft {
            self.announce(forge, url).await?;
        }
        Ok(())
    }

    fn announcement(&self, url: &str) -> ThreadAnnouncement {
        let settings = &self.session.settings.publish;
        ThreadAnnouncement {
            tag: self.desired.tag.clone(),
            url: url.to_owned(),
            label: settings.label.clone(),
            threads: publish::threads(&self.notes, settings.announce_bots),
        }
    }

    async fn announce(&self, forge: &Forge, url: &str) -> Result<(), Error> {
        let (ui, dry) = (self.session.ui(), self.args.dry_run);
        let what = self.announcement(url);
        let report = |step: &str| ui.info(&format!("done: {step}"));
        let done = publish::announce(forge, &what, dry, &report).await?;
        for thread in done.announced.iter().filter(|_| dry) {
            ui.report(&thread_line(*thread, &what.tag))?;
        }
        if done.announced.is_empty() {
            let reason = match done.already_announced {
                0 => "there is no pull request or issue to comment on".to_owned(),
                count => {
                    let have = "pull requests and issues already have the comment";
                    plural(count, "pull request or issue already has the comment", have)
                }
            };
            ui.info(&format!("nothing to announce: {reason}"));
        }
        if done.skipped > 0 {
            ui.warn(&format!(
                "{} no comment: the limit per version is reached",
                plural(done.skipped, "pull request or issue gets", "pull requests and issues get")
            ));
        }
        Ok(())
    }
}
