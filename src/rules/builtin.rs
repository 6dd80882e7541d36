//! Defines the built-in sections and rules, which apply without any configuration.
//!
//! They fit any repository: conventional messages are placed by the usual types, other messages by the usual labels of
//! their pull request, and the rest is listed in `other`.

use super::{
    bump_level::BumpLevel,
    rule::{NamedRule, Rule},
    section::{BREAKING, SectionDefinition},
};

const SECTIONS: [(&str, Option<BumpLevel>); 11] = [
    (BREAKING, Some(BumpLevel::Major)),
    ("features", Some(BumpLevel::Minor)),
    ("fixes", Some(BumpLevel::Patch)),
    ("performance", Some(BumpLevel::Patch)),
    ("security", Some(BumpLevel::Patch)),
    ("deprecated", Some(BumpLevel::Minor)),
    ("removed", Some(BumpLevel::Minor)),
    ("reverts", Some(BumpLevel::Patch)),
    ("dependencies", Some(BumpLevel::Patch)),
    ("documentation", None),
    ("other", None),
];

const TYPES: [(&str, &[&str]); 8] = [
    ("features", &["feat", "feature", "features", "feats", "add", "added"]),
    ("fixes", &["fix", "fixed", "fixes", "bugfix", "hotfix", "bug"]),
    ("performance", &["perf", "performance"]),
    ("security", &["security", "sec"]),
    ("deprecated", &["deprecate", "deprecated"]),
    ("removed", &["remove", "removed"]),
    ("reverts", &["revert"]),
    ("dependencies", &["deps", "dep", "dependencies"]),
];

const HIDDEN_TYPES: [&str; 21] = [
    "build", "chore", "chores", "ci", "doc", "docs", "fmt", "format", "i18n", "l10n", "lint", "merge",
    "misc", "refactor", "refact", "release", "style", "styles", "test", "tests", "wip",
];

/// `non-breaking-change` is a common label, hence no leading `*`.
const BREAKING_LABELS: [&str; 7] = [
    "breaking",
    "breaking?change",
    "breaking?changes",
    "kind/breaking*",
    "type: breaking*",
    "semver?major",
    "semver: major",
];

const SILENT_LABELS: [&str; 6] = [
    "skip?changelog",
    "no?changelog",
    "changelog?skip",
    "ignore?for?release",
    "release?note?none",
    "exclude?from?changelog",
];

const LABELS: [(&str, &[&str]); 5] = [
    (
        "features",
        &[
            "enhancement",
            "feature",
            "new feature",
            "feat",
            "kind/feature",
            "type: feature",
            "type: enhancement",
        ],
    ),
    (
        "fixes",
        &["bug", "bugfix", "fix", "regression", "kind/bug", "kind/regression", "type: bug", "type: fix"],
    ),
    ("performance", &["performance", "perf", "kind/performance"]),
    ("security", &["security", "kind/security"]),
    ("dependencies", &["dependencies", "deps"]),
];

const HIDDEN_LABELS: [&str; 10] = [
    "chore",
    "ci",
    "docs",
    "documentation",
    "internal",
    "kind/cleanup",
    "kind/documentation",
    "refactor",
    "refactoring",
    "tests",
];

/// Matches the title of a release commit, which names nothing but a version: `Release v1.2.3`, `1.2.3`, `release:
/// 1.2.3`, `chore(main): release 1.2.3`, `bump version to 1.2.3`, `core-1.2.3`. `Bump serde to 1.2.3` and `Python 3.13`
/// are changes.
const RELEASE_TITLE: &str = concat!(
    r"(?i-u)^(?:",
    r"(?:(?:prepare|cut|publish|tag|release|releasing|version|for|the|new)[\s:]+)*(?:@?[a-z][a-z0-9_./-]*[@-])?",
    r"|bump[\s:]+(?:the[\s:]+)?(?:version[\s:]+)?(?:to[\s:]+)?",
    r")v?[0-9]+(?:\.[0-9]+){1,4}(?:[-.+]?[0-9a-z][0-9a-z.+-]*)?(?:\s+release)?[\s.!]*$",
);

const FIXUP_TITLE: &str = "^(?:fixup|squash|amend)! ";

const DEPENDENCY_TITLE: &str = r"(?i)^bump \S+ from \S+ to \S";

pub(super) fn sections() -> Vec<SectionDefinition> {
    let section = |(id, bump): &(&str, Option<BumpLevel>)| SectionDefinition {
        id: (*id).to_owned(),
        title: None,
        bump: *bump,
    };
    SECTIONS.iter().map(section).collect()
}

