//! Reads refs: loose and packed refs, tags, HEAD, and revisions.

pub(in crate::git) mod files;
pub(in crate::git) mod name;
pub(in crate::git) mod packed;
pub(in crate::git) mod revision;
pub(in crate::git) mod tags;

pub use tags::{BrokenTag, Head, Tags};
