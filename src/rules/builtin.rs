//! What holds without any configuration.
//!
//! The table is meant for any repository: where messages are conventional the usual types decide, where they are not the
//! usual labels do, and what neither knows is shown in `other` rather than lost.

use super::{
    bump_level::BumpLevel,
    options::SectionDef,
    rule::{Action, RuleSpec},
};

const SECTIONS: [(&str, Option<BumpLevel>); 11] = [
    (super::BREAKING, Some(BumpLevel::Major)),
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

/// A release commit says so and names nothing but a version: `Release v1.2.3`, `1.2.3`, `release: 1.2.3`,
/// `chore(main): release 1.2.3`, `bump version to 1.2.3`, `core-1.2.3`. `Bump serde to 1.2.3` and `Python 3.13` are changes.
const RELEASE_TITLE: &str = concat!(
    r"(?i-u)^(?:",
    r"(?:(?:prepare|cut|publish|tag|release|releasing|version|for|the|new)[\s:]+)*(?:@?[a-z][a-z0-9_./-]*[@-])?",
    r"|bump[\s:]+(?:the[\s:]+)?(?:version[\s:]+)?(?:to[\s:]+)?",
    r")v?[0-9]+(?:\.[0-9]+){1,4}(?:[-.+]?[0-9a-z][0-9a-z.+-]*)?(?:\s+release)?[\s.!]*$",
);

const FIXUP_TITLE: &str = "^(?:fixup|squash|amend)! ";

const DEPENDENCY_TITLE: &str = r"(?i)^bump \S+ from \S+ to \S";

pub(super) fn sections() -> Vec<SectionDef> {
    let section = |(id, bump): &(&str, Option<BumpLevel>)| SectionDef {
        id: (*id).to_owned(),
        title: None,
        bump: *bump,
    };
    SECTIONS.iter().map(section).collect()
}

/// Every type that some built-in rule knows.
/// The types that have a place without any configuration.
pub fn known_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().flat_map(|(_, types)| types.iter()).chain(&HIDDEN_TYPES).copied()
}

pub(super) fn rules() -> Vec<RuleSpec> {
    let mut rules = vec![
        RuleSpec { labels: owned(&BREAKING_LABELS), set_breaking: Some(true), ..named("breaking labels") },
        RuleSpec {
            labels: owned(&SILENT_LABELS),
            action: Some(Action::Hide { reason: None }),
            ..named("labels that keep changes out")
        },
        RuleSpec { names_version: Some(true), ..hidden("release commits", Some("release commit")) },
        RuleSpec {
            types: owned(&["chore", "build", "ci", "docs"]),
            scopes: owned(&["release", "releases"]),
            ..hidden("release commits", Some("release commit"))
        },
        RuleSpec {
            title: Some(RELEASE_TITLE.to_owned()),
            ..hidden("release commits", Some("release commit"))
        },
        RuleSpec {
            title: Some(FIXUP_TITLE.to_owned()),
            ..hidden("fixup commits", Some("belongs to another commit"))
        },
        RuleSpec { reverts_released: Some(true), ..placed("reverts", "reverts") },
        RuleSpec {
            types: owned(&["fix", "bugfix"]),
            scopes: owned(&["deps", "dependencies", "dependency"]),
            ..placed("dependencies", "dependencies")
        },
    ];
    rules.extend(TYPES.map(|(section, types)| RuleSpec { types: owned(types), ..placed(section, section) }));
    rules.push(RuleSpec { types: owned(&HIDDEN_TYPES), ..hidden("types that users do not see", None) });
    rules.extend(LABELS.map(|(section, labels)| RuleSpec {
        labels: owned(labels),
        ..placed(section, &format!("{section} by label"))
    }));
    rules.push(RuleSpec { labels: owned(&HIDDEN_LABELS), ..hidden("labels that users do not see", None) });
    rules.push(RuleSpec {
        title: Some(DEPENDENCY_TITLE.to_owned()),
        ..placed("dependencies", "dependencies by title")
    });
    rules.push(placed("other", "all the rest"));
    rules
}

/// The built-in section that a usual label stands in, whatever its case.
#[must_use]
pub fn section_of_label(label: &str) -> Option<&'static str> {
    let stands = |labels: &[&str]| labels.iter().any(|known| known.eq_ignore_ascii_case(label));
    let breaking = stands(&BREAKING_LABELS).then_some(super::BREAKING);
    breaking.or_else(|| LABELS.iter().find(|(_, labels)| stands(labels)).map(|(section, _)| *section))
}

fn named(about: &str) -> RuleSpec {
    RuleSpec { name: format!("the built-in rule for {about}"), ..RuleSpec::default() }
}

fn placed(section: &str, about: &str) -> RuleSpec {
    RuleSpec { action: Some(Action::Section(section.to_owned())), ..named(about) }
}

fn hidden(about: &str, reason: Option<&str>) -> RuleSpec {
    let reason = reason.map(str::to_owned);
    RuleSpec { action: Some(Action::Hide { reason }), bump: Some(BumpLevel::None), ..named(about) }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_20_release_commits_are_told_from_changes() {
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
