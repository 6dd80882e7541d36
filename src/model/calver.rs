//! Calendar versions: their pattern, and parsing and writing versions with it.

use chrono::{Datelike, NaiveDate};

use super::{
    loose::split_build,
    version::{Suffix, Version},
};

/// The pattern of calendar versions, with the parts of <https://calver.org>: `YYYY.MM.MICRO`, `YYYY.0M.0D-MICRO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalVer {
    parts: Vec<CalVerPart>,
    /// The text before each part; empty before the first.
    separators: Vec<String>,
    /// Whether versions may lack the last part.
    last_is_optional: bool,
}

/// One number of a calendar version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalVerPart {
    /// `YYYY`: 2006, 2016, 2106.
    FullYear,
    /// `YY`: 6, 16, 106.
    ShortYear,
    /// `0Y`: 06, 16, 106.
    PaddedYear,
    /// `MM`: 1, 2 … 11, 12.
    Month,
    /// `0M`: 01, 02 … 11, 12.
    PaddedMonth,
    /// `WW`: the ISO week, 1, 2, 33, 52.
    Week,
    /// `0W`: the ISO week, 01, 02, 33, 52.
    PaddedWeek,
    /// `DD`: 1, 2 … 30, 31.
    Day,
    /// `0D`: 01, 02 … 30, 31.
    PaddedDay,
    /// `MAJOR`, `MINOR`, `MICRO` or `PATCH`: a count.
    Count,
}

/// A calendar pattern is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalVerError {
    /// A part is unknown.
    #[error(
        "unknown part `{0}` in the calendar pattern (known: YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO PATCH)"
    )]
    UnknownPart(String),
    /// No part is a date.
    #[error("the calendar pattern has no year, month, week or day")]
    NoDate,
    /// It starts or ends with other text than a part.
    #[error("`{0}` is outside the parts of the calendar pattern; a prefix or suffix belongs in tag_pattern")]
    Outside(String),
    /// Two parts of variable length follow one another directly.
    #[error("a separator is missing before `{0}` in the calendar pattern")]
    NoSeparator(String),
}

const PARTS: [(&str, CalVerPart); 13] = [
    ("YYYY", CalVerPart::FullYear),
    ("YY", CalVerPart::ShortYear),
    ("0Y", CalVerPart::PaddedYear),
    ("MM", CalVerPart::Month),
    ("0M", CalVerPart::PaddedMonth),
    ("WW", CalVerPart::Week),
    ("0W", CalVerPart::PaddedWeek),
    ("DD", CalVerPart::Day),
    ("0D", CalVerPart::PaddedDay),
    ("MAJOR", CalVerPart::Count),
    ("MINOR", CalVerPart::Count),
    ("MICRO", CalVerPart::Count),
    ("PATCH", CalVerPart::Count),
];

impl CalVer {
    /// Parses a pattern such as `YYYY.0M.MICRO`. Parts are separated by `.`, `-`, `_` or a lower-case letter
    /// (`YYYY.wWW`), or by nothing after a part of fixed length (`YYYY0M0D`). Versions may lack the last part if it is
    /// a count after another separator than a point, or in brackets: `YYYY.0M.0D-MICRO`, `YYYY.0M.0D[.MICRO]`.
    ///
    /// # Errors
    /// If a part is unknown, separators are missing or misplaced, or there is no date part.
    pub fn parse(pattern: &str) -> Result<Self, CalVerError> {
        let bracketed = pattern.strip_suffix(']').and_then(|it| it.split_once('['));
        let plain = bracketed.map(|(before, optional)| format!("{before}{optional}"));
        let mut rest = plain.as_deref().unwrap_or(pattern);
        let (mut parts, mut separators): (Vec<CalVerPart>, Vec<String>) = (Vec::new(), Vec::new());
        while !rest.is_empty() {
            let (separator, after) = rest.split_at(separator_bytes(rest));
            let name = part_name(after);
            let Some((_, part)) = PARTS.iter().find(|(known, _)| *known == name) else {
                return Err(match name {
                    "" => CalVerError::Outside(rest.to_owned()),
                    unknown => CalVerError::UnknownPart(unknown.to_owned()),
                });
            };
            match parts.last() {
                None if !separator.is_empty() => return Err(CalVerError::Outside(separator.to_owned())),
                Some(last) if separator.is_empty() && last.digits().is_none() => {
                    return Err(CalVerError::NoSeparator(name.to_owned()));
                }
                _ => {}
            }
            parts.push(*part);
            separators.push(separator.to_owned());
            rest = after.get(name.len()..).unwrap_or_default();
        }
        if parts.iter().all(|part| *part == CalVerPart::Count) {
            return Err(CalVerError::NoDate);
        }
        let is_count = parts.last() == Some(&CalVerPart::Count);
        // `2026.01` under `YYYY.0M.MICRO` is rather a tag that moves with the releases of the month.
        let is_apart = separators.last().is_some_and(|separator| separator != ".");
        let last_is_optional = is_count && (is_apart || bracketed.is_some());
        Ok(Self { parts, separators, last_is_optional })
    }

    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[CalVerPart] {
        &self.parts
    }

