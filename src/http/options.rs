//! Options of the client: limits, proxies, certificates, cache, recording.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use super::{cache::Cache, recording::Recording};
use crate::redact::Redactor;

/// Proxy URLs, as in the environment variables of these names. They may contain passwords.
#[derive(Clone, Default)]
pub struct Proxies {
    /// For `https` URLs.
    pub https: Option<String>,
    /// For `http` URLs.
    pub http: Option<String>,
    /// Hosts to reach without a proxy.
    pub no_proxy: Option<String>,
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").field("no_proxy", &self.no_proxy).finish_non_exhaustive()
    }
}

/// Progress to show to a waiting user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A request is about to be sent; its number, from 1.
    Request(usize),
    /// The next attempt starts after this time.
    Waiting(Duration),
}

/// Options of the client.
#[derive(Clone)]
pub struct Options {
    /// The `User-Agent` header.
    pub agent: String,
    /// Time limit for one attempt, from connecting to the last byte.
    pub timeout: Duration,
    /// Maximum number of attempts, including the first.
    pub tries: usize,
    /// Longest wait that a server may ask for.
    pub max_wait: Duration,
    /// Maximum size of a response body, in bytes.
    pub max_bytes: usize,
    /// The proxies.
    pub proxies: Proxies,
    /// A PEM file with certificates to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The response cache; not used while recording or replaying.
    pub cache: Option<Cache>,
    /// The recording to write or replay.
    pub recording: Option<Recording>,
    /// Values to keep out of recordings, the cache and messages; credentials that requests send are added.
    pub secrets: Redactor,
    /// Called with progress.
    pub notice: Arc<dyn Fn(Notice) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            agent: concat!("tidings/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(30),
            tries: 5,
            max_wait: Duration::from_secs(120),
            max_bytes: 64 << 20,
            proxies: Proxies::default(),
            ca_file: None,
            cache: None,
            recording: None,
            secrets: Redactor::default(),
            notice: Arc::new(|_| {}),
        }
    }
}
