//! The options of `tidings tag`.

use crate::cli::args::{Access, Level};

/// `tidings tag`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Tag HEAD as VERSION, if `tidings check` finds no error
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Tag the version's commit for this environment (v1.2.0-staging)
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Record that VERSION was deployed to this environment, in an annotated tag deploy/NAME/TIME; moves no tag
    #[arg(long, value_name = "NAME", conflicts_with_all = ["environment", "note", "allow", "force"])]
    pub deployed_to: Option<String>,
    /// Record NAME as who deployed it [default: the pipeline's user, or the login name]
    #[arg(long, value_name = "NAME", requires = "deployed_to")]
    pub by: Option<String>,
    /// Also store the notes as JSON in a git note (refs/notes/tidings)
    #[arg(long)]
    pub note: bool,
    /// Push the tag (and the note) to the remote
    #[arg(long)]
    pub push: bool,
    /// Allow a finding of the check by its name (repeatable)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// Replace or move an existing tag
    #[arg(long)]
    pub force: bool,
    /// Print the tag message without tagging
    #[arg(long)]
    pub dry_run: bool,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}
