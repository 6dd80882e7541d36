//! Tags that record deployments in git: `deploy/ENVIRONMENT/TIME`. They are never versions.

use std::fmt;

/// The prefix of the tags that record deployments; ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployTagPrefix(String);

impl Default for DeployTagPrefix {
    fn default() -> Self {
        Self("deploy/".to_owned())
    }
}

impl fmt::Display for DeployTagPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DeployTagPrefix {
    /// The prefix with this text, with or without its final slash; `None` if no tag name can begin with it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let bare = text.strip_suffix('/').unwrap_or(text);
        let is_part = |part: &str| {
            let is_plain = part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
            !part.is_empty() && is_plain && !part.starts_with(['.', '-']) && !part.ends_with(['.'])
        };
        (bare.split('/').all(is_part) && !bare.contains("..")).then(|| Self(format!("{bare}/")))
    }

    /// Whether a tag records a deployment, to whichever environment.
    #[must_use]
    pub fn matches(&self, tag: &str) -> bool {
        tag.starts_with(&self.0)
    }

    /// The environment and the time in a tag's name.
    #[must_use]
    pub fn parse<'t>(&self, tag: &'t str) -> Option<(&'t str, &'t str)> {
        let (environment, time) = tag.strip_prefix(&self.0)?.rsplit_once('/')?;
        let is_time = time.len() == 16 && time.ends_with('Z') && time.as_bytes().get(8) == Some(&b'T');
        (is_time && !environment.is_empty()).then_some((environment, time))
    }

    /// The name of the tag that records a deployment at a time, RFC 3339 in UTC; `None` if it is not of that form.
    #[must_use]
    pub fn tag_name(&self, environment: &str, time: &str) -> Option<String> {
        let compact: String = time.chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let name = format!("{}{environment}/{compact}", self.0);
        self.parse(&name)?;
        Some(name)
    }
}

/// The time in a tag's name as RFC 3339: `20260301T080000Z` is `2026-03-01T08:00:00Z`.
#[must_use]
pub fn deploy_tag_time(time: &str) -> Option<String> {
    let part = |range: std::ops::Range<usize>| time.get(range);
    let (date, clock) =
        ((part(0..4)?, part(4..6)?, part(6..8)?), (part(9..11)?, part(11..13)?, part(13..15)?));
    Some(format!("{}-{}-{}T{}:{}:{}Z", date.0, date.1, date.2, clock.0, clock.1, clock.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deploy_tags_name_environment_and_time() {
        let prefix = DeployTagPrefix::default();
        let name = prefix.tag_name("eu/production", "2026-03-01T08:05:09Z").unwrap();
        assert_eq!(name, "deploy/eu/production/20260301T080509Z");
        assert_eq!(prefix.parse(&name), Some(("eu/production", "20260301T080509Z")));
        assert_eq!(deploy_tag_time("20260301T080509Z").unwrap(), "2026-03-01T08:05:09Z");
        for other in ["deploy/production", "deploy/production/v1.0.0", "deploy//20260301T080509Z", "v1.0.0"] {
            assert_eq!(prefix.parse(other), None, "{other}");
        }
        assert_eq!(prefix.tag_name("production", "2026-03-01T08:05:09+01:00"), None);
    }

    #[test]
    fn prefix_must_be_a_part_of_a_tag_name() {
        assert_eq!(DeployTagPrefix::new("ops/live").unwrap().to_string(), "ops/live/");
        assert_eq!(DeployTagPrefix::new("deploy/"), Some(DeployTagPrefix::default()));
        for bad in ["", "/", "a//b", "a b", "-x", "a..b", "x.", "a~"] {
            assert_eq!(DeployTagPrefix::new(bad), None, "{bad}");
        }
    }
}
