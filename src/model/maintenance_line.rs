//! Maintenance lines: a branch on which only patches of older versions are released.

use std::fmt;

use super::Version;

/// The numbers with which the versions of a maintenance branch begin: `1.9` for `release/1.9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceLine(Vec<u64>);

impl MaintenanceLine {
    /// Parses `1.9`, `v1.9`, `1.9.x` or `1`; `None` for all else: `1.9.0` names a version, not a line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.strip_suffix(".x").or_else(|| text.strip_suffix(".X")).unwrap_or(text);
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > 2 || !parts.iter().all(|part| is_number(part)) {
            return None;
        }
        parts.into_iter().map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>().map(Self)
    }

    /// Whether a version is above the line, so that it does not count on its branch.
    #[must_use]
    pub fn is_below(&self, version: &Version) -> bool {
        self.prefix(version) > self.0
    }

    /// Whether a version is below the line: all versions of the line are higher.
    #[must_use]
    pub fn is_above(&self, version: &Version) -> bool {
        self.prefix(version) < self.0
    }

    /// The numbers of the first version of the line, at least `count` of them.
    #[must_use]
    pub fn first(&self, count: usize) -> Vec<u64> {
        let mut numbers = self.0.clone();
        numbers.resize(count.max(numbers.len()), 0);
        numbers
    }

    fn prefix(&self, version: &Version) -> Vec<u64> {
        (0..self.0.len()).map(|at| version.number(at)).collect()
    }
}

impl fmt::Display for MaintenanceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    #[test]
    fn line_has_one_or_two_numbers() {
        for text in ["1.9", "v1.9", "1.9.x", "v1.9.x"] {
            assert_eq!(MaintenanceLine::parse(text).unwrap().to_string(), "1.9", "{text}");
        }
        assert_eq!(MaintenanceLine::parse("2").unwrap().to_string(), "2");
        for text in ["", "x", "1.", "1.9.0", "next", "1.9-rc"] {
            assert_eq!(MaintenanceLine::parse(text), None, "{text}");
        }
    }

    #[test]
    fn versions_above_the_line_do_not_count() {
        let version = |text: &str| Version::parse(text, &Scheme::SemVer).unwrap();
        let line = MaintenanceLine::parse("1.9").unwrap();
        for (text, is_above) in
            [("1.8.7", false), ("1.9.0", false), ("1.9.12", false), ("1.10.0", true), ("2.0.0", true)]
        {
            assert_eq!(line.is_below(&version(text)), is_above, "{text}");
        }
        assert!(line.is_above(&version("1.8.3")) && !line.is_above(&version("1.9.0")));
        assert_eq!(line.first(3), [1, 9, 0]);
    }
}
