//! Errors in building and sending messages.

use super::smtp::SmtpError;
use crate::{forge, http};

/// Why a message could not be built or sent. No error contains a webhook URL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not valid, or does not use https.
    #[error("the URL for `{name}` is not a valid https URL")]
    Url {
        /// The recipient's name in the configuration.
        name: String,
    },
    /// The server rejected it.
    #[error("cannot send to `{name}`: the server responded with {status}{}", if body.is_empty() { String::new() } else { format!(" ({body})") })]
    Refused {
        /// The recipient's name in the configuration.
        name: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of the response body.
        body: String,
    },
    /// The server redirected; redirects are not followed with secrets.
    #[error("cannot send to `{name}`: the server responded with {status}, a redirect to {host}")]
    Redirected {
        /// The recipient's name in the configuration.
        name: String,
        /// The HTTP status.
        status: u16,
        /// The host of the redirect's target.
        host: String,
    },
    /// An email cannot be built.
    #[error("cannot build the email: {problem}")]
    Email {
        /// What is wrong.
        problem: String,
    },
    /// An email was not sent, or not to all its recipients.
    #[error("cannot send to `{name}`: {error}")]
    Smtp {
        /// The recipient's name in the configuration.
        name: String,
        /// The cause, which is part of the message.
        error: SmtpError,
    },
    /// A deployment could not be recorded on the forge.
    #[error("cannot record the deployment for `{name}`: {error}")]
    Deployment {
        /// The recipient's name in the configuration.
        name: String,
        /// The cause, which is part of the message.
        error: Box<forge::Error>,
    },
    /// The server could not be reached.
    #[error(transparent)]
    Http(#[from] http::Error),
}

impl Error {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Url { .. } => Some("http is allowed for localhost only".to_owned()),
            Self::Refused { status: 403 | 404 | 410, .. } => {
                Some("the webhook may have been deleted: create a new one".to_owned())
            }
            Self::Redirected { .. } => Some("redirects are not followed: use the final URL".to_owned()),
            Self::Email { .. } => Some("write email addresses as in `Ada <ada@example.com>`".to_owned()),
            Self::Smtp { error, .. } => error.hint(),
            Self::Deployment { error, .. } => match **error {
                forge::Error::Refused { status: 403 | 404, .. } => Some(
                    "the token must be allowed to write deployments: in GitHub Actions `permissions: { deployments: write }`, for a classic token the scope `repo_deployment`"
                        .to_owned(),
                ),
                forge::Error::Refused { status: 422, .. } => {
                    Some("GitHub must have the tag or commit: push it first".to_owned())
                }
                _ => error.hint(),
            },
            // The message contains the server's explanation; the hints of HTTP errors are about a forge.
            Self::Refused { .. } | Self::Http(_) => None,
        }
    }
}
