//! Command-line options as plain values. They take precedence over every other source.

use std::path::PathBuf;

use crate::model::Detail;

/// The global options.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The repository, or any folder in it.
    pub repo: Option<PathBuf>,
    /// The configuration file, instead of the discovered one.
    pub config: Option<PathBuf>,
    /// The package, in a repository with several.
    pub package: Option<String>,
    /// The maintenance line of the branch: `1.9`.
    pub line: Option<String>,
    /// All packages, also in the folder of one.
    pub all_packages: bool,
    /// Treat the work tree as untrusted, whatever the pipeline reports.
    pub untrusted: bool,
    /// Treat the work tree as trusted, whatever the pipeline reports.
    pub trusted: bool,
    /// The revision to read the configuration from.
    pub config_from: Option<String>,
    /// Fetch missing history first.
    pub deepen: bool,
    /// Never query a forge.
    pub offline: bool,
    /// Query the forge even without a token.
    pub forge: bool,
    /// Fail where the forge's data is incomplete.
    pub require_forge: bool,
    /// Neither read nor write the response cache.
    pub no_cache: bool,
    /// The file to record responses to.
    pub record: Option<PathBuf>,
    /// The recording to replay instead of sending requests.
    pub replay: Option<PathBuf>,
    /// Allow credentials over http.
    pub plain_http: bool,
    /// A file of certificates (PEM) to trust in addition to the system's, for registries and webhooks.
    pub ca_file: Option<PathBuf>,
    /// The locale of headings: a name or a file.
    pub locale: Option<String>,
    /// How much each change says.
    pub detail: Option<Detail>,
    /// Whether the notes of single releases are written in the JSON form, which names the areas of each change.
    pub json: bool,
    /// Globs, relative to the current directory; changes must touch a matching path.
    pub paths: Vec<String>,
    /// Globs of paths that do not count.
    pub exclude_paths: Vec<String>,
    /// The time limit of all templates together, in seconds.
    pub template_timeout: u64,
    /// The output limit of a template, in MiB.
    pub template_max_output: u64,
    /// Print only the result and errors.
    pub quiet: bool,
    /// Print more.
    pub verbose: bool,
    /// When colours are used.
    pub color: ColorChoice,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorChoice {
    /// If the stream is a terminal and `NO_COLOR` is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The options of a deployment announcement.
#[derive(Debug, Clone, Default)]
pub struct NotifyOverrides {
    /// Channels or names of `[[notify]]` entries; empty for all entries.
    pub to: Vec<String>,
    /// Whether the deployment is finished.
    pub is_after: bool,
    /// Whether the deployment failed.
    pub is_failed: bool,
    /// The expected duration.
    pub duration: Option<String>,
    /// The rollback plan.
    pub rollback_plan: Option<String>,
    /// The deployment window.
    pub window: Option<String>,
    /// The person or team on call.
    pub contact: Option<String>,
    /// A URL with more information.
    pub link: Option<String>,
    /// The variable with the URL of the webhook.
    pub url_env: Option<String>,
    /// The variable with the signing key.
    pub secret_env: Option<String>,
    /// Whether to print the messages instead of sending them.
    pub dry_run: bool,
}
