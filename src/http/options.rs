//! How the client works: bounds, proxies, certificates, the cache, a recording.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use super::{cache::Cache, recording::Recording};
use crate::redact::Redactor;

/// The addresses of proxies, as the variables of these names have them. They may hold passwords.
#[derive(Clone, Default)]
pub struct Proxies {
    /// For `https` addresses.
    pub https: Option<String>,
    /// For `http` addresses.
    pub http: Option<String>,
    /// Hosts that are spoken to without one.
    pub no_proxy: Option<String>,
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").field("no_proxy", &self.no_proxy).finish_non_exhaustive()
    }
}

/// Something that a waiting user would like to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A request is about to go out; the number says which.
    Request(usize),
    /// The next try comes after this time.
    Waiting(Duration),
}

/// How the client works.
#[derive(Clone)]
pub struct Options {
    /// The `User-Agent`.
    pub agent: String,
    /// The bound on one try, from connecting to the last byte.
    pub timeout: Duration,
    /// How often a request is tried in all.
    pub tries: usize,
    /// The longest wait that a server may ask for.
    pub max_wait: Duration,
    /// The bound on an answer's size, in bytes.
    pub max_bytes: usize,
    /// The proxies.
    pub proxies: Proxies,
    /// A file of certificates in PEM form that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Where answers are kept; not used where there is a recording.
    pub cache: Option<Cache>,
    /// What is recorded or played.
    pub recording: Option<Recording>,
    /// The values that no recording, cache or message may hold; what requests send is added.
    pub secrets: Redactor,
    /// Told what happens.
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
