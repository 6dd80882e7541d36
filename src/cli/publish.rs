//! `tidings publish`: a version's release on the forge.

use std::path::PathBuf;

use crate::{
    config::Switch,
    error::Error,
    forge::{Access, Attachment, Forge},
    history::Versions,
    http,
    model::{Notes, Release, Version},
    notes::{Line, Wanted},
    publish::{self, Announcement, Mode, Plan, RemoteState, Wish},
    render::{self, Format},
    session::{self, Session},
    settings::{self, Asking},
};

/// `tidings publish`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The version (default: the one tagged at HEAD, else the last); with --rollback-to, the one that is taken back
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Print what would be done, with a diff of the body
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// The title, with {tag}, {version}, {date} and {package} (default: {tag})
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The template of the body
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// The language of headings, as for notes
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// What becomes of a body that is there already (default: auto, which renews our part alone)
    #[arg(long, value_name = "MODE", hide_possible_values = true)]
    pub mode: Option<Mode>,
    /// Leave it a draft, which is not announced
    #[arg(long, conflicts_with = "announce")]
    pub draft: bool,
    /// Whether it is a pre-release: auto (by the version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub prerelease: Option<Switch>,
    /// Whether it becomes the latest (GitHub): auto (the highest final version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub latest: Option<Switch>,
    /// Let the forge make the tag where it has none
    #[arg(long)]
    pub create_tag: bool,
    /// The branch or commit that --create-tag makes it at (default: the version's commit)
    #[arg(long, value_name = "COMMITISH", requires = "create_tag")]
    pub target: Option<String>,
    /// Open a discussion in this category (GitHub)
    #[arg(long, value_name = "CATEGORY")]
    pub discussion: Option<String>,
    /// A milestone by its title (GitLab; repeatable)
    #[arg(long, value_name = "TITLE")]
    pub milestone: Vec<String>,
    /// When it was or will be released, as in 2026-01-31T12:00:00Z (GitLab)
    #[arg(long, value_name = "TIME")]
    pub released_at: Option<String>,
    /// Attach a file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Attach the notes in their JSON form, as notes.json
    #[arg(long)]
    pub attach_json: bool,
    /// Tell the pull requests and issues of the version, once each
    #[arg(long)]
    pub announce: bool,
    /// Only tell them; the version is published already
    #[arg(long, conflicts_with_all = ["draft", "rollback_to"])]
    pub announce_only: bool,
    /// Publish the release of this earlier version once more, so that it is deployed again
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["draft", "announce", "create_tag"])]
    pub rollback_to: Option<String>,
}

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
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
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

/// The version that is published: the one named, else the one tagged at HEAD, else the last.
fn wanted(session: &Session, args: &Args, line: &Line, versions: &Versions) -> Result<Wanted, Error> {
    let named = args.rollback_to.as_ref().or(args.version.as_ref());
    let Some(text) = named else {
        let head = session.repository.head()?;
        let at_head = head.and_then(|head| versions.at(head.commit).max());
        let entry = at_head.and_then(|index| versions.get(index));
        return Ok(entry.map_or(Wanted::Latest, |entry| Wanted::Target(entry.tag.name.clone())));
    };
    match session.named(line, text)? {
        Wanted::Unreleased(_) if !args.create_tag => Err(Error::usage(
            format!("{text} is not tagged"),
            Some("git tag, then git push; or --create-tag lets the forge tag what HEAD is"),
        )),
        wanted => Ok(wanted),
    }
}

/// The tag of the version that production is taken back from, and what is lost with it.
fn lost(
    session: &Session,
    args: &Args,
    line: &Line,
    versions: &Versions,
    to: &str,
) -> Result<(String, String), Error> {
    let to = session.version(line, to)?;
    let from = match &args.version {
        Some(text) => {
            let version = session.version(line, text)?;
            let found = versions.find(&version).and_then(|index| versions.get(index));
            found.ok_or_else(|| Error::usage(format!("{text} is not tagged"), None))?
        }
        None => {
            let last = versions.all.iter().rev().find(|entry| !entry.version.is_prerelease());
            last.ok_or_else(|| Error::usage("no final version is tagged", None))?
        }
    };
    if to >= from.version {
        return Err(Error::usage(
            format!("{to} is not lower than {}, so that nothing is taken back", from.version),
            Some("`tidings publish NEWER --rollback-to OLDER`"),
        ));
    }
    let back = versions.find(&to).and_then(|index| versions.get(index));
    let back = back.map(|entry| entry.tag.name.clone()).unwrap_or_default();
    let notes = session.notes(line, &Wanted::Range(from.tag.name.clone(), back))?;
    let count: usize =
        notes.releases.iter().flat_map(|it| &it.sections).map(|section| section.changes.len()).sum();
    session.ui().tell(&format!("going back from {} to {to} loses {count} changes", from.version));
    let options = options(session, args)?;
    Ok((from.tag.name.clone(), body(&notes, &render::Options { contributors: false, ..options }, 0)?))
}

