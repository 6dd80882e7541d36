//! Why an image does not go on.

use crate::{model::Version, registry};

/// A promotion, or the notes of an image, failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A registry failed.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// It must not go on.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No notes are beside an image.
    #[error("no notes are attached to `{image}`")]
    NoNotes {
        /// The image.
        image: String,
    },
    /// The image at the end of the way is another than at its start.
    #[error("`{image}` is {found} after the promotion, not {expected}")]
    Differs {
        /// The image.
        image: String,
        /// The digest that was promoted.
        expected: String,
        /// What the tag stands on.
        found: String,
    },
}

/// Why an image must not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No version can be told.
    #[error("no version is on {place}: none of its {tags} tags names one")]
    NoVersion {
        /// The repository.
        place: String,
        /// How many tags it has.
        tags: usize,
    },
    /// An image has no version.
    #[error("`{image}` has no version: no version tag stands on it, and its labels name none")]
    Unversioned {
        /// The image.
        image: String,
    },
    /// A version that was named is not there.
    #[error("{place} has no image of version {version}")]
    NoSuchVersion {
        /// The repository.
        place: String,
        /// The version.
        version: Version,
    },
    /// Two tags of one version stand on different images.
    #[error("the tags `{one}` and `{other}` of {place} name one version and stand on different images")]
    Ambiguous {
        /// The repository.
        place: String,
        /// A tag.
        one: String,
        /// The other.
        other: String,
    },
    /// The environment before never ran it.
    #[error("{environment} never ran {version}: neither `{tag}` nor `{moving}` stands on the image")]
    NeverRan {
        /// The environment.
        environment: String,
        /// The version.
        version: Version,
        /// The tag that would tell.
        tag: String,
        /// The moving tag.
        moving: String,
    },
    /// Something newer runs there.
    #[error("{version} is older than {running}, which runs on {environment}")]
    Older {
        /// The version.
        version: Version,
        /// What runs.
        running: Version,
        /// The environment.
        environment: String,
    },
    /// The version's tag stands on something else already.
    #[error("`{tag}` is there already and stands on another image, {found}")]
    Taken {
        /// The tag, with its repository.
        tag: String,
        /// What it stands on.
        found: String,
    },
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Registry(error) => error.hint(),
            Self::NoNotes { image } => {
                Some(format!("tidings attach {image} puts them there, from the repository"))
            }
            Self::Refused(refusal) => refusal.hint(),
            Self::Differs { .. } => {
                Some("somebody else may have moved the tag meanwhile; run it again".to_owned())
            }
        }
    }
}

impl Refusal {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoVersion { .. } => {
                "tag images with their version: v1.2.0, or v1.2.0-staging with `staging` declared under environments"
            }
            Self::Unversioned { .. } => {
                "tag it with its version, or build it with the label org.opencontainers.image.version"
            }
            Self::NoSuchVersion { .. } | Self::Ambiguous { .. } | Self::Taken { .. } => {
                "an image keeps its version for good: build another version"
            }
            Self::NeverRan { .. } => "deploy it there first, or name a version that it ran with --version",
            Self::Older { .. } => "--rollback goes back",
        };
        (!matches!(self, Self::NoSuchVersion { .. })).then(|| hint.to_owned())
    }
}
