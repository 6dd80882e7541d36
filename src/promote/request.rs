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
    /// The environment's index in [`crate::history::Options::environments`].
    pub index: Option<usize>,
    /// The image repository.
    pub repository: Repository,
    /// The tag on the deployed image.
    pub moving: Option<String>,
    /// The suffix of its version tags; may be empty.
    pub suffix: String,
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
    /// The source.
    pub from: ImageLocation,
    /// The image to promote, if one was named instead of an environment.
    pub image: Option<Reference>,
    /// The version to promote, if one was named.
    pub version: Option<Version>,
    /// The target.
    pub to: ImageLocation,
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
