//! Sorts the tags of a repository by the tag patterns of its packages.
//!
//! A repository with many packages has many more tags. Reading all of them for each package takes the product of both
//! numbers, so each tag is looked up by its prefix instead.

use std::collections::HashMap;

use crate::model::Tag;

use super::pattern::TagPattern;

/// The tags that match each of several patterns.
#[derive(Debug, Default)]
pub struct TagsByPattern {
    matching: Vec<Vec<Tag>>,
    unmatched: Vec<Tag>,
}

impl TagsByPattern {
    /// Sorts the tags by the patterns that they match. A tag may match several patterns.
    #[must_use]
    pub fn new<'p>(tags: &[Tag], patterns: impl Iterator<Item = &'p TagPattern>) -> Self {
        let patterns: Vec<&TagPattern> = patterns.collect();
        let mut by_prefix: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            match pattern {
                TagPattern::Around { prefix, .. } => by_prefix.entry(prefix).or_default().push(index),
                TagPattern::Plain | TagPattern::Regex(_) => others.push(index),
            }
        }
        let mut lengths: Vec<usize> = by_prefix.keys().map(|prefix| prefix.len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let (mut matching, mut unmatched) = (vec![Vec::new(); patterns.len()], Vec::new());
        for tag in tags {
            let prefixes = lengths.iter().filter_map(|length| tag.name.get(..*length));
            let with_prefix = prefixes.filter_map(|prefix| by_prefix.get(prefix)).flatten();
            let mut is_matched = false;
            for index in with_prefix.chain(&others) {
                let matches = patterns.get(*index).is_some_and(|it| it.version_text(&tag.name).is_some());
                if let (true, Some(matching)) = (matches, matching.get_mut(*index)) {
                    matching.push(tag.clone());
                    is_matched = true;
                }
            }
            if !is_matched {
                unmatched.push(tag.clone());
            }
        }
        Self { matching, unmatched }
    }

    /// The tags that match the pattern at an index, in the order of all tags.
    #[must_use]
    pub fn get(&self, index: usize) -> &[Tag] {
        self.matching.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    /// The tags that match no pattern, in the order of all tags.
    #[must_use]
    pub fn unmatched(&self) -> &[Tag] {
        &self.unmatched
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ObjectId;

    #[test]
    fn tags_are_sorted_by_pattern() {
        let id = ObjectId::from_bytes([1; 20]);
        let tag = |name: &str| Tag { name: name.to_owned(), object: id, commit: id };
        let tags = ["a/b/v1.0.0", "a/v1.0.0", "a/v1.0.0-x", "a@1.0.0", "é@1.0.0", "v1.0.0"].map(tag);
        let patterns =
            ["a/v{version}", "a/{version}", "a@{version}", "{version}-x", "é@{version}", "(?<version>v.*)"];
        let patterns: Vec<_> = patterns.iter().map(|pattern| TagPattern::parse(pattern).unwrap()).collect();
        let sorted = TagsByPattern::new(&tags, patterns.iter());
        let names = |index| sorted.get(index).iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(0), ["a/v1.0.0", "a/v1.0.0-x"]);
        assert_eq!(names(1), ["a/b/v1.0.0", "a/v1.0.0", "a/v1.0.0-x"]);
        assert_eq!((names(2), names(3)), (vec!["a@1.0.0"], vec!["a/v1.0.0-x"]));
        assert_eq!((names(4), names(5)), (vec!["é@1.0.0"], vec!["v1.0.0"]));
        assert_eq!(TagsByPattern::new(&tags, patterns.iter().take(5)).unmatched()[0].name, "v1.0.0");
        for (index, pattern) in patterns.iter().enumerate() {
            let all: Vec<_> = tags.iter().filter(|tag| pattern.version_text(&tag.name).is_some()).collect();
            assert_eq!(sorted.get(index).iter().collect::<Vec<_>>(), all);
        }
    }
}
