//! Errors in commenting on a pull request.

use crate::{forge, model::ForgeKind};

/// Why a pull request could not be commented on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request failed.
    #[error(transparent)]
    Forge(#[from] forge::Error),
    /// There is no pull request with the number.
    #[error("there is no pull request {sign}{number}", sign = forge.pull_request_sign())]
    NoNumber {
        /// The forge.
        forge: ForgeKind,
        /// The number.
        number: u64,
    },
    /// No open pull request has the commit as its newest.
    #[error("no open pull request has {commit} as its newest commit")]
    NoHead {
        /// The commit.
        commit: String,
    },
    /// Several open pull requests have the commit as their newest.
    #[error("several open pull requests have {commit} as their newest commit: {numbers}")]
    Several {
        /// The commit.
        commit: String,
        /// Their numbers.
        numbers: String,
    },
    /// The pull request is closed or merged.
    #[error("pull request #{number} is not open")]
    NotOpen {
        /// Its number.
        number: u64,
    },
    /// The pull request has a newer commit than the one that the run is about.
    #[error("pull request #{number} has a newer commit")]
    Outdated {
        /// Its number.
        number: u64,
    },
    /// A commit is not in the clone.
    #[error("this clone does not contain {what}")]
    NoCommit {
        /// What the commit is.
        what: String,
        /// The command that fetches it.
        fetch: String,
    },
}

impl Error {
    /// Whether the request was refused, as opposed to a failure of the forge: another run does not help.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::NoNumber { .. }
            | Self::NoHead { .. }
            | Self::Several { .. }
            | Self::NotOpen { .. }
            | Self::Outdated { .. } => true,
            Self::Forge(_) | Self::NoCommit { .. } => false,
        }
    }

    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Forge(error @ forge::Error::Refused { status: 403, .. }) => {
                let own = error.hint().map(|hint| format!("{hint}; ")).unwrap_or_default();
                Some(format!(
                    "{own}the token of a pull request from a fork cannot comment: comment from a second workflow, as docs/comment describes"
                ))
            }
            Self::Forge(error) => error.hint(),
            Self::NoNumber { forge, .. } => Some(format!(
                "forges also report this if the token has no access to the repository: check {}",
                forge.token_variables()
            )),
            Self::NoHead { .. } => Some(
                "it was closed, has a newer commit, or was never opened; pass --pull-request NUMBER to name it"
                    .to_owned(),
            ),
            Self::Several { .. } => Some("pass --pull-request NUMBER".to_owned()),
            Self::NotOpen { .. } => Some("--dry-run prints the comment".to_owned()),
            Self::Outdated { .. } => Some("the run for that commit writes the comment".to_owned()),
            Self::NoCommit { fetch, .. } => Some(format!("fetch it first: {fetch}")),
        }
    }
}
