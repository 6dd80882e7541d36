//! Trees: what differs between two of them, and which path sets a commit touches.

pub(in crate::git) mod comparison;
pub(in crate::git) mod diff;
pub(in crate::git) mod patch_id;
pub(in crate::git) mod path_sets;
pub(in crate::git) mod touched;

pub use comparison::Comparison;
pub use patch_id::patch_id;
