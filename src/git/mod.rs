//! The only user of the git library; gives owned `model` values.
//!
//! What comes in: a path. What goes out: tags, commits, the paths they touch. Nothing here knows what a version is, and
//! what is written into the repository (`write`), the user's own `git` writes.
//!
//! Objects are read from packs and loose files by this module itself, which checks what they say of themselves, and commits
//! are decoded once, by its own small decoder: that is twice as fast as `git2`'s commit objects, and lets several threads share
//! the work. The git library finds the repository, reads its configuration, and compares what it is given; it opens no object.

mod address;
mod annotations;
mod at_commit;
mod commits;
mod content;
mod deepen;
mod error;
mod file;
mod objects;
mod refs;
mod remote;
mod repository;
mod threads;
mod trees;
mod write;

pub use at_commit::TreeEntry;
pub use commits::{Commits, Progress, Walk};
pub use deepen::deepen;
pub use error::Error;
pub use refs::{BrokenTag, Head, Tags};
pub use repository::Repository;
pub use trees::{Comparison, patch_id};
