//! Forge errors.

use crate::{http, model::ForgeKind};

/// Why a forge request failed. No message contains a token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There was no response.
    #[error("{0}")]
    Http(#[from] http::Error),
    /// The forge responded with an error status.
    #[error("the request to {forge} failed ({doing}): {status} {message}", forge = forge.title())]
    Refused {
        /// The forge.
        forge: ForgeKind,
        /// What was being done, as in `reading the release v1.2.0`.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// The message in the forge's response.
        message: String,
    },
    /// The response does not have the documented format.
    #[error("cannot parse the response from {forge} ({doing}): {problem}", forge = forge.title())]
    Malformed {
        /// The forge.
        forge: ForgeKind,
        /// What was requested.
        doing: String,
        /// The error of the parser.
        problem: String,
    },
    /// A URL is not valid, or not on the forge.
    #[error("`{0}` is not a valid API URL")]
    Url(String),
    /// The forge or tidings does not support it.
    #[error("{what} is not possible on {forge}", forge = forge.title())]
    Unsupported {
        /// The forge.
        forge: ForgeKind,
        /// What is not supported.
        what: &'static str,
    },
}

impl Error {
    /// Whether further requests would fail too: a rate limit is exhausted, or access is denied.
    pub(super) fn is_persistent(&self) -> bool {
        match self {
            Self::Http(error) => matches!(error, http::Error::RateLimited { .. }),
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 404 | 429),
            Self::Url(_) | Self::Unsupported { .. } => true,
            Self::Malformed { .. } => false,
        }
    }

    /// The error for something that a response or a commit references but that does not exist.
    pub(super) fn not_found(forge: ForgeKind, doing: String) -> Self {
        Self::Refused { forge, doing, status: 404, message: "Not Found".to_owned() }
    }

    /// Whether another run was first: the object to create already exists.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Refused { status: 409, .. } => true,
            Self::Refused { status: 422, message, .. } => message.contains("already_exists"),
            _ => false,
        }
    }

    /// Whether the release is immutable: GitHub refuses a change of its files, or to turn it back into a draft.
    #[must_use]
    pub fn is_immutable(&self) -> bool {
        let says = |message: &str| {
            message.contains("to an immutable release")
                || message.contains("from an immutable release")
                || message.contains("when release is immutable")
        };
        matches!(self, Self::Refused { status: 422, message, .. } if says(message))
    }

    /// Whether the tag was that of an immutable release that was deleted: GitHub refuses another release for it.
    #[must_use]
    pub fn is_used_tag(&self) -> bool {
        let says = |message: &str| message.contains("was used by an immutable release");
        matches!(self, Self::Refused { status: 422, message, .. } if says(message))
    }

    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Http(error) => error.hint(),
            Self::Refused { forge, status, .. } => {
                let tokens = forge.token_variables();
                match status {
                    401 => Some(format!("the token is not valid: check {tokens}")),
                    403 => Some(format!(
                        "the token in {tokens} lacks permission; docs/forges lists the required scopes"
                    )),
                    404 => Some(format!(
                        "forges also return 404 if the token has no access to the repository: check {tokens} and [repository]"
                    )),
                    _ => None,
                }
            }
            Self::Url(_) => Some("set it as in api = \"https://github.example.com/api/v3\"".to_owned()),
            Self::Malformed { .. } => Some(
                "check that it is this forge; set `forge` under [repository] if it is another".to_owned(),
            ),
            Self::Unsupported { forge, .. } => forge.without_releases().map(str::to_owned),
        }
    }
}
