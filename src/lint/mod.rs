//! Lints a commit message or the title of a pull request.
//!
//! In: a message and [`Options`]. Out: [`Finding`]s, each with a fix. Nothing here reads a repository.

mod error;
mod finding;
mod header;
mod message;
mod options;
mod subject;

pub use error::Error;
pub use finding::{Finding, Level};
pub use header::Header;
pub use message::lint;
pub use options::{Options, SubjectCase};

#[cfg(test)]
mod tests;
