//! A rule as written in the configuration: its conditions and its effects.

use serde::{Deserialize, Serialize};

use super::bump_level::BumpLevel;

/// `[[rules]]`. All conditions must hold; in a list, one element that matches is enough. A rule without conditions
/// matches every change. Name patterns support `*` and `?` and ignore case. A rule without `section`, `hide` and `skip`
/// only marks a change (`bump`, `set_breaking`), and the rules after it are tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Rule {
    /// The name of the rule in the output of `explain`.
    pub name: Option<String>,
    /// Patterns for the conventional type.
    pub types: Vec<String>,
    /// Patterns for the conventional scope, or for one of several scopes that are separated by commas.
    pub scopes: Vec<String>,
    /// Trailers of the message: `Key`, or `Key: value`, both patterns.
    pub trailers: Vec<String>,
    /// Patterns for the labels of the pull request.
    pub labels: Vec<String>,
    /// Globs; the change must touch a path that matches one.
    pub paths: Vec<String>,
    /// Globs of paths to ignore.
    pub exclude_paths: Vec<String>,
    /// Patterns for the first author's name and email address, and for the login of the pull request's author.
    pub authors: Vec<String>,
    /// Whether its author is a bot.
    pub bots: Option<bool>,
    /// A regular expression, found anywhere in the title.
    pub title: Option<String>,
    /// A regular expression, found anywhere in the title or in the description (not across both).
    pub message: Option<String>,
    /// Whether it is breaking; rules before this one may have changed that.
    pub breaking: Option<bool>,
    /// Whether it has a pull request.
    pub pull_request: Option<bool>,
    /// Whether its message is conventional (has a type).
    pub conventional: Option<bool>,
    /// Lists it in the section with this ID. `breaking` makes it a breaking change.
    pub section: Option<String>,
    /// Does not list it, but counts it for the next version by its type. A breaking change is listed anyway, unless the
    /// rule is about breaking changes.
    pub hide: bool,
    /// Ignores it: not listed, no effect on the next version, its authors are not contributors.
    pub skip: bool,
    /// The reason for hiding or skipping it, for `explain`.
    pub reason: Option<String>,
    /// The bump level, which overrides that of its section or type. Applies to a breaking change only if the rule is
    /// about breaking changes (`breaking` is true, or the rule marks the change as breaking).
    pub bump: Option<BumpLevel>,
    /// Marks the change as breaking, or as not breaking.
    pub set_breaking: Option<bool>,
    /// Patterns for labels that the pull request must not have. Like the fields below, not a key of the configuration.
    #[serde(skip)]
    pub without_labels: Vec<String>,
    /// Patterns for authors, as in `authors`, that must not match.
    #[serde(skip)]
    pub without_authors: Vec<String>,
    /// Whether it reverts a change that an earlier version released.
    #[serde(skip)]
    pub reverts_released: Option<bool>,
    /// Whether its title is only the version of its window, or a version that is tagged on its commit.
    #[serde(skip)]
    pub names_version: Option<bool>,
}

/// A rule with its name in messages, as in `rule 3 of tidings.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedRule {
    /// The name.
    pub name: String,
    /// The rule.
    pub rule: Rule,
}
