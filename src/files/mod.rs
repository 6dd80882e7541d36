//! Reads and writes the files of a project that may not be trusted.
//!
//! In: a path, and the configuration key that names it. Out: bytes, or a [`WriteTarget`]. Paths from the configuration
//! stay inside the work tree and outside the git directory, wherever symbolic links point. Paths from the user may be
//! anywhere, unless a symbolic link of the repository leads outside. If the work tree is an untrusted pull request,
//! files are read from a commit of the base branch instead. Nothing here depends on what the files contain.
//!
//! Links are resolved one component at a time on open folders (`cap-std`), so that a component replaced between a check
//! and a read is not followed. Hard links cannot be distinguished from files.

mod bare;
mod bounds;
mod confined;
mod create_folder;
mod document;
mod error;
mod folder;
mod output_folder;
mod path;
mod project;
mod user_path;
mod write_target;

pub use document::Document;
pub use error::{Error, Refusal};
pub use output_folder::OutputFolder;
pub use project::{ProjectFiles, Source};
pub use write_target::WriteTarget;
