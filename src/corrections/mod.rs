//! What people corrected before a release, without rewriting history: titles, sections, what is hidden or merged, and
//! the summary of a version.
//!
//! In: the corrections file as parsed by `config`, and the changes of a window. Out: the changes, each with the
//! [`Correction`](crate::model::Correction) that the classification applies. Nothing here opens a
//! file or a repository.

mod assign;
mod error;
mod merge;
mod reference;
mod resolved;
mod written;

pub use assign::assign;
pub use error::Error;
pub use reference::{CommitKey, Reference};
pub use resolved::{Corrections, VersionText};
pub use written::{WrittenCorrection, WrittenCorrections, WrittenVersion};
