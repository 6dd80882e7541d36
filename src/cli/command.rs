//! The command line as clap parses it: commands and options, without their behaviour.

use clap::{Args, Parser, Subcommand};

use crate::{render::Format, settings::Overrides};

use super::{
    args::{Global, Level},
    attach, cache, changelog, check, comment, compare, edit, explain, init, next, notes, notify, preview,
    promote, publish, schema, show, status, tag,
};
#[cfg(feature = "web")]
use super::{serve, site};

/// The whole command line. `about` is set below: a doc comment would lose the line break.
#[derive(Debug, Parser)]
#[command(name = "tidings", version, max_term_width = 100, arg_required_else_help = false, long_about = None)]
#[command(about = "Generate changelogs and release notes from git history\n\nWithout a command: \
             show the notes of unreleased changes, and the next version")]
#[command(
    after_help = "Exit codes:\n  0  done\n  1  a check failed\n  2  usage, configuration or file error\n  \
                  3  repository error\n  4  a remote failed or returned incomplete data\n  5  nothing to release"
)]
pub struct Cli {
    /// Options of all commands.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show notes in the terminal: of unreleased changes, or of a target
    Preview(preview::Args),
    /// Write notes in a format to stdout or a file
    Notes(notes::Args),
    /// Create CHANGELOG.md, add a version to it, or check it
    Changelog(changelog::Args),
    /// Print the next version and why
    Next(next::Args),
    /// Check that a version is ready to be tagged
    Check(check::Args),
    /// Create or update the release of a version on the forge
    Publish(publish::Args),
    /// Comment on a pull request: what it adds to the notes, and the next version
    Comment(comment::Args),
    /// Correct the notes of a version: retitle, move, merge or hide its changes
    Edit(edit::Args),
    /// Explain why a commit is (or is not) in the notes
    Explain(explain::Args),
    /// Write a commented tidings.toml for this repository
    Init(init::Args),
    /// Attach the notes of a version to an image in a registry
    Attach(attach::Args),
    /// Show the stored notes of an image or a version
    Show(show::Args),
    /// Promote an image and its notes, unchanged, to an environment
    Promote(promote::Args),
    /// Show what changes between two environments, images or versions
    Compare(compare::Args),
    /// Show what runs in each environment, and what waits for the next one
    Status(status::Args),
    /// Show the notes on a page that follows the repository, and correct them there
    #[cfg(feature = "web")]
    Serve(serve::Args),
    /// Announce a deployment, before or after it
    Notify(Box<notify::Args>),
    /// Tag a version, with its notes as the tag message
    Tag(tag::Args),
    /// Write a static site of all versions
    #[cfg(feature = "web")]
    Site(site::Args),
    /// Print the template context as JSON
    #[command(
        mut_arg("format", |arg| arg.help("Print the context for this format [default: markdown]")),
        mut_arg("template", |arg| arg.help("Print the context for this template"))
    )]
    Context(notes::Releases),
    /// Manage the response cache
    Cache(cache::Args),
    /// Print a shell completion script
    Completions(Completions),
    /// Print a JSON Schema, of the configuration or of an output
    Schema(schema::Args),
    /// Print a manual page
    #[command(hide = true)]
    Man(Man),
}

impl Command {
    /// The command's name if it changes remote state or the repository's tags: untrusted runs refuse it.
    pub(super) fn publishes(&self) -> Option<&'static str> {
        match self {
            Self::Publish(args) => (!args.dry_run).then_some("publish"),
            Self::Attach(args) => (!args.dry_run).then_some("attach"),
            Self::Promote(args) => (!args.dry_run).then_some("promote"),
            Self::Notify(args) => (!args.dry_run).then_some("notify"),
            Self::Tag(args) => (!args.dry_run).then_some("tag"),
            Self::Edit(args) => args.writes().then_some("edit"),
            Self::Preview(_)
            | Self::Notes(_)
            | Self::Changelog(_)
            | Self::Next(_)
            | Self::Check(_)
            | Self::Comment(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Show(_)
            | Self::Compare(_)
            | Self::Status(_)
            | Self::Context(_)
            | Self::Cache(_)
            | Self::Completions(_)
            | Self::Schema(_)
            | Self::Man(_) => None,
            #[cfg(feature = "web")]
            Self::Serve(_) | Self::Site(_) => None,
        }
    }

