//! The entries of the lists of tables: `[[packages]]`, `[[links]]` and their like.

use serde::{Deserialize, Serialize};

use crate::model::PathChangeKind;

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
