//! Parses, compares and writes versions under several schemes.

use std::{cmp::Ordering, fmt};

use chrono::{Datelike, NaiveDate};
use semver::{BuildMetadata, Prerelease};

/// A version: numbers, an optional pre-release, optional build metadata.
///
/// Ordered as in SemVer 2.0.0 §11: numbers first (missing ones are 0), a pre-release below its final version,
/// pre-release identifiers one by one. Build metadata breaks ties, so that the order is total.
#[derive(Debug, Clone)]
pub struct Version {
    numbers: Vec<u64>,
    pre: Prerelease,
    build: BuildMetadata,
    text: String,
}

/// A version scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scheme {
    /// SemVer 2.0.0: exactly three numbers.
    #[default]
    SemVer,
    /// One to five numbers with an optional pre-release in any common form: `1.2`, `7.0.8.7`, `5.0.0.beta1`, `2.0rc1`.
    Loose,
    /// Calendar versions with a pattern.
    CalVer(CalVer),
}

/// The pattern of calendar versions, with the parts of <https://calver.org>: `YYYY.MM.MICRO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalVer {
    parts: Vec<CalVerPart>,
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
}

impl Version {
    /// A version of three numbers.
    #[must_use]
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        semver::Version::new(major, minor, patch).into()
    }

    /// Parses a version without a prefix; `None` if it is not valid under the scheme.
    #[must_use]
    pub fn parse(text: &str, scheme: &Scheme) -> Option<Self> {
        match scheme {
            Scheme::SemVer => semver::Version::parse(text).ok().map(Self::from),
            Scheme::Loose => Self::parse_loose(text),
            Scheme::CalVer(pattern) => pattern.parse_version(text),
        }
    }

    fn parse_loose(text: &str) -> Option<Self> {
        if let Ok(version) = semver::Version::parse(text) {
            return Some(version.into());
        }
        let (rest, build) = match text.split_once('+') {
            Some((rest, build)) => (rest, BuildMetadata::new(build).ok()?),
            None => (text, BuildMetadata::EMPTY),
        };
        let mut numbers = Vec::new();
        let mut tail = rest;
        loop {
            let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
            let (digits, after) = tail.split_at(end);
            numbers.push(digits.parse().ok()?);
            tail = after;
            match after.strip_prefix('.') {
                Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => tail = next,
                _ => break,
            }
        }
        if numbers.len() > 5 {
            return None;
        }
        Some(Self { numbers, pre: loose_prerelease(tail)?, build, text: text.to_owned() })
    }

    /// A version of these numbers in the format of the scheme, without pre-release or build metadata.
    #[must_use]
    pub fn from_numbers(numbers: Vec<u64>, scheme: &Scheme) -> Self {
        let text = match scheme {
            Scheme::CalVer(pattern) => pattern.write(&numbers),
            Scheme::SemVer | Scheme::Loose => join(&numbers),
        };
        Self { numbers, pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY, text }
    }

    /// The same numbers with this pre-release (none if it is empty), without build metadata.
    #[must_use]
    pub fn with_prerelease(&self, pre: Prerelease) -> Self {
        let core = self.core_text();
        let text = if pre.is_empty() { core.to_owned() } else { format!("{core}-{pre}") };
        Self { numbers: self.numbers.clone(), pre, build: BuildMetadata::EMPTY, text }
    }

    fn core_text(&self) -> &str {
        let end = self.text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.text.len());
        self.text.get(..end).unwrap_or(&self.text).trim_end_matches('.')
    }

    /// The numbers, most significant first; never empty.
    #[must_use]
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// The number at `index`; 0 if the version has fewer.
    #[must_use]
    pub fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or(0)
    }

    /// The pre-release; empty for a final version.
    #[must_use]
    pub fn prerelease(&self) -> &Prerelease {
        &self.pre
    }

    /// Whether it is a pre-release.
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// The build metadata; may be empty.
    #[must_use]
    pub fn build(&self) -> &BuildMetadata {
        &self.build
    }

    /// Whether both have the same numbers; ignores pre-release and build metadata.
    #[must_use]
    pub fn same_core(&self, other: &Self) -> bool {
        compare_numbers(&self.numbers, &other.numbers).is_eq()
    }

    /// Compares by SemVer precedence, which ignores build metadata.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        compare_numbers(&self.numbers, &other.numbers).then_with(|| self.pre.cmp(&other.pre))
    }
}

