//! Parses the text of a heading: a version, "unreleased", or something else.

use crate::model::{Scheme, Version};

use super::{date, plain_text::plain_text, words};

/// A parsed heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Title {
    Version(Release),
    Unreleased,
    Other,
}

/// The version and package in a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) version: Version,
    /// `pkg` of `pkg@1.2.3` and `pkg-v1.2.3`.
    pub(super) package: Option<String>,
    /// Whether it has the form `[1.2.3](url) (date)`, which standard-version writes even at the level of its
    /// subheadings.
    pub(super) linked_and_dated: bool,
}

impl Release {
    /// Whether both packages may be the same: a missing one matches any.
    pub(super) fn same_package(&self, other: Option<&str>) -> bool {
        match (self.package.as_deref(), other) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }
}

/// What the text of one heading says; the other headings of the file may say more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    Title(Title),
    /// A version after words that are a release's only if other headings have them too: `shop 1.2.0`.
    Possible {
        release: Release,
        /// The words, in lower case.
        words: String,
    },
}

/// A heading longer than this, in bytes, is a paragraph.
const MAX_LENGTH: usize = 500;

/// Parses a heading's text, without `#` or underline, on its own.
pub(super) fn title(text: &str, scheme: &Scheme) -> Title {
    match read(text, scheme) {
        Reading::Title(title) => title,
        Reading::Possible { .. } => Title::Other,
    }
}

/// Parses a heading's text, without `#` or underline.
pub(super) fn read(text: &str, scheme: &Scheme) -> Reading {
    let other = Reading::Title(Title::Other);
    if text.len() > MAX_LENGTH {
        return other;
    }
    let plain = plain_text(text);
    if words::is_unreleased(plain.to_lowercase().trim_start_matches(|c: char| !c.is_alphanumeric())) {
        return Reading::Title(Title::Unreleased);
    }
    let Some(found) = find_version(&plain, scheme) else { return other };
    let (Some(before), Some(after)) = (plain.get(..found.start), plain.get(found.end..)) else {
        return other;
    };
    if !may_follow(after, found.version.numbers().len()) {
        return other;
    }
    let (before, package) = split_package(before);
    // `CVE-2026-1` has no package.
    let is_number =
        found.version.numbers().len() < 2 && plain.get(..found.start).is_some_and(|it| it.ends_with('-'));
    if is_number {
        return other;
    }
    let linked_and_dated = is_linked_and_dated(text);
    let release = Release { version: found.version, package: package.map(str::to_owned), linked_and_dated };
    match words_before(before) {
        WordsBefore::Release => Reading::Title(Title::Version(release)),
        WordsBefore::Guide => other,
        WordsBefore::Unknown(words) => Reading::Possible { release, words },
    }
}

/// The version in a link label.
pub(super) fn named_version(name: &str, scheme: &Scheme) -> Option<Version> {
    match title(name, scheme) {
        Title::Version(release) => Some(release.version),
        Title::Unreleased | Title::Other => None,
    }
}

/// Whether a heading that is no release has the date of one: `Release (2026-01-31)`.
pub(super) fn is_dated(text: &str) -> bool {
    text.len() <= MAX_LENGTH && date::find(&plain_text(text)).is_some()
}

/// A version in a text, in bytes.
pub(super) struct VersionInText {
    pub(super) version: Version,
    /// The start, before a `v`.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The version that a heading is about: the first that is no date, else the first.
pub(super) fn find_version(text: &str, scheme: &Scheme) -> Option<VersionInText> {
    let mut dated = None;
    let mut next = 0;
    for (start, c) in text.char_indices() {
        if start < next || !(c.is_ascii_digit() || matches!(c, 'v' | 'V')) || !may_start(text, start) {
            continue;
        }
        let rest = text.get(start..).unwrap_or("");
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')))
            .unwrap_or(rest.len());
        let whole = rest.get(..length).unwrap_or("").trim_end_matches(['.', '-', '_']);
        next = start + whole.len().max(1);
        let after = rest.get(whole.len()..).unwrap_or("");
        let Some(version) = plain_version(whole, scheme).filter(|_| !after.starts_with(['%', '×', '@']))
        else {
            continue;
        };
        let found = VersionInText { version, start, end: start + whole.len() };
        if !date::is_date(whole) {
            return Some(found);
        }
        dated.get_or_insert(found);
    }
    dated
}

/// Whether a version may start here: not within a word or number, and not the number of an issue.
fn may_start(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    match before.chars().next_back() {
        // `pkg-v1.2.3` and `pkg-1.2.3`, but not `-1.2.3`.
        Some('-') => before.trim_end_matches('-').ends_with(|c: char| c.is_alphanumeric()),
        Some(c) => {
            !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '#' | '+' | '$' | '=' | '<' | '>' | '^')
        }
        None => true,
    }
}

