//! `tidings notify`: tells people of a deployment.

use serde_json::Value;

use crate::{
    config::Phase,
    error::Error,
    http::Secret,
    model::Notes,
    notes::Wanted,
    notify::{self, Announcement, Envelope, Post, Status},
    promote,
    render::{self, Format, Locale, Options},
    session::images,
    settings::{self, Notices, NotifyOverrides, Recipient, Registries, Rendering, Target},
    ui::{self, Ui},
};

use super::{args::Access, context::Context, output::Output};

/// `tidings notify`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is deployed: a version, a range, or an image or environment that has notes attached (default: the last version)
    #[arg(value_name = "VERSION|IMAGE")]
    pub what: Option<String>,
    /// Whom to tell: slack, teams, webhook, email, or the name of a notify entry (default: all entries)
    #[arg(long, value_name = "WHOM")]
    pub to: Vec<String>,
    /// Whether the deployment is still to come
    #[arg(long, value_name = "PHASE", default_value = "before")]
    pub phase: Phase,
    /// How it went, for --phase after
    #[arg(long, value_name = "STATUS")]
    pub status: Option<Status>,
    /// Where it is deployed to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// How long it takes
    #[arg(long, value_name = "TEXT")]
    pub duration: Option<String>,
    /// How to go back
    #[arg(long, value_name = "TEXT")]
    pub rollback_plan: Option<String>,
    /// When
    #[arg(long, value_name = "TEXT")]
    pub window: Option<String>,
    /// Who is on call
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    /// A page with more
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// The variable that holds the address of the web hook, where no notify entry has it
    #[arg(long, value_name = "NAME")]
    pub url_env: Option<String>,
    /// The variable that holds the key that messages for a web hook are signed with
    #[arg(long, value_name = "NAME", requires = "url_env")]
    pub secret_env: Option<String>,
    /// The language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// Print what would be sent
    #[arg(long)]
    pub dry_run: bool,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

impl Args {
    /// What settings are resolved from, as plain values.
    pub(super) fn overrides(&self) -> NotifyOverrides {
        NotifyOverrides {
            to: self.to.clone(),
            is_after: self.phase == Phase::After,
            duration: self.duration.clone(),
            rollback_plan: self.rollback_plan.clone(),
            window: self.window.clone(),
            contact: self.contact.clone(),
            link: self.link.clone(),
            url_env: self.url_env.clone(),
            secret_env: self.secret_env.clone(),
            dry_run: self.dry_run,
        }
    }
}