fn compare_numbers(a: &[u64], b: &[u64]) -> Ordering {
    let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(|i| at(a, i).cmp(&at(b, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

fn join(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// Parses `-rc.1`, `.beta1`, `rc1`, `a1` into identifiers, with a word and its number as separate identifiers.
fn loose_prerelease(tail: &str) -> Option<Prerelease> {
    if tail.is_empty() {
        return Some(Prerelease::EMPTY);
    }
    let tail = tail.strip_prefix(['-', '.', '_']).unwrap_or(tail);
    if !tail.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut text = String::with_capacity(tail.len() + 2);
    let mut previous = '.';
    for c in tail.chars() {
        let c = if c == '_' { '-' } else { c };
        if c.is_ascii_digit() && previous.is_ascii_alphabetic() {
            text.push('.');
        }
        text.push(c);
        previous = c;
    }
    let parts = text.split('.').map(|part| {
        let number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let stripped = if number { part.trim_start_matches('0') } else { part };
        if number && stripped.is_empty() { "0" } else { stripped }
    });
    Prerelease::new(&parts.collect::<Vec<_>>().join(".")).ok()
}

impl From<semver::Version> for Version {
    fn from(version: semver::Version) -> Self {
        let text = version.to_string();
        let numbers = vec![version.major, version.minor, version.patch];
        Self { numbers, pre: version.pre, build: version.build, text }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.precedence(other).then_with(|| self.build.cmp(&other.build))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl CalVer {
    /// Parses a pattern such as `YYYY.0M.MICRO`.
    ///
    /// # Errors
    /// If a part is unknown or there is no date part.
    pub fn parse(pattern: &str) -> Result<Self, CalVerError> {
        let parts = pattern
            .split('.')
            .map(|part| match part {
                "YYYY" => Ok(CalVerPart::FullYear),
                "YY" => Ok(CalVerPart::ShortYear),
                "0Y" => Ok(CalVerPart::PaddedYear),
                "MM" => Ok(CalVerPart::Month),
                "0M" => Ok(CalVerPart::PaddedMonth),
                "WW" => Ok(CalVerPart::Week),
                "0W" => Ok(CalVerPart::PaddedWeek),
                "DD" => Ok(CalVerPart::Day),
                "0D" => Ok(CalVerPart::PaddedDay),
                "MAJOR" | "MINOR" | "MICRO" | "PATCH" => Ok(CalVerPart::Count),
                other => Err(CalVerError::UnknownPart(other.to_owned())),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if parts.iter().all(|part| *part == CalVerPart::Count) {
            return Err(CalVerError::NoDate);
        }
        Ok(Self { parts })
    }

    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[CalVerPart] {
        &self.parts
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

    fn write(&self, numbers: &[u64]) -> String {
        let written = self.parts.iter().zip(numbers).map(|(part, number)| match part {
            CalVerPart::PaddedYear
            | CalVerPart::PaddedMonth
            | CalVerPart::PaddedWeek
            | CalVerPart::PaddedDay => format!("{number:02}"),
            _ => number.to_string(),
        });
        written.collect::<Vec<_>>().join(".")
    }

    fn parse_version(&self, text: &str) -> Option<Version> {
        let (core, rest) = match text.find(['-', '+']) {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let (pre, build) = match rest.split_once('+') {
            Some((pre, build)) => (pre, BuildMetadata::new(build).ok()?),
            None => (rest, BuildMetadata::EMPTY),
        };
        let pre = Prerelease::new(pre.strip_prefix('-').unwrap_or(pre)).ok()?;
        let fields: Vec<_> = core.split('.').collect();
        if fields.len() != self.parts.len() {
            return None;
        }
        let mut numbers = Vec::with_capacity(fields.len());
        for (part, field) in self.parts.iter().zip(fields) {
            let number = field.parse().ok().filter(|_| field.bytes().all(|b| b.is_ascii_digit()))?;
            let (fits, padded) = match part {
                CalVerPart::FullYear => ((1000..=9999).contains(&number), false),
                CalVerPart::ShortYear => (number < 1000, false),
                CalVerPart::PaddedYear => (number < 1000, true),
                CalVerPart::Month => ((1..=12).contains(&number), false),
                CalVerPart::PaddedMonth => ((1..=12).contains(&number), true),
                CalVerPart::Week => ((1..=53).contains(&number), false),
                CalVerPart::PaddedWeek => ((1..=53).contains(&number), true),
                CalVerPart::Day => ((1..=31).contains(&number), false),
                CalVerPart::PaddedDay => ((1..=31).contains(&number), true),
                CalVerPart::Count => (true, false),
            };
            let well_padded = !padded || field.len() >= 2;
            if !fits || !well_padded || (!padded && field.len() > 1 && field.starts_with('0')) {
                return None;
            }
            numbers.push(number);
        }
        Some(Version { numbers, pre, build, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loose(text: &str) -> Version {
        Version::parse(text, &Scheme::Loose).unwrap_or_else(|| panic!("{text} is not a valid loose version"))
    }

    #[test]
    fn numbers_compare_numerically() {
        let semver = |text| Version::parse(text, &Scheme::SemVer).unwrap();
        assert!(semver("0.9.0") < semver("0.10.0"));
        assert!(semver("1.0.0-rc.2") < semver("1.0.0-rc.10"));
    }

    #[test]
    fn final_version_is_above_its_pre_releases() {
        assert!(loose("1.2.0-rc.1") < loose("1.2.0"));
        assert!(loose("5.0.0.beta1") < loose("5.0.0.rc1"));
        assert!(loose("5.0.0.rc1") < loose("5.0.0"));
        assert!(loose("7.0.8") < loose("7.0.8.7"));
    }

    #[test]
    fn loose_scheme_rejects_invalid_versions() {
        for text in ["", "latest", "v1", "1.", "1..2", "1.2.3.4.5.6", "nightly-2024"] {
            assert!(Version::parse(text, &Scheme::Loose).is_none(), "{text}");
        }
    }

    #[test]
    fn calendar_versions_follow_their_pattern() {
        let scheme = Scheme::CalVer(CalVer::parse("YYYY.0M.MICRO").unwrap());
        let version = Version::parse("2026.01.3", &scheme).unwrap();
        assert_eq!(version.numbers(), [2026, 1, 3]);
        assert_eq!(version.to_string(), "2026.01.3");
        assert!(Version::parse("2026.1.3", &scheme).is_none(), "the month is padded in this pattern");
        assert!(Version::parse("2026.13.3", &scheme).is_none());
        assert_eq!(Version::from_numbers(vec![2026, 2, 0], &scheme).to_string(), "2026.02.0");
        let weeks = CalVer::parse("YYYY.0W").unwrap();
        let date = NaiveDate::from_ymd_opt(2024, 12, 30).unwrap();
        assert_eq!(weeks.date_numbers(date), [Some(2025), Some(1)], "the week's own year");
        assert!(CalVer::parse("MAJOR.MINOR").is_err());
        assert!(CalVer::parse("YYYY.QQ").is_err());
    }
}
