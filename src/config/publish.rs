//! The keys for releases on a forge.

use serde::{Deserialize, Serialize};

use crate::publish::Mode;

use super::rollback::Rollback;

/// A setting that is derived from the version unless it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Derived from the version.
    Auto,
    /// Yes.
    True,
    /// No.
    False,
}

/// `[publish]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct PublishConfig {
    /// The environment that the publication deploys to.
    pub environment: Option<String>,
    /// The title, with `{tag}`, `{version}`, `{date}` and `{package}`.
    pub title: Option<String>,
    /// The path of the template of the body.
    pub template: Option<String>,
    /// `changelog`, or the path of a file with the body.
    pub body_from: Option<String>,
    /// How to update the body of an existing release.
    pub mode: Option<Mode>,
    /// Whether to leave the release a draft.
    pub draft: Option<bool>,
    /// Whether to mark it as a pre-release.
    pub prerelease: Option<Switch>,
    /// Whether to mark it as the latest.
    pub latest: Option<Switch>,
    /// The category of the discussion to open.
    pub discussion: Option<String>,
    /// Paths of files to attach.
    pub attach: Vec<String>,
    /// Whether to attach the notes in the JSON form.
    pub attach_json: Option<bool>,
    /// Whether to comment on pull requests and issues.
    pub announce: Option<bool>,
    /// Whether to comment on pull requests of bots too.
    pub announce_bots: Option<bool>,
    /// The label to add to them; empty for none.
    pub label: Option<String>,
    /// How the deployment of a rollback starts.
    pub rollback: Option<Rollback>,
}
