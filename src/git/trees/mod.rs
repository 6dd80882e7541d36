//! Reads trees: diffs, comparisons by path sets, the path sets that a commit touches, patch IDs.

pub(in crate::git) mod commit_diffs;
mod comparison;
pub(in crate::git) mod diff;
mod entries;
mod path_lookup;
pub(in crate::git) mod path_sets;
mod prefix_tree;
mod touched;
#[cfg(test)]
mod tree_tests;

pub use commit_diffs::{CommitDiffs, PatchId};
pub use comparison::Comparison;
pub use path_lookup::PathMatcher;
pub use touched::EmptyCommitSets;