    /// Whether the command writes the JSON form. Not for all of history: the paths of each commit would take long.
    fn writes_json(&self) -> bool {
        let is_json = |format: Option<Format>| format == Some(Format::Json);
        match self {
            Self::Notes(args) => {
                !args.releases.all && (is_json(args.releases.format) || args.outputs.is_some())
            }
            Self::Context(args) => !args.all,
            Self::Compare(args) => is_json(Some(args.format.of_notes())),
            Self::Tag(args) => args.note,
            Self::Publish(_) | Self::Attach(_) => true,
            Self::Preview(_)
            | Self::Changelog(_)
            | Self::Notify(_)
            | Self::Show(_)
            | Self::Promote(_)
            | Self::Status(_)
            | Self::Next(_)
            | Self::Check(_)
            | Self::Comment(_)
            | Self::Edit(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Cache(_)
            | Self::Completions(_)
            | Self::Schema(_)
            | Self::Man(_) => false,
            #[cfg(feature = "web")]
            Self::Serve(_) | Self::Site(_) => false,
        }
    }

    /// The level of detail, of the commands that write notes.
    const fn level(&self) -> Option<&Level> {
        match self {
            Self::Preview(args) => Some(&args.level),
            Self::Notes(args) => Some(&args.releases.level),
            Self::Context(args) => Some(&args.level),
            Self::Changelog(args) => Some(&args.level),
            Self::Publish(args) => Some(&args.level),
            Self::Tag(args) => Some(&args.level),
            Self::Attach(args) => Some(&args.level),
            Self::Compare(args) => Some(&args.level),
            Self::Notify(args) => Some(&args.level),
            Self::Show(args) => Some(&args.level),
            #[cfg(feature = "web")]
            Self::Site(args) => Some(&args.level),
            Self::Promote(_)
            | Self::Status(_)
            | Self::Next(_)
            | Self::Check(_)
            | Self::Comment(_)
            | Self::Edit(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Cache(_)
            | Self::Completions(_)
            | Self::Schema(_)
            | Self::Man(_) => None,
            #[cfg(feature = "web")]
            Self::Serve(_) => None,
        }
    }

    /// Copies the command's options that override settings.
    fn add_to(&self, overrides: &mut Overrides) {
        let (target, locale, access) = match self {
            Self::Preview(args) => (Some(&args.target), None, None),
            Self::Notes(args) => (Some(&args.releases.target), args.releases.locale.clone(), None),
            Self::Context(args) => (Some(&args.target), args.locale.clone(), None),
            Self::Changelog(args) => (None, args.locale.clone(), None),
            Self::Publish(args) => (None, args.locale.clone(), None),
            Self::Tag(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Attach(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Compare(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Notify(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Show(args) => (None, None, Some(&args.access)),
            Self::Promote(args) => (None, None, Some(&args.access)),
            Self::Status(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Next(_)
            | Self::Check(_)
            | Self::Comment(_)
            | Self::Edit(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Cache(_)
            | Self::Completions(_)
            | Self::Schema(_)
            | Self::Man(_) => (None, None, None),
            #[cfg(feature = "web")]
            Self::Serve(_) | Self::Site(_) => (None, None, None),
        };
        overrides.locale = locale;
        overrides.json = self.writes_json();
        overrides.detail = self.level().and_then(|level| level.detail);
        overrides.ca_file = access.and_then(|access| access.ca_file.clone());
        if let Self::Notify(_) = self {
            // Its `--record` is the record of a promotion to read, not a file to record responses to.
            overrides.record = None;
        }
        if let Some(target) = target {
            overrides.paths.clone_from(&target.path);
            overrides.exclude_paths.clone_from(&target.exclude_path);
        }
    }
}

impl Cli {
    /// The settings that the command line overrides, and the command.
    pub(super) fn split(self) -> (Overrides, Option<Command>) {
        let mut overrides = self.global.overrides();
        if let Some(command) = &self.command {
            command.add_to(&mut overrides);
        }
        (overrides, self.command)
    }
}

/// `tidings completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// Print the script for this shell
    pub shell: clap_complete::Shell,
}

/// `tidings man`
#[derive(Debug, Args)]
pub struct Man {
    /// Print the page of this command [default: of the program]
    pub command: Option<String>,
}
