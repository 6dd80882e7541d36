//! The command line: what can be said, not what it means.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    check,
    config::{Phase, Switch},
    model::Bump,
    notify::Status,
    promote::Carried,
    publish::Mode,
    render::{self, Format},
    settings::{ColorChoice, NotifyOverrides, Overrides},
};

use super::values::AnswerFormat;

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

/// Options that stand before or after the command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The repository, or any folder in it
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub repo: Option<PathBuf>,
    /// The configuration file, instead of tidings.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// The package, in a repository of several
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub package: Option<String>,
    /// Read configuration and templates from the base branch
    #[arg(long, global = true, conflicts_with = "trusted", help_heading = "Global options")]
    pub untrusted: bool,
    /// Trust the work tree, whoever wrote it
    #[arg(long, global = true, alias = "no-untrusted", help_heading = "Global options")]
    pub trusted: bool,
    /// Read configuration from this commit (as --untrusted)
    #[arg(
        long,
        global = true,
        value_name = "REV",
        conflicts_with = "trusted",
        help_heading = "Global options"
    )]
    pub config_from: Option<String>,
    /// Fetch what the clone lacks first, with your own git
    #[arg(long, global = true, help_heading = "Global options")]
    pub deepen: bool,
    /// Never ask a forge
    #[arg(long, global = true, help_heading = "Global options")]
    pub offline: bool,
    /// Ask the forge even without a token
    #[arg(long, global = true, conflicts_with = "offline", help_heading = "Global options")]
    pub forge: bool,
    /// Exit 4 where the forge could not tell all
    #[arg(long, global = true, conflicts_with = "offline", help_heading = "Global options")]
    pub require_forge: bool,
    /// Neither use nor keep answers of servers
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_cache: bool,
    /// Write all answers of servers to a file
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["offline", "replay"], help_heading = "Global options")]
    pub record: Option<PathBuf>,
    /// Ask a recording instead of servers
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with = "offline",
        help_heading = "Global options"
    )]
    pub replay: Option<PathBuf>,
    /// Allow credentials over http (registries: use http)
    #[arg(long, global = true, help_heading = "Global options")]
    pub plain_http: bool,
    /// Seconds that templates may take together [default: 10]
    #[arg(long, global = true, value_name = "SECONDS", help_heading = "Template options")]
    #[arg(env = "TIDINGS_TEMPLATE_TIMEOUT", hide_env = true, hide_default_value = true)]
    #[arg(default_value_t = render::SECONDS)]
    pub template_timeout: u64,
    /// MiB that a template may write [default: 64]
    #[arg(long, global = true, value_name = "MIB", help_heading = "Template options")]
    #[arg(env = "TIDINGS_TEMPLATE_MAX_OUTPUT", hide_env = true, hide_default_value = true)]
    #[arg(default_value_t = render::MEBIBYTES)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub template_max_output: u64,
    /// Say nothing but the result and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub verbose: bool,
    /// Colours: auto (the default), always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: ColorChoice,
}

impl Global {
    /// The same as plain values. `ca_file` is an option of some commands.
    pub(super) fn overrides(self, ca_file: Option<PathBuf>) -> Overrides {
        Overrides {
            repo: self.repo,
            config: self.config,
            package: self.package,
            untrusted: self.untrusted,
            trusted: self.trusted,
            config_from: self.config_from,
            deepen: self.deepen,
            offline: self.offline,
            forge: self.forge,
            require_forge: self.require_forge,
            no_cache: self.no_cache,
            record: self.record,
            replay: self.replay,
            plain_http: self.plain_http,
            ca_file,
            template_timeout: self.template_timeout,
            template_max_output: self.template_max_output,
            quiet: self.quiet,
            verbose: self.verbose,
            color: self.color,
        }
    }
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show notes in the terminal: of what is unreleased, or of a target
    Preview(Preview),
    /// Write notes to stdout or a file, in a format
    Notes(Notes),
    /// Make CHANGELOG.md, put a version into it, or check it
    Changelog(Changelog),
    /// Tell the next version and why
    Next(Next),
    /// The gate before tagging: is the version right, is all in order?
    Check(Check),
    /// Make or update the release of a version on the forge
    Publish(Publish),
    /// Tell what became of a commit, or how a version's base was found
    Explain(Explain),
    /// Write a commented tidings.toml that fits this repository
    Init(Init),
    /// Put the notes beside an image in a registry
    Attach(Attach),
    /// Show the notes of an image or a version as they were kept
    Show(Show),
    /// Bring an image with its notes to the next environment, unchanged
    Promote(Promote),
    /// Tell what lies between two environments, images or versions: what promoting brings, or rolling back loses
    Compare(Compare),
    /// Tell people of a deployment, before it and after it: Slack, Microsoft Teams, a web hook, a mail
    Notify(Box<Notify>),
    /// Tag a version, with its notes as the tag's message
    Tag(Tag),
    /// Print what a template gets, as JSON
    Context(Releases),
    /// Look after the kept answers of servers
    Cache(Cache),
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

