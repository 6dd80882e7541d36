//! Computes the numbers of the next calendar version: date parts from today, counters for several versions of one date.

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::model::{Bump, CalVer, Version};

use super::error::Error;

/// The numbers of the version after `highest` on `date`. If `highest` is a pre-release of that date, its numbers are
/// kept.
///
/// # Errors
/// If `date` is earlier than that of `highest`, the pattern has no counter for a second version of the date, or a
/// number is at its maximum.
pub(super) fn numbers(
    pattern: &CalVer,
    highest: Option<&Version>,
    bump: Bump,
    date: NaiveDate,
) -> Result<Vec<u64>, Error> {
    let dates = pattern.date_numbers(date);
    let Some(highest) = highest else { return Ok(dates.iter().map(|date| date.unwrap_or(0)).collect()) };
    let first_date = dates.iter().position(Option::is_some).unwrap_or(0);
    let counters: Vec<_> =
        dates.iter().enumerate().filter(|(_, date)| date.is_none()).map(|(at, _)| at).collect();
    let dates_compared =
        dates.iter().enumerate().filter_map(|(at, date)| Some(date.as_ref()?.cmp(&highest.number(at))));
    let ordering = dates_compared.into_iter().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal);
    // Only a breaking change raises a counter before the date (`MAJOR.YYYY.MM`).
    let leading = counters.first().copied().filter(|&at| at < first_date && bump == Bump::Major);
    let trailing: Vec<_> = counters.into_iter().filter(|&at| at > first_date).collect();
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
    // Counters after the raised one, or after a new date, restart at 0.
    let first_reset = raised.unwrap_or(first_date);
    let number = |(at, date): (usize, Option<u64>)| match date {
        Some(date) => Some(date),
        None if raised == Some(at) => highest.number(at).checked_add(1),
        None if at < first_reset => Some(highest.number(at)),
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
    fn counter_restarts_on_a_new_date() {
        let month = |highest, date| next("YYYY.0M.MICRO", highest, Bump::Minor, date).unwrap();
        assert_eq!(month("", (2026, 1, 31)), "2026.01.0");
        assert_eq!(month("2026.01.3", (2026, 1, 31)), "2026.01.4");
        assert_eq!(month("2026.01.3", (2026, 2, 1)), "2026.02.0");
        assert_eq!(month("2025.12.3", (2026, 1, 1)), "2026.01.0");
        assert_eq!(month("2026.01.0-rc.1", (2026, 1, 31)), "2026.01.0");
        assert_eq!(month("2026.01.0-rc.1", (2026, 2, 1)), "2026.02.0");
    }

    #[test]
    fn bump_selects_the_counter() {
        let next = |highest, bump, date| next("YYYY.MINOR.MICRO", highest, bump, date).unwrap();
        assert_eq!(next("2026.1.3", Bump::Patch, (2026, 5, 1)), "2026.1.4");
        assert_eq!(next("2026.1.3", Bump::Minor, (2026, 5, 1)), "2026.2.0");
        assert_eq!(next("2026.1.3", Bump::Minor, (2027, 5, 1)), "2027.0.0");
    }

    #[test]
    fn only_a_breaking_change_raises_a_leading_counter() {
        let next = |bump, date| next("MAJOR.YY.MM.MICRO", "3.26.1.2", bump, date).unwrap();
        assert_eq!(next(Bump::Minor, (2026, 1, 9)), "3.26.1.3");
        assert_eq!(next(Bump::Minor, (2026, 2, 9)), "3.26.2.0");
        assert_eq!(next(Bump::Major, (2026, 1, 9)), "4.26.1.0");
    }

    #[test]
    fn repeated_or_earlier_date_is_an_error() {
        assert_eq!(
            next("YYYY.MM.DD", "2026.1.31", Bump::Patch, (2026, 1, 31)).unwrap_err(),
            "2026.1.31 already has today's date, and the calendar pattern has no counter"
        );
        assert_eq!(
            next("YYYY.MM.MICRO", "2026.2.0", Bump::Patch, (2026, 1, 31)).unwrap_err(),
            "the date 2026-01-31 is earlier than that of 2026.2.0"
        );
    }
}
