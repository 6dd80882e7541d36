//! Defines the built-in sections and rules, which apply without any configuration.
//!
//! They fit any repository: conventional messages are placed by the usual types, other messages by the usual labels of
//! their pull request, and the rest is listed in `other`.

use super::{
    bump_level::BumpLevel,
    release_title,
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
    ("features", &["feat", "feature", "features", "feats", "add", "added", "new", "enhancement", "enhance"]),
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

const FIXUP_TITLE: &str = "^(?:fixup|squash|amend)! ";

/// What translation services write.
const TRANSLATION_TITLE: &str = r"(?i-u)^(?:(?:translated|added translation|deleted translation|update translation files?|updated by \x22[a-z ]+\x22 (?:hook|add-?on) in) (?:using )?(?:hosted )?weblate|translations? updates? from |new (?:crowdin (?:updates?|translations?)|translations )|update source file [!-~]+\.[a-z]+$)";

/// What bots do beside updates of dependencies. Bots also merge backports, which are changes.
const BOT_TITLE: &str = r"(?i-u)\b(?:auto[ -]?(?:updates?|fix(?:es)?|format(?:ting)?|translate|generated?)|automat(?:ed|ic) (?:updates?|translations?|format(?:ting)?|fix(?:es)?)|translations?|translate|apply (?:automated|formatting|lint)|format code)\b|^\[ci\] format";

/// The markers that make CI services skip a commit.
const SKIPS_CI_TITLE: &str =
    r"(?i-u)\[(?:skip[ -](?:ci|actions)|(?:ci|actions)[ -]skip|no[ -]ci)\]|\*\*\*NO_CI\*\*\*";

/// Updates of what only builds and checks the product.
const TOOL_TITLE: &str = concat!(
    r"(?i-u)^(?:bump|update|upgrade)\s+(?:dependency\s+|the\s+)?(?:",
    r"(?:actions|github|docker|softprops|codecov|dtolnay|taiki-e|peaceiris|pnpm|swatinem|ruby|astral-sh|golangci|sigstore|goreleaser|peter-evans|crate-ci|embarkstudios)/[a-z0-9_.-]+",
    r"|@?(?:eslint|prettier|stylelint|commitlint|biome|oxlint|typescript-eslint|vitest|jest|mocha|chai|sinon|nyc|cypress|playwright|husky|lint-staged|semantic-release|release-it|nodemon|rimraf|webpack-dev-server|types)(?:[-/][a-z0-9@_./-]+)?",
    r"|(?:pre-commit|black|ruff|mypy|flake8|isort|pylint|pytest|tox|coverage|rubocop|rspec|phpunit|phpstan|golangci-lint|checkstyle|spotless|spotbugs|junit|mockito|jacoco|gradle wrapper|maven-[a-z]+-plugin)(?:[-/:][a-z0-9_./:-]+)?",
    r")(?:\s+[!-~]+){0,3}?\s+(?:from|to)\s+[`'v^~=]*[0-9]",
);

/// Renovate marks updates that fix a vulnerability.
const SECURITY_UPDATE_TITLE: &str = r"(?i-u)\[security\]$";

const DEPRECATION_TITLE: &str =
    r"(?i-u)^(?:[a-z0-9_./-]+: |\[[ -Z^-~]{1,40}\] ?)?(?:deprecate[sd]?|mark [!-~]+ as deprecated)\s";

const REMOVAL_TITLE: &str = r"(?i-u)^(?:[a-z0-9_./-]+: |\[[ -Z^-~]{1,40}\] ?)?(?:drop(?:s|ped)?|remove[sd]?)\s(?:[!-~]+\s){0,3}?(?:support\b|python 2|python 3|node(?:\.?js)? [0-9]|ruby [0-9]|php [0-9]|java [0-9])";

const DEPENDENCY_TITLE: &str = r"(?i)^(?:[a-z0-9_./-]+: )?(?:bump (?:the )?\S+ from \S+ to \S|(?:update|upgrade) (?:dependency |module |rust crate )\S+ to \S|(?:bump|update) the \S+ group)";

pub(super) fn sections() -> Vec<SectionDefinition> {
    let section = |(id, bump): &(&str, Option<BumpLevel>)| SectionDefinition {
        id: (*id).to_owned(),
        title: None,
        bump: *bump,
    };
    SECTIONS.iter().map(section).collect()
}

/// Whether a scope only repeats the name of a section.
pub(super) fn repeats(section: &str, scope: &str) -> bool {
    const SCOPES: [(&str, &[&str]); 4] = [
        ("dependencies", &["deps", "dep", "dependency", "dependencies", "deps-dev"]),
        ("documentation", &["docs", "doc", "documentation"]),
        ("performance", &["perf", "performance"]),
        ("security", &["security", "sec"]),
    ];
    let scope = scope.to_ascii_lowercase();
    SCOPES.iter().any(|(id, scopes)| *id == section && scopes.contains(&scope.as_str()))
}

/// The sections whose changes are read by their files: a fix of a test is no fix for users.
pub(super) const READ_BY_FILES: [&str; 3] = ["features", "fixes", "performance"];

/// Whether the built-in rules place changes of a type (`None`: without one) by the files that they touch.
#[must_use]
pub fn depends_on_files(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| {
        let mut read = TYPES.iter().filter(|(section, _)| READ_BY_FILES.contains(section));
        read.any(|(_, types)| types.contains(&kind)) || !known_types().any(|known| known == kind)
    })
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
            Rule { title: Some(release_title::version()), ..hidden(Some("release commit")) },
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
    let tools = Rule { types: owned(&["deps", "dep", "dependencies"]), ..tool_updates() };
    rules.push(named("tools of the build and the CI", tools));
    let by_type =
        |(section, types): (&str, &[&str])| named(section, Rule { types: owned(types), ..placed(section) });
    rules.extend(TYPES.map(by_type));
    rules.push(named("security updates of dependencies", security_updates()));
    let hidden_types = Rule { types: owned(&HIDDEN_TYPES), ..hidden(None) };
    rules.push(named("internal types", hidden_types));
    rules.extend(hidden_plain_titles());
    let by_label = |(section, labels): (&str, &[&str])| {
        named(&format!("{section} by label"), Rule { labels: owned(labels), ..placed(section) })
    };
    rules.extend(LABELS.map(by_label));
    let hidden_labels = Rule { labels: owned(&HIDDEN_LABELS), ..hidden(None) };
    rules.push(named("internal labels", hidden_labels));
    for (section, title) in [("deprecated", DEPRECATION_TITLE), ("removed", REMOVAL_TITLE)] {
        let plain = Rule { title: Some(title.to_owned()), conventional: Some(false), ..placed(section) };
        // Words alone require no more than a patch.
        rules.push(named(&format!("{section} by title"), Rule { bump: Some(BumpLevel::Patch), ..plain }));
    }
    let bumps = Rule { title: Some(DEPENDENCY_TITLE.to_owned()), ..placed("dependencies") };
    rules.push(named("dependencies by title", bumps));
    rules.push(named("all other changes", placed("other")));
    rules
}

