//! The bump level of a rule or a section.

use serde::{Deserialize, Serialize};

use crate::model::Bump;

/// The part of the version that a change bumps, as written in the configuration: a [`Bump`], or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BumpLevel {
    /// The first number.
    Major,
    /// The second number.
    Minor,
    /// The third number.
    Patch,
    /// None: the change requires no new version.
    None,
}

impl BumpLevel {
    /// The bump; `None` for [`BumpLevel::None`].
    #[must_use]
    pub const fn bump(self) -> Option<Bump> {
        match self {
            Self::Major => Some(Bump::Major),
            Self::Minor => Some(Bump::Minor),
            Self::Patch => Some(Bump::Patch),
            Self::None => None,
        }
    }
}

impl From<Bump> for BumpLevel {
    fn from(bump: Bump) -> Self {
        match bump {
            Bump::Major => Self::Major,
            Bump::Minor => Self::Minor,
            Bump::Patch => Self::Patch,
        }
    }
}
