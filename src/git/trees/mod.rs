//! Reads trees: diffs, comparisons by path sets, the path sets that a commit touches, patch IDs.

mod commit_files;
pub(in crate::git) mod comparison;
pub(in crate::git) mod diff;
mod entries;
mod folder_changes;
pub(in crate::git) mod merge;
pub(in crate::git) mod patches;
mod path_lookup;
pub(in crate::git) mod path_sets;
mod prefix_tree;
mod touched;
#[cfg(test)]
mod tree_tests;

pub use commit_files::CommitFiles;
pub use comparison::Comparison;
pub use folder_changes::FolderChange;
pub use patches::{PatchId, Patches};
pub use path_lookup::PathMatcher;
pub use touched::EmptyCommitSets;
