//! Parses and discovers the configuration, and generates the one that `tidings init` writes.
//!
//! Parsing is strict: an unknown key is an error with a suggestion. Text or paths come in, a [`Config`] as written goes
//! out; the defaults of absent keys are applied in `settings`. Nothing here reads the environment, the clock or the
//! current directory.

mod attention;
mod corrections;
mod decode;
mod discover;
mod document;
mod entries;
mod environments;
mod error;
mod file_kind;
mod hosts;
mod images;
mod import;
pub mod init;
mod json;
mod json_value;
mod key_path;
mod locate;
mod location;
mod notify;
mod patterns;
mod publish;
mod remote;
mod rollback;
mod schema;
mod tool_hosts;
mod validate;
mod value_error;
mod variables;

pub use attention::{BuiltInAttention, attention_defaults, limited_attention};
pub use corrections::{ambiguous_commit, corrections};
pub use discover::{CANDIDATES, LoadedConfig, discover, read};
pub use document::parse;
pub use entries::{AttentionConfig, ComponentConfig, ForbidConfig, LinkConfig, PackageConfig};
pub use environments::{Environment, Environments};
pub use error::Error;
pub use hosts::{HostConfig, HostsFile};
pub use images::Images;
pub use import::release_yml::{Category, Excluded, ReleaseYml};
pub use location::Location;
pub use notify::{Channel, DeploymentConfig, NotifyConfig, Phase};
pub use patterns::glob_problem;
pub use publish::{PublishConfig, Switch};
pub use remote::{ForgeConfig, ForgeQuery, NetworkConfig};
pub use rollback::Rollback;
pub use schema::{
    BumpConfig, ChangelogConfig, ChangelogFormat, Config, ContributorsConfig, FilterConfig, LintConfig,
    NotesConfig, RegistryConfig, RepositoryConfig,
};
pub use tool_hosts::{gh_hosts, glab_hosts};
pub use validate::{invalid_entry, invalid_key};
pub use value_error::ValueError;
pub use variables::{apply_variables, variable_key};

#[cfg(test)]
mod docs_tests;
