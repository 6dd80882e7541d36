//! What can go wrong between us and a registry.

use std::path::PathBuf;

use crate::http;

use super::ReferenceError;

/// A registry could not be asked, or not told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A text names no image.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// There was no answer.
    #[error("cannot {what}")]
    Http {
        /// What was being done.
        what: String,
        /// Why there is none.
        source: http::Error,
    },
    /// The registry said no.
    #[error("cannot {what}: the registry answered {status}{said}")]
    Refused {
        /// What was being done.
        what: String,
        /// The status of its answer.
        status: u16,
        /// What it said, with `: ` before it; may be empty.
        said: String,
    },
    /// The registry lets us not do it.
    #[error("cannot {what}: {}{said}", if *known { "the registry does not take the credentials, or they do not allow it" } else { "the registry asks for credentials" })]
    Unauthorized {
        /// What was being done.
        what: String,
        /// The host whose credentials were looked for.
        host: String,
        /// Whether there were credentials.
        known: bool,
        /// What it said, with `: ` before it; may be empty.
        said: String,
    },
    /// A server that the registry redirected to lets us not do it.
    #[error("cannot {what}: {host}, where the registry redirects to, answered {status}")]
    Redirected {
        /// What was being done.
        what: String,
        /// The server.
        host: String,
        /// The status of its answer.
        status: u16,
    },
    /// The registry asks who we are by http, and only a repository's configuration lets it be spoken to so.
    #[error("cannot {what}: {host} asks for credentials, which are not sent over http")]
    Plain {
        /// What was being done.
        what: String,
        /// The registry.
        host: String,
    },
    /// The registry wants the password to go to another host.
    #[error("cannot {what}: {host} asks for a token of {realm}, to which its password is not sent")]
    ForeignRealm {
        /// What was being done.
        what: String,
        /// The registry.
        host: String,
        /// The host of its realm, with a port that is not the usual one.
        realm: String,
    },
    /// What the registry gave is not what it should be.
    #[error("{what} cannot be used: {problem}")]
    Malformed {
        /// What it should have been.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// There is no such image.
    #[error("there is no image `{image}`")]
    NoImage {
        /// As it was named.
        image: String,
    },
    /// A list that does not end.
    #[error("the list of {what} does not end: gave up after {limit}")]
    Endless {
        /// What is listed.
        what: String,
        /// Where it was given up.
        limit: String,
    },
    /// Others keep writing the same list of referrers.
    #[error("cannot put the notes on the list of what refers to `{image}`: others keep overwriting it")]
    Contended {
        /// The image.
        image: String,
    },
    /// A file of credentials cannot be read.
    #[error("cannot read the credentials of `{}`: {problem}", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A credential helper failed.
    #[error("the credential helper `{program}` gave no credentials for {host}: {problem}")]
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
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Reference(_) => {
                Some("an image is named as in registry.example.com/team/app:v1.2.0".to_owned())
            }
            // One that was spoken to by http and is not there is simply not there.
            Self::Http { source: http::Error::Broken { address, .. }, .. }
                if address.starts_with("http://") =>
            {
                Some("start it, or name the registry with its port, as in localhost:5000/app".to_owned())
            }
            Self::Http { source: http::Error::Broken { problem, .. }, .. } => Some(
                if problem.contains("certificate") {
                    "a registry with a certificate of your own authority needs --ca-file, or ca_file in ~/.config/tidings/hosts.toml"
                } else {
                    "a registry that speaks http needs --plain-http, or plain_http in ~/.config/tidings/hosts.toml"
                }
                .to_owned(),
            ),
            Self::Http { source, .. } => source.hint(),
            Self::Unauthorized { host, known: false, .. } => Some(format!(
                "run `docker login {host}`, or set TIDINGS_REGISTRY_HOST={host}, TIDINGS_REGISTRY_USER and TIDINGS_REGISTRY_TOKEN"
            )),
            Self::Unauthorized { host, known: true, .. } => {
                Some(format!(
                "run `docker login {host}` again, as somebody who may read and write there; where the repository is not there yet, make it or push an image to it once"
            ))
            }
            Self::ForeignRealm { host, realm, .. } => Some(format!(
                "if {realm} is where {host} gives its tokens, allow it: TIDINGS_REGISTRY_REALM={realm}"
            )),
            Self::Plain { host, .. } => Some(format!(
                "to allow it: --plain-http, TIDINGS_REGISTRY__PLAIN_HTTP='[\"{host}\"]', or [\"{host}\"] with plain_http = true in ~/.config/tidings/hosts.toml"
            )),
            Self::Contended { .. } => Some("run it again when they are done".to_owned()),
            Self::Credentials { .. } => {
                Some("it is a file such as ~/.docker/config.json, written by `docker login`".to_owned())
            }
            Self::Helper { .. } => Some("try it: echo HOST | docker-credential-NAME get".to_owned()),
            Self::Refused { .. } | Self::Redirected { .. } | Self::Malformed { .. } | Self::NoImage { .. } | Self::Endless { .. } => {
                None
            }
        }
    }
}
