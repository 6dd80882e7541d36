//! Detects the tag pattern, the version scheme and the environments from a repository's tags.

use std::collections::BTreeMap;

use crate::model::{CalVer, Scheme, Version};

/// A tag split into the prefix, the version and the environment after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
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
    /// `None` if the tag has no version with at least two numbers, or has unusual characters before it.
    pub(super) fn read(tag: &'a str) -> Option<Self> {
        let start = version_start(tag)?;
        let (prefix, version) = tag.split_at_checked(start)?;
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
        Version::parse(version, &Scheme::Loose).map(|_| Self { prefix, version, environment })
    }
}

/// The start of the first `1.2` that does not follow a letter or digit, except for a single `v`.
fn version_start(tag: &str) -> Option<usize> {
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
            let rest = tag.get(at..)?.trim_start_matches(|c: char| c.is_ascii_digit());
            let next = rest.strip_prefix('.')?;
            if next.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(at);
            }
        }
        previous = Some(c);
    }
    None
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

/// The value of `scheme` that fits at least 80 % of the tags; `None` for SemVer.
pub(super) fn scheme(tags: &[Tag<'_>]) -> Option<String> {
    let most = |scheme: &Scheme| {
        let fitting = tags.iter().filter(|tag| Version::parse(tag.version, scheme).is_some()).count();
        !tags.is_empty() && fitting * 5 >= tags.len() * 4
    };
    // Only a year makes a calendar version certain: `2.10.0` is more likely SemVer.
    let years = tags.iter().filter(|tag| has_year(tag.version)).count();
    if years * 5 >= tags.len() * 4 {
        let fits =
            |pattern: &&&str| CalVer::parse(pattern).is_ok_and(|pattern| most(&Scheme::CalVer(pattern)));
        if let Some(pattern) = CALENDARS.iter().find(fits) {
            return Some(format!("calver:{pattern}"));
        }
    }
    (!tags.is_empty() && !most(&Scheme::SemVer)).then(|| "loose".to_owned())
}

/// More specific patterns first.
const CALENDARS: [&str; 9] = [
    "YYYY.0M.0D",
    "YYYY.0M.MICRO",
    "YYYY.MM.MICRO",
    "YYYY.0M",
    "YYYY.MM",
    "YYYY.MINOR.MICRO",
    "YY.0M.MICRO",
    "YY.0M",
    "YYYY.0M.0D.MICRO",
];

fn has_year(version: &str) -> bool {
    let mut parts = version.split('.');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let full = first.parse().is_ok_and(|year: u32| (1990..2100).contains(&year));
    // SemVer allows no leading zeros, so `04` in `24.04` is a month.
    let short = first.len() == 2
        && second.len() == 2
        && second.parse().is_ok_and(|month: u8| (1..=12).contains(&month));
    full || short
}
