//! HTTP errors: no usable response.

use std::{path::PathBuf, time::Duration};

use super::RecordingError;

/// Why there is no response. No message contains a token, a request's headers or the query of a URL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client could not be set up.
    #[error("cannot set up TLS or the proxy")]
    Setup(#[source] reqwest::Error),
    /// The file with additional certificates cannot be used.
    #[error("cannot use the certificates in `{}`", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The proxy's URL is not valid.
    #[error("the proxy URL is not valid")]
    Proxy(#[source] reqwest::Error),
    /// The server could not be reached, or the connection was interrupted.
    #[error("{method} {url}: {problem}")]
    Transport {
        /// The method.
        method: String,
        /// The URL, without its query.
        url: String,
        /// What happened, for messages.
        problem: String,
        /// Whether the request may have reached the server.
        sent: bool,
    },
    /// The server asks for a longer wait than allowed.
    #[error("{url} asks to wait {} s before the next request; the maximum is {} s", wait.as_secs(), allowed.as_secs())]
    RateLimited {
        /// The URL, without its query.
        url: String,
        /// The wait that it asks for.
        wait: Duration,
        /// The maximum wait.
        allowed: Duration,
    },
    /// The response exceeds the size limit.
    #[error("the response from {url} is larger than {limit} bytes")]
    TooLarge {
        /// The URL, without its query.
        url: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The recording cannot be used, or has no response to the request.
    #[error(transparent)]
    Recording(#[from] RecordingError),
}

impl Error {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Setup(_) => Some("the system's certificates may be missing: install ca-certificates, or set TIDINGS_NETWORK__CA_FILE".to_owned()),
            Self::Certificates { .. } => Some("the file must contain certificates in PEM format".to_owned()),
            Self::Proxy(_) => Some("set HTTPS_PROXY, HTTP_PROXY and ALL_PROXY to URLs such as http://proxy.example:3128".to_owned()),
            Self::Transport { problem, .. } if problem.contains("certificate") => {
                Some("for a certificate from a private authority, set TIDINGS_NETWORK__CA_FILE, or ca_file in ~/.config/tidings/hosts.toml".to_owned())
            }
            Self::Transport { .. } => Some("use --offline to generate notes from git alone".to_owned()),
            Self::RateLimited { .. } => Some("try again later, raise max_wait under [network], or use your own token".to_owned()),
            Self::Recording(error) => error.hint(),
            // No correct response is that large, so the limit cannot be raised.
            Self::TooLarge { .. } => None,
        }
    }
}
