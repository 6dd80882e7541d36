//! How tags are read as versions.

use serde::{Deserialize, Serialize};

use crate::model::{MaintenanceLine, Scheme};

use super::{deploy_tag::DeployTagPrefix, pattern::TagPattern};

/// How tags are read as versions.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The pattern of version tags.
    pub pattern: TagPattern,
    /// The version scheme.
    pub scheme: Scheme,
    /// The declared environments, in promotion order.
    pub environments: Vec<Environment>,
    /// The prefix of the tags that record deployments.
    pub deploy_tags: DeployTagPrefix,
    /// How pre-releases are handled once their final version exists.
    pub prereleases: Prereleases,
    /// The maintenance line of the current branch: versions above it do not count for unreleased changes.
    pub maintenance: Option<MaintenanceLine>,
}

/// A declared environment: its tags are aliases of a version, never pre-releases of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its display name.
    pub name: String,
    /// The suffix of its tags after the version: `-staging`.
    pub suffix: String,
}

/// How pre-releases are handled once their final version exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prereleases {
    /// They collapse into the final version.
    #[default]
    Collapse,
    /// Each keeps its own window.
    Separate,
}
