//! Tags and the graph of commits to windows.
//!
//! A **window** is the set of commits that one version is the first to contain; its **base** is the version it starts
//! from. Both are found by ancestry alone: dates only decide in which order commits are looked at and shown.
//!
//! What comes in: the repository's tags, and a way to ask for a commit's parents (for one window) or all commits (for
//! every window). What goes out: [`Window`]s. This module knows nothing of messages, and opens no repository.

mod ancestry;
mod base;
mod every;
mod graph;
mod order;
mod pattern;
mod versions;
mod window;

pub use ancestry::Ancestry;
pub use base::{BaseOf, Choice, Verdict, choose};
pub use every::{Assignment, assign};
pub use graph::Graph;
pub use order::arranged;
pub use pattern::{PatternError, TagPattern};
pub use versions::{Environment, PassedOver, Prereleases, Standing, VersionTag, Versions, read_tag};
pub use window::{Point, Window};

/// How tags are read as versions.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What a version tag looks like.
    pub pattern: TagPattern,
    /// How a version is written.
    pub scheme: crate::model::Scheme,
    /// The declared environments, in the order of promotion.
    pub environments: Vec<Environment>,
    /// What becomes of pre-releases once their final version is there.
    pub prereleases: Prereleases,
}