fn tool_updates() -> Rule {
    Rule { title: Some(TOOL_TITLE.to_owned()), ..hidden(Some("updates a tool of the build or the CI")) }
}

/// Of updates that only maintain the code, users need those that fix a vulnerability.
fn security_updates() -> Rule {
    Rule {
        types: owned(&["chore", "build"]),
        title: Some(SECURITY_UPDATE_TITLE.to_owned()),
        bump: Some(BumpLevel::None),
        ..placed("dependencies")
    }
}

/// Rules for messages without a type whose titles say that users do not notice the change.
fn hidden_plain_titles() -> [NamedRule; 5] {
    let titled = |title: &str, reason| Rule { title: Some(title.to_owned()), ..hidden(Some(reason)) };
    let all = [
        ("release preparations", titled(&release_title::preparation(), "prepares or follows a release")),
        ("tools of the build and the CI", tool_updates()),
        (
            "changes that skip the CI",
            titled(SKIPS_CI_TITLE, "skips the CI, since it changes nothing that is tested"),
        ),
        ("translations", titled(TRANSLATION_TITLE, "translations by a tool")),
        (
            "housekeeping by bots",
            Rule { bots: Some(true), ..titled(BOT_TITLE, "what a bot keeps up to date") },
        ),
    ];
    all.map(|(about, rule)| named(about, Rule { conventional: Some(false), ..rule }))
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
