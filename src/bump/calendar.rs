//! Computes the numbers of the next calendar version: date parts from today, counters for several versions of one date.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use chrono::NaiveDate;

use crate::model::{Bump, CalVer, Version};

use super::error::Error;

/// The numbers of the version after the highest of `versions` on `date`. If that is a pre-release of the date, its
/// numbers are kept. Counters start where those of `versions` do.
///
/// # Errors
/// If `date` is earlier than that of the highest version, the pattern has no counter for a second version of the date,
/// or a number is at its maximum.
pub(super) fn numbers(
    pattern: &CalVer,
    versions: &[&Version],
    bump: Bump,
    date: NaiveDate,
) -> Result<Vec<u64>, Error> {
    let dates = pattern.date_numbers(date);
    let Some(highest) = versions.iter().max() else { return Ok(first(pattern, &dates)) };
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
            return Err(Error::DateBehind { date, version: (*highest).clone() });
        }
        (None, Ordering::Greater) => None,
        (None, Ordering::Equal) => {
            let at = if bump == Bump::Patch { trailing.last() } else { trailing.first() };
            Some(*at.ok_or_else(|| Error::SameDate { version: (*highest).clone() })?)
        }
    };
    // Counters after the raised one, or after a new date, start again.
    let first_reset = raised.unwrap_or(first_date);
    let mut numbers = Vec::with_capacity(dates.len());
    for (at, date) in dates.iter().enumerate() {
        numbers.push(match date {
            Some(date) => *date,
            None if raised == Some(at) => {
                raise(highest, at, versions).ok_or_else(|| Error::TooLarge { version: (*highest).clone() })?
            }
            None if at < first_reset => highest.number(at),
            None => match start(at, versions) {
                Some(Some(start)) => start,
                None if !pattern.last_is_optional() => 0,
                Some(None) | None => break,
            },
        });
    }
    Ok(numbers)
}

/// The numbers of the first version: counters at 0, without an optional one.
fn first(pattern: &CalVer, dates: &[Option<u64>]) -> Vec<u64> {
    let count = dates.len() - usize::from(pattern.last_is_optional());
    dates.iter().take(count).map(|date| date.unwrap_or(0)).collect()
}

/// The counter after that of `highest`. Where the first version of a date has none, the second may have 1 or 2.
fn raise(highest: &Version, at: usize, versions: &[&Version]) -> Option<u64> {
    if let Some(number) = highest.numbers().get(at) {
        return number.checked_add(1);
    }
    let series = series(at, versions);
    let follows_none = series.values().filter(|counters| counters.contains(&None));
    let second = follows_none.filter_map(|counters| counters.iter().flatten().min());
    Some(second.min().copied().unwrap_or(1))
}

/// The counter that most series of versions start with, or the latest of them if two are as frequent; `Some(None)` if
/// the first version has none. `None` if there is no series with its start, as where old tags were deleted.
fn start(at: usize, versions: &[&Version]) -> Option<Option<u64>> {
    let series = series(at, versions);
    let starts = series.values().filter_map(|counters| counters.first().copied());
    let starts: Vec<_> = starts.filter(|start| start.is_none_or(|start| start <= 1)).collect();
    let count = |start: &Option<u64>| starts.iter().filter(|it| *it == start).count();
    // Of equals, `max_by_key` returns the last.
    starts.iter().max_by_key(|start| count(start)).copied()
}

/// The values of the counter at `at`, by the numbers before it: versions of one date count together.
fn series<'a>(at: usize, versions: &[&'a Version]) -> BTreeMap<&'a [u64], BTreeSet<Option<u64>>> {
    let mut series: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for version in versions {
        if let Some(before) = version.numbers().get(..at) {
            series.entry(before).or_default().insert(version.numbers().get(at).copied());
        }
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn next(pattern: &str, tagged: &str, bump: Bump, date: (i32, u32, u32)) -> Result<String, String> {
        let pattern = CalVer::parse(pattern).unwrap();
        let scheme = Scheme::CalVer(pattern.clone());
        let versions: Vec<_> =
            tagged.split_whitespace().map(|text| Version::parse(text, &scheme).unwrap()).collect();
        let versions: Vec<_> = versions.iter().collect();
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap();
        let numbers = numbers(&pattern, &versions, bump, date).map_err(|error| error.to_string())?;
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
    fn counter_starts_where_those_of_the_tags_do() {
        let day = |tagged, day| next("YYYY.0M.0D.MICRO", tagged, Bump::Minor, (2026, 1, day)).unwrap();
        assert_eq!(day("2026.01.13.1 2026.01.13.2", 14), "2026.01.14.1");
        assert_eq!(day("2026.01.13.1 2026.01.13.2", 13), "2026.01.13.3");
        assert_eq!(day("2026.01.12.0 2026.01.13.0 2026.01.13.1", 14), "2026.01.14.0");
        assert_eq!(day("2026.01.10.0 2026.01.12.1 2026.01.13.1", 14), "2026.01.14.1", "most days");
        assert_eq!(day("2026.01.12.0 2026.01.13.1", 14), "2026.01.14.1", "the latest day");
        assert_eq!(day("2026.01.13.5", 14), "2026.01.14.0", "the tags before are missing");
        let minor = |tagged, date| next("YYYY.MINOR.MICRO", tagged, Bump::Minor, date).unwrap();
        assert_eq!(minor("2025.1.1 2025.2.1 2026.1.1", (2026, 5, 1)), "2026.2.1");
        assert_eq!(minor("2025.1.1 2025.2.1 2026.1.1", (2027, 5, 1)), "2027.1.1");
    }

    #[test]
    fn optional_counter_is_absent_from_the_first_version_of_a_date() {
        let day = |tagged, day| next("YYYY.0M.0D-MICRO", tagged, Bump::Patch, (2026, 1, day)).unwrap();
        assert_eq!(day("", 13), "2026.01.13");
        assert_eq!(day("2026.01.13", 13), "2026.01.13-1");
        assert_eq!(day("2026.01.13 2026.01.13-1", 13), "2026.01.13-2");
        assert_eq!(day("2026.01.12 2026.01.12-2 2026.01.13", 13), "2026.01.13-2", "as on the day before");
        assert_eq!(day("2026.01.12 2026.01.12-2", 13), "2026.01.13");
        assert_eq!(day("2026.01.12-1 2026.01.12-2", 13), "2026.01.13-1", "this project always has it");
        assert_eq!(day("2026.01.13-rc.1", 13), "2026.01.13");
    }

    #[test]
    fn bump_selects_the_counter() {
        let next = |tagged, bump, date| next("YYYY.MINOR.MICRO", tagged, bump, date).unwrap();
        assert_eq!(next("2026.0.0 2026.1.3", Bump::Patch, (2026, 5, 1)), "2026.1.4");
        assert_eq!(next("2026.0.0 2026.1.3", Bump::Minor, (2026, 5, 1)), "2026.2.0");
        assert_eq!(next("2026.0.0 2026.1.3", Bump::Minor, (2027, 5, 1)), "2027.0.0");
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
