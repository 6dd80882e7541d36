//! What a forge can refuse.

use crate::{http, model::ForgeKind};

/// Why a forge gave no answer, or none that can be used. No message holds a token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There was no answer.
    #[error("{0}")]
    Http(#[from] http::Error),
    /// The forge refuses.
    #[error("{forge} refuses {doing}: {status} {message}", forge = forge.title())]
    Refused {
        /// The forge.
        forge: ForgeKind,
        /// What was asked for, as in `the release v1.2.0`.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// The forge's own words.
        message: String,
    },
    /// The answer has another form than the forge's documentation says.
    #[error("{forge} answers {doing} in a form that cannot be read: {problem}", forge = forge.title())]
    Form {
        /// The forge.
        forge: ForgeKind,
        /// What was asked for.
        doing: String,
        /// What is wrong.
        problem: String,
    },
    /// The forge's address is none.
    #[error("`{0}` is no address of a forge's interface")]
    Address(String),
    /// The forge cannot do it, or tidings cannot ask it to.
    #[error("{what} is not possible on {forge}", forge = forge.title())]
    Unsupported {
        /// The forge.
        forge: ForgeKind,
        /// What was wanted.
        what: &'static str,
    },
}

impl Error {
    /// Whether the same would be said to any other question: a limit is used up, or who asks may not.
    pub(super) fn is_for_all(&self) -> bool {
        match self {
            Self::Http(error) => matches!(error, http::Error::Limited { .. }),
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 404 | 429),
            Self::Address(_) | Self::Unsupported { .. } => true,
            Self::Form { .. } => false,
        }
    }

    /// That something is not there which an answer of the forge, or a commit, named.
    pub(super) fn absent(forge: ForgeKind, doing: String) -> Self {
        Self::Refused { forge, doing, status: 404, message: "Not Found".to_owned() }
    }

    /// Whether somebody else was faster: what was to be made is there already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Refused { status: 409, .. } => true,
            Self::Refused { status: 422, message, .. } => message.contains("already_exists"),
            _ => false,
        }
    }

    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Http(error) => error.hint(),
            Self::Refused { forge, status, .. } => {
                let tokens = forge.token_variables();
                match status {
                    401 => Some(format!("the token is not valid: look at {tokens}")),
                    403 => Some(format!(
                        "the token in {tokens} may not do this; docs/forges names the least scopes"
                    )),
                    404 => Some(format!(
                        "forges answer 404 too where the token may not see a repository: look at {tokens} and at [repository]"
                    )),
                    _ => None,
                }
            }
            Self::Address(_) => Some("write it as in api = \"https://github.example.com/api/v3\"".to_owned()),
            Self::Form { .. } => Some("is it this forge? `forge` under [repository] says which".to_owned()),
            Self::Unsupported { forge, .. } => forge.without_releases().map(str::to_owned),
        }
    }
}