fn plain_version(text: &str, scheme: &Scheme) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let text = text.strip_prefix('.').unwrap_or(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Scheme::CalVer(_) = scheme
        && let Some(version) = Version::parse(text, scheme)
    {
        return Some(version);
    }
    let is_series = text.split('.').any(|part| part.eq_ignore_ascii_case("x"));
    let is_date = text.contains('-') && date::is_date(text);
    if is_series || is_date {
        return None;
    }
    let other_scheme = || Version::parse(text, &Scheme::Loose).filter(|version| version.numbers().len() > 1);
    Version::parse(text, scheme).or_else(other_scheme)
}

/// Splits the package off the text directly before a version: `pkg` of `pkg@`, `pkg-` and `pkg/`.
fn split_package(before: &str) -> (&str, Option<&str>) {
    let Some(name) = before.strip_suffix(['@', '-', '/']) else { return (before, None) };
    let start = name
        .rfind(|c: char| c.is_whitespace() || matches!(c, '[' | '('))
        .map_or(0, |at| at + name.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let (rest, package) = name.split_at_checked(start).unwrap_or((name, ""));
    let is_name = package.contains(|c: char| c.is_alphabetic());
    // `2026-01-31/1.2.3` and `версия/1.2.3` name no package.
    if !is_name || words::is_release(&package.to_lowercase()) {
        (before, None)
    } else {
        (rest, Some(package))
    }
}

/// The words before a version.
enum WordsBefore {
    /// None, or words of a release: `Version`, `What's new in`.
    Release,
    /// Those of a heading about a version that is no release: `Upgrade to`.
    Guide,
    /// Others: perhaps the name of the project.
    Unknown(String),
}

fn words_before(text: &str) -> WordsBefore {
    let lower = text.to_lowercase();
    let without_date = date::find(text).and_then(|found| {
        Some(format!("{} {}", text.get(..found.range.start)?, text.get(found.range.end..)?).to_lowercase())
    });
    let lower = without_date.unwrap_or(lower);
    let mut unknown = Vec::new();
    for word in words_of(&lower) {
        if words::is_guide(word) {
            return WordsBefore::Guide;
        }
        if !words::is_release(word) {
            unknown.push(word);
        }
    }
    if unknown.is_empty() { WordsBefore::Release } else { WordsBefore::Unknown(unknown.join(" ")) }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '(' | ')' | '[' | ']' | '|' | '/'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Whether `after` may follow the version in a release heading: a date, a link or a name, but not a sentence ("1.0.0 to
/// 2.0.0"). A version of one `numbers` is a version only without other text.
fn may_follow(after: &str, numbers: usize) -> bool {
    let rest = after.trim_start_matches([']', ')', '"', '\'', '_']).trim_start();
    if rest.starts_with("->")
        || rest.starts_with("=>")
        || rest.starts_with(['→', '⇒', '>', '<', '…', '+', '~'])
    {
        return false;
    }
    let title = rest.trim_start_matches(|c: char| c.is_whitespace() || "-–—".contains(c));
    let is_range = title.len() < rest.len()
        && find_version(title, &Scheme::Loose)
            .is_some_and(|second| second.start == 0 && second.version.numbers().len() > 1)
        && date::find(title).is_none_or(|date| date.range.start > 0);
    if is_range {
        return false;
    }
    let is_separated = !rest.starts_with(char::is_alphanumeric);
    let word = words_of(rest).next().unwrap_or("");
    let lower = word.to_lowercase();
    if numbers == 1 && !is_separated && !words::may_follow(&lower) && date::find(rest).is_none() {
        return rest.is_empty();
    }
    let continues = word.starts_with(char::is_lowercase) && !words::may_follow(word);
    is_separated || (!continues && !words::is_guide(&lower))
}

/// Whether the heading has the form `[1.2.3](url) (date)`.
fn is_linked_and_dated(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[')
        && text.ends_with(')')
        && text.split_once("](").is_some_and(|(_, rest)| rest.contains(") ("))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(String, Option<String>)> {
        match title(text, &Scheme::SemVer) {
            Title::Version(release) => Some((release.version.to_string(), release.package)),
            Title::Unreleased | Title::Other => None,
        }
    }

    #[test]
    fn common_forms_are_parsed_as_a_version() {
        for text in [
            "1.2.3",
            "v1.2.3",
            "[1.2.3]",
            "[1.2.3] - 2026-01-31",
            "[1.2.3](https://example.org/compare/v1.2.2...v1.2.3) - 2026-01-31",
            "[v1.2.3][link] — 2026-01-31",
            "Version 1.2.3",
            "Release v1.2.3",
            "1.2.3 / 2026-01-31",
            "1.2.3 (2026-01-31)",
            "1.2.3 [YANKED]",
            "[1.2.3] - 2026-01-31 [YANKED]",
            "~~[1.2.3] - 2026-01-31~~ [YANKED]",
            "1.2.3: The Big One",
            "1.2.3 - the big one",
            "1.2.3 “The Big One”",
            "1.2.3 released 2026-01-31",
            "<small>1.2.3 (2026-01-31)</small>",
            "<a id=\"1.2.3\"></a>1.2.3",
            "**1.2.3**",
            "**Version** 1.2.3",
            "\\[1.2.3\\] - 2026-01-31",
            "2026-01-31 - v1.2.3",
            "2026-01-31, Version 1.2.3 (Current), @maintainer",
            "January 31, 2026 - 1.2.3",
            "31.01.2026 – 1.2.3",
            "(2026/01/31) 1.2.3",
            "[2026-01-31] — 1.2.3",
            "1.2.3 (January 31st, 2026)",
            "1.2.3 31 January 2026",
            "🎉 1.2.3",
            "🎉 Version 1.2.3 🎉",
            ":tada: [1.2.3](https://example.org) - 2026-01-31",
            ":bookmark: v1.2.3",
            "`1.2.3`",
            "__1.2.3__ (2026-01-31)",
            "_[1.2.3]_",
            "~~1.2.3~~",
            "[1\\.2\\.3] - 2026-01-31",
        ] {
            assert_eq!(parse(text), Some(("1.2.3".to_owned(), None)), "{text}");
        }
        assert_eq!(parse("Release 1.2"), Some(("1.2".to_owned(), None)));
        assert_eq!(parse("1.2.3-rc.1 (2026-01-31)"), Some(("1.2.3-rc.1".to_owned(), None)));
    }

    #[test]
    fn words_and_punctuation_of_other_languages_are_parsed() {
        for text in [
            "What's new in 1.2.3",
            "What’s New in Version 1.2.3?",
            "Release notes for v1.2.3",
            "Changes in 1.2.3",
            "1.2.3（2026-01-31）",
            "【1.2.3】 2026-01-31",
            "［1.2.3］",
            "「1.2.3」",
            "版本 1.2.3",
            "版本1.2.3",
            "版本：1.2.3（2026年1月31日）",
            "v1.2.3版本",
            "1.2.3 版本发布",
            "バージョン 1.2.3",
            "バージョン1.2.3",
            "버전 1.2.3",
            "Версия 1.2.3",
            "Versión 1.2.3 - 31 de enero",
            "Version 1.2.3 vom 31.01.2026",
            "Versão 1.2.3",
            "Έκδοση 1.2.3",
            "Sürüm 1.2.3",
            "[![badge](https://example.org/x.svg)](https://example.org) 1.2.3",
            "Version: 1.2.3",
            "V.1.2.3",
            "Release: 1.2.3",
            "(1.2.3)",
            "&nbsp;1.2.3",
        ] {
            assert_eq!(parse(text), Some(("1.2.3".to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn package_is_parsed_from_the_heading() {
        let of = |package: &str| Some(("1.2.3".to_owned(), Some(package.to_owned())));
        assert_eq!(parse("pkg@1.2.3"), of("pkg"));
        assert_eq!(parse("@scope/pkg@v1.2.3"), of("@scope/pkg"));
        assert_eq!(parse("pkg-v1.2.3"), of("pkg"));
        assert_eq!(parse("my_pkg-1.2.3"), of("my_pkg"));
        assert_eq!(parse("[tools/pkg/v1.2.3] - 2026-01-31"), of("tools/pkg"));
        assert_eq!(parse("[@scope/pkg@1.2.3](https://example.org)"), of("@scope/pkg"));
    }

    #[test]
    fn other_headings_are_not_releases() {
        for text in [
            "",
            "Changelog",
            "Release notes",
            "1.0.0 to 2.0.0",
            "1.0.0 → 2.0.0",
            "1.0.0 - 2.0.0",
            "Migrating to 2.0.0",
            "Upgrade from 1.0 to 2.0",
            "Upgrading 2.0.0",
            "Node 18.0.0 support",
            "2.0.0 migration guide",
            "2.0.0 Migration Guide",
            "从 1.0.0 升级到 2.0.0",
            "升级 2.0.0",
            "Requires PHP 8.1",
            "Versions before 1.0.0",
            "1.0.0 and older",
            "1.x",
            "2.1.x",
            "Fix #1.2",
            "Reduce size by 1.5%",
            "[",
            "v",
            "2026",
            "<",
            "v2",
            "2026-01-31",
            "2026-01-31 Meeting",
            "Release (2026-01-31)",
        ] {
            assert_eq!(title(text, &Scheme::SemVer), Title::Other, "{text}");
        }
        assert_eq!(title(&"[".repeat(100_000), &Scheme::SemVer), Title::Other);
        for text in [
            "Unreleased",
            "[Unreleased]",
            "[UNRELEASED](https://example.org)",
            "unreleased (2026-01-31)",
            "🚧 Unreleased",
            "Unreleased changes",
            "Next release",
            "未发布",
        ] {
            assert_eq!(title(text, &Scheme::SemVer), Title::Unreleased, "{text}");
        }
        assert_eq!(title("Next steps", &Scheme::SemVer), Title::Other);
    }

    #[test]
    fn words_that_may_be_a_project_are_possible() {
        let words = |text| match read(text, &Scheme::SemVer) {
            Reading::Possible { words, .. } => Some(words),
            Reading::Title(_) => None,
        };
        assert_eq!(words("Shop 1.2.3").as_deref(), Some("shop"));
        assert_eq!(words("The Big Shop, version 1.2.3 (2026-01-31)").as_deref(), Some("big shop"));
        assert_eq!(words("Shop 1.2.3 is out"), None);
    }

    #[test]
    fn one_number_is_a_version_only_without_other_text() {
        let is_version = |text| matches!(title(text, &Scheme::Loose), Title::Version(_));
        assert!(is_version("2") && is_version("Version 2 (2026-01-31)"));
        assert!(
            !is_version("r2")
                && !is_version("10 Reasons")
                && !is_version("3 new features")
                && !is_version("CVE-2026-1234")
        );
    }

    #[test]
    fn calendar_version_is_not_read_as_a_date() {
        let scheme = Scheme::CalVer(crate::model::CalVer::parse("YYYY.0M.0D").unwrap());
        let Title::Version(release) = title("2026.01.31 - The Big One", &scheme) else { panic!() };
        assert_eq!(release.version.to_string(), "2026.01.31");
    }
}
