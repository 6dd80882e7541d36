//! What can go wrong with a message.

use crate::http;

/// A message could not be made or sent. None of them holds an address of a web hook.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is none, or one that a secret must not be sent to.
    #[error("the address for `{name}` cannot be used: it is no https address")]
    Address {
        /// The entry of the configuration.
        name: String,
    },
    /// The server did not take it.
    #[error("`{name}` was not taken: {status}{}", if answer.is_empty() { String::new() } else { format!(" ({answer})") })]
    Refused {
        /// The entry of the configuration.
        name: String,
        /// The status.
        status: u16,
        /// The beginning of the answer.
        answer: String,
    },
    /// The server sent it on to another place, where a message with its secrets does not go.
    #[error("`{name}` was not taken: {status} redirects to {host}")]
    Redirected {
        /// The entry of the configuration.
        name: String,
        /// The status.
        status: u16,
        /// The host that it points to.
        host: String,
    },
    /// Something of a mail cannot be used.
    #[error("the mail cannot be made: {problem}")]
    Mail {
        /// What is wrong.
        problem: String,
    },
    /// The server could not be reached.
    #[error(transparent)]
    Http(#[from] http::Error),
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Address { .. } => Some("only servers on this machine are spoken to by http".to_owned()),
            Self::Refused { status: 403 | 404 | 410, .. } => {
                Some("the web hook may have been taken away: make a new one".to_owned())
            }
            Self::Redirected { .. } => {
                Some("no redirect is followed: give the address that takes messages itself".to_owned())
            }
            Self::Mail { .. } => Some("addresses are written as in `Ada <ada@example.com>`".to_owned()),
            Self::Refused { .. } | Self::Http(_) => None,
        }
    }
}
