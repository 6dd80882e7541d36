//! The options of `tidings notify`.

use std::path::PathBuf;

use crate::{
    cli::args::{Access, Level},
    config::Phase,
    notify::Status,
    settings::NotifyOverrides,
};

/// `tidings notify`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Announce this version, image, environment or range [default: what is deployed next, or with --phase after what
    /// runs now; without a declared environment the latest version]
    #[arg(value_name = "VERSION|IMAGE")]
    pub what: Option<String>,
    /// Send to slack, teams, webhook, email, github-deployment, or a notify entry by its name (repeatable) [default:
    /// all entries]
    #[arg(long, value_name = "RECIPIENT")]
    pub to: Vec<String>,
    /// Announce before or after the deployment
    #[arg(long, value_name = "PHASE", default_value = "before")]
    pub phase: Phase,
    /// Report the result of the deployment, for --phase after
    #[arg(long, value_name = "STATUS")]
    pub status: Option<Status>,
    /// Name the environment deployed to; if it is declared, list the changes between what runs there and what will run
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Announce unreleased changes as VERSION
    #[arg(long = "as", value_name = "VERSION")]
    pub as_version: Option<String>,
    /// Announce the promotion that `promote --record-file` recorded in FILE, for --phase after
    // It has the ID of the global option, and takes its place.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// State how long the deployment takes
    #[arg(long, value_name = "TEXT")]
    pub duration: Option<String>,
    /// State how to roll back
    #[arg(long, value_name = "TEXT")]
    pub rollback_plan: Option<String>,
    /// State when the deployment takes place
    #[arg(long, value_name = "TEXT")]
    pub window: Option<String>,
    /// Name who is on call
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    /// Link to a page with details
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// Read the webhook URL from this environment variable, if no notify entry sets it
    #[arg(long, value_name = "NAME")]
    pub url_env: Option<String>,
    /// Read the key that signs webhook messages from this environment variable
    #[arg(long, value_name = "NAME", requires = "url_env")]
    pub secret_env: Option<String>,
    /// Write messages in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
    /// Print the messages without sending them
    #[arg(long)]
    pub dry_run: bool,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}

impl Args {
    /// The options as plain values, for settings.
    pub(super) fn overrides(&self) -> NotifyOverrides {
        NotifyOverrides {
            to: self.to.clone(),
            is_after: self.phase == Phase::After,
            is_failed: self.status == Some(Status::Failed),
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
