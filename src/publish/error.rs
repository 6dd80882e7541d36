//! Why a release is not published, or not all of it.

use crate::{forge, model::ForgeKind};

/// What stands in the way.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The forge could not be asked how things stand.
    #[error(transparent)]
    Look(#[from] forge::Error),
    /// The forge has no such tag.
    #[error("{forge} has no tag {tag}", forge = forge.title())]
    NoTag {
        /// The forge.
        forge: ForgeKind,
        /// The tag.
        tag: String,
    },
    /// The tag stands elsewhere on the forge.
    #[error("the tag {tag} is another commit on {forge} than here", forge = forge.title())]
    OtherTag {
        /// The forge.
        forge: ForgeKind,
        /// The tag.
        tag: String,
    },
    /// What is wanted does not fit together, or the forge has no such thing.
    #[error("{0}")]
    Senseless(String),
    /// Somebody else has published a release of the same tag meanwhile.
    #[error("somebody else has published a release of {tag} meanwhile")]
    Taken {
        /// The tag.
        tag: String,
    },
    /// The forge failed in the middle.
    #[error("cannot {doing}")]
    Stopped {
        /// What was being done.
        doing: String,
        /// What has not been done, this one left out.
        remaining: Vec<String>,
        /// Why.
        source: Box<forge::Error>,
    },
    /// Some comments could not be written.
    #[error("{failed} of {all} announcements failed")]
    Announcing {
        /// How many failed.
        failed: usize,
        /// How many there were.
        all: usize,
        /// Why the first did.
        source: Box<forge::Error>,
    },
}

impl Error {
    /// Whether the plan refuses, as against a forge that fails.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::NoTag { .. } | Self::OtherTag { .. } | Self::Senseless(_))
    }

    /// What has not been done.
    #[must_use]
    pub fn remaining(&self) -> &[String] {
        match self {
            Self::Stopped { remaining, .. } => remaining,
            _ => &[],
        }
    }

    /// The way out.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let again = |source: &forge::Error| {
            let own = source.hint().map(|hint| format!("{hint}; ")).unwrap_or_default();
            Some(format!("{own}the same command again does what is left"))
        };
        match self {
            Self::Look(error) => error.hint(),
            Self::NoTag { tag, .. } => Some(format!(
                "git push origin {tag}; or --create-tag lets the forge make it; and forges say so too where the token may not see the repository"
            )),
            Self::OtherTag { .. } => Some("tidings moves no tag: find out which of both is right".to_owned()),
            Self::Taken { .. } => Some("the same command again changes what differs".to_owned()),
            Self::Stopped { source, .. } | Self::Announcing { source, .. } => again(source),
            Self::Senseless(_) => None,
        }
    }
}
