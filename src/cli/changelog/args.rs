//! The options of `tidings changelog`.

use std::path::PathBuf;

use crate::{changelog_update::Update, cli::args::Level};

/// `tidings changelog`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Treat unreleased changes as VERSION; or select a tagged version
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Write the file instead of printing
    #[arg(short, long)]
    pub write: bool,
    /// Exit with 1 and print a diff if the file would change
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Replace a section even if it was edited or not written by tidings
    #[arg(long)]
    pub replace: bool,
    /// Print the whole file, not only the section of --as
    #[arg(long, conflicts_with_all = ["write", "check"])]
    pub print_file: bool,
    /// Move hand-written unreleased text into the section
    #[arg(long, requires = "as_version", conflicts_with = "all")]
    pub adopt_unreleased: bool,
    /// Ignore versions of the file that are not tagged
    #[arg(long)]
    pub allow_untagged: bool,
    /// Regenerate the whole file from all of history
    #[arg(long, conflicts_with = "as_version")]
    pub all: bool,
    /// Use this file [default: CHANGELOG.md, or as configured]
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
}

impl Args {
    /// How the file is updated.
    pub(super) fn update(&self) -> Update {
        Update {
            version: self.as_version.clone(),
            replace: self.replace,
            adopts_unreleased: self.adopt_unreleased,
            allows_untagged: self.allow_untagged,
            replaces_all: self.all,
        }
    }

    /// Whether only the section of a version is printed.
    pub(super) fn prints_section(&self) -> bool {
        self.as_version.is_some() && !self.write && !self.check && !self.print_file
    }
}
