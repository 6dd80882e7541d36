//! The files of a project, which may be a stranger's: what the repository names is read and written inside the work tree and
//! outside of the git directory, wherever links lead.
//!
//! A path comes in, with the key of the configuration that names it; bytes or a [`Place`] to write to go out. A path that the
//! user names may lie anywhere, unless a link that comes with the repository leads it out. Where the work tree is a stranger's
//! pull request, files are read from a commit of the base branch instead. Nothing here knows what the files mean.
//!
//! Links are followed one component at a time on open folders (`cap-std`), so that what is swapped between a check and a read
//! is not followed. Hard links cannot be told from files.

mod bounds;
mod document;
mod error;
mod folder;
mod named;
mod path;
mod place;
mod project;
mod walk;

pub use document::Document;
pub use error::{Error, Why};
pub use place::Place;
pub use project::{ProjectFiles, Source};
