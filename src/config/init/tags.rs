//! Splits tags into prefix and version, and detects the version scheme and the environments from them.

use std::collections::BTreeMap;

use crate::model::{CalVer, Scheme, Version};

/// A tag split into the prefix, the version and the environment after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) prefix: &'a str,
    pub(super) version: &'a str,
    pub(super) environment: Option<&'static str>,
}

/// Common names of environments, in the order of promotion.
const ENVIRONMENTS: [&str; 15] = [
    "develop",
    "dev",
    "sit",
    "test",
    "testing",
    "qa",
    "uat",
    "demo",
    "sandbox",
    "stg",
    "stage",
    "staging",
    "preprod",
    "prod",
    "production",
];

impl<'a> Tag<'a> {
    /// `None` if the tag has no version with at least two numbers, or has unusual characters before it. A prefix that
    /// `is_known` is preferred, because the name of a package may look like a version: `log4j-1.2-api-2.0.0`.
    pub(super) fn read(tag: &'a str, is_known: impl Fn(&str) -> bool) -> Option<Self> {
        let starts = version_starts(tag);
        let several = starts.iter().rev().filter(|_| starts.len() > 1);
        let known = several.into_iter().find(|start| tag.get(..**start).is_some_and(&is_known));
        let (prefix, version) = tag.split_at_checked(*known.or(starts.first())?)?;
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '@' | '.' | '+');
        if !prefix.chars().all(plain) {
            return None;
        }
        let cut = version.rsplit_once('-');
        let environment =
            cut.and_then(|(_, word)| ENVIRONMENTS.into_iter().find(|it| it.eq_ignore_ascii_case(word)));
        let version = match (environment, cut) {
            (Some(_), Some((version, _))) => version,
            _ => version,
        };
        Self::is_version(version).then_some(Self { name: tag, prefix, version, environment })
    }

    /// Dates with hyphens are no loose versions, but calendar patterns may have them.
    fn is_version(text: &str) -> bool {
        Version::parse(text, &Scheme::Loose).is_some()
            || CALENDARS.iter().any(|pattern| Version::parse(text, &calendar(pattern)).is_some())
    }
}

/// The starts of all `1.2` or `2026-01` that do not follow a letter or digit, except for a single `v`.
fn version_starts(tag: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut previous = None;
    for (at, c) in tag.char_indices() {
        let free = match previous {
            None => true,
            Some('v' | 'V') => {
                let before = tag.get(..at).and_then(|before| before.chars().nth_back(1));
                before.is_none_or(|c| !c.is_alphanumeric())
            }
            Some(c) => !c.is_alphanumeric() && c != '.',
        };
        if free && c.is_ascii_digit() {
            let rest = tag.get(at..).unwrap_or_default();
            let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_year = rest.len() - after.len() == 4 && (rest.starts_with("20") || rest.starts_with("19"));
            let next = after.strip_prefix('.').or_else(|| after.strip_prefix('-').filter(|_| is_year));
            if next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit())) {
                starts.push(at);
            }
        }
        previous = Some(c);
    }
    starts
}

/// The prefixes with their number of tags, most frequent first, then by name.
pub(super) fn prefixes<'a>(tags: &[Tag<'a>]) -> Vec<(&'a str, usize)> {
    let mut counts = BTreeMap::new();
    for tag in tags {
        *counts.entry(tag.prefix).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// The environments in the tags, in the order of promotion. `dev` and `test` without others are more likely
/// pre-releases.
pub(super) fn environments(tags: &[Tag<'_>]) -> Vec<&'static str> {
    let is_used = |name: &&str| tags.iter().any(|tag| tag.environment == Some(name));
    let used: Vec<_> = ENVIRONMENTS.into_iter().filter(is_used).collect();
    let is_ambiguous = |name: &&str| matches!(*name, "dev" | "develop" | "test" | "testing" | "demo");
    if used.iter().all(is_ambiguous) { Vec::new() } else { used }
}

/// The value of `scheme` that fits at least 80 % of the versions; `None` for SemVer.
pub(super) fn scheme(versions: &[&str]) -> Option<String> {
    let fitting =
        |scheme: &Scheme| versions.iter().filter(|text| Version::parse(text, scheme).is_some()).count();
    let most = |scheme: &Scheme| !versions.is_empty() && fitting(scheme) * 5 >= versions.len() * 4;
    // Only a year makes a calendar version certain: `2.10.0` is more likely SemVer.
    let years = versions.iter().filter(|version| has_year(version)).count();
    if years * 5 >= versions.len() * 4 {
        let finals = |pattern: &&&str| {
            let parsed = versions.iter().filter_map(|text| Version::parse(text, &calendar(pattern)));
            parsed.filter(|version| !version.is_prerelease()).count()
        };
        // Of equals, `max_by_key` returns the last.
        let best = CALENDARS.iter().rev().filter(|pattern| most(&calendar(pattern))).max_by_key(finals);
        if let Some(pattern) = best {
            return Some(format!("calver:{pattern}"));
        }
    }
    // SemVer ignores the pre-releases and post-releases of Python packages, which may be few.
    let suffixed = versions.iter().filter(|version| !suffix(version).1.is_empty());
    let of_python = versions.iter().filter(|version| is_pep440_spelling(version)).count();
    if of_python > 0
        && of_python * 2 >= suffixed.count()
        && most(&Scheme::Pep440)
        && fitting(&Scheme::Pep440) > fitting(&Scheme::SemVer)
    {
        return Some("pep440".to_owned());
    }
    (!versions.is_empty() && !most(&Scheme::SemVer)).then(|| "loose".to_owned())
}

/// Whether a version has a suffix in the normal form of PEP 440, which other schemes do not use: `1.0rc1`, `1.0.post1`.
fn is_pep440_spelling(version: &str) -> bool {
    let (numbers, tail) = suffix(version);
    let follows_point = numbers.ends_with('.');
    let word = tail.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_joined = matches!(word, "a" | "b" | "rc") && !follows_point;
    word.len() < tail.len() && (is_joined || (matches!(word, "post" | "dev") && follows_point))
}

/// Splits a version after its numbers and points.
fn suffix(version: &str) -> (&str, &str) {
    version.split_at(version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len()))
}

/// Of patterns that fit as many versions, the first is proposed.
const CALENDARS: [&str; 15] = [
    "YYYY.0M.0D",
    "YYYY.0M.MICRO",
    "YYYY.MM.MICRO",
    "YYYY.0M",
    "YYYY.MM",
    "YYYY.MINOR.MICRO",
    "YY.0M.MICRO",
    "YY.0M",
    "YYYY.0M.0D.MICRO",
    "YYYY.MM.DD.MICRO",
    "YYYY.0M.0D[.MICRO]",
    "YYYY-0M-0D",
    "YYYY-0M-0D[.MICRO]",
    "YYYY.0M.0D-MICRO",
    "YYYY-0M-0D-MICRO",
];

fn calendar(pattern: &str) -> Scheme {
    CalVer::parse(pattern).map(Scheme::CalVer).unwrap_or_default()
}

fn has_year(version: &str) -> bool {
    let mut parts = version.split(['.', '-']);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let full = first.parse().is_ok_and(|year: u32| (1990..2100).contains(&year));
    // SemVer allows no leading zeros, so `04` in `24.04` is a month.
    let short = first.len() == 2
        && second.len() == 2
        && second.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    full || short
}
