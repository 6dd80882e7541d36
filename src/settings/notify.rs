//! Who is told of a deployment, and what is said of every one.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Channel, DeploymentConfig, NotifyConfig, Phase},
    error::Error,
    files::{Document, Place, ProjectFiles},
    git::Repository,
    http::{self, Secret},
    redact::Redactor,
};

use super::{
    configuration::configuration,
    forge::servers,
    host::Host,
    origin::Configured,
    overrides::{NotifyOverrides, Overrides},
    secrets,
    tokens::control,
};

/// Who is told, and how they are reached.
pub struct Notices {
    /// In the order of the configuration.
    pub recipients: Vec<Recipient>,
    /// What is said: of the command line, else of the configuration.
    pub said: DeploymentConfig,
    /// The client.
    pub client: http::Client,
    /// The moment, in seconds since 1970.
    pub moment: i64,
    files: ProjectFiles,
    mails_are_users: bool,
}

impl Notices {
    /// The place of a mail: inside the work tree, unless the user names it.
    ///
    /// # Errors
    /// When no mail may be written there.
    pub fn mail(&self, path: &Path) -> Result<Place, Error> {
        Ok(match self.mails_are_users {
            true => self.files.place_named(path)?,
            false => self.files.place(Some("notify.file"), path, Document::Mail)?,
        })
    }
}

/// Somebody who is told.
pub struct Recipient {
    /// As `--to` calls it.
    pub name: String,
    /// What it is.
    pub target: Target,
}

/// What a message goes to.
pub enum Target {
    /// A web hook of Slack; the address, or why there is none.
    Slack(Result<Secret, String>),
    /// A web hook of Microsoft Teams.
    Teams(Result<Secret, String>),
    /// A web hook of one's own, with the key that messages are signed with, where they are.
    Webhook(Result<Secret, String>, Option<Result<Secret, String>>),
    /// A mail: from, to, and the file (none: stdout).
    Email(String, Vec<String>, Option<PathBuf>),
}

/// Resolves who is told.
///
/// # Errors
/// When the configuration cannot be read, or nobody is of a name that was given.
pub fn notices(overrides: &Overrides, host: &Host, args: &NotifyOverrides) -> Result<Notices, Error> {
    let folder = overrides.repo.as_deref().unwrap_or(&host.cwd);
    let repository = Repository::open(folder).ok();
    repository.iter().for_each(|repository| secrets::of_repository(&host.secrets, repository));
    let root = repository.as_ref().map_or(folder, |found| found.work_tree().unwrap_or_else(|| found.path()));
    let Configured { config, origins, files, .. } =
        configuration(overrides, host, root, repository.as_ref())?;
    let usual = servers(overrides, host, &config.network, &files)?;
    let client = http::Client::new(http::Options {
        ca_file: overrides.ca_file.clone().or(usual.ca_file),
        // An address that is a secret belongs in no file.
        cache: None,
        recording: None,
        ..usual
    })?;
    let or = |said: &Option<String>, usual: &Option<String>| said.clone().or_else(|| usual.clone());
    let deployment = &config.deployment;
    let said = DeploymentConfig {
        duration: or(&args.duration, &deployment.duration),
        rollback_plan: or(&args.rollback_plan, &deployment.rollback_plan),
        window: or(&args.window, &deployment.window),
        contact: or(&args.contact, &deployment.contact),
        link: or(&args.link, &deployment.link),
    };
    let phase = if args.is_after { Phase::After } else { Phase::Before };
    let recipients = recipients(&config.notify, args, phase, root)?;
    recipients.iter().for_each(|recipient| hide(&host.secrets, recipient));
    let mails_are_users = origins.is_users("notify.file");
    let notices = Notices { recipients, said, client, moment: host.seconds(), files, mails_are_users };
    // A path that is refused is told before anybody is.
    for recipient in &notices.recipients {
        if let Target::Email(_, _, Some(path)) = &recipient.target {
            notices.mail(path)?;
        }
    }
    Ok(notices)
}

/// The address of a hook and the key of its signature are secrets.
fn hide(secrets: &Redactor, recipient: &Recipient) {
    let name = &recipient.name;
    let (url, key) = match &recipient.target {
        Target::Slack(url) | Target::Teams(url) => (url, None),
        Target::Webhook(url, key) => (url, key.as_ref()),
        Target::Email(..) => return,
    };
    if let Ok(url) = url {
        secrets.add_address(&format!("the address of `{name}`"), url.expose());
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
    let told = |entry: &&NotifyConfig| entry.on.is_empty() || entry.on.contains(&phase);
    if args.to.is_empty() {
        if entries.is_empty() {
            return Err(Error::usage(
                "nobody is told of anything",
                Some("add [[notify]] to tidings.toml, or name somebody: --to slack --url-env SLACK_WEBHOOK"),
            ));
        }
        return entries.iter().filter(told).map(|entry| recipient(entry, root)).collect();
    }
    let mut all = Vec::new();
    for name in &args.to {
        let named = |entry: &&NotifyConfig| entry.name.as_deref() == Some(name) || entry.kind.name() == name;
        let found: Vec<&NotifyConfig> = entries.iter().filter(named).collect();
        if !found.is_empty() && args.url_env.is_none() {
            for entry in found {
                all.push(recipient(entry, root)?);
            }
            continue;
        }
        let kinds = [Channel::Slack, Channel::Teams, Channel::Webhook];
        let kind = kinds.into_iter().find(|kind| kind.name() == name);
        // What is only printed needs no address.
        let Some(kind) = kind.filter(|_| args.url_env.is_some() || args.dry_run) else {
            return Err(Error::usage(
                format!("[[notify]] has no entry for `{name}`"),
                Some(
                    "add one, or for slack, teams and webhook name the variable with its address: --url-env NAME",
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
    let target = match entry.kind {
        config::Channel::Slack => Target::Slack(url()),
        config::Channel::Teams => Target::Teams(url()),
        config::Channel::Webhook => {
            Target::Webhook(url(), secret(entry.secret_env.as_deref(), entry.secret_file.as_deref(), root))
        }
        config::Channel::Email => {
            let from = entry.from.clone().ok_or_else(|| {
                let hint = "set from and to under [[notify]]";
                Error::usage(format!("`{name}` does not say whom its mails are from"), Some(hint))
            })?;
            Target::Email(from, entry.to.clone(), entry.file.as_deref().map(|path| root.join(path)))
        }
    };
    Ok(Recipient { name, target })
}

/// A secret of a variable, else of a file; `None` where neither is named. The reason names where it was looked for.
fn secret(variable: Option<&str>, file: Option<&str>, root: &Path) -> Option<Result<Secret, String>> {
    let sound = |secret: Secret, place: String| match control(secret.expose()) {
        Some(problem) => Err(format!("{place} holds {problem}")),
        None => Ok(secret),
    };
    if let Some(name) = variable {
        let found = std::env::var_os(name).and_then(|value| Secret::new(&value.to_string_lossy()));
        let found = found.ok_or_else(|| format!("the variable {name} is not set"));
        return Some(found.and_then(|secret| sound(secret, format!("the variable {name}"))));
    }
    let path = root.join(file?);
    let read = std::fs::read_to_string(&path);
    let found = read.ok().as_deref().and_then(Secret::new);
    let found = found.ok_or_else(|| format!("the file {} cannot be read, or is empty", path.display()));
    Some(found.and_then(|secret| sound(secret, format!("the file {}", path.display()))))
}
