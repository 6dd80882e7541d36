//! Commit messages: from the text of one message to what it says.
//!
//! What comes in is text that anyone may have written. What goes out is a [`Message`]: its subject, kind and entries (one for
//! an ordinary message, several for a squash), the pull request, issues and commits that it refers to, what it reverts, and
//! its co-authors. Control characters, terminal escapes and bidirectional overrides are removed. A message that fits no form is
//! data, not an error.
//!
//! - [`parse()`], [`parse_commit`] and [`parse_commits`] parse messages, as [`Options`] say; [`parse_header`] only a subject.
//! - [`Outline::of`] gives what must be known of all messages of a history, without parsing them.
//! - [`PullRequestBody::parse`] and [`closed_issues`] parse the body of a pull request.
//!
//! Nothing here knows of other messages, of a window, of a rule or of a forge's server. The types are in `message.rs`, the
//! parsers of the parts of a message in files of their own, which `parse.rs` puts together.

mod body;
mod cherry_picks;
mod co_authors;
mod commits;
mod conventional;
mod entries;
mod kind;
mod merge_subject;
mod message;
mod options;
mod outline;
mod parse;
mod pull_request_body;
mod references;
mod revert;
mod squash;
mod subject;
mod text;

pub(crate) use subject::without_reference;

pub use commits::parse_commits;
pub use conventional::Header;
pub use message::{Branches, Entry, Message, MessageKind, PullRequestDetails, PullRequestMention, Reverted};
pub use options::Options;
pub use outline::Outline;
pub use parse::{parse, parse_commit, parse_entries, parse_header};
pub use pull_request_body::{PullRequestBody, ReleaseNote, closed_issues};
