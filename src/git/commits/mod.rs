//! Commits: decoded, walked over, and read from the commit-graph file.

pub(in crate::git) mod altered;
mod commit_graph;
pub(in crate::git) mod decode;
pub(in crate::git) mod mailmap;
pub(in crate::git) mod reader;
mod walk;

pub use reader::Commits;
pub use walk::{Progress, Walk};
