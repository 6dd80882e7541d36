//! What can go wrong between a request and its answer.

use std::{path::PathBuf, time::Duration};

use super::RecordingError;

/// Why there is no answer. No message holds a token, a request's headers or the query of an address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client could not be made.
    #[error("cannot set up TLS or the proxy")]
    Setup(#[source] reqwest::Error),
    /// A file of certificates cannot be used.
    #[error("cannot use the certificates of `{}`", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A proxy's address cannot be used.
    #[error("the proxy's address cannot be used")]
    Proxy(#[source] reqwest::Error),
    /// The server could not be reached, or broke off.
    #[error("{method} {address}: {problem}")]
    Broken {
        /// The method.
        method: String,
        /// The address, without its query.
        address: String,
        /// What happened, in words.
        problem: String,
        /// Whether the request may have reached the server.
        sent: bool,
    },
    /// The server wants a longer wait than is allowed.
    #[error("{address} asks to wait {} seconds before the next request; at most {} are allowed", wait.as_secs(), allowed.as_secs())]
    Limited {
        /// The address, without its query.
        address: String,
        /// How long it asks to wait.
        wait: Duration,
        /// The bound.
        allowed: Duration,
    },
    /// The answer is larger than anything that is asked for.
    #[error("the answer of {address} is larger than {limit} bytes")]
    TooLarge {
        /// The address, without its query.
        address: String,
        /// The bound in bytes.
        limit: usize,
    },
    /// A recording cannot be used, or lacks the answer.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Setup(_) => Some("the system's certificates may be missing: install ca-certificates, or set TIDINGS_NETWORK__CA_FILE".to_owned()),
            Self::Certificates { .. } => Some("it must hold certificates in PEM form".to_owned()),
            Self::Proxy(_) => Some("HTTPS_PROXY, HTTP_PROXY and ALL_PROXY are addresses such as http://proxy.example:3128".to_owned()),
            Self::Broken { problem, .. } if problem.contains("certificate") => {
                Some("a server with a certificate of your own authority needs TIDINGS_NETWORK__CA_FILE, or ca_file in ~/.config/tidings/hosts.toml".to_owned())
            }
            Self::Broken { .. } => Some("--offline makes notes of what git knows".to_owned()),
            Self::Limited { .. } => Some("try again later, allow a longer wait (max_wait under [network]), or use a token of your own".to_owned()),
            Self::Recording(error) => error.hint(),
            Self::TooLarge { .. } => None,
        }
    }
}