fn options(session: &Session, args: &Args) -> Result<render::Options, Error> {
    let mut options = session.settings.rendering.options(Format::Release);
    if let Some(locale) = &args.locale {
        options.locale = settings::locale(locale, &session.settings.files)?;
    }
    options.template = match &args.template {
        Some(path) => Some(settings::template(path, &session.settings.files)?),
        None => session.settings.publish.template.clone(),
    };
    Ok(options)
}

/// The notes as a body, with a word about what was left out.
fn body(notes: &Notes, options: &render::Options, left_out: usize) -> Result<String, Error> {
    let mut out = Vec::new();
    render::render(notes, options, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).trim().to_owned();
    if left_out > 0 {
        let more = options.locale.word("more").replace("{count}", &left_out.to_string());
        let whole = notes.releases.first().and_then(|release| release.compare_url.as_deref());
        let link = whole.map(|url| format!(": <{url}>")).unwrap_or_default();
        text.push_str(&format!("\n\n{more}{link}"));
    }
    Ok(text)
}

fn wish(session: &Session, args: &Args, versions: &Versions, notes: &Notes) -> Result<Wish, Error> {
    let said = &session.settings.publish;
    let nothing =
        || Error::usage("no version is tagged", Some("name one: tidings publish v1.0.0 --create-tag"));
    let release = notes.releases.first().ok_or_else(nothing)?;
    let (version, tag) = release.version.as_ref().zip(release.tag.clone()).ok_or_else(nothing)?;
    let known = session.tags.iter().find(|known| known.name == tag);
    let finals = versions.all.iter().filter(|entry| !entry.version.is_prerelease());
    let prerelease = chosen(args.prerelease, said.prerelease);
    let is_rollback = args.rollback_to.is_some();
    Ok(Wish {
        objects: known.iter().flat_map(|tag| [tag.object.to_string(), tag.commit.to_string()]).collect(),
        title: title(args, said.title.as_deref(), release, &tag)?,
        text: String::new(),
        mode: args.mode.unwrap_or(said.mode),
        draft: args.draft || (said.draft && !is_rollback),
        prerelease: prerelease.unwrap_or(release.prerelease),
        prerelease_is_set: prerelease.is_some(),
        latest: match chosen(args.latest, None) {
            None if args.latest.is_none() => said.latest,
            said => settings::latest(said),
        },
        is_highest: finals.into_iter().all(|entry| entry.version <= *version),
        create_tag: args.create_tag,
        target: Some(args.target.clone().unwrap_or_else(|| release.commit.to_string())),
        discussion: args.discussion.clone().or_else(|| said.discussion.clone()),
        milestones: Some(args.milestone.clone()).filter(|titles| !titles.is_empty()),
        released_at: args.released_at.clone(),
        files: if is_rollback { Vec::new() } else { files(session, args, notes)? },
        tag,
    })
}

/// `auto`, `true` or `false` of the command line over what the configuration says.
fn chosen(said: Option<Switch>, otherwise: Option<bool>) -> Option<bool> {
    match said {
        Some(Switch::True) => Some(true),
        Some(Switch::False) => Some(false),
        Some(Switch::Auto) => None,
        None => otherwise,
    }
}

/// The title, and whether somebody asked for this one.
fn title(args: &Args, said: Option<&str>, release: &Release, tag: &str) -> Result<(String, bool), Error> {
    let form = args.title.as_deref().or(said).unwrap_or("{tag}");
    let (mut text, mut rest) = (String::new(), form);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let version = || release.version.as_ref().map(ToString::to_string);
        let value = match name {
            "tag" => Some(tag.to_owned()),
            "version" => version(),
            "date" => Some(release.date.map(|date| date.to_string()).unwrap_or_default()),
            "package" => Some(release.package.clone().unwrap_or_default()),
            _ => None,
        };
        text.push_str(&value.ok_or_else(|| {
            Error::usage(
                format!("the title `{form}` has an unknown placeholder `{{{name}}}`"),
                Some("use {tag}, {version}, {date} or {package}"),
            )
        })?);
        rest = after;
    }
    text.push_str(rest);
    Ok((text.trim().to_owned(), args.title.is_some()))
}

fn files(session: &Session, args: &Args, notes: &Notes) -> Result<Vec<Attachment>, Error> {
    let said = &session.settings.publish;
    let mut files: Vec<Attachment> = Vec::new();
    let configured = said.attach.iter().map(|path| (path, said.attach_is_users));
    for (path, is_users) in configured.chain(args.attach.iter().map(|path| (path, true))) {
        let content = match is_users {
            true => session.settings.files.attachment_named(path)?,
            false => session.settings.files.attachment("publish.attach", path)?,
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(Attachment::new(&name, content));
    }
    if args.attach_json || said.attach_json {
        let mut out = Vec::new();
        render::render(notes, &session.settings.rendering.options(Format::Json), &mut out)?;
        files.push(Attachment::new("notes.json", out));
    }
    for (at, file) in files.iter().enumerate() {
        if files.iter().skip(at + 1).any(|other| other.name == file.name) {
            return Err(Error::usage(format!("two files are called {}", file.name), None));
        }
    }
    Ok(files)
}