    /// Whether versions may lack the last part, which is a count.
    #[must_use]
    pub const fn last_is_optional(&self) -> bool {
        self.last_is_optional
    }

    /// The numbers of the parts for `date`; `None` for counts.
    #[must_use]
    pub fn date_numbers(&self, date: NaiveDate) -> Vec<Option<u64>> {
        // Weeks use the ISO 8601 year: 2024-12-30 is in week 1 of 2025.
        let by_week = self.parts.iter().any(|part| matches!(part, CalVerPart::Week | CalVerPart::PaddedWeek));
        let year = if by_week { date.iso_week().year() } else { date.year() };
        let year = u64::try_from(year).unwrap_or(0);
        let number = |part: &CalVerPart| match part {
            CalVerPart::FullYear => Some(year),
            CalVerPart::ShortYear | CalVerPart::PaddedYear => Some(year.saturating_sub(2000)),
            CalVerPart::Month | CalVerPart::PaddedMonth => Some(u64::from(date.month())),
            CalVerPart::Week | CalVerPart::PaddedWeek => Some(u64::from(date.iso_week().week())),
            CalVerPart::Day | CalVerPart::PaddedDay => Some(u64::from(date.day())),
            CalVerPart::Count => None,
        };
        self.parts.iter().map(number).collect()
    }

    /// Writes the numbers; leaves out the parts that have none.
    pub(super) fn write(&self, numbers: &[u64]) -> String {
        let parts = self.parts.iter().zip(&self.separators).zip(numbers);
        let written = parts.map(|((part, separator), number)| match part.digits() {
            Some(digits) => format!("{separator}{number:0digits$}"),
            None => format!("{separator}{number}"),
        });
        written.collect()
    }

    pub(super) fn parse_version(&self, text: &str) -> Option<Version> {
        let (rest, build) = split_build(text)?;
        let (numbers, tail) = self.numbers(rest)?;
        // Another number after a point is a part that the pattern does not have.
        if tail.strip_prefix('.').unwrap_or(tail).starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let number_bytes = rest.len() - tail.len();
        Some(Version::from_parts(text, (0, numbers, number_bytes), Suffix::parse(tail)?, build))
    }

    /// The numbers of the parts, and the rest of the text.
    fn numbers<'t>(&self, text: &'t str) -> Option<(Vec<u64>, &'t str)> {
        let mut numbers = Vec::with_capacity(self.parts.len());
        let mut rest = text;
        for (at, (part, separator)) in self.parts.iter().zip(&self.separators).enumerate() {
            let after = rest.strip_prefix(separator.as_str()).and_then(|digits| {
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                // Without a separator after it, the part ends after its own digits.
                let joined = self.separators.get(at + 1).is_some_and(String::is_empty);
                let end = part.digits().filter(|_| joined).map_or(end, |digits| digits.min(end));
                Some((part.number(digits.get(..end)?)?, digits.get(end..)?))
            });
            match after {
                Some((number, after)) => {
                    numbers.push(number);
                    rest = after;
                }
                None if self.last_is_optional && at + 1 == self.parts.len() => break,
                None => return None,
            }
        }
        Some((numbers, rest))
    }
}

/// The length of the separator at the start of a pattern.
fn separator_bytes(pattern: &str) -> usize {
    let marks = pattern.len() - pattern.trim_start_matches(['.', '-', '_']).len();
    let mut rest = pattern.chars().skip(marks);
    let has_letter = rest.next().is_some_and(|c| c.is_ascii_lowercase());
    // Two letters are rather a part in the wrong case.
    let is_single = rest.next().is_some_and(|c| !c.is_ascii_lowercase());
    marks + usize::from(has_letter && is_single)
}

/// The name of the part at the start of a pattern, which may be unknown.
fn part_name(pattern: &str) -> &str {
    let known = PARTS.iter().map(|(name, _)| *name).find(|name| pattern.starts_with(*name));
    let end = pattern.find(['.', '-', '_']).unwrap_or(pattern.len());
    known.unwrap_or_else(|| pattern.get(..end).unwrap_or(pattern))
}

impl CalVerPart {
    /// The number of digits that it is padded to; `None` if it is not padded.
    const fn digits(self) -> Option<usize> {
        match self {
            Self::FullYear => Some(4),
            Self::PaddedYear | Self::PaddedMonth | Self::PaddedWeek | Self::PaddedDay => Some(2),
            Self::ShortYear | Self::Month | Self::Week | Self::Day | Self::Count => None,
        }
    }

