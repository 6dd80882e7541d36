//! Why there is no next version.

use chrono::NaiveDate;

use crate::model::Version;

/// There is no next version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What should be a label is none.
    #[error("`{label}` is no label of a pre-release")]
    BadLabel {
        /// What was given.
        label: String,
    },
    /// The pre-release would be lower than one that exists.
    #[error("{version} would be lower than {existing}, which exists already")]
    Lower {
        /// What would come out.
        version: Box<Version>,
        /// The highest pre-release of the same numbers.
        existing: Box<Version>,
    },
    /// A version of this date exists, and there is no count to tell another from it.
    #[error("{version} has the date of today already, and the calendar pattern has no count")]
    SameDate {
        /// The version of this date.
        version: Version,
    },
    /// The date lies before the highest version's.
    #[error("the date {date} is before that of {version}")]
    DateBehind {
        /// The date that was given.
        date: NaiveDate,
        /// The highest version.
        version: Version,
    },
    /// A number cannot be raised any more.
    #[error("no number of {version} can be raised further")]
    TooLarge {
        /// The version.
        version: Version,
    },
}

impl Error {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::BadLabel { .. } => Some(
                "a label is letters and hyphens, such as `alpha`, `beta` or `rc`; the number is counted"
                    .to_owned(),
            ),
            Self::Lower { existing, .. } => {
                let label = existing.prerelease().as_str().split('.').next().unwrap_or_default();
                Some(format!("count on with the label `{label}`, or make the final version without a label"))
            }
            Self::SameDate { .. } => {
                Some("add a count to the calendar pattern, such as `YYYY.MM.DD.MICRO`".to_owned())
            }
            Self::DateBehind { .. } => Some("set the clock right, or give the version by hand".to_owned()),
            Self::TooLarge { .. } => None,
        }
    }
}
