//! The only user of the git library; gives owned `model` values.
//!
//! What comes in: a path. What goes out: tags, commits, the paths they touch. Nothing here knows what a version is, and
//! what is written into the repository (`write`), the user's own `git` writes.
//!
//! Objects are read from packs and loose files by this module itself, which checks what they say of themselves, and commits
//! are decoded once, by its own small decoder: that is twice as fast as `git2`'s commit objects, and lets several threads share
//! the work. The git library finds the repository, reads its configuration, and compares what it is given; it opens no object.

mod address;
mod altered;
mod at_commit;
mod blocks;
mod commit_graph;
mod commits;
mod comparison;
mod decode;
mod deepen;
mod digest;
mod error;
mod file;
mod index;
mod kept;
mod loose;
mod mailmap;
mod objects;
mod pack;
mod packed_refs;
mod parts;
mod patch_id;
mod path_sets;
mod recent;
mod ref_name;
mod references;
mod refs;
mod remote;
mod repository;
mod revision;
mod stores;
mod touched;
mod trees;
mod unpack;
mod walk;
mod write;

pub use at_commit::Stored;
pub use commits::Commits;
pub use comparison::Comparison;
pub use deepen::deepen;
pub use error::Error;
pub use patch_id::patch_id;
pub use refs::{BrokenTag, Head, Tags};
pub use repository::Repository;
pub use walk::{Progress, Walk};