    /// The certificates that are trusted beside the system's, for commands that ask registries.
    pub(super) fn ca_file(&self) -> Option<PathBuf> {
        let access = match self {
            Self::Attach(args) => &args.access,
            Self::Show(args) => &args.access,
            Self::Promote(args) => &args.access,
            Self::Compare(args) => &args.access,
            Self::Notify(args) => &args.access,
            Self::Preview(_)
            | Self::Notes(_)
            | Self::Changelog(_)
            | Self::Next(_)
            | Self::Check(_)
            | Self::Publish(_)
            | Self::Explain(_)
            | Self::Init(_)
            | Self::Tag(_)
            | Self::Context(_)
            | Self::Cache(_)
            | Self::Completions(_) => return None,
        };
        access.ca_file.clone()
    }
}

/// Which commits.
#[derive(Debug, Clone, Default, Args)]
pub struct Target {
    /// A version (v1.2.0), a range (v1.1.0..v1.2.0), an environment, a branch, a commit, sha-a1b2c3d; without it: what is
    /// unreleased
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,
    /// The version that what is unreleased will have
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Only what touches this path (a glob; repeatable)
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
    /// Nothing that touches only this (a glob; repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude_path: Vec<String>,
}

/// `tidings preview`
#[derive(Debug, Default, Args)]
pub struct Preview {
    /// Which commits.
    #[command(flatten)]
    pub target: Target,
}

