//! Reads git repositories; the only user of the git library. Returns owned `model` values.
//!
//! In: a path. Out: tags, commits, the paths that they touch. This module must not know what a version is. Writes
//! (`write`) run the user's own `git`.
//!
//! This module reads packs and loose objects itself and validates them, and decodes each commit once with its own
//! decoder: twice as fast as `git2`'s commit objects, and it works on several threads. The git library discovers the
//! repository, reads its configuration and computes patch IDs; it opens no object.

mod annotations;
mod assumed;
mod commits;
mod content;
mod deepen;
mod environment;
mod error;
mod file;
mod format;
mod objects;
mod refs;
mod remote;
mod repository;
mod secrets;
mod threads;
mod tree_entry;
mod trees;
mod write;

pub use assumed::AssumedMerge;
pub use commits::{Commits, Progress, Walk};
pub use deepen::deepen;
pub use environment::{Environment, ObjectPaths};
pub use error::Error;
pub use format::Format;
pub use refs::{BrokenTag, Head, Tags};
pub use repository::Repository;
pub use tree_entry::TreeEntry;
pub use trees::{CommitFiles, Comparison, EmptyCommitSets, FolderChange, PatchId, Patches, PathMatcher};
