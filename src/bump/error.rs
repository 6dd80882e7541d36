//! Errors of computing the next version.

use chrono::NaiveDate;

use crate::model::Version;

/// The next version cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The pre-release label is not valid.
    #[error("`{label}` is not a valid pre-release label")]
    BadLabel {
        /// The label as given.
        label: String,
    },
    /// The pre-release would be lower than one that exists.
    #[error("{version} would be lower than {existing}, which already exists")]
    Lower {
        /// The pre-release that was computed.
        version: Box<Version>,
        /// The highest existing pre-release with the same numbers.
        existing: Box<Version>,
    },
    /// A version of this date exists, and the pattern has no counter for a second one.
    #[error("{version} already has today's date, and the calendar pattern has no counter")]
    SameDate {
        /// The existing version.
        version: Version,
    },
    /// The date is earlier than the highest version's.
    #[error("the date {date} is earlier than that of {version}")]
    DateBehind {
        /// The date used for the next version.
        date: NaiveDate,
        /// The highest version.
        version: Version,
    },
    /// The next minor version is tagged on another branch.
    #[error("{version} already exists on another branch")]
    Taken {
        /// The version.
        version: Box<Version>,
        /// The next free patch version; `None` before the first version.
        patch: Option<Box<Version>>,
        /// The next free minor version.
        minor: Box<Version>,
    },
    /// The changes require a version that is not on the maintenance line.
    #[error("{version} is not on the maintenance line {line}")]
    OffLine {
        /// The version.
        version: Box<Version>,
        /// The line.
        line: String,
        /// The next free patch version on the line; `None` before the first version.
        patch: Option<Box<Version>>,
    },
    /// A higher version exists, and the branch maintains no older line.
    #[error("{version} would be lower than {highest}, which already exists")]
    BelowExisting {
        /// The version that was computed.
        version: Box<Version>,
        /// The highest final version.
        highest: Box<Version>,
    },
    /// The version that a commit requests cannot be used.
    #[error("commit {commit} requests {version} (Release-As), but {reason}")]
    ReleaseAs {
        /// The version.
        version: Box<Version>,
        /// The commit, abbreviated.
        commit: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// A number is at its maximum.
    #[error("cannot raise {version}: a number is at its maximum")]
    TooLarge {
        /// The version.
        version: Version,
    },
}

impl Error {
    /// Whether the changes can be released, but not under the version that follows: the user has to choose.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Taken { .. } | Self::OffLine { .. } | Self::BelowExisting { .. } | Self::ReleaseAs { .. }
        )
    }

    /// What to do next, if there is advice.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::BadLabel { .. } => Some(
                "use letters and hyphens, such as `alpha`, `beta` or `rc`; the number is added automatically"
                    .to_owned(),
            ),
            Self::Lower { existing, .. } => {
                let label = existing.prerelease().as_str().split('.').next().unwrap_or_default();
                Some(format!("continue with the label `{label}`, or omit the label to get the final version"))
            }
            Self::Taken { patch, minor, .. } => Some(match patch {
                Some(patch) => format!("choose one of the next free versions: --as {patch} or --as {minor}"),
                None => format!("choose the next free version: --as {minor}"),
            }),
            Self::OffLine { version, patch: Some(patch), .. } => {
                Some(format!("to stay on the line: --as {patch}; to leave it: --as {version}"))
            }
            Self::OffLine { version, patch: None, .. } => Some(format!("to leave the line: --as {version}")),
            Self::BelowExisting { version, .. } => Some(format!(
                "if this branch maintains an older version, pass --line {}.{}; otherwise choose a version: --as VERSION",
                version.number(0),
                version.number(1)
            )),
            Self::ReleaseAs { .. } => {
                Some("add a commit with the trailer `Release-As: VERSION`; the newest one counts".to_owned())
            }
            Self::SameDate { .. } => {
                Some("add a counter to the calendar pattern, such as `YYYY.MM.DD.MICRO`".to_owned())
            }
            Self::DateBehind { .. } => {
                Some("correct the system clock, or set the version by hand: --as VERSION".to_owned())
            }
            Self::TooLarge { .. } => Some("set the version by hand: --as VERSION".to_owned()),
        }
    }
}
