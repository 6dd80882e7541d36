//! The comment on a pull request: what it adds to the notes, the next version, the findings about its messages.
//!
//! In: releases with and without the pull request, findings, and the names of changed files. Out: the text of the
//! comment ([`body`]), and its creation or update on the forge ([`perform`]). The text is the only thing that reaches
//! the forge, and everything in it is escaped.

mod body;
mod branch;
mod contribution;
mod error;
mod mark;
mod notes_files;
mod perform;
mod plan;
mod preview;

pub use body::body;
pub use branch::{BranchCommits, branch_commits};
pub use contribution::{Contribution, Merge, NextVersion, Unlisted, contribution, unlisted};
pub use error::Error;
pub use mark::mark;
pub use notes_files::changed_notes_files;
pub use perform::{Outcome, fetch_plan, perform};
pub use plan::{Action, plan};
pub use preview::{Preview, Remark};
