//! Parses commit messages and the bodies of pull requests.
//!
//! Input: untrusted text. Output: a [`Message`] with its subject, its kind, the changes that it describes (one for an
//! ordinary message, several for a squash), the pull request, issues and commits that it refers to, the targets of a
//! revert, and its co-authors. Control characters, terminal escapes and bidirectional overrides are removed. A message
//! that has none of the known forms is data, not an error.
//!
//! - [`parse()`], [`parse_commit`] and [`parse_commits`] parse messages by [`Options`]; [`parse_header`] only a
//!   subject.
//! - [`Outline::of`] computes what is needed of all messages of a history, without parsing them.
//! - [`begins_with_gitmoji`] tells whether a project uses gitmoji.
//! - [`PullRequestBody::parse`] and [`closed_issues`] parse the body of a pull request.
//!
//! This module must not depend on other messages, windows, rules or a forge's server. The types are in `message.rs`.
//! Each part of a message has a parser in a file of its own; `parse.rs` combines them.

mod advisory;
mod body;
mod cherry_picks;
mod co_authors;
mod commits;
mod conventional;
mod described_changes;
mod full_stop;
mod gitmoji;
mod kind;
mod list_item;
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
#[cfg(test)]
mod tests;
mod text;
mod title_references;
mod truncated_title;
mod wrapping;

pub(crate) use kind::is_promotion_title;
pub(crate) use subject::without_reference;
pub(crate) use truncated_title::completed_title;

pub use commits::parse_commits;
pub use conventional::{Header, main_type};
pub use gitmoji::{begins_with_gitmoji, says_type};
pub use merge_subject::LONG_LIVED_BRANCHES;
pub use message::{
    Branches, DescribedChange, Message, MessageKind, PullRequestDetails, PullRequestMention, RevertTarget,
};
pub use options::{Options, SplitSquash};
pub use outline::Outline;
pub use parse::{parse, parse_changes, parse_commit, parse_header};
pub use pull_request_body::{PullRequestBody, ReleaseNote, closed_issues};
pub use text::letters;
