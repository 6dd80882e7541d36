//! Explains the outcome of a commit or a pull request, and how the base of a version was selected.
//!
//! Reads what it needs through a [`crate::session::Session`], and returns an [`Explanation`]. Prints nothing.

mod commits;
mod explanation;
mod pull_request;
mod query;
mod version;

pub use explanation::Explanation;
pub use query::explain;