/// Runs the command. All messages are made before the first is sent, and where one fails the others are sent all the same.
///
/// # Errors
/// When the notes cannot be had, a message cannot be made, or somebody cannot be told.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[args.what.as_deref()])?;
    let notices = settings::notices(&context.overrides, &context.host, &args.overrides())?;
    if args.status.is_some() && args.phase != Phase::After {
        return Err(Error::usage("--status is for --phase after", None));
    }
    let notes = notes(context, &registries, args)?;
    let rendering = &registries.rendering;
    let locale = rendering.locale.clone();
    let scene = Scene { args, notices: &notices, notes, rendering, locale };
    let announcement = scene.announcement()?;
    let ui = &registries.ui;
    let made: Vec<(&Recipient, Vec<u8>)> = notices
        .recipients
        .iter()
        .map(|recipient| Ok((recipient, scene.message(&announcement, recipient)?)))
        .collect::<Result<_, Error>>()?;
    made.iter().for_each(|(_, body)| ui.warn_of_secrets(body));
    if args.dry_run {
        for (recipient, body) in &made {
            ui.tell(&format!("to {}:", recipient.name));
            // Mail is in ASCII as it is.
            ui.print(format!("{}\n", ui::json(&String::from_utf8_lossy(body))).as_bytes())?;
        }
        return Ok(());
    }
    let mut failed = None;
    for (recipient, body) in made {
        match deliver(ui, &notices, recipient, body) {
            Ok(()) => ui.tell(&format!("told {}", recipient.name)),
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    ui.error(&earlier, earlier.hint().as_deref());
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// The notes: attached to an image, or made from the history.
fn notes(context: &Context, registries: &Registries, args: &Args) -> Result<Notes, Error> {
    if let Some(what) = &args.what
        && (images::is_image(what) || images::environment(registries, what).is_some())
    {
        registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
        let image = images::reference(registries, what)?;
        let found = images::run(async {
            let manifest = images::manifest(registries, &image).await?;
            Ok::<_, Error>(promote::find(&registries.client, &image.repository, &manifest.digest).await?)
        })?;
        let none = || promote::Error::NoNotes { image: image.to_string() };
        let mut notes = render::read(&found.json.ok_or_else(none)?)?;
        notes.releases.iter_mut().for_each(Locale::forget);
        return Ok(notes);
    }
    let session = context.session()?;
    let line = session.line_of(args.what.as_deref())?;
    let wanted = match args.what.as_deref() {
        None => Wanted::Latest,
        Some(text) if text.contains("..") => Wanted::parse(text),
        Some(text) if session.version(line, text).is_ok() => session.named(line, text)?,
        Some(text) => Wanted::parse(text),
    };
    session.notes(line, &wanted)
}

/// What messages are made of.
struct Scene<'a> {
    args: &'a Args,
    notices: &'a Notices,
    notes: Notes,
    rendering: &'a Rendering,
    locale: Locale,
}

impl Scene<'_> {
    fn announcement(&self) -> Result<Announcement, Error> {
        let (said, words) = (&self.notices.said, &self.locale);
        let release = self.notes.releases.first();
        let version = release.and_then(|release| release.version.as_ref()).map(ToString::to_string);
        let version = version.or_else(|| release.map(|release| release.commit.short())).unwrap_or_default();
        let name = match &self.notes.repository.name {
            Some(name) => format!("{name} {version}"),
            None => version,
        };
        let facts = [
            ("deploy_environment", &self.args.environment),
            ("deploy_window", &said.window),
            ("deploy_duration", &said.duration),
            ("deploy_rollback_plan", &said.rollback_plan),
            ("deploy_contact", &said.contact),
        ];
        let page = release.and_then(|release| release.compare_url.clone());
        let link = match &said.link {
            Some(link) => Some(address(link)?),
            None => page,
        };
        Ok(Announcement {
            title: words.word(self.title()).replace("{name}", &name),
            facts: facts
                .into_iter()
                .filter_map(|(key, value)| Some((words.word(key).to_owned(), value.clone()?)))
                .collect(),
            link: link.map(|link| (words.word("deploy_details").to_owned(), link)),
            more: words.word("more").to_owned(),
        })
    }

    fn title(&self) -> &'static str {
        match (self.args.phase, self.args.status) {
            (Phase::Before, _) => "deploy_before",
            (Phase::After, Some(Status::Failed)) => "deploy_failed",
            (Phase::After, Some(Status::RolledBack)) => "deploy_rolled_back",
            (Phase::After, Some(Status::Succeeded) | None) => "deploy_succeeded",
        }
    }

    fn message(&self, announcement: &Announcement, recipient: &Recipient) -> Result<Vec<u8>, Error> {
        let value = match &recipient.target {
            Target::Slack(_) => notify::slack(announcement, &self.value(Format::Slack)?),
            Target::Teams(_) => notify::teams(announcement, &self.text(Format::Release)?),
            Target::Webhook(..) => {
                let (args, said) = (self.args, &self.notices.said);
                let (phase, status) = match args.phase {
                    Phase::Before => ("before", None),
                    Phase::After => ("after", Some(args.status.unwrap_or(Status::Succeeded).name())),
                };
                let release = self.notes.releases.first();
                let version = release.and_then(|release| release.version.as_ref()).map(ToString::to_string);
                let facts = [
                    ("phase", Some(phase)),
                    ("status", status),
                    ("version", version.as_deref()),
                    ("environment", args.environment.as_deref()),
                    ("window", said.window.as_deref()),
                    ("duration", said.duration.as_deref()),
                    ("rollback_plan", said.rollback_plan.as_deref()),
                    ("contact", said.contact.as_deref()),
                ];
                notify::webhook(announcement, &facts, &self.value(Format::Json)?)
            }
            Target::Email(from, to, _) => {
                let moment = u64::try_from(self.notices.moment).unwrap_or_default();
                let envelope = Envelope { from: from.clone(), to: to.clone(), moment };
                let (text, html) = (self.text(Format::Text)?, self.text(Format::Html)?);
                return Ok(notify::mail(announcement, &envelope, &text, &html)?);
            }
        };
        Ok(render::escaped(&value.to_string()).into_owned().into_bytes())
    }

    fn text(&self, format: Format) -> Result<String, Error> {
        let mut options =
            Options { locale: self.locale.clone(), contributors: false, ..self.rendering.options(format) };
        // A message is read by people who have no use for names of commits.
        options.hashes = false;
        let mut out = Vec::new();
        render::render(&self.notes, &options, &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn value(&self, format: Format) -> Result<Value, Error> {
        Ok(serde_json::from_str(&self.text(format)?).unwrap_or_default())
    }
}

/// The address of a page, as it may stand in a link.
fn address(text: &str) -> Result<String, Error> {
    let parsed = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let wrong = || Error::usage(format!("`{text}` is no address of a page"), Some("write https://…"));
    Ok(parsed.ok_or_else(wrong)?.to_string())
}

fn deliver(ui: &Ui, notices: &Notices, recipient: &Recipient, body: Vec<u8>) -> Result<(), Error> {
    let (url, key) = match &recipient.target {
        Target::Slack(url) | Target::Teams(url) => (url, None),
        Target::Webhook(url, key) => (url, key.as_ref()),
        Target::Email(_, _, None) => return Ok(ui.print(&body)?),
        Target::Email(_, _, Some(path)) => return Output::write_file(notices.mail(path)?, &body),
    };
    let known = |secret: &Result<Secret, String>| {
        let missing = |why: &String| {
            Error::usage(format!("`{}` cannot be told: its secret is missing", recipient.name), Some(why))
        };
        secret.as_ref().cloned().map_err(missing)
    };
    let mut headers = Vec::new();
    if let Some(key) = key {
        let signature = notify::sign(known(key)?.expose().as_bytes(), notices.moment, &body);
        headers.push(("x-tidings-timestamp", notices.moment.to_string()));
        headers.push(("x-tidings-signature", signature));
    }
    let post = Post { name: recipient.name.clone(), url: known(url)?, body: body.into(), headers };
    images::run(notify::send(&notices.client, &post))
}
