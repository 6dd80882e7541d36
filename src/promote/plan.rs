//! The plan of a promotion: its images, and their actions in order.

use bytes::Bytes;

use crate::{
    model::Version,
    registry::{Descriptor, Manifest},
};

use super::{
    record::AttachedRecord,
    request::{DeployedImage, ImageLocation, ReferrerSelection},
};

/// One action. Each is idempotent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Copy the image, or a manifest under one of cosign's tags.
    Copy {
        /// The manifest to copy.
        manifest: Manifest,
        /// The tag to set in the target.
        tag: Option<String>,
    },
    /// Copy referrers of the image.
    CopyReferrers {
        /// Those that are missing in the target.
        missing: Vec<Descriptor>,
    },
    /// Set the version tag.
    Tag(String),
    /// Attach the record to the image.
    Record(Box<AttachedRecord>),
    /// Move the tag of the deployed image.
    Move(String),
}

/// The phases of a promotion: each is completed for all images before the next one begins. The moving tags come last:
/// they complete the promotion.
const PHASES: [fn(&Action) -> bool; 4] = [
    |action| matches!(action, Action::Copy { .. } | Action::CopyReferrers { .. }),
    |action| matches!(action, Action::Tag(_)),
    |action| matches!(action, Action::Record(_)),
    |action| matches!(action, Action::Move(_)),
];

/// The plan of a promotion: all images of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version.
    pub version: Version,
    /// Whether the version is older than the deployed one.
    pub is_rollback: bool,
    /// The images; never empty.
    pub images: Vec<ImagePlan>,
    /// Which referrers to copy.
    pub referrers: ReferrerSelection,
    /// The JSON of the record: of the one to write, else of the existing one.
    pub record: Option<Bytes>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
}

/// The plan of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePlan {
    /// The image.
    pub manifest: Manifest,
    /// The tag by which the image was selected; `None` for a digest.
    pub source_tag: Option<String>,
    /// The source.
    pub from: ImageLocation,
    /// The target.
    pub to: ImageLocation,
    /// The image that is deployed in the target.
    pub deployed: Option<DeployedImage>,
    /// The actions, in order; empty if everything is done.
    pub actions: Vec<Action>,
}

impl Plan {
    /// The actions in the order in which they run, each with its image.
    pub fn steps(&self) -> impl Iterator<Item = (&ImagePlan, &Action)> {
        PHASES.into_iter().flat_map(move |is_of_phase| {
            let steps = self.images.iter().flat_map(|image| image.actions.iter().map(move |it| (image, it)));
            steps.filter(move |(_, action)| is_of_phase(action))
        })
    }

    /// Whether everything is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.images.iter().all(|image| image.actions.is_empty())
    }

    /// The name of the target: its environment, else the repository of its image.
    #[must_use]
    pub fn target(&self) -> String {
        self.images.first().map(|image| image.to.name()).unwrap_or_default()
    }
}

impl ImagePlan {
    /// What is deployed now, if it is another image.
    #[must_use]
    pub fn replaced(&self) -> Option<&DeployedImage> {
        self.deployed.as_ref().filter(|deployed| *deployed.digest() != self.manifest.digest)
    }

    /// Whether the moving tag points to the image already.
    #[must_use]
    pub fn is_deployed(&self) -> bool {
        self.deployed.is_some() && self.replaced().is_none()
    }
}
