//! The keys for the forge and for connections to servers.

use serde::{Deserialize, Serialize};

/// When to query the forge for pull requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeQuery {
    /// If there is a token.
    Auto,
    /// Always; unauthenticated if there is no token.
    Always,
    /// Never.
    Never,
}

/// `[forge]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct ForgeConfig {
    /// When to query it.
    pub ask: Option<ForgeQuery>,
    /// The URL of its API.
    pub api: Option<String>,
    /// The path of a file that contains the token.
    pub token_file: Option<String>,
    /// Whether to apply the categories of `.github/release.yml`.
    pub release_yml: Option<bool>,
}

/// `[network]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct NetworkConfig {
    /// The path of a file of certificates to trust in addition to the system's.
    pub ca_file: Option<String>,
    /// The timeout of one request in seconds.
    pub timeout: Option<u32>,
    /// The maximum number of attempts per request.
    pub tries: Option<u32>,
    /// The longest wait that a server may request, in seconds.
    pub max_wait: Option<u32>,
    /// How long responses are cached, in minutes; 0 disables the cache.
    pub cache_minutes: Option<u32>,
}
