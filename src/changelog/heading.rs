//! Parses the text of a heading: a version, "unreleased", or something else.

use crate::model::{Scheme, Version};

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

/// Markup around a version or a heading: bold, italics, strikethrough, code.
const EMPHASIS: [char; 4] = ['*', '_', '~', '`'];

/// Parses a heading's text, without `#` or underline.
pub(super) fn title(text: &str, scheme: &Scheme) -> Title {
    let text = without_tags(text);
    let text = after_date(text.trim().trim_start_matches(is_ornament).trim_matches(EMPHASIS).trim());
    let (mut name, mut rest) = first_word(text);
    if ["version", "release", "ver", "v"].iter().any(|word| name.eq_ignore_ascii_case(word)) {
        (name, rest) = first_word(rest.trim_start());
    }
    if name.eq_ignore_ascii_case("unreleased") {
        return Title::Unreleased;
    }
    if !may_follow(rest.trim_start()) {
        return Title::Other;
    }
    let linked_and_dated = text.starts_with('[') && rest.starts_with('(') && rest.trim_end().ends_with(')');
    match named_version(name, scheme) {
        Some((version, package)) => Title::Version(Release {
            version,
            package: package.map(str::to_owned),
            linked_and_dated: linked_and_dated && rest.contains(") ("),
        }),
        None => Title::Other,
    }
}

/// The version in a link label or a word of a heading, and its package.
pub(super) fn named_version<'a>(name: &'a str, scheme: &Scheme) -> Option<(Version, Option<&'a str>)> {
    let name = name.trim().trim_matches(EMPHASIS).trim_end_matches([':', ',']);
    if let Some(version) = plain_version(name, scheme) {
        return Some((version, None));
    }
    // Search `-v` from the left, because a pre-release may contain it, and `@` from the right, because `@scope/pkg`
    // starts with it.
    let at_sign = name.rmatch_indices('@').map(|(at, sep)| (at, sep.len()));
    let dash = name.match_indices("-v").map(|(at, sep)| (at, sep.len()));
    let slash = name.match_indices("/v").map(|(at, sep)| (at, sep.len()));
    at_sign.take(1).chain(dash.take(8)).chain(slash.take(8)).find_map(|(at, len)| {
        let package = name.get(..at).filter(|package| !package.is_empty())?;
        Some((plain_version(name.get(at + len..)?, scheme)?, Some(package)))
    })
}

fn plain_version(text: &str, scheme: &Scheme) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let other_scheme = || Version::parse(text, &Scheme::Loose).filter(|version| version.numbers().len() > 1);
    Version::parse(text, scheme).or_else(other_scheme)
}

/// An emoji or symbol before a version.
fn is_ornament(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric()
}

/// The text after a leading date, as in `2026-01-31, Version 1.2.3`.
fn after_date(text: &str) -> &str {
    let Some((word, rest)) = text.split_once(char::is_whitespace) else { return text };
    let date = word.trim_matches(['(', ')', '[', ']', ',', ':']).parse::<chrono::NaiveDate>();
    let is_separator = |c: char| c.is_whitespace() || "-–—:,/|".contains(c);
    if date.is_ok() { rest.trim_start_matches(is_separator) } else { text }
}

/// Splits off the first word, or the text in brackets.
fn first_word(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('[')
        && let Some((name, rest)) = inner.split_once(']')
    {
        return (name.trim(), rest);
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Whether `rest` may follow the version in a release heading: a date, a link or a name, but not a sentence ("1.0.0 to
/// 2.0.0").
fn may_follow(rest: &str) -> bool {
    let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    !word.starts_with(char::is_lowercase) || ["released", "unreleased", "yanked"].contains(&word)
}

/// Removes HTML tags (`<small>`, `<a id="…">`) and backslash escapes, and replaces line ends with spaces.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((tag, tail)) if tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                rest = tail
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    unescaped(&plain.replace(['\r', '\n'], " "))
}

/// Removes backslash escapes (CommonMark 0.31.2 §2.4).
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let escaped = rest.next_if(|next| c == '\\' && next.is_ascii_punctuation());
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
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
            "1.2.3: The Big One",
            "1.2.3 released 2026-01-31",
            "<small>1.2.3 (2026-01-31)</small>",
            "<a id=\"1.2.3\"></a>1.2.3",
            "**1.2.3**",
            "\\[1.2.3\\] - 2026-01-31",
            "2026-01-31 - v1.2.3",
            "2026-01-31, Version 1.2.3 (Current), @maintainer",
            "[2026-01-31] — 1.2.3",
            "🎉 1.2.3",
            "`1.2.3`",
            "__1.2.3__ (2026-01-31)",
            "_[1.2.3]_",
            "~~1.2.3~~",
            "[1\\.2\\.3] - 2026-01-31",
        ] {
            assert_eq!(read(text), Some(("1.2.3".to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn package_is_parsed_from_the_heading() {
        let of = |package: &str| Some(("1.2.3".to_owned(), Some(package.to_owned())));
        assert_eq!(read("pkg@1.2.3"), of("pkg"));
        assert_eq!(read("@scope/pkg@v1.2.3"), of("@scope/pkg"));
        assert_eq!(read("pkg-v1.2.3"), of("pkg"));
        assert_eq!(read("[tools/pkg/v1.2.3] - 2026-01-31"), of("tools/pkg"));
        assert_eq!(read("[@scope/pkg@1.2.3](https://example.org)"), of("@scope/pkg"));
    }

    #[test]
    fn other_headings_are_not_releases() {
        for text in [
            "",
            "Changelog",
            "Release notes",
            "1.0.0 to 2.0.0",
            "Migrating to 2.0.0",
            "[",
            "v",
            "2026",
            "<",
            "v2",
            "2026-01-31",
            "2026-01-31 Meeting",
        ] {
            assert_eq!(title(text, &Scheme::SemVer), Title::Other, "{text}");
        }
        for text in
            ["Unreleased", "[Unreleased]", "[UNRELEASED](https://example.org)", "unreleased (2026-01-31)"]
        {
            assert_eq!(title(text, &Scheme::SemVer), Title::Unreleased, "{text}");
        }
    }
}