/// The types that the built-in rules match.
pub fn known_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().flat_map(|(_, types)| types.iter()).chain(&HIDDEN_TYPES).copied()
}

pub(super) fn rules() -> Vec<NamedRule> {
    let mut rules = vec![
        named(
            "breaking labels",
            Rule { labels: owned(&BREAKING_LABELS), set_breaking: Some(true), ..Rule::default() },
        ),
        named(
            "labels that exclude changes",
            Rule { labels: owned(&SILENT_LABELS), hide: true, ..Rule::default() },
        ),
        named("release commits", Rule { names_version: Some(true), ..hidden(Some("release commit")) }),
        named(
            "release commits",
            Rule {
                types: owned(&["chore", "build", "ci", "docs"]),
                scopes: owned(&["release", "releases"]),
                ..hidden(Some("release commit"))
            },
        ),
        named(
            "release commits",
            Rule { title: Some(RELEASE_TITLE.to_owned()), ..hidden(Some("release commit")) },
        ),
        named(
            "fixup commits",
            Rule { title: Some(FIXUP_TITLE.to_owned()), ..hidden(Some("part of another commit")) },
        ),
        named("reverts", Rule { reverts_released: Some(true), ..placed("reverts") }),
        named(
            "dependencies",
            Rule {
                types: owned(&["fix", "bugfix"]),
                scopes: owned(&["deps", "dependencies", "dependency"]),
                ..placed("dependencies")
            },
        ),
    ];
    let by_type =
        |(section, types): (&str, &[&str])| named(section, Rule { types: owned(types), ..placed(section) });
    rules.extend(TYPES.map(by_type));
    let hidden_types = Rule { types: owned(&HIDDEN_TYPES), ..hidden(None) };
    rules.push(named("internal types", hidden_types));
    let by_label = |(section, labels): (&str, &[&str])| {
        named(&format!("{section} by label"), Rule { labels: owned(labels), ..placed(section) })
    };
    rules.extend(LABELS.map(by_label));
    let hidden_labels = Rule { labels: owned(&HIDDEN_LABELS), ..hidden(None) };
    rules.push(named("internal labels", hidden_labels));
    let bumps = Rule { title: Some(DEPENDENCY_TITLE.to_owned()), ..placed("dependencies") };
    rules.push(named("dependencies by title", bumps));
    rules.push(named("all other changes", placed("other")));
    rules
}

/// The built-in section of a usual label, ignoring case.
#[must_use]
pub fn section_of_label(label: &str) -> Option<&'static str> {
    let is_one_of = |labels: &[&str]| labels.iter().any(|known| known.eq_ignore_ascii_case(label));
    let breaking = is_one_of(&BREAKING_LABELS).then_some(BREAKING);
    breaking.or_else(|| LABELS.iter().find(|(_, labels)| is_one_of(labels)).map(|(section, _)| *section))
}

fn named(about: &str, rule: Rule) -> NamedRule {
    NamedRule { name: format!("the built-in rule for {about}"), rule }
}

fn placed(section: &str) -> Rule {
    Rule { section: Some(section.to_owned()), ..Rule::default() }
}

fn hidden(reason: Option<&str>) -> Rule {
    let reason = reason.map(str::to_owned);
    Rule { hide: true, reason, bump: Some(BumpLevel::None), ..Rule::default() }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_titles_are_distinguished_from_changes() {
        let release = regex::Regex::new(RELEASE_TITLE).unwrap();
        for title in [
            "1.2.3",
            "v1.2",
            "Release v1.2.3",
            "release: 1.2.3-rc.1",
            "release 1.2.3",
            "Bump version to 1.2.3",
            "bump version 1.2.3",
            "Bump to 7.0.8.7",
            "Prepare release 2.0.0.",
            "prepare for the 2.0.0 release",
            "Version 0.4.0",
            "ignore-0.4.22",
            "release @scope/pkg@1.0.0",
            "2.0.0.beta1",
        ] {
            assert!(release.is_match(title), "{title}");
        }
        for title in [
            "Bump serde to 1.2.3",
            "bump lodash-4.17.21",
            "bump serde from 1.2.2 to 1.2.3",
            "Python 3.13",
            "Support 1.2.3",
            "Release the lock in 1.2.3",
            "Release notes",
            "revert release 1.2.3 of the parser",
            "2 fixes",
            "",
        ] {
            assert!(!release.is_match(title), "{title}");
        }
    }
}
