//! Commits: decoded, walked over, and read from the commit-graph file.

pub(in crate::git) mod altered;
pub(in crate::git) mod commit_graph;
pub(in crate::git) mod decode;
pub(in crate::git) mod mailmap;
pub(in crate::git) mod reader;
pub(in crate::git) mod walk;

pub use reader::Commits;
pub use walk::{Progress, Walk};
