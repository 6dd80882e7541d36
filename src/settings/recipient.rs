//! Resolves the recipients of deployment announcements, with their secrets.

use std::path::{Path, PathBuf};

use crate::{
    config::{Channel, NotifyConfig, Phase},
    error::Error,
    http::Secret,
    notify::SmtpServer,
    redact::Redactor,
};

use super::{overrides::NotifyOverrides, tokens::control_character};

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
    /// An email: its sender, its recipients, and how it is delivered.
    Email(String, Vec<String>, Delivery),
    /// A deployment on the repository's forge, which must be GitHub.
    GitHubDeployment,
}

/// How an email is delivered.
pub enum Delivery {
    /// By an SMTP server; or why there is none.
    Smtp(Result<Box<SmtpServer>, String>),
    /// Written to a file.
    File(PathBuf),
    /// Written to stdout.
    Stdout,
}

/// The recipients of a message in this phase.
///
/// # Errors
/// If there are none, `--to` names none, or an entry lacks a required key.
pub(super) fn recipients(
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
        return entries.iter().filter(applies).map(|entry| recipient(entry, phase, root)).collect();
    }
    let mut all = Vec::new();
    for name in &args.to {
        let named = |entry: &&NotifyConfig| entry.name.as_deref() == Some(name) || entry.kind.name() == name;
        let matching: Vec<&NotifyConfig> = entries.iter().filter(named).collect();
        if !matching.is_empty() && args.url_env.is_none() {
            for entry in matching {
                all.push(recipient(entry, phase, root)?);
            }
            continue;
        }
        if name == Channel::GitHubDeployment.name() {
            all.push(recipient(&NotifyConfig::of_kind(Channel::GitHubDeployment), phase, root)?);
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
            url_env: args.url_env.clone(),
            secret_env: args.secret_env.clone(),
            ..NotifyConfig::of_kind(kind)
        };
        all.push(recipient(&entry, phase, root)?);
    }
    Ok(all)
}

/// Registers the URL, the signing key and the password of a recipient as secrets.
pub(super) fn hide(secrets: &Redactor, recipient: &Recipient) {
    let name = &recipient.name;
    let (url, key) = match &recipient.destination {
        Destination::Slack(url) | Destination::Teams(url) => (url, None),
        Destination::Webhook(url, key) => (url, key.as_ref()),
        Destination::Email(_, _, Delivery::Smtp(Ok(server))) => {
            return server.add_secrets(&format!("the password of `{name}`"), secrets);
        }
        Destination::Email(..) | Destination::GitHubDeployment => return,
    };
    if let Ok(url) = url {
        secrets.add_secret_url(&format!("the URL of `{name}`"), url.expose());
    }
    if let Some(Ok(key)) = key {
        secrets.add(&format!("the key of `{name}`"), key.expose());
    }
}

fn recipient(entry: &NotifyConfig, phase: Phase, root: &Path) -> Result<Recipient, Error> {
    let name = entry.name.clone().unwrap_or_else(|| entry.kind.name().to_owned());
    let url = || {
        secret(entry.url_env.as_deref(), entry.url_file.as_deref(), root)
            .unwrap_or_else(|| Err("set url_env or url_file under [[notify]]".to_owned()))
    };
    let destination = match entry.kind {
        Channel::Slack => Destination::Slack(url()),
        Channel::Teams => Destination::Teams(url()),
        Channel::Webhook => Destination::Webhook(
            url(),
            secret(entry.secret_env.as_deref(), entry.secret_file.as_deref(), root),
        ),
        Channel::Email => {
            let from = entry.from.clone().ok_or_else(|| {
                let hint = "set from and to under [[notify]]";
                Error::usage(format!("`{name}` has no sender"), Some(hint))
            })?;
            Destination::Email(from, entry.to.clone(), delivery(entry, phase, root))
        }
        Channel::GitHubDeployment => Destination::GitHubDeployment,
    };
    Ok(Recipient { name, destination })
}

fn delivery(entry: &NotifyConfig, phase: Phase, root: &Path) -> Delivery {
    let Some(url) = secret(entry.smtp_env.as_deref(), entry.smtp_file.as_deref(), root) else {
        let file = entry.file.as_deref().map(|file| root.join(of_phase(file, entry, phase)));
        return file.map_or(Delivery::Stdout, Delivery::File);
    };
    let source = match (&entry.smtp_env, &entry.smtp_file) {
        (Some(variable), _) => format!("the variable {variable}"),
        (None, file) => format!("the file {}", file.as_deref().unwrap_or_default()),
    };
    let invalid = |problem| {
        format!(
            "the URL in {source} {problem}: it must have the form smtps://user:password@host, with %40 for @, %3A for :, %2F for /, %23 for # and %25 for % in user and password"
        )
    };
    Delivery::Smtp(url.and_then(|url| SmtpServer::parse(&url).map(Box::new).map_err(invalid)))
}

/// The file of a phase: `mail-before.eml` for `mail.eml`, unless the entry is for this phase alone.
fn of_phase(file: &str, entry: &NotifyConfig, phase: Phase) -> String {
    if entry.on == [phase] {
        return file.to_owned();
    }
    let (folder, name) = file.rsplit_once('/').map_or((None, file), |(folder, name)| (Some(folder), name));
    let name = match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, extension)) => format!("{stem}-{}.{extension}", phase.name()),
        None => format!("{name}-{}", phase.name()),
    };
    folder.map_or(name.clone(), |folder| format!("{folder}/{name}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_phase_has_its_own_file() {
        let both = NotifyConfig::of_kind(Channel::Email);
        let after = NotifyConfig { on: vec![Phase::After], ..both.clone() };
        for (file, name) in [
            ("mail.eml", "mail-before.eml"),
            ("out.d/mail.eml", "out.d/mail-before.eml"),
            ("out.d/mail", "out.d/mail-before"),
            ("../mail.v1.eml", "../mail.v1-before.eml"),
            (".eml", ".eml-before"),
        ] {
            assert_eq!(of_phase(file, &both, Phase::Before), name);
        }
        assert_eq!(of_phase("mail.eml", &both, Phase::After), "mail-after.eml");
        assert_eq!(of_phase("mail.eml", &after, Phase::After), "mail.eml");
        // With `--to`, an entry gets a message in the other phase too.
        assert_eq!(of_phase("mail.eml", &after, Phase::Before), "mail-before.eml");
    }
}
