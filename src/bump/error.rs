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
    /// A number is at its maximum.
    #[error("cannot raise {version}: a number is at its maximum")]
    TooLarge {
        /// The version.
        version: Version,
    },
}

impl Error {
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
