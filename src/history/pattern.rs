//! What a version tag looks like.

use regex::Regex;

use crate::model::Version;

/// What a version tag looks like.
#[derive(Debug, Clone, Default)]
pub enum TagPattern {
    /// The version, with or without a leading `v`.
    #[default]
    Plain,
    /// The version between a fixed prefix and suffix: `pkg@{version}`, `release-{version}`.
    Around {
        /// The prefix.
        prefix: String,
        /// The suffix.
        suffix: String,
    },
    /// A regular expression with a group named `version`.
    Regex(Regex),
}

/// A tag pattern is not valid.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// It has no placeholder for the version.
    #[error("the tag pattern `{0}` has no placeholder for the version")]
    NoVersion(String),
    /// It is not a valid regular expression.
    #[error("the tag pattern `{pattern}` is not a valid regular expression")]
    Regex {
        /// As given by the user.
        pattern: String,
        /// What is wrong with it.
        source: regex::Error,
    },
}

impl PatternError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("write `v{version}`, or a regular expression with a group `(?<version>…)`".to_owned())
    }
}

impl TagPattern {
    /// Parses `v{version}`, or a regular expression with a group named `version`.
    ///
    /// # Errors
    /// If it has neither, or the expression is not valid.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        if let Some((prefix, suffix)) = pattern.split_once("{version}") {
            return Ok(Self::Around { prefix: prefix.to_owned(), suffix: suffix.to_owned() });
        }
        if !pattern.contains("<version>") {
            return Err(PatternError::NoVersion(pattern.to_owned()));
        }
        // A pattern must match the whole name: `nightly-1.2.3-x` is not a version tag.
        let whole = Regex::new(&format!("^(?:{pattern})$"));
        whole.map(Self::Regex).map_err(|source| PatternError::Regex { pattern: pattern.to_owned(), source })
    }

    /// The version in a tag's name, as a string; `None` if the name does not match.
    #[must_use]
    pub fn version_text<'t>(&self, tag: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain => Some(tag.strip_prefix('v').unwrap_or(tag)),
            Self::Around { prefix, suffix } => {
                tag.strip_prefix(prefix.as_str())?.strip_suffix(suffix.as_str())
            }
            Self::Regex(regex) => regex.captures(tag)?.name("version").map(|version| version.as_str()),
        }
    }

    /// The tag name for a version. Where the pattern does not determine it, it follows `like`, an existing tag.
    #[must_use]
    pub fn tag_name(&self, version: &Version, like: Option<&str>) -> String {
        match self {
            Self::Plain if like.is_none_or(|tag| tag.starts_with('v')) => format!("v{version}"),
            Self::Plain => version.to_string(),
            Self::Around { prefix, suffix } => format!("{prefix}{version}{suffix}"),
            Self::Regex(_) => {
                let around = like.and_then(|tag| tag.split_once(self.version_text(tag)?));
                let (prefix, suffix) = around.unwrap_or_default();
                format!("{prefix}{version}{suffix}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_with_prefix_matches_only_its_own_tags() {
        let version = Version::new(1, 0, 0);
        for (pattern, tag) in [("pkg@{version}", "pkg@1.0.0"), ("pkg-v{version}", "pkg-v1.0.0")] {
            let pattern = TagPattern::parse(pattern).unwrap();
            assert_eq!(pattern.version_text(tag), Some("1.0.0"));
            assert_eq!(pattern.version_text("v1.0.0"), None);
            assert_eq!(pattern.tag_name(&version, None), tag);
        }
    }

    #[test]
    fn regex_matches_the_whole_tag_name() {
        let pattern = TagPattern::parse(r"release[-/](?<version>\d+\.\d+\.\d+)").unwrap();
        assert_eq!(pattern.version_text("release/1.2.3"), Some("1.2.3"));
        assert_eq!(pattern.version_text("nightly-release/1.2.3-x"), None);
        assert_eq!(pattern.tag_name(&Version::new(2, 0, 0), Some("release/1.2.3")), "release/2.0.0");
        assert!(TagPattern::parse("v*").is_err());
        assert!(TagPattern::parse("(?<version>").is_err());
    }

    #[test]
    fn plain_pattern_follows_the_prefix_of_existing_tags() {
        let version = Version::new(1, 0, 0);
        assert_eq!(TagPattern::Plain.tag_name(&version, Some("0.9.0")), "1.0.0");
        assert_eq!(TagPattern::Plain.tag_name(&version, Some("v0.9.0")), "v1.0.0");
        assert_eq!(TagPattern::Plain.tag_name(&version, None), "v1.0.0");
    }
}
