//! The options of `tidings edit`.

use std::path::PathBuf;

/// `tidings edit`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Correct a version, tag or range (a..b) [default: unreleased changes]
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,
    /// Treat unreleased changes as VERSION
    #[arg(long = "as", value_name = "VERSION")]
    pub as_version: Option<String>,
    /// Read the edited list from FILE (- for stdin) instead of opening an editor
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Print the list instead of opening an editor
    #[arg(long, conflicts_with = "from")]
    pub print: bool,
    /// Show what would be written, but do not write it
    #[arg(short = 'n', long, conflicts_with = "print")]
    pub dry_run: bool,
}

impl Args {
    /// Whether the command writes the corrections file.
    pub(in crate::cli) const fn writes(&self) -> bool {
        !self.dry_run && !self.print
    }
}
