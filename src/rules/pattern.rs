//! Matches patterns for short names (types, scopes, labels, authors): `*` matches any text, `?` one character; case is
//! ignored.

use std::fmt;

/// A compiled pattern. A pattern without wildcards, the usual case, is a plain comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    wild: bool,
}

impl Pattern {
    /// `None` if the pattern is empty or only white space: it could match nothing, so it is a mistake.
    pub(super) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self { text: text.to_owned(), wild: text.contains(['*', '?']) })
    }

    /// Whether all of `text` matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        if self.wild { wild_match(&self.text, text) } else { same(&self.text, text) }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!a.is_ascii()
            && a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase)))
}

/// On a mismatch, backtracks only to the last `*`, so that no pattern takes exponential time.
fn wild_match(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut retry = None;
    loop {
        let here = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = here;
                retry = Some((pattern.clone(), text.clone()));
                continue;
            }
            (Some('?'), Some(_)) => continue,
            (Some(p), Some(t)) if p == t || p.to_lowercase().eq(t.to_lowercase()) => continue,
            _ => {}
        }
        let Some((after_star, mut from)) = retry.take() else { return false };
        if from.next().is_none() {
            return false;
        }
        pattern = after_star.clone();
        text = from.clone();
        retry = Some((after_star, from));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(text)
    }

    #[test]
    fn plain_patterns_ignore_case() {
        assert!(matches("feat", "Feat"));
        assert!(matches("ÄNDERUNG", "änderung"));
        assert!(matches("修復", "修復"));
        assert!(!matches("feat", "feature"));
        assert!(Pattern::new("  ").is_none());
    }

    #[test]
    fn wildcards_match() {
        for (pattern, text) in [
            ("*", ""),
            ("api*", "api"),
            ("api*", "API-v2"),
            ("*[bot]", "dependabot[bot]"),
            ("a?c", "abc"),
            ("*a*b*", "xxaxxbxx"),
        ] {
            assert!(matches(pattern, text), "{pattern} ~ {text}");
        }
        for (pattern, text) in [("api*", "my-api"), ("a?c", "ac"), ("*a*b", "ab-"), ("?", "")] {
            assert!(!matches(pattern, text), "{pattern} !~ {text}");
        }
    }

    #[test]
    fn hostile_pattern_does_not_take_exponential_time() {
        assert!(!matches(&format!("{}x", "*a".repeat(50)), &"a".repeat(5000)));
    }

    proptest! {
        #[test]
        fn pattern_matches_like_the_equivalent_regex(pattern in "[ab*?]{1,8}", text in "[abAB]{0,10}") {
            let regex = regex::escape(&pattern).replace(r"\*", ".*").replace(r"\?", ".");
            let regex = regex::Regex::new(&format!("(?is)^(?:{regex})$")).unwrap();
            prop_assert_eq!(matches(&pattern, &text), regex.is_match(&text));
        }
    }
}
