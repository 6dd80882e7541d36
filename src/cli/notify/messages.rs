//! The messages that announce a deployment, one for each recipient.

use serde_json::Value;

use crate::{
    cli::context::Context,
    config::Phase,
    error::Error,
    model::{Notes, NotesPurpose},
    notify::{self, Announcement, Envelope, Status},
    render::{self, Format, Locale, Options},
    session::Session,
    settings::{Destination, NotifySettings, Recipient, Registries},
};

use super::{
    args::Args,
    deliver::Message,
    deployment::{self, ForgeTarget},
    title::{time, title},
};

/// The inputs of the messages.
pub(super) struct Messages<'a> {
    pub(super) context: &'a Context,
    pub(super) args: &'a Args,
    pub(super) notices: &'a NotifySettings,
    pub(super) notes: Notes,
    /// The repository, if there is a clone.
    pub(super) session: Option<&'a Session>,
    pub(super) registries: &'a Registries,
}

impl Messages<'_> {
    pub(super) fn announcement(&self) -> Result<Announcement, Error> {
        let (said, words) = (&self.notices.deployment, self.locale());
        let facts = [
            ("deploy_environment", &self.args.environment),
            ("deploy_window", &said.window),
            ("deploy_duration", &said.duration),
            ("deploy_rollback_plan", &said.rollback_plan),
            ("deploy_contact", &said.contact),
        ];
        let page = self.notes.releases.first().and_then(|release| release.compare_url.clone());
        let link = match &said.link {
            Some(link) => Some(web_url(link)?),
            None => page,
        };
        Ok(Announcement {
            title: title(&self.notes, self.args, words, self.when()),
            facts: facts
                .into_iter()
                .filter_map(|(key, value)| Some((words.text(key).to_owned(), value.clone()?)))
                .collect(),
            link: link.map(|link| (words.text("deploy_details").to_owned(), link)),
            more: words.text("more").to_owned(),
        })
    }
    fn locale(&self) -> &Locale {
        &self.registries.rendering.locale
    }

    /// The time window, and the time of the message.
    fn when(&self) -> (Option<&str>, i64) {
        (self.notices.deployment.window.as_deref(), self.notices.moment)
    }

    pub(super) fn message<'r>(
        &self,
        announcement: &Announcement,
        recipient: &'r Recipient,
    ) -> Result<Message<'r>, Error> {
        let (url, key, value) = match &recipient.destination {
            Destination::Slack(url) => (url, None, notify::slack(announcement, &self.value(Format::Slack)?)),
            Destination::Teams(url) => (url, None, notify::teams(announcement, &self.text(Format::Release)?)),
            Destination::Webhook(url, key) => (url, key.as_ref(), self.webhook(announcement)?),
            Destination::Email(from, to, delivery) => {
                let moment = u64::try_from(self.notices.moment).unwrap_or_default();
                let envelope = Envelope { from: from.clone(), to: to.clone(), moment };
                let (text, html) = (self.text(Format::Text)?, self.text(Format::Html)?);
                let email = notify::email(announcement, &envelope, &text, &html)?;
                return Ok(Message::Email(delivery, to, email));
            }
            Destination::GitHubDeployment => {
                let said = &self.notices.deployment;
                let link = said.link.as_deref().map(web_url).transpose()?;
                let about = (self.registries.circumstances.run.clone(), link, said.window.is_some());
                let request = deployment::request(announcement, &self.notes, self.args, about)?;
                let target = ForgeTarget::new(self.context, self.session)?;
                return Ok(Message::Deployment(Box::new(target), request));
            }
        };
        Ok(Message::Webhook(url, key, render::escaped(&value.to_string()).into_owned().into_bytes()))
    }

    fn webhook(&self, announcement: &Announcement) -> Result<Value, Error> {
        let (args, said) = (self.args, &self.notices.deployment);
        let (phase, status) = match args.phase {
            Phase::Before => ("before", None),
            Phase::After => ("after", Some(args.status.unwrap_or(Status::Succeeded).name())),
        };
        let release = self.notes.releases.first();
        let version = release.and_then(|release| release.version.as_ref()).map(ToString::to_string);
        let ends = release.and_then(|release| release.ends.as_deref());
        let from = ends.and_then(|ends| ends.from.version.as_ref()).map(ToString::to_string);
        let time = time(&self.notes, args, self.when());
        let facts = [
            ("phase", Some(phase)),
            ("status", status),
            ("version", version.as_deref()),
            ("from_version", from.as_deref()),
            ("time", Some(&*time)),
            ("environment", args.environment.as_deref()),
            ("window", said.window.as_deref()),
            ("duration", said.duration.as_deref()),
            ("rollback_plan", said.rollback_plan.as_deref()),
            ("contact", said.contact.as_deref()),
        ];
        Ok(notify::webhook(announcement, &facts, &self.value(Format::Json)?))
    }

    fn text(&self, format: Format) -> Result<String, Error> {
        let mut options = Options {
            locale: self.locale().clone(),
            contributors: false,
            ..self.registries.rendering.options_for(NotesPurpose::Notify, format)
        };
        // Recipients have no use for commit IDs.
        options.hashes = false;
        options.title = Some(title(&self.notes, self.args, self.locale(), self.when()));
        let mut out = Vec::new();
        render::render(&self.notes, &options, &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn value(&self, format: Format) -> Result<Value, Error> {
        Ok(serde_json::from_str(&self.text(format)?).unwrap_or_default())
    }
}

/// The URL of a web page, normalized for a link.
fn web_url(text: &str) -> Result<String, Error> {
    let parsed = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let wrong = || Error::usage(format!("`{text}` is not an http or https URL"), Some("write https://…"));
    Ok(parsed.ok_or_else(wrong)?.to_string())
}
