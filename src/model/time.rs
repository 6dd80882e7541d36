//! Time as recorded by git.

use chrono::{DateTime, FixedOffset, NaiveDate};

/// Seconds since the Unix epoch, with the recorded offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z; negative before it.
    pub seconds: i64,
    /// Minutes east of UTC (`+0800` is 480).
    pub offset: i32,
}

impl Time {
    /// The calendar date at the recorded offset, as in `git log --date=short`; `None` if out of range.
    #[must_use]
    pub fn date(self) -> Option<NaiveDate> {
        self.at(self.offset)
    }

    /// The calendar date at another offset from UTC, in minutes.
    #[must_use]
    pub fn at(self, offset: i32) -> Option<NaiveDate> {
        let zone = FixedOffset::east_opt(offset.checked_mul(60)?)?;
        Some(DateTime::from_timestamp(self.seconds, 0)?.with_timezone(&zone).date_naive())
    }
}
