//! What notes are written for.

use serde::{Deserialize, Serialize};

/// What notes are written for, with its keyword in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotesPurpose {
    /// A changelog.
    Changelog,
    /// A release on a forge, or the message of a tag.
    Release,
    /// The preview in the terminal.
    Preview,
    /// A comparison of environments, and the notes of an image.
    Compare,
    /// A message to people.
    Notify,
}
