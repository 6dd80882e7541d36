//! Promotion errors.

use crate::{model::Version, registry};

/// Why a promotion failed, or the notes of an image could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A registry operation failed.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// The promotion is not allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An image has no notes attached.
    #[error("no notes are attached to `{image}`")]
    NoNotes {
        /// The image.
        image: String,
    },
    /// Since the plan was made, another run has changed what runs in the target.
    #[error("`{image}` changed while the promotion ran: it points to {actual}, not to {planned}")]
    Changed {
        /// The image.
        image: String,
        /// The digest in the plan.
        planned: String,
        /// The digest that the tag points to.
        actual: String,
    },
    /// After the promotion, the tag points to another image.
    #[error("`{image}` points to {actual} after the promotion, not to {expected}")]
    Differs {
        /// The image.
        image: String,
        /// The digest of the promoted image.
        expected: String,
        /// The digest that the tag points to.
        actual: String,
    },
}

/// Why a promotion is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The source has no version.
    #[error("no version in {repository}: {}", without_version(*tags))]
    NoVersion {
        /// The repository.
        repository: String,
        /// How many tags it has.
        tags: usize,
    },
    /// An image has no version.
    #[error("`{image}` has no version: no version tag points to it, and its labels contain none")]
    Unversioned {
        /// The image.
        image: String,
    },
    /// The named version does not exist.
    #[error("{repository} has no image of version {version}")]
    NoSuchVersion {
        /// The repository.
        repository: String,
        /// The version.
        version: Version,
    },
    /// Two tags of one version point to different images.
    #[error(
        "the tags `{one}` and `{other}` of {repository} have the same version but point to different images"
    )]
    Ambiguous {
        /// The repository.
        repository: String,
        /// A tag.
        one: String,
        /// The other.
        other: String,
    },
    /// The source environment never ran it.
    #[error("{environment} never ran {version}: neither `{tag}` nor `{moving}` points to the image")]
    NeverRan {
        /// The environment.
        environment: String,
        /// The version.
        version: Version,
        /// The environment's version tag.
        tag: String,
        /// The moving tag.
        moving: String,
    },
    /// The source runs another version than its highest one.
    #[error("{environment} runs {running}, but its highest version is {highest}")]
    NotHighest {
        /// The environment.
        environment: String,
        /// The version that runs.
        running: Version,
        /// The highest version in its repository.
        highest: Version,
    },
    /// The images of an environment are of different versions.
    #[error("the images of {environment} are of different versions: {}", listed(versions))]
    DifferentVersions {
        /// The environment, or the image repository.
        environment: String,
        /// The component of each image, and its version.
        versions: Vec<(String, Version)>,
    },
    /// An end is not the one that was planned.
    #[error("{environment} has changed since the plan was made: it was {planned}, and is {actual}")]
    Moved {
        /// The environment, or the image repository.
        environment: String,
        /// The digest in the plan, or `nothing`.
        planned: String,
        /// The digest now, or `nothing`.
        actual: String,
    },
    /// The version that runs on the target is unknown.
    #[error("cannot determine which version runs on {environment}: `{image}` has no version")]
    UnknownTarget {
        /// The environment, or the image repository.
        environment: String,
        /// The image.
        image: String,
    },
    /// A newer version is deployed in the target.
    #[error("{version} is older than {running}, which runs on {environment}")]
    Older {
        /// The version.
        version: Version,
        /// The deployed version.
        running: Version,
        /// The environment.
        environment: String,
    },
    /// The version's tag exists and points to another image.
    #[error("`{tag}` already exists and points to another image, {actual}")]
    Taken {
        /// The tag, with its repository.
        tag: String,
        /// The digest that it points to.
        actual: String,
    },
}

impl Error {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Registry(error) => error.hint(),
            Self::NoNotes { image } => {
                Some(format!("attach them with `tidings attach {image}` in the git repository"))
            }
            Self::Refused(refusal) => refusal.hint(),
            Self::Changed { .. } | Self::Differs { .. } => {
                Some("another run may have moved the tag; run the command again".to_owned())
            }
        }
    }
}

/// The version of each component.
fn listed(versions: &[(String, Version)]) -> String {
    let all: Vec<String> =
        versions.iter().map(|(component, version)| format!("{component} {version}")).collect();
    all.join(", ")
}

/// Why a repository with this many tags has no version.
fn without_version(tags: usize) -> String {
    match tags {
        0 => "it has no tags".to_owned(),
        1 => "its only tag is not a version".to_owned(),
        tags => format!("none of its {tags} tags is a version"),
    }
}

impl Refusal {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoVersion { .. } => {
                "tag images with their version: v1.2.0, or v1.2.0-staging with `staging` defined under environments"
            }
            Self::Unversioned { .. } => {
                "tag it with its version, or build it with the label org.opencontainers.image.version"
            }
            Self::NoSuchVersion { .. } | Self::Ambiguous { .. } | Self::Taken { .. } => {
                "the image of a version must not change: build a new version"
            }
            Self::NotHighest { .. } => {
                "pass --version with the one to promote, or --plan with the plan of a dry run"
            }
            Self::DifferentVersions { .. } => "pass --version with the one to promote",
            Self::Moved { .. } => "preview the promotion again, and promote its new plan",
            Self::UnknownTarget { .. } => {
                "tag that image with its version, or use --allow-unknown to promote without this check"
            }
            Self::NeverRan { .. } => "deploy it there first, or pass --version with a version that ran there",
            Self::Older { .. } => "use --rollback to deploy an older version",
        };
        (!matches!(self, Self::NoSuchVersion { .. })).then(|| hint.to_owned())
    }
}
