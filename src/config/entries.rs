//! The entries of the lists of tables: `[[sections]]`, `[[rules]]` and their like.

use serde::{Deserialize, Serialize};

use crate::{model::PathChangeKind, rules::BumpLevel};

/// `[[sections]]`: a heading of the notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct SectionConfig {
    /// Its name in rules and in the JSON form.
    pub id: String,
    /// Its heading; the locale's word where it is absent.
    pub title: Option<String>,
    /// What its changes ask of the version.
    pub bump: Option<BumpLevel>,
}

/// `[[rules]]`: which changes are meant, and what becomes of them. All conditions that are given must hold; of a list
/// one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct RuleConfig {
    /// How `explain` names it.
    pub name: Option<String>,
    /// Conventional types.
    pub types: Vec<String>,
    /// Conventional scopes.
    pub scopes: Vec<String>,
    /// `Key`, or `Key: pattern`.
    pub trailers: Vec<String>,
    /// Labels of the pull request.
    pub labels: Vec<String>,
    /// Globs of which the change touches one.
    pub paths: Vec<String>,
    /// Globs that do not count for `paths`.
    pub exclude_paths: Vec<String>,
    /// Names, addresses or logins.
    pub authors: Vec<String>,
    /// Whether a bot made it.
    pub bots: Option<bool>,
    /// A regular expression over the title.
    pub title: Option<String>,
    /// A regular expression over the title and the description.
    pub message: Option<String>,
    /// Whether it is breaking.
    pub breaking: Option<bool>,
    /// Whether it has a pull request.
    pub pull_request: Option<bool>,
    /// Whether its message is conventional.
    pub conventional: Option<bool>,
    /// The section that it goes into.
    pub section: Option<String>,
    /// Keeps it out of the notes.
    pub hide: bool,
    /// Treats it as if it had never happened.
    pub skip: bool,
    /// Why it is hidden or skipped.
    pub reason: Option<String>,
    /// What it asks of the version.
    pub bump: Option<BumpLevel>,
    /// Makes it breaking, or not breaking.
    pub set_breaking: Option<bool>,
}

/// `[[packages]]`: what is versioned on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct PackageConfig {
    /// Its name.
    pub name: String,
    /// Globs of what belongs to it.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of what does not.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
    /// How its tags are written.
    pub tag_pattern: Option<String>,
    /// How its versions are written.
    pub scheme: Option<String>,
    /// Its changelog, relative to the root of the repository.
    pub changelog: Option<String>,
    /// Its first version.
    pub initial: Option<String>,
}

/// `[[links]]`: a text that becomes a link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct LinkConfig {
    /// A regular expression.
    pub pattern: String,
    /// The address; `$0` is the match, `$1` and `$name` are its groups.
    pub url: String,
    /// The text of the link; the match where it is absent.
    pub text: Option<String>,
}

/// `[[components]]`: a part of the product that changes are marked with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ComponentConfig {
    /// Its name.
    pub name: String,
    /// Globs of what belongs to it.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of what does not.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
}

/// `[[attention]]`: what operators must know of when these paths change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct AttentionConfig {
    /// `migration`, `container`, `kubernetes`, `terraform`, `environment`, or a kind of one's own.
    pub kind: String,
    /// Its heading; the locale's word where it is absent.
    pub title: Option<String>,
    /// Globs of what is meant.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of what is not.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
    /// What must have happened to a path; anything where it is empty.
    #[serde(default)]
    pub on: Vec<PathChangeKind>,
}

/// `[[lint.forbid]]`: a text that must not stand in a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ForbidConfig {
    /// A regular expression.
    pub pattern: String,
    /// What to tell who wrote it.
    pub message: String,
}
