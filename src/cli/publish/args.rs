//! The options of `tidings publish`.

use std::path::PathBuf;

use crate::{cli::args::Level, config::Switch, publish::Mode};

/// `tidings publish`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Publish this version [default: the one tagged at HEAD, else the latest]; with --rollback-to, roll it back
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Show what would be done, with a diff of the body
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Set the title; may contain {tag}, {version}, {date} and {package} [default: {tag}]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Render the body with this template
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// Take the body from the version's section of the changelog, or of FILE (- for stdin), instead of rendering it
    #[arg(long, value_name = "changelog|FILE", conflicts_with_all = ["template", "rollback_to"])]
    pub body_from: Option<String>,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
    /// Update an existing body: keep, append, prepend, replace, or auto, which replaces only the part that tidings
    /// wrote [default: auto]
    #[arg(long, value_name = "MODE", hide_possible_values = true)]
    pub mode: Option<Mode>,
    /// Leave the release as a draft, without announcing it
    #[arg(long, conflicts_with = "announce")]
    pub draft: bool,
    /// Mark it as a pre-release: auto (by the version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub prerelease: Option<Switch>,
    /// Mark it as the latest (GitHub): auto (if it is the highest final version), true or false
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub latest: Option<Switch>,
    /// Create the tag on the forge if it does not exist
    #[arg(long)]
    pub create_tag: bool,
    /// Create the tag at this branch or commit [default: the version's commit]
    #[arg(long, value_name = "COMMITISH", requires = "create_tag")]
    pub target: Option<String>,
    /// Open a discussion in this category (GitHub)
    #[arg(long, value_name = "CATEGORY")]
    pub discussion: Option<String>,
    /// Link a milestone by its title (GitLab; repeatable)
    #[arg(long, value_name = "TITLE")]
    pub milestone: Vec<String>,
    /// Set the release time, as in 2026-01-31T12:00:00Z (GitLab)
    #[arg(long, value_name = "TIME")]
    pub released_at: Option<String>,
    /// Attach a file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Attach the notes as JSON, in notes.json
    #[arg(long)]
    pub attach_json: bool,
    /// Attach no files, also none of the configuration
    #[arg(long, conflicts_with_all = ["attach", "attach_json"])]
    pub no_attach: bool,
    /// Comment on the pull requests and issues of the version, once each
    #[arg(long)]
    pub announce: bool,
    /// Comment only, for a version that is already published
    #[arg(long, conflicts_with_all = ["draft", "rollback_to"])]
    pub announce_only: bool,
    /// Name the environment that the publication deploys to: a dry run lists the changes that reach it, and a rollback
    /// goes from what runs there
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Roll back: publish the release of this earlier version again, so that it is deployed, or start its deployment as
    /// `rollback` under [publish] says
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["draft", "announce", "create_tag"])]
    pub rollback_to: Option<String>,
}
