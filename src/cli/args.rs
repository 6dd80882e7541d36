//! Options that several commands have.

use std::path::PathBuf;

use clap::Args;

use crate::{
    render,
    settings::{ColorChoice, Overrides},
};

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
    /// The same as plain values, without those of commands.
    pub(super) fn overrides(self) -> Overrides {
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
            template_timeout: self.template_timeout,
            template_max_output: self.template_max_output,
            quiet: self.quiet,
            verbose: self.verbose,
            color: self.color,
            ..Overrides::default()
        }
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

/// How registries are reached.
#[derive(Debug, Clone, Default, Args)]
pub struct Access {
    /// Trust the certificates of this file (PEM) beside the system's
    #[arg(long, value_name = "FILE", help_heading = "Registry options")]
    pub ca_file: Option<PathBuf>,
}