/// `tidings context`, and what `tidings notes` has in common with it: which releases, and what they are made for.
#[derive(Debug, Args)]
pub struct Releases {
    /// Which commits.
    #[command(flatten)]
    pub target: Target,
    /// Every version, and what is unreleased
    #[arg(long, conflicts_with_all = ["target", "latest"])]
    pub all: bool,
    /// The last version
    #[arg(long, conflicts_with_all = ["target", "as_version"])]
    pub latest: bool,
    /// What the notes are written as (default: markdown)
    #[arg(short, long, value_name = "FORMAT", conflicts_with = "template")]
    pub format: Option<Format>,
    /// A template of your own
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// The language of headings: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR, or a file
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// `tidings notes`
#[derive(Debug, Args)]
pub struct Notes {
    /// Which releases.
    #[command(flatten)]
    pub releases: Releases,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write notes in several formats and variables for a pipeline's next steps into a folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "format", "all"])]
    pub outputs: Option<PathBuf>,
}

/// `tidings publish`
#[derive(Debug, Args)]
pub struct Publish {
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

/// `tidings changelog`
#[derive(Debug, Args)]
pub struct Changelog {
    /// The version that what is unreleased will have; or a version that is tagged already
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Put it into the file
    #[arg(short, long)]
    pub write: bool,
    /// Exit 1, with a diff, if the file lacks a version or would change
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Replace a section even where it was edited by hand or is not ours
    #[arg(long)]
    pub replace: bool,
    /// Make the whole file anew from all of history
    #[arg(long, conflicts_with = "as_version")]
    pub all: bool,
    /// The file (default: CHANGELOG.md, or what the configuration says)
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The language of headings, as for notes
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// `tidings next`
#[derive(Debug, Args)]
pub struct Next {
    /// A pre-release with this label (default: rc): starts one, or counts on
    #[arg(long, value_name = "LABEL", num_args = 0..=1, default_missing_value = "")]
    pub pre: Option<String>,
    /// Raise this part, whatever the changes ask for
    #[arg(long, value_name = "PART")]
    pub bump: Option<Bump>,
    /// Exit 5 if nothing asks for a new version
    #[arg(long)]
    pub require_change: bool,
    /// Print the tag (v1.3.0) instead of the version
    #[arg(long)]
    pub tag: bool,
    /// The form of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// `tidings check`
#[derive(Debug, Args)]
pub struct Check {
    /// The version that is to be tagged; without it, only the rest is checked
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Check this message (a file, or - for stdin) instead: for a commit-msg hook or a pull request's title
    #[arg(short, long, value_name = "FILE", conflicts_with = "version")]
    pub message: Option<String>,
    /// Let a finding pass, by its name (may be given several times)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// The form of the findings
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: check::Format,
}

/// `tidings explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A commit, a pull request (#12), or a version
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// The form of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// `tidings init`
#[derive(Debug, Args)]
pub struct Init {
    /// Print it instead of writing the file
    #[arg(long)]
    pub print: bool,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `tidings completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// How registries are reached.
#[derive(Debug, Clone, Default, Args)]
pub struct Access {
    /// Trust the certificates of this file (PEM) beside the system's
    #[arg(long, value_name = "FILE", help_heading = "Registry options")]
    pub ca_file: Option<PathBuf>,
}

/// `tidings attach`
#[derive(Debug, Args)]
pub struct Attach {
    /// The image: registry.example.com/team/app:v1.3.0, or an environment of the configuration
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// The version whose notes it gets (default: what its version tags or labels say)
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// The language of headings
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// `tidings show`
#[derive(Debug, Args)]
pub struct Show {
    /// An image, an environment of the configuration, or a version (from its tag's message or a git note, else from its
    /// release on the forge)
    #[arg(value_name = "IMAGE|VERSION")]
    pub what: String,
    /// markdown and json (as they were kept), text, html, terminal, or any other format of `tidings notes` (default: terminal
    /// on a terminal, else markdown)
    #[arg(short, long, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<Format>,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// `tidings promote`
#[derive(Debug, Args)]
pub struct Promote {
    /// Where from: an environment of the configuration, or an image (default: the last
    /// but one of the environments that have images)
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// Where to: an environment, or an image whose tag is moved (default: the last environment that has images)
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// The version (default: the newest final version on FROM)
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// Let it be older than what runs there
    #[arg(long)]
    pub rollback: bool,
    /// What goes with the image: its notes, or all that refers to it (signatures, bills of materials)
    #[arg(long, value_name = "WHICH", default_value = "notes")]
    pub referrers: Carried,
    /// Write the record of the promotion to a file, too
    #[arg(long, value_name = "FILE")]
    pub record_file: Option<PathBuf>,
    /// Who promotes, for the record (default: who runs the pipeline, or is logged in)
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// `tidings compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// What runs now: an environment of the configuration, an image, a version, a commit or sha-a1b2c3d (default: the last
    /// environment)
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// What would run then (default: the last environment but one); where it is older, it is a rollback
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Each change under the version that brought it
    #[arg(long)]
    pub by_version: bool,
    /// Ask only for what is attached to the images, even where there is a repository
    #[arg(long)]
    pub attached: bool,
    /// Exit 4 where the notes of a version are missing
    #[arg(long)]
    pub require_complete: bool,
    /// What it is written as
    #[arg(short, long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// The language of headings
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// `tidings notify`
#[derive(Debug, Args)]
pub struct Notify {
    /// What is deployed: a version, a range, or an image or environment that has notes attached (default: the last version)
    #[arg(value_name = "VERSION|IMAGE")]
    pub what: Option<String>,
    /// Whom to tell: slack, teams, webhook, email, or the name of a notify entry (default: all entries)
    #[arg(long, value_name = "WHOM")]
    pub to: Vec<String>,
    /// Whether the deployment is still to come
    #[arg(long, value_name = "PHASE", default_value = "before")]
    pub phase: Phase,
    /// How it went, for --phase after
    #[arg(long, value_name = "STATUS")]
    pub status: Option<Status>,
    /// Where it is deployed to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// How long it takes
    #[arg(long, value_name = "TEXT")]
    pub duration: Option<String>,
    /// How to go back
    #[arg(long, value_name = "TEXT")]
    pub rollback_plan: Option<String>,
    /// When
    #[arg(long, value_name = "TEXT")]
    pub window: Option<String>,
    /// Who is on call
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    /// A page with more
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// The variable that holds the address of the web hook, where no notify entry has it
    #[arg(long, value_name = "NAME")]
    pub url_env: Option<String>,
    /// The variable that holds the key that messages for a web hook are signed with
    #[arg(long, value_name = "NAME", requires = "url_env")]
    pub secret_env: Option<String>,
    /// The language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// Print what would be sent
    #[arg(long)]
    pub dry_run: bool,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

impl Notify {
    /// What settings are resolved from, as plain values.
    pub(super) fn overrides(&self) -> NotifyOverrides {
        NotifyOverrides {
            to: self.to.clone(),
            is_after: self.phase == Phase::After,
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

/// `tidings tag`
#[derive(Debug, Args)]
pub struct Tag {
    /// The version; what is checked out is tagged with it, once `tidings check` finds it right
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Tag the version's commit for this environment instead (v1.2.0-staging)
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Keep the notes (JSON) as a git note on the commit, too, under refs/notes/tidings
    #[arg(long)]
    pub note: bool,
    /// Push what was made to the remote
    #[arg(long)]
    pub push: bool,
    /// Let a finding of the check pass, by its name (may be given several times)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// Make the tag anew, or move it
    #[arg(long)]
    pub force: bool,
    /// Print the message instead
    #[arg(long)]
    pub dry_run: bool,
    /// The language of headings
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// `tidings cache`
#[derive(Debug, Args)]
pub struct Cache {
    /// What to do.
    #[command(subcommand)]
    pub action: CacheAction,
}

/// What is done with the cache.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum CacheAction {
    /// Delete all kept answers
    Clear,
    /// Print the path of the folder
    Path,
}
