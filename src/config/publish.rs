//! The keys about releases on a forge.

use serde::{Deserialize, Serialize};

use crate::publish::Mode;

/// Decided by the version, or said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// As the version asks.
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
    /// The title, with `{tag}`, `{version}`, `{date}` and `{package}`.
    pub title: Option<String>,
    /// The path of the template of the body.
    pub template: Option<String>,
    /// What becomes of a body that is there.
    pub mode: Option<Mode>,
    /// Whether a release stays a draft.
    pub draft: Option<bool>,
    /// Whether it is marked as a pre-release.
    pub prerelease: Option<Switch>,
    /// Whether it becomes the latest.
    pub latest: Option<Switch>,
    /// The category of the discussion that is opened.
    pub discussion: Option<String>,
    /// Paths of files to attach.
    pub attach: Vec<String>,
    /// Whether the notes are attached in their JSON form.
    pub attach_json: Option<bool>,
    /// Whether pull requests and issues are told.
    pub announce: Option<bool>,
    /// Whether pull requests of bots are told too.
    pub announce_bots: Option<bool>,
    /// The label that they get; empty for none.
    pub label: Option<String>,
}
