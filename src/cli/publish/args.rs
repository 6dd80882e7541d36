//! The options of `tidings publish`.

use std::path::PathBuf;

use crate::{config::Switch, publish::Mode};

/// `tidings publish`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The version (default: the one tagged at HEAD, else the last); with --rollback-to, the one that is taken back
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Print what would be done, with a diff of the body
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// The title, with {tag}, {version}, {date} and {package} (default: {tag})
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The template of the body
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// The language of headings, as for notes
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// What becomes of a body that is there already (default: auto, which renews our part alone)
    #[arg(long, value_name = "MODE", hide_possible_values = true)]
    pub mode: Option<Mode>,
    /// Leave it a draft, which is not announced
    #[arg(long, conflicts_with = "announce")]
    pub draft: bool,
    /// Whether it is a pre-release: auto (by the version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub prerelease: Option<Switch>,
    /// Whether it becomes the latest (GitHub): auto (the highest final version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub latest: Option<Switch>,
    /// Let the forge make the tag where it has none
    #[arg(long)]
    pub create_tag: bool,
    /// The branch or commit that --create-tag makes it at (default: the version's commit)
    #[arg(long, value_name = "COMMITISH", requires = "create_tag")]
    pub target: Option<String>,
    /// Open a discussion in this category (GitHub)
    #[arg(long, value_name = "CATEGORY")]
    pub discussion: Option<String>,
    /// A milestone by its title (GitLab; repeatable)
    #[arg(long, value_name = "TITLE")]
    pub milestone: Vec<String>,
    /// When it was or will be released, as in 2026-01-31T12:00:00Z (GitLab)
    #[arg(long, value_name = "TIME")]
    pub released_at: Option<String>,
    /// Attach a file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Attach the notes in their JSON form, as notes.json
    #[arg(long)]
    pub attach_json: bool,
    /// Tell the pull requests and issues of the version, once each
    #[arg(long)]
    pub announce: bool,
    /// Only tell them; the version is published already
    #[arg(long, conflicts_with_all = ["draft", "rollback_to"])]
    pub announce_only: bool,
    /// Publish the release of this earlier version once more, so that it is deployed again
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["draft", "announce", "create_tag"])]
    pub rollback_to: Option<String>,
}
