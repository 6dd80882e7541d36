//! Checks that a version is ready to be tagged, and lints commit messages.
//!
//! In: a session and the version to tag, or one message. Out: [`Finding`]s, and their text, JSON or annotation form.
//! Nothing here prints.

mod changelog;
mod corrections;
mod finding;
mod manifests;
mod messages;
mod project;
mod report;
mod version;

pub use finding::{Finding, Level};
pub use project::{
    allow, check_names, commit_messages, message, project, refusals, treat_warnings_as_errors,
};
pub use report::{Format, write};
