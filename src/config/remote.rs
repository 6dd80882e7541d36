//! The keys about servers: how the forge is asked, and how any server is spoken to.

use serde::{Deserialize, Serialize};

/// When the forge is asked for pull requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Where there is a token.
    Auto,
    /// Always, as nobody where there is no token.
    Always,
    /// Never.
    Never,
}

/// `[forge]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ForgeConfig {
    /// When it is asked.
    pub ask: Option<Ask>,
    /// The address of its interface.
    pub api: Option<String>,
    /// The path of a file that holds the token.
    pub token_file: Option<String>,
    /// Whether `.github/release.yml` places pull requests by their labels.
    pub release_yml: Option<bool>,
}

/// `[network]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct NetworkConfig {
    /// The path of a file of certificates that are trusted beside the system's.
    pub ca_file: Option<String>,
    /// The bound on one request in seconds.
    pub timeout: Option<u32>,
    /// How often a request is tried in all.
    pub tries: Option<u32>,
    /// The longest wait that a server may ask for, in seconds.
    pub max_wait: Option<u32>,
    /// How long answers are kept, in minutes; 0 keeps none.
    pub cache_minutes: Option<u32>,
}
