//! Whether a commit message, or the title of a pull request, is as a project wants it, and if not, what to write.
//!
//! A message and [`Options`] come in, [`Finding`]s go out, each with what to write instead. Nothing here reads a repository.

mod check;
mod error;
mod finding;
mod header;
mod options;
mod subject;

pub use check::lint;
pub use error::Error;
pub use finding::{Finding, Level};
pub use header::Header;
pub use options::{Options, SubjectCase};

#[cfg(test)]
mod tests;
