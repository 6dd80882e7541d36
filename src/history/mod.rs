//! Computes windows and bases from tags and the commit graph.
//!
//! A **window** is the set of commits that one version is the first to contain; its **base** is the version that it
//! starts from. Both depend on ancestry alone: dates only affect the order in which commits are walked and shown.
//!
//! In: the repository's tags, and a function that returns a commit's parents (for one window) or all commits (for all
//! windows). Out: [`Window`]s. This module must not use messages or open repositories.

mod ancestry;
mod assignment;
mod base;
mod candidate;
mod claims;
mod constant_suffix;
mod containment;
mod deploy_tag;
mod earlier;
mod graph;
mod membership;
mod options;
mod pattern;
mod reach;
mod reorder;
mod status;
mod sweep;
mod tags_by_pattern;
mod versions;
mod window;
mod window_of;

pub use ancestry::Ancestry;
pub use assignment::{Assignment, assign};
pub use constant_suffix::{ConstantSuffix, constant_suffixes, suffix_pattern};
pub use deploy_tag::{DeployTagPrefix, deploy_tag_time};
pub use graph::Graph;
pub use membership::Membership;
pub use options::{Environment, Options, Prereleases};
pub use pattern::{PatternError, TagPattern};
pub use reorder::reorder;
pub use status::{CandidateStatus, statuses};
pub use tags_by_pattern::TagsByPattern;
pub use versions::{Deployment, IgnoredTag, TagKind, VersionTag, Versions, looks_like_environment, read_tag};
pub use window::{Point, Window};
pub use window_of::{Target, WindowChoice, WindowFor, window_of};
