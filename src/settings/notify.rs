//! Resolves the recipients of deployment announcements, and the details of the deployment.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Channel, DeploymentConfig, NotifyConfig, Phase},
    error::Error,
    files::{Document, ProjectFiles, WriteTarget},
    git::Repository,
    http::{self, Secret},
    redact::Redactor,
};

use super::{
    configuration::configuration,
    forge::http_options,
    origin::Configured,
    overrides::{NotifyOverrides, Overrides},
    process::Process,
    secrets,
    tokens::control_character,
};

/// The recipients and content of announcements.
pub struct NotifySettings {
    /// The recipients, in the order of the configuration.
    pub recipients: Vec<Recipient>,
    /// The details of the deployment, from the command line or the configuration.
    pub deployment: DeploymentConfig,
    /// The HTTP client.
    pub client: http::Client,
    /// The current time, in seconds since 1970.
    pub moment: i64,
    files: ProjectFiles,
    is_email_path_set_by_user: bool,
}

impl NotifySettings {
    /// The write target of an email: inside the work tree, unless the user configured the path.
    ///
    /// # Errors
    /// If the path is not allowed.
    pub fn email_target(&self, path: &Path) -> Result<WriteTarget, Error> {
        Ok(match self.is_email_path_set_by_user {
            true => self.files.user_target(path)?,
            false => self.files.document_target(Some("notify.file"), path, Document::Email)?,
        })
    }
}

/// A recipient of announcements.
pub struct Recipient {
    /// The name that `--to` takes.
    pub name: String,
    /// Where announcements are sent.
    pub destination: Destination,
}

/// Where an announcement is sent.
pub enum Destination {
    /// A Slack webhook: its URL, or why there is none.
    Slack(Result<Secret, String>),
    /// A Microsoft Teams webhook: its URL, or why there is none.
    Teams(Result<Secret, String>),
    /// A generic webhook: its URL, and the key to sign messages with, if any; or why they are missing.
    Webhook(Result<Secret, String>, Option<Result<Secret, String>>),
    /// An email: from, to, and the file to write (`None`: stdout).
    Email(String, Vec<String>, Option<PathBuf>),
}

/// Resolves the recipients.
///
/// # Errors
/// If the configuration cannot be read or is invalid, or `--to` names no recipient.
pub fn notify_settings(
    overrides: &Overrides,
    process: &Process,
    args: &NotifyOverrides,
) -> Result<NotifySettings, Error> {
    let folder = overrides.repo.as_deref().unwrap_or(&process.cwd);
    let repository = Repository::of_run(overrides.repo.as_deref(), &process.git, &process.cwd).ok();
    repository.iter().for_each(|repository| secrets::of_repository(&process.secrets, repository));
    let root = repository.as_ref().map_or(folder, |found| found.work_tree().unwrap_or_else(|| found.path()));
    let Configured { config, origins, files, .. } =
        configuration(overrides, process, root, repository.as_ref())?;
    let defaults = http_options(overrides, process, &config.network, &files)?;
    let client = http::Client::new(http::Options {
        ca_file: overrides.ca_file.clone().or(defaults.ca_file),
        // A webhook URL is a secret and must not be written to a file.
        cache: None,
        recording: None,
        ..defaults
    })?;
    let or = |arg: &Option<String>, configured: &Option<String>| arg.clone().or_else(|| configured.clone());
    let configured = &config.deployment;
    let deployment = DeploymentConfig {
        // What is over has no expected duration, and what succeeded needs no plan for its failure.
        duration: or(&args.duration, &configured.duration).filter(|_| !args.is_after),
        rollback_plan: or(&args.rollback_plan, &configured.rollback_plan)
            .filter(|_| !args.is_after || args.is_failed),
        window: or(&args.window, &configured.window),
        contact: or(&args.contact, &configured.contact),
        link: or(&args.link, &configured.link),
        tag_prefix: None,
    };
    let phase = if args.is_after { Phase::After } else { Phase::Before };
    let recipients = recipients(&config.notify, args, phase, root)?;
    recipients.iter().for_each(|recipient| hide(&process.secrets, recipient));
    let is_email_path_set_by_user = origins.is_set_by_user("notify.file");
    let moment = process.seconds();
    let settings =
        NotifySettings { recipients, deployment, client, moment, files, is_email_path_set_by_user };
    // Report a path that is not allowed before anything is sent.
    for recipient in &settings.recipients {
        if let Destination::Email(_, _, Some(path)) = &recipient.destination {
            settings.email_target(path)?;
        }
    }
    Ok(settings)
}

