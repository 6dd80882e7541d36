//! The gate before tagging, and the lint of commit messages, as findings: plain values, of which the command prints one form.
//!
//! What comes in: a session, and the version that is to be tagged. What goes out: [`Finding`]s. Nothing here prints.

mod finding;
mod findings;
mod messages;
mod report;
mod version;

pub use finding::{Finding, Level};
pub use findings::{allow, message, project, refusals};
pub use report::{Format, write};
