//! What the command line says, as plain values: the first and strongest source that settings are resolved from.

use std::path::PathBuf;

/// The options of every command.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The repository, or any folder in it.
    pub repo: Option<PathBuf>,
    /// The configuration file, instead of the one that is found.
    pub config: Option<PathBuf>,
    /// The package, in a repository of several.
    pub package: Option<String>,
    /// Whether the work tree is taken for a stranger's, whatever the pipeline says.
    pub untrusted: bool,
    /// Whether the work tree is trusted, whatever the pipeline says.
    pub trusted: bool,
    /// The commit that the configuration is read from.
    pub config_from: Option<String>,
    /// Fetch what the clone lacks first.
    pub deepen: bool,
    /// Never ask a forge.
    pub offline: bool,
    /// Ask the forge even without a token.
    pub forge: bool,
    /// Fail where the forge's data is incomplete.
    pub require_forge: bool,
    /// Neither read nor write the response cache.
    pub no_cache: bool,
    /// The file that responses are recorded to.
    pub record: Option<PathBuf>,
    /// The recording that is replayed instead of asking servers.
    pub replay: Option<PathBuf>,
    /// Allow credentials over http.
    pub plain_http: bool,
    /// The certificates that are trusted beside the system's (PEM), for registries and web hooks.
    pub ca_file: Option<PathBuf>,
    /// The locale of headings, by its name or as a file.
    pub locale: Option<String>,
    /// Globs that changes must touch one of.
    pub paths: Vec<String>,
    /// Globs that do not count for `paths`.
    pub exclude_paths: Vec<String>,
    /// Seconds that templates may take together.
    pub template_timeout: u64,
    /// MiB that a template may write.
    pub template_max_output: u64,
    /// Print nothing but the result and errors.
    pub quiet: bool,
    /// Print more.
    pub verbose: bool,
    /// When colours are used.
    pub color: ColorChoice,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the command line says of an announcement of a deployment.
#[derive(Debug, Clone, Default)]
pub struct NotifyOverrides {
    /// Channels or names of `[[notify]]` entries; empty for all entries.
    pub to: Vec<String>,
    /// Whether the deployment is over.
    pub is_after: bool,
    /// How long the deployment takes.
    pub duration: Option<String>,
    /// How to roll back.
    pub rollback_plan: Option<String>,
    /// When it is deployed.
    pub window: Option<String>,
    /// Who is on call.
    pub contact: Option<String>,
    /// A page with more.
    pub link: Option<String>,
    /// The variable with the address of the web hook.
    pub url_env: Option<String>,
    /// The variable with the key that messages are signed with.
    pub secret_env: Option<String>,
    /// Whether the messages are only printed.
    pub dry_run: bool,
}