    /// The number in a field; `None` if it does not fit the part.
    fn number(self, field: &str) -> Option<u64> {
        let number: u64 = field.parse().ok()?;
        let fits = match self {
            Self::FullYear => (1000..=9999).contains(&number),
            Self::ShortYear | Self::PaddedYear => number < 1000,
            Self::Month | Self::PaddedMonth => (1..=12).contains(&number),
            Self::Week | Self::PaddedWeek => (1..=53).contains(&number),
            Self::Day | Self::PaddedDay => (1..=31).contains(&number),
            Self::Count => true,
        };
        let is_padded = match self.digits() {
            Some(digits) => field.len() >= digits,
            None => field.len() == 1 || !field.starts_with('0'),
        };
        (fits && is_padded).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn scheme(pattern: &str) -> Scheme {
        Scheme::CalVer(CalVer::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")))
    }

    fn numbers(pattern: &str, text: &str) -> Option<Vec<u64>> {
        let scheme = scheme(pattern);
        let version = Version::parse(text, &scheme)?;
        assert_eq!(
            version.core_text(),
            Version::from_numbers(version.numbers().to_vec(), &scheme).to_string()
        );
        Some(version.numbers().to_vec())
    }

    #[test]
    fn calendar_versions_follow_their_pattern() {
        assert_eq!(numbers("YYYY.0M.MICRO", "2026.01.3").unwrap(), [2026, 1, 3]);
        assert_eq!(numbers("YYYY.0M.MICRO", "2026.1.3"), None, "the month is padded in this pattern");
        assert_eq!(numbers("YYYY.MM.MICRO", "2026.01.3"), None, "the month is not padded in this pattern");
        assert_eq!(numbers("YYYY.0M.MICRO", "2026.13.3"), None);
        assert_eq!(numbers("YYYY.0M.MICRO", "2026.01"), None, "a floating tag of the month");
        assert_eq!(numbers("YYYY.0M.MICRO", "2026.01.3.4"), None);
        let weeks = CalVer::parse("YYYY.0W").unwrap();
        let date = NaiveDate::from_ymd_opt(2024, 12, 30).unwrap();
        assert_eq!(weeks.date_numbers(date), [Some(2025), Some(1)], "the week's own year");
    }

    #[test]
    fn parts_may_have_any_separator() {
        for (pattern, text, expected) in [
            ("YYYY.0M.0D-MICRO", "2026.01.13-2", vec![2026, 1, 13, 2]),
            ("YYYY.0M.0D-MICRO", "2026.01.13", vec![2026, 1, 13]),
            ("YYYY-0M-0D", "2026-01-13", vec![2026, 1, 13]),
            ("YYYY-0M-0D.MICRO", "2026-01-13.1", vec![2026, 1, 13, 1]),
            ("YYYY.MM_MICRO", "2026.1_7", vec![2026, 1, 7]),
            ("YYYY0M0D", "20260113", vec![2026, 1, 13]),
            ("YYYY0M0D.MICRO", "20260113.4", vec![2026, 1, 13, 4]),
            ("YYYY.wWW", "2026.w3", vec![2026, 3]),
            ("YYYY.0M.0D-rMICRO", "2026.01.13-r2", vec![2026, 1, 13, 2]),
            ("YYYY.0M.0D[.MICRO]", "2026.01.13", vec![2026, 1, 13]),
            ("YYYY.0M.0D[.MICRO]", "2026.01.13.1", vec![2026, 1, 13, 1]),
            ("0Y.0M-MICRO", "26.01-2", vec![26, 1, 2]),
        ] {
            assert_eq!(numbers(pattern, text), Some(expected), "{pattern} {text}");
        }
        assert_eq!(numbers("YYYY.0M.0D-MICRO", "2026.01.13.2"), None);
        assert_eq!(numbers("YYYY.0M.0D", "2026-01-13"), None);
    }

    #[test]
    fn order_is_that_of_the_numbers() {
        for (pattern, ascending) in [
            ("YYYY.0M.0D-MICRO", ["2026.01.13-rc.1", "2026.01.13", "2026.01.13-1", "2026.01.13-10"]),
            ("YYYY.MM_MICRO", ["2026.1_2", "2026.1_10-rc.1", "2026.1_10", "2026.10_0"]),
            ("YYYY-0M-0D", ["2025-12-31", "2026-01-02.dev1", "2026-01-02", "2026-10-01"]),
            ("YYYY.MM.MICRO", ["2024.1.0.dev2", "2024.1.0b0", "2024.1.0", "2024.1.10"]),
        ] {
            let scheme = scheme(pattern);
            let versions = ascending.map(|text| Version::parse(text, &scheme).unwrap());
            assert!(versions.is_sorted_by(|a, b| a < b), "{pattern}");
        }
    }

    #[test]
    fn invalid_patterns_are_reported() {
        let error = |pattern| CalVer::parse(pattern).unwrap_err().to_string();
        assert!(error("MAJOR.MINOR").contains("no year"));
        assert!(error("YYYY.QQ").contains("unknown part `QQ`"));
        assert!(error("YYYY.mm").contains("unknown part `mm`"));
        assert!(error("vYYYY.MM").contains("belongs in tag_pattern"));
        assert!(error("YYYY.MM-").contains("`-` is outside"));
        assert!(error("YYYY.MMDD").contains("separator is missing before `DD`"));
        assert!(error("").contains("no year"));
    }
}
