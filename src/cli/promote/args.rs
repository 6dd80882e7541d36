//! The options of `tidings promote`.

use std::path::PathBuf;

use crate::{cli::args::Access, promote::ReferrerSelection};

/// `tidings promote`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Promote from this environment or image [default: the second-to-last environment with an image]
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// Promote to this environment, or to this image, whose tag is moved [default: the last environment with an image]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Promote this version [default: the one that runs in FROM]
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// Allow a version older than the one deployed
    #[arg(long)]
    pub rollback: bool,
    /// Promote exactly what FILE plans; with --dry-run, write the plan to FILE
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Promote even if the version that runs on the target is unknown
    #[arg(long)]
    pub allow_unknown: bool,
    /// Copy the notes with the image, or all referrers (signatures, SBOMs)
    #[arg(long, value_name = "WHICH", default_value = "notes")]
    pub referrers: ReferrerSelection,
    /// Also write the promotion record to FILE
    #[arg(long, value_name = "FILE")]
    pub record_file: Option<PathBuf>,
    /// Also write the promotion record to FILE as an in-toto statement, for `cosign attest`
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
    /// Record NAME as the promoter [default: the pipeline's user, or the login name]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Show what would be promoted, without promoting it
    #[arg(long)]
    pub dry_run: bool,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}
