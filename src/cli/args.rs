//! Options that several commands share.

use std::path::PathBuf;

use clap::Args;

use crate::{
    model::Detail,
    render,
    settings::{ColorChoice, Overrides},
};

/// Options accepted before and after the command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Use the repository that contains DIR
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub repo: Option<PathBuf>,
    /// Read configuration from FILE, not tidings.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Select a package of a monorepo [default: by folder]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub package: Option<String>,
    /// Ignore versions above a maintenance line (1.9)
    #[arg(long, global = true, value_name = "LINE", help_heading = "Global options")]
    pub line: Option<String>,
    /// Select all packages, also in a package's folder
    #[arg(long, global = true, conflicts_with = "package", help_heading = "Global options")]
    pub all_packages: bool,
    /// Read configuration and templates from the base branch
    #[arg(long, global = true, conflicts_with = "trusted", help_heading = "Global options")]
    pub untrusted: bool,
    /// Trust configuration and templates in the work tree
    #[arg(long, global = true, alias = "no-untrusted", help_heading = "Global options")]
    pub trusted: bool,
    /// Read configuration from commit REV (as --untrusted)
    #[arg(
        long,
        global = true,
        value_name = "REV",
        conflicts_with = "trusted",
        help_heading = "Global options"
    )]
    pub config_from: Option<String>,
    /// Fetch missing history, trees and tags (git fetch)
    #[arg(long, global = true, help_heading = "Global options")]
    pub deepen: bool,
    /// Do not send requests to a forge
    #[arg(long, global = true, help_heading = "Global options")]
    pub offline: bool,
    /// Query the forge even without a token
    #[arg(long, global = true, conflicts_with = "offline", help_heading = "Global options")]
    pub forge: bool,
    /// Exit with 4 if forge data is incomplete
    #[arg(long, global = true, conflicts_with = "offline", help_heading = "Global options")]
    pub require_forge: bool,
    /// Do not read or write the response cache
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_cache: bool,
    /// Record all server responses to a file
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["offline", "replay"], help_heading = "Global options")]
    pub record: Option<PathBuf>,
    /// Replay recorded responses; no network
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with = "offline",
        help_heading = "Global options"
    )]
    pub replay: Option<PathBuf>,
    /// Allow credentials over http; use http for registries
    #[arg(long, global = true, help_heading = "Global options")]
    pub plain_http: bool,
    /// Limit the time of all templates, in seconds [default: 10]
    #[arg(long, global = true, value_name = "SECONDS", help_heading = "Template options")]
    #[arg(env = "TIDINGS_TEMPLATE_TIMEOUT", hide_env = true, hide_default_value = true)]
    #[arg(default_value_t = render::SECONDS)]
    pub template_timeout: u64,
    /// Limit the output of a template, in MiB [default: 64]
    #[arg(long, global = true, value_name = "MIB", help_heading = "Template options")]
    #[arg(env = "TIDINGS_TEMPLATE_MAX_OUTPUT", hide_env = true, hide_default_value = true)]
    #[arg(default_value_t = render::MEBIBYTES)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub template_max_output: u64,
    /// Print only results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub quiet: bool,
    /// Print more details
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub verbose: bool,
    /// Use colors: auto (the default), always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: ColorChoice,
}

impl Global {
    /// The global options as plain values; options of commands keep their defaults.
    pub(super) fn overrides(self) -> Overrides {
        Overrides {
            repo: self.repo,
            config: self.config,
            package: self.package,
            line: self.line,
            all_packages: self.all_packages,
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
            template_timeout: self.template_timeout,
            template_max_output: self.template_max_output,
            quiet: self.quiet,
            verbose: self.verbose,
            color: self.color,
            ..Overrides::default()
        }
    }
}

/// The commits to select.
#[derive(Debug, Clone, Default, Args)]
pub struct Target {
    /// Select a version (v1.2.0), range (v1.1.0..v1.2.0), environment, branch or commit (also as sha-a1b2c3d) [default:
    /// unreleased changes]
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,
    /// Treat unreleased changes as VERSION
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Include only commits that touch a matching path (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
    /// Exclude commits that touch only matching paths (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude_path: Vec<String>,
}

impl Target {
    /// The argument that may name a package: the target, or the version of `--as`.
    pub(super) fn names_line(&self) -> Option<&str> {
        self.target.as_deref().or(self.as_version.as_deref())
    }
}

/// How much notes say about each change.
#[derive(Debug, Clone, Default, Args)]
pub struct Level {
    /// Show of each change: titles, why (also the reason), or full (also what it affects) [default: titles, or as
    /// configured]
    #[arg(long, value_name = "LEVEL", hide_possible_values = true)]
    pub detail: Option<Detail>,
}

/// Access to registries.
#[derive(Debug, Clone, Default, Args)]
pub struct Access {
    /// Trust the certificates in FILE (PEM) in addition to the system's
    #[arg(long, value_name = "FILE", help_heading = "Registry options")]
    pub ca_file: Option<PathBuf>,
}
