//! Which messages without a type are read, and how sure that must be.

use serde::{Deserialize, Serialize};

/// Which messages without a type are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlainMessages {
    /// Those of projects that do not evidently write conventional commits.
    #[default]
    Auto,
    /// All.
    Always,
    /// None.
    Never,
}

/// How sure a reading must be, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingThresholds {
    /// To list a change in a section.
    pub place: u16,
    /// To require a minor version, or to hide a change.
    pub strict: u16,
}

impl Default for ReadingThresholds {
    fn default() -> Self {
        Self { place: 500, strict: 900 }
    }
}
