//! How tags are read as versions.

use serde::{Deserialize, Serialize};

use crate::model::Scheme;

use super::pattern::TagPattern;

/// How tags are read as versions.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What a version tag looks like.
    pub pattern: TagPattern,
    /// How a version is written.
    pub scheme: Scheme,
    /// The declared environments, in the order of promotion.
    pub environments: Vec<Environment>,
    /// What becomes of pre-releases once their final version is there.
    pub prereleases: Prereleases,
}

/// A declared environment: its tags are aliases of a version, never pre-releases of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name, as shown.
    pub name: String,
    /// What stands behind the version in its tags: `-staging`.
    pub suffix: String,
}

/// What becomes of pre-releases once their final version is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prereleases {
    /// They collapse into the final version.
    #[default]
    Collapse,
    /// Each keeps its own window.
    Separate,
}
