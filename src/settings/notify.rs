//! Resolves the recipients of deployment announcements, and the details of the deployment.

use std::{collections::BTreeSet, path::Path};

use crate::{
    config::{DeploymentConfig, Phase},
    error::Error,
    files::{Document, ProjectFiles, WriteTarget},
    git::Repository,
    http,
    notify::SmtpOptions,
};

use super::{
    configuration::configuration,
    forge::http_options,
    origin::Configured,
    overrides::{NotifyOverrides, Overrides},
    process::Process,
    recipient::{Delivery, Destination, Recipient, hide, recipients},
    secrets,
};

/// The recipients and content of announcements.
pub struct NotifySettings {
    /// The recipients, in the order of the configuration.
    pub recipients: Vec<Recipient>,
    /// The details of the deployment, from the command line or the configuration.
    pub deployment: DeploymentConfig,
    /// The HTTP client.
    pub client: http::Client,
    /// Limits and certificates for SMTP servers, the same as for HTTP.
    pub smtp: SmtpOptions,
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
    let options = http::Options {
        ca_file: overrides.ca_file.clone().or(defaults.ca_file),
        // A webhook URL is a secret and must not be written to a file.
        cache: None,
        recording: None,
        ..defaults
    };
    // It reads the file with certificates first, and reports what is wrong with it.
    let client = http::Client::new(options.clone())?;
    let smtp = SmtpOptions {
        timeout: options.timeout,
        tries: options.tries,
        certificates: options.ca_file.as_deref().and_then(|path| std::fs::read(path).ok()),
        secrets: options.secrets,
    };
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
        NotifySettings { recipients, deployment, client, smtp, moment, files, is_email_path_set_by_user };
    // Report a path that is not allowed before anything is sent.
    let mut paths = BTreeSet::new();
    for recipient in &settings.recipients {
        let Destination::Email(_, _, Delivery::File(path)) = &recipient.destination else { continue };
        settings.email_target(path)?;
        if !paths.insert(path) {
            return Err(Error::usage(
                format!("two entries of [[notify]] write their email to `{}`", path.display()),
                Some("set a different file for each"),
            ));
        }
    }
    Ok(settings)
}
