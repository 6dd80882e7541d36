//! How much notes say about each change.

use serde::{Deserialize, Serialize};

/// How much notes say about each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// What was done: the title.
    #[default]
    Titles,
    /// Also why: the reason.
    Why,
    /// Also what it affects: the components or areas.
    Full,
}

/// How the components of changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ComponentDisplay {
    /// As a mark before the title.
    #[default]
    Mark,
    /// As subheadings of a section.
    Group,
    /// Not at all.
    None,
}
