//! The only user of the git library; gives owned `model` values.
//!
//! What comes in: a path. What goes out: tags, commits, the paths they touch. Nothing here knows what a version is, and
//! what is written into the repository (`write`), the user's own `git` writes.
//!
//! Commits are read from the object database as raw bytes and decoded once, by this module's own small decoder: that is
//! twice as fast as `git2`'s commit objects, and lets several threads share the work (one `git2::Repository` each, since
//! a repository is not for two threads at once).

mod address;
mod blocks;
mod commit_graph;
mod commits;
mod comparison;
mod decode;
mod deepen;
mod error;
mod file;
mod index;
mod kept;
mod objects;
mod pack;
mod packed_refs;
mod parts;
mod patch_id;
mod path_sets;
mod recent;
mod references;
mod refs;
mod remote;
mod repository;
mod touched;
mod trees;
mod walk;
mod write;

pub use commits::Commits;
pub use comparison::Comparison;
pub use deepen::deepen;
pub use error::Error;
pub use patch_id::patch_id;
pub use refs::Head;
pub use repository::Repository;
pub use walk::{Progress, Walk};
