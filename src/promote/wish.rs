//! What somebody wants promoted: from where, to where, by whom.

use crate::{
    model::Version,
    registry::{Digest, Reference, Repository},
};

/// Who promotes, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// The moment, as in `2026-01-31T08:00:00Z`.
    pub when: String,
    /// Who, where known.
    pub who: Option<String>,
    /// The page of the pipeline's run, where there is one.
    pub run: Option<String>,
}

/// An end of the way: an environment, or a repository that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The environment's name.
    pub environment: Option<String>,
    /// Its index in the options that tags are read with.
    pub index: Option<usize>,
    /// The repository of its images.
    pub repository: Repository,
    /// The tag on what runs there.
    pub moving: Option<String>,
    /// What follows the version in its tags; may be empty.
    pub suffix: String,
}

/// What goes with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Carried {
    /// Its notes.
    #[default]
    Notes,
    /// All that refers to it: signatures, bills of materials, notes.
    All,
}

/// What somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Where from.
    pub from: Place,
    /// The image that was named, in place of an environment.
    pub image: Option<Reference>,
    /// The version that was named.
    pub version: Option<Version>,
    /// Where to.
    pub to: Place,
    /// Whether it may be older than what runs there.
    pub rollback: bool,
    /// What goes with it.
    pub carried: Carried,
    /// Who wants it, and when.
    pub circumstances: Circumstances,
}

/// What runs in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its digest.
    pub digest: Digest,
    /// Its version, where it can be told.
    pub version: Option<Version>,
}
