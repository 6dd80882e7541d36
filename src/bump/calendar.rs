//! The next calendar version: its dates are the day's, its counts tell the versions of one date apart.

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::model::{Bump, CalVer, Version};

use super::error::Error;

/// The numbers of the version that follows `highest` on `date`. A pre-release of that date keeps its numbers.
pub(super) fn numbers(
    pattern: &CalVer,
    highest: Option<&Version>,
    bump: Bump,
    date: NaiveDate,
) -> Result<Vec<u64>, Error> {
    let dates = pattern.date_numbers(date);
    let Some(highest) = highest else { return Ok(dates.iter().map(|date| date.unwrap_or(0)).collect()) };
    let first_date = dates.iter().position(Option::is_some).unwrap_or(0);
    let counts: Vec<_> =
        dates.iter().enumerate().filter(|(_, date)| date.is_none()).map(|(at, _)| at).collect();
    let dates_compared =
        dates.iter().enumerate().filter_map(|(at, date)| Some(date.as_ref()?.cmp(&highest.number(at))));
    let ordering = dates_compared.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal);
    // A count before the date (`MAJOR.YYYY.MM`) is no matter of the date: only a breaking change raises it.
    let leading = counts.first().copied().filter(|&at| at < first_date && bump == Bump::Major);
    let trailing: Vec<_> = counts.into_iter().filter(|&at| at > first_date).collect();
    let raised = match (leading, ordering) {
        (_, Ordering::Equal) if highest.is_prerelease() => return Ok(highest.numbers().to_vec()),
        (Some(at), _) => Some(at),
        (None, Ordering::Less) => {
            return Err(Error::DateBehind { date, version: highest.clone() });
        }
        (None, Ordering::Greater) => None,
        (None, Ordering::Equal) => {
            let at = if bump == Bump::Patch { trailing.last() } else { trailing.first() };
            Some(*at.ok_or_else(|| Error::SameDate { version: highest.clone() })?)
        }
    };
    // What stands after the raised count, or after a new date, begins at 0.
    let kept_below = raised.unwrap_or(first_date);
    let number = |(at, date): (usize, Option<u64>)| match date {
        Some(date) => Some(date),
        None if raised == Some(at) => highest.number(at).checked_add(1),
        None if at < kept_below => Some(highest.number(at)),
        None => Some(0),
    };
    let numbers: Option<Vec<_>> = dates.into_iter().enumerate().map(number).collect();
    numbers.ok_or_else(|| Error::TooLarge { version: highest.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn next(pattern: &str, highest: &str, bump: Bump, date: (i32, u32, u32)) -> Result<String, String> {
        let pattern = CalVer::parse(pattern).unwrap();
        let scheme = Scheme::CalVer(pattern.clone());
        let highest = (!highest.is_empty()).then(|| Version::parse(highest, &scheme).unwrap());
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap();
        let numbers = numbers(&pattern, highest.as_ref(), bump, date).map_err(|error| error.to_string())?;
        Ok(Version::from_numbers(numbers, &scheme).to_string())
    }

    #[test]
    fn a_new_date_begins_to_count_at_zero_and_the_same_date_counts_on() {
        let month = |highest, date| next("YYYY.0M.MICRO", highest, Bump::Minor, date).unwrap();
        assert_eq!(month("", (2026, 1, 31)), "2026.01.0");
        assert_eq!(month("2026.01.3", (2026, 1, 31)), "2026.01.4");
        assert_eq!(month("2026.01.3", (2026, 2, 1)), "2026.02.0");
        assert_eq!(month("2025.12.3", (2026, 1, 1)), "2026.01.0");
        assert_eq!(month("2026.01.0-rc.1", (2026, 1, 31)), "2026.01.0");
        assert_eq!(month("2026.01.0-rc.1", (2026, 2, 1)), "2026.02.0");
    }

    #[test]
    fn several_counts_go_by_the_bump() {
        let next = |highest, bump, date| next("YYYY.MINOR.MICRO", highest, bump, date).unwrap();
        assert_eq!(next("2026.1.3", Bump::Patch, (2026, 5, 1)), "2026.1.4");
        assert_eq!(next("2026.1.3", Bump::Minor, (2026, 5, 1)), "2026.2.0");
        assert_eq!(next("2026.1.3", Bump::Minor, (2027, 5, 1)), "2027.0.0");
    }

    #[test]
    fn a_count_before_the_date_is_raised_by_a_breaking_change_alone() {
        let next = |bump, date| next("MAJOR.YY.MM.MICRO", "3.26.1.2", bump, date).unwrap();
        assert_eq!(next(Bump::Minor, (2026, 1, 9)), "3.26.1.3");
        assert_eq!(next(Bump::Minor, (2026, 2, 9)), "3.26.2.0");
        assert_eq!(next(Bump::Major, (2026, 1, 9)), "4.26.1.0");
    }

    #[test]
    fn a_date_that_says_nothing_new_is_refused() {
        assert_eq!(
            next("YYYY.MM.DD", "2026.1.31", Bump::Patch, (2026, 1, 31)).unwrap_err(),
            "2026.1.31 has the date of today already, and the calendar pattern has no count"
        );
        assert_eq!(
            next("YYYY.MM.MICRO", "2026.2.0", Bump::Patch, (2026, 1, 31)).unwrap_err(),
            "the date 2026-01-31 is before that of 2026.2.0"
        );
    }
}
