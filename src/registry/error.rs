//! Registry errors.

use std::path::PathBuf;

use crate::http;

use super::ReferenceError;

/// Why a registry operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A string is not a valid image reference.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// There was no response.
    #[error("cannot {what}")]
    Http {
        /// What was being done, starting with a verb.
        what: String,
        /// The cause.
        source: http::Error,
    },
    /// The registry responded with an unexpected status.
    #[error("cannot {what}: the registry responded with {status}{detail}")]
    Refused {
        /// What was being done, starting with a verb.
        what: String,
        /// The HTTP status.
        status: u16,
        /// Its error message after `: `; may be empty.
        detail: String,
    },
    /// The registry denies access.
    #[error("cannot {what}: {}{detail}", if *had_credentials { "the registry rejected the credentials, or they lack permission" } else { "the registry requires credentials" })]
    Unauthorized {
        /// What was being done, starting with a verb.
        what: String,
        /// The registry, whose credentials were looked up.
        host: String,
        /// Whether there were credentials.
        had_credentials: bool,
        /// Its error message after `: `; may be empty.
        detail: String,
    },
    /// A server to which the registry redirected denies access.
    #[error("cannot {what}: {host}, to which the registry redirects, responded with {status}")]
    Redirected {
        /// What was being done, starting with a verb.
        what: String,
        /// The server.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The registry requires credentials over http, which only the repository's configuration allows.
    #[error("cannot {what}: {host} requires credentials, which are not sent over http")]
    Plain {
        /// What was being done, starting with a verb.
        what: String,
        /// The registry.
        host: String,
    },
    /// The registry's token server is another host, which must not get the password.
    #[error("cannot {what}: {host} requires a token from {realm}, and the password is not sent to that host")]
    ForeignRealm {
        /// What was being done, starting with a verb.
        what: String,
        /// The registry.
        host: String,
        /// The host of its realm, with the port unless it is the default.
        realm: String,
    },
    /// Data is malformed or does not match its digest.
    #[error("{what} is not valid: {problem}")]
    Malformed {
        /// What the data should have been.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// There is no such image.
    #[error("there is no image `{image}`")]
    NoImage {
        /// Its reference.
        image: String,
    },
    /// A list has too many entries.
    #[error("cannot {what}: stopped after {limit}")]
    Endless {
        /// What was being done, starting with a verb.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// Concurrent writers keep overwriting the referrers index.
    #[error("cannot add to the referrers of `{image}`: concurrent writers keep overwriting the list")]
    Contended {
        /// The image.
        image: String,
    },
    /// A credential file cannot be read.
    #[error("cannot read the credentials in `{}`: {problem}", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A credential helper failed.
    #[error("the credential helper `{program}` returned no credentials for {host}: {problem}")]
    Helper {
        /// The program.
        program: String,
        /// The registry.
        host: String,
        /// What happened.
        problem: String,
    },
}

impl Error {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Reference(_) => {
                Some("write it as registry.example.com/team/app:v1.2.0".to_owned())
            }
            // Plain http was used, so TLS is not the cause.
            Self::Http { source: http::Error::Transport { url, .. }, .. }
                if url.starts_with("http://") =>
            {
                Some("start the registry, or add its port, as in localhost:5000/app".to_owned())
            }
            Self::Http { source: http::Error::Transport { problem, .. }, .. } => Some(
                if problem.contains("certificate") {
                    "for a certificate from a private authority, use --ca-file, or ca_file in ~/.config/tidings/hosts.toml"
                } else {
                    "for a registry without TLS, use --plain-http, or plain_http in ~/.config/tidings/hosts.toml"
                }
                .to_owned(),
            ),
            Self::Http { source, .. } => source.hint(),
            Self::Unauthorized { host, had_credentials: false, .. } => Some(format!(
                "run `docker login {host}`, or set TIDINGS_REGISTRY_HOST={host}, TIDINGS_REGISTRY_USER and TIDINGS_REGISTRY_TOKEN"
            )),
            Self::Unauthorized { host, had_credentials: true, .. } => {
                Some(format!(
                "run `docker login {host}` with an account that can read and write; if the repository does not exist yet, create it or push an image to it once"
            ))
            }
            Self::ForeignRealm { host, realm, .. } => Some(format!(
                "if {realm} is the token server of {host}, set TIDINGS_REGISTRY_REALM={realm}"
            )),
            Self::Plain { host, .. } => Some(format!(
                "to allow it, use --plain-http, set TIDINGS_REGISTRY__PLAIN_HTTP='[\"{host}\"]', or add [\"{host}\"] with plain_http = true to ~/.config/tidings/hosts.toml"
            )),
            Self::Contended { .. } => Some("run the command again when they have finished".to_owned()),
            Self::Credentials { .. } => {
                Some("use a file written by `docker login`, such as ~/.docker/config.json".to_owned())
            }
            Self::Helper { .. } => Some("test it with: echo HOST | docker-credential-NAME get".to_owned()),
            Self::Refused { .. } | Self::Redirected { .. } | Self::Malformed { .. } | Self::NoImage { .. } | Self::Endless { .. } => {
                None
            }
        }
    }
}
