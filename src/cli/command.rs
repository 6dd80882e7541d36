//! The commands: what can be said, not what it means.

use clap::{Args, Parser, Subcommand};

use crate::settings::Overrides;

use super::{
    args::Global, attach, cache, changelog, check, compare, explain, init, next, notes, notify, preview,
    promote, publish, show, tag,
};

/// Changelogs and release notes that are right by ancestry and explain every commit.
///
/// Without a command: a preview of what is unreleased since the last version, with the next version and why.
#[derive(Debug, Parser)]
#[command(name = "tidings", version, max_term_width = 100, arg_required_else_help = false, long_about = None)]
#[command(
    about = "Changelogs and release notes that are right by ancestry and explain every commit\n\nWithout a command: \
             a preview of what is unreleased since the last version, with the next version and why"
)]
#[command(
    after_help = "Exit codes:\n  0  done\n  1  a check says no\n  2  usage, configuration or a file\n  \
                  3  the repository cannot answer\n  4  a remote failed or gave only part\n  5  nothing to release"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show notes in the terminal: of what is unreleased, or of a target
    Preview(preview::Args),
    /// Write notes to stdout or a file, in a format
    Notes(notes::Args),
    /// Make CHANGELOG.md, put a version into it, or check it
    Changelog(changelog::Args),
    /// Tell the next version and why
    Next(next::Args),
    /// The gate before tagging: is the version right, is all in order?
    Check(check::Args),
    /// Make or update the release of a version on the forge
    Publish(publish::Args),
    /// Tell what became of a commit, or how a version's base was found
    Explain(explain::Args),
    /// Write a commented tidings.toml that fits this repository
    Init(init::Args),
    /// Put the notes beside an image in a registry
    Attach(attach::Args),
    /// Show the notes of an image or a version as they were kept
    Show(show::Args),
    /// Bring an image with its notes to the next environment, unchanged
    Promote(promote::Args),
    /// Tell what lies between two environments, images or versions: what promoting brings, or rolling back loses
    Compare(compare::Args),
    /// Tell people of a deployment, before it and after it: Slack, Microsoft Teams, a web hook, a mail
    Notify(Box<notify::Args>),
    /// Tag a version, with its notes as the tag's message
    Tag(tag::Args),
    /// Print what a template gets, as JSON
    Context(notes::Releases),
    /// Look after the kept answers of servers
    Cache(cache::Args),
    /// Print a completion script for a shell
    Completions(Completions),
}

impl Command {
    /// Its name, where it reaches others than who runs it: it publishes, deploys or announces.
    pub(super) fn publishes(&self) -> Option<&'static str> {
        match self {
            Self::Publish(args) => (!args.dry_run).then_some("publish"),
            Self::Attach(args) => (!args.dry_run).then_some("attach"),
            Self::Promote(args) => (!args.dry_run).then_some("promote"),
            Self::Notify(args) => (!args.dry_run).then_some("notify"),
            Self::Tag(args) => (!args.dry_run).then_some("tag"),
            Self::Preview(_)
            | Self::Notes(_)
            | Self::Changelog(_)
            | Self::Next(_)
            | Self::Check(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Show(_)
            | Self::Compare(_)
            | Self::Context(_)
            | Self::Cache(_)
            | Self::Completions(_) => None,
        }
    }

    /// Adds what the options of the command say of settings.
    fn add_to(&self, overrides: &mut Overrides) {
        let (target, locale, access) = match self {
            Self::Preview(args) => (Some(&args.target), None, None),
            Self::Notes(args) => (Some(&args.releases.target), args.releases.locale.clone(), None),
            Self::Context(args) => (Some(&args.target), args.locale.clone(), None),
            Self::Changelog(args) => (None, args.locale.clone(), None),
            Self::Publish(args) => (None, args.locale.clone(), None),
            Self::Tag(args) => (None, args.locale.clone(), None),
            Self::Attach(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Compare(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Notify(args) => (None, args.locale.clone(), Some(&args.access)),
            Self::Show(args) => (None, None, Some(&args.access)),
            Self::Promote(args) => (None, None, Some(&args.access)),
            Self::Next(_)
            | Self::Check(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Cache(_)
            | Self::Completions(_) => (None, None, None),
        };
        overrides.locale = locale;
        overrides.ca_file = access.and_then(|access| access.ca_file.clone());
        if let Some(target) = target {
            overrides.paths.clone_from(&target.path);
            overrides.exclude_paths.clone_from(&target.exclude_path);
        }
    }
}

impl Cli {
    /// What the command line says of settings, and the command.
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
    /// The shell
    pub shell: clap_complete::Shell,
}
