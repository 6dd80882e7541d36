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
mod options;
mod order;
mod pattern;
mod versions;
mod window;

pub use ancestry::Ancestry;
pub use base::{BaseOf, Choice, Verdict, choose};
pub use every::{Assignment, assign};
pub use graph::Graph;
pub use options::{Environment, Options, Prereleases};
pub use order::arranged;
pub use pattern::{PatternError, TagPattern};
pub use versions::{PassedOver, Standing, VersionTag, Versions, read_tag};
pub use window::{Point, Window};
