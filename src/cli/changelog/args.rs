//! The options of `tidings changelog`.

use std::path::PathBuf;

/// `tidings changelog`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Treat unreleased changes as VERSION; or select a tagged version
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Write the file instead of printing it
    #[arg(short, long)]
    pub write: bool,
    /// Exit with 1 and print a diff if the file would change
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Replace a section even if it was edited or not written by tidings
    #[arg(long)]
    pub replace: bool,
    /// Regenerate the whole file from all of history
    #[arg(long, conflicts_with = "as_version")]
    pub all: bool,
    /// Use this file [default: CHANGELOG.md, or as configured]
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}
