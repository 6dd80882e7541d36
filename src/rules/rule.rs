//! A rule as it is written: which changes it is about, and what becomes of them.

use serde::{Deserialize, Serialize};

use super::bump_level::BumpLevel;

/// `[[rules]]`. All conditions that are given must hold; within a list one is enough. Without any condition it is about every
/// change. Patterns over names know `*` and `?` and ignore case. A rule without `section`, `hide` and `skip` only marks a
/// change (`bump`, `set_breaking`), and the rules after it are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Rule {
    /// How `explain` names it.
    pub name: Option<String>,
    /// Patterns over the conventional type.
    pub types: Vec<String>,
    /// Patterns over the conventional scope, or over one of several that commas part.
    pub scopes: Vec<String>,
    /// Trailers of the message: `Key`, or `Key: value`, both patterns.
    pub trailers: Vec<String>,
    /// Patterns over the labels of the pull request.
    pub labels: Vec<String>,
    /// Globs of which the change touches one.
    pub paths: Vec<String>,
    /// Globs that do not count for `paths`.
    pub exclude_paths: Vec<String>,
    /// Patterns over the first author's name and address and the login of who opened the pull request.
    pub authors: Vec<String>,
    /// Whether a bot made it.
    pub bots: Option<bool>,
    /// A regular expression somewhere in the title.
    pub title: Option<String>,
    /// A regular expression somewhere in the title or in the description (not across both).
    pub message: Option<String>,
    /// Whether it is breaking, as far as the rules before have not changed that.
    pub breaking: Option<bool>,
    /// Whether a pull request is known.
    pub pull_request: Option<bool>,
    /// Whether the message is conventional (has a type).
    pub conventional: Option<bool>,
    /// The id of the section that it goes into. `breaking` makes it a breaking change.
    pub section: Option<String>,
    /// Keeps it out of the notes; it still asks for what its type asks. A breaking change is shown all the same, unless the
    /// rule is about breaking changes.
    pub hide: bool,
    /// Treats it as if it had never happened: not shown, asks for nothing, makes nobody a contributor.
    pub skip: bool,
    /// Why it is hidden or skipped, in words; otherwise the rule is named.
    pub reason: Option<String>,
    /// What it asks of the version, in place of what its section or type asks. For a breaking change it counts only where the
    /// rule is about breaking changes (`breaking` is true, or it makes the change one).
    pub bump: Option<BumpLevel>,
    /// Makes the change breaking, or takes that from it.
    pub set_breaking: Option<bool>,
    /// Patterns over labels that the pull request must not have. No key of the configuration, as those below.
    #[serde(skip)]
    pub without_labels: Vec<String>,
    /// Patterns over authors, as in `authors`, who must not have made it.
    #[serde(skip)]
    pub without_authors: Vec<String>,
    /// Whether it reverts something that an earlier version released.
    #[serde(skip)]
    pub reverts_released: Option<bool>,
    /// Whether it says nothing but the version that it is released in, or that is tagged on its commit.
    #[serde(skip)]
    pub names_version: Option<bool>,
}

/// A rule with the name that messages give it, as in `rule 3 of tidings.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedRule {
    /// The name.
    pub name: String,
    /// The rule.
    pub rule: Rule,
}
