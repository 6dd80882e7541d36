//! The headings within sections, and which of them mean the same.

use super::plain_text::plain_text;

/// The names of each section of notes, in lower case, by its ID. `changed` is a heading of Keep a Changelog only.
const NAMES: [(&str, &[&str]); 12] = [
    (
        "breaking",
        &[
            "breaking changes",
            "breaking change",
            "breaking",
            "backwards incompatible changes",
            "incompatible changes",
        ],
    ),
    (
        "features",
        &[
            "features",
            "feature",
            "new features",
            "new feature",
            "added",
            "new",
            "enhancements",
            "enhancement",
            "feat",
        ],
    ),
    ("fixes", &["bug fixes", "bugfixes", "bug fix", "bugfix", "fixes", "fixed", "fix", "bugs fixed", "bugs"]),
    ("performance", &["performance", "performance improvements", "perf", "optimizations"]),
    ("security", &["security", "security fixes"]),
    ("deprecated", &["deprecated", "deprecations", "deprecation"]),
    ("removed", &["removed", "removals", "removal"]),
    ("reverts", &["reverts", "reverted"]),
    ("dependencies", &["dependencies", "dependency updates", "deps", "dependency upgrades"]),
    ("documentation", &["documentation", "docs"]),
    ("other", &["other changes", "other", "misc", "miscellaneous", "miscellaneous changes", "others"]),
    ("changed", &["changed", "changes"]),
];

/// The ID of the section that a heading means.
pub(super) fn section_id(title: &str) -> Option<&'static str> {
    let name = normal(title);
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(id, _)| *id)
}

/// Whether two headings mean the same section.
pub(super) fn same(a: &str, b: &str) -> bool {
    normal(a) == normal(b) || section_id(a).is_some_and(|id| section_id(b) == Some(id))
}

/// Whether only Keep a Changelog has this heading, not the default format.
pub(super) fn is_keep_a_changelog(title: &str) -> bool {
    ["added", "changed", "fixed"].contains(&normal(title).as_str())
}

/// The place in the order of Keep a Changelog.
pub(super) fn keep_a_changelog_order(title: &str) -> Option<usize> {
    let order = ["added", "changed", "deprecated", "removed", "fixed", "security"];
    order.iter().position(|name| *name == normal(title))
}

/// The words of a heading in lower case: without emoji, markup and punctuation around them.
fn normal(title: &str) -> String {
    let text = plain_text(title).to_lowercase();
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_with_emoji_and_punctuation_have_the_same_meaning() {
        for title in ["Bug fixes", "### Bug Fixes", "🐛 Bug Fixes", ":bug: Fixed:", "**Fixes**"] {
            assert_eq!(section_id(title), Some("fixes"), "{title}");
        }
        assert!(same("⚠ BREAKING CHANGES", "Breaking changes") && same("Plumbing", "🔧 plumbing"));
        assert!(!same("Added", "Fixed") && !same("Plumbing", "Added"));
    }
}