/// Registers the URL and the signing key of a webhook as secrets.
fn hide(secrets: &Redactor, recipient: &Recipient) {
    let name = &recipient.name;
    let (url, key) = match &recipient.destination {
        Destination::Slack(url) | Destination::Teams(url) => (url, None),
        Destination::Webhook(url, key) => (url, key.as_ref()),
        Destination::Email(..) => return,
    };
    if let Ok(url) = url {
        secrets.add_secret_url(&format!("the URL of `{name}`"), url.expose());
    }
    if let Some(Ok(key)) = key {
        secrets.add(&format!("the key of `{name}`"), key.expose());
    }
}

fn recipients(
    entries: &[NotifyConfig],
    args: &NotifyOverrides,
    phase: Phase,
    root: &Path,
) -> Result<Vec<Recipient>, Error> {
    let applies = |entry: &&NotifyConfig| entry.on.is_empty() || entry.on.contains(&phase);
    if args.to.is_empty() {
        if entries.is_empty() {
            return Err(Error::usage(
                "no recipients are configured",
                Some("add [[notify]] to tidings.toml, or pass --to slack --url-env SLACK_WEBHOOK"),
            ));
        }
        return entries.iter().filter(applies).map(|entry| recipient(entry, root)).collect();
    }
    let mut all = Vec::new();
    for name in &args.to {
        let named = |entry: &&NotifyConfig| entry.name.as_deref() == Some(name) || entry.kind.name() == name;
        let matching: Vec<&NotifyConfig> = entries.iter().filter(named).collect();
        if !matching.is_empty() && args.url_env.is_none() {
            for entry in matching {
                all.push(recipient(entry, root)?);
            }
            continue;
        }
        let kinds = [Channel::Slack, Channel::Teams, Channel::Webhook];
        let kind = kinds.into_iter().find(|kind| kind.name() == name);
        // A dry run only prints the message and needs no URL.
        let Some(kind) = kind.filter(|_| args.url_env.is_some() || args.dry_run) else {
            return Err(Error::usage(
                format!("[[notify]] has no entry for `{name}`"),
                Some(
                    "add one, or for slack, teams and webhook pass the variable with the URL: --url-env NAME",
                ),
            ));
        };
        let entry = NotifyConfig {
            kind,
            name: None,
            on: Vec::new(),
            url_env: args.url_env.clone(),
            url_file: None,
            secret_env: args.secret_env.clone(),
            secret_file: None,
            from: None,
            to: Vec::new(),
            file: None,
        };
        all.push(recipient(&entry, root)?);
    }
    Ok(all)
}

fn recipient(entry: &NotifyConfig, root: &Path) -> Result<Recipient, Error> {
    let name = entry.name.clone().unwrap_or_else(|| entry.kind.name().to_owned());
    let url = || {
        secret(entry.url_env.as_deref(), entry.url_file.as_deref(), root)
            .unwrap_or_else(|| Err("set url_env or url_file under [[notify]]".to_owned()))
    };
    let destination = match entry.kind {
        config::Channel::Slack => Destination::Slack(url()),
        config::Channel::Teams => Destination::Teams(url()),
        config::Channel::Webhook => Destination::Webhook(
            url(),
            secret(entry.secret_env.as_deref(), entry.secret_file.as_deref(), root),
        ),
        config::Channel::Email => {
            let from = entry.from.clone().ok_or_else(|| {
                let hint = "set from and to under [[notify]]";
                Error::usage(format!("`{name}` has no sender"), Some(hint))
            })?;
            Destination::Email(from, entry.to.clone(), entry.file.as_deref().map(|path| root.join(path)))
        }
    };
    Ok(Recipient { name, destination })
}

/// A secret from a variable or else a file; `None` if neither is configured. The inner error says where it was
/// expected.
fn secret(variable: Option<&str>, file: Option<&str>, root: &Path) -> Option<Result<Secret, String>> {
    let valid = |secret: Secret, source: String| match control_character(secret.expose()) {
        Some(problem) => Err(format!("{source} contains {problem}")),
        None => Ok(secret),
    };
    if let Some(name) = variable {
        let secret = std::env::var_os(name).and_then(|value| Secret::new(&value.to_string_lossy()));
        let secret = secret.ok_or_else(|| format!("the variable {name} is not set"));
        return Some(secret.and_then(|secret| valid(secret, format!("the variable {name}"))));
    }
    let path = root.join(file?);
    let read = std::fs::read_to_string(&path);
    let secret = read.ok().as_deref().and_then(Secret::new);
    let secret = secret.ok_or_else(|| format!("the file {} cannot be read or is empty", path.display()));
    Some(secret.and_then(|secret| valid(secret, format!("the file {}", path.display()))))
}
