//! The input of a promotion: source, target, and who promotes.

use crate::{
    model::Version,
    registry::{Digest, Manifest, Reference, Repository},
};

/// Who promotes, when, and in which pipeline run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunContext {
    /// The time, as in `2026-01-31T08:00:00Z`.
    pub when: String,
    /// The user, if known.
    pub who: Option<String>,
    /// The URL of the pipeline run, if there is one.
    pub run: Option<String>,
}

/// The source or target of a promotion: an environment, or any other image repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageLocation {
    /// The environment's name; `None` for any other repository.
    pub environment: Option<String>,
    /// The component that the image is of, if the environment has several images.
    pub component: Option<String>,
    /// The environment's index in [`crate::history::Options::environments`].
    pub index: Option<usize>,
    /// The image repository.
    pub repository: Repository,
    /// The tag on the deployed image.
    pub moving: Option<String>,
    /// The suffix of its version tags; may be empty.
    pub suffix: String,
}

impl ImageLocation {
    /// The environment's name, else the image repository.
    #[must_use]
    pub fn name(&self) -> String {
        self.environment.clone().unwrap_or_else(|| self.repository.to_string())
    }

    /// The image that is deployed.
    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference { repository: self.repository.clone(), tag: self.moving.clone(), digest: None }
    }

    /// The component, else the image repository: distinguishes the images of one environment.
    #[must_use]
    pub fn label(&self) -> String {
        self.component.clone().unwrap_or_else(|| self.repository.to_string())
    }
}

/// An environment with the images that are deployed to it, all of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentImages {
    /// The environment's name.
    pub name: String,
    /// Its images, in the order of the configuration; never empty.
    pub images: Vec<ImageLocation>,
}

/// The source and the target of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePair {
    /// The source.
    pub from: ImageLocation,
    /// The target.
    pub to: ImageLocation,
}

/// Which referrers to copy with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferrerSelection {
    /// Notes only.
    #[default]
    Notes,
    /// All: signatures, SBOMs, notes.
    All,
}

/// What to promote, and where.
#[derive(Debug, Clone)]
pub struct PromotionRequest {
    /// The images to promote together; never empty.
    pub pairs: Vec<ImagePair>,
    /// The image to promote, if one was named instead of an environment. Then there is one pair.
    pub image: Option<Reference>,
    /// The version to promote, if one was named.
    pub version: Option<Version>,
    /// Whether the version may be older than the deployed one.
    pub rollback: bool,
    /// Whether the version that runs on the target may be unknown.
    pub allow_unknown: bool,
    /// Which referrers to copy.
    pub referrers: ReferrerSelection,
    /// Who promotes, and when.
    pub context: RunContext,
}

/// The image that is deployed in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedImage {
    /// Its manifest or index.
    pub manifest: Manifest,
    /// Its version, if it can be determined.
    pub version: Option<Version>,
}

impl DeployedImage {
    /// Its digest.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.manifest.digest
    }
}
