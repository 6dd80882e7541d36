//! Reads commits: decoding, walks, the commit-graph file, grafts and replace refs.

mod commit_graph;
pub(in crate::git) mod decode;
pub(in crate::git) mod mailmap;
pub(in crate::git) mod overrides;
pub(in crate::git) mod reader;
pub(in crate::git) mod shared;
mod walk;

pub use reader::Commits;
pub use walk::{Progress, Walk};
