//! The entries of the lists of tables: `[[packages]]`, `[[links]]` and others.

use serde::{Deserialize, Serialize};

use crate::model::{NotesPurpose, PathChangeKind};

/// `[[packages]]`: a package with its own versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct PackageConfig {
    /// Its name.
    pub name: String,
    /// Globs of the paths that belong to it.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of paths to exclude from `paths`.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
    /// Whether paths of packages inside it belong to it too.
    #[serde(default)]
    pub overlap: bool,
    /// The pattern of its version tags.
    pub tag_pattern: Option<String>,
    /// The scheme of its versions.
    pub scheme: Option<String>,
    /// How its post-releases are written after their version, with `{number}`.
    pub post_release: Option<String>,
    /// Its changelog, relative to the root of the repository.
    pub changelog: Option<String>,
    /// Its first version.
    pub initial: Option<String>,
}

/// `[[links]]`: text to turn into links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct LinkConfig {
    /// A regular expression.
    pub pattern: String,
    /// The URL; `$0` is the match, `$1` and `$name` are its groups.
    pub url: String,
    /// The link text; the match if absent.
    pub text: Option<String>,
}

/// `[[components]]`: a part of the product to label changes with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ComponentConfig {
    /// Its name.
    pub name: String,
    /// Globs of the paths that belong to it.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of paths to exclude from `paths`.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
}

/// `[[attention]]`: paths whose changes become an attention item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct AttentionConfig {
    /// `migration`, `container`, `kubernetes`, `terraform`, `environment`, or a custom kind.
    pub kind: String,
    /// The heading; the locale's if absent.
    pub title: Option<String>,
    /// Globs of the paths.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Globs of paths to exclude from `paths`.
    #[serde(default)]
    pub exclude_paths: Vec<String>,
    /// The kinds of change that count; all if empty.
    #[serde(default)]
    pub on: Vec<PathChangeKind>,
    /// The outputs that show items of this kind; the kind's default if absent.
    #[serde(rename = "in")]
    pub shown_in: Option<Vec<NotesPurpose>>,
}

/// `[[lint.forbid]]`: text that a commit message must not contain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ForbidConfig {
    /// A regular expression.
    pub pattern: String,
    /// The message of the finding.
    pub message: String,
}
