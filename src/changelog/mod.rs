//! `CHANGELOG.md` as a document: parse into segments, put a release in, write; bytes outside our section stay as they are.
//!
//! A document is a preamble, release segments, and a trailer of link definitions; together they cover the text byte for
//! byte. Only headings that CommonMark sees at the top level count, so that a fence, a comment, a quotation or a list
//! never makes a segment.
//!
//! A section that tidings wrote ends with a mark, `<!-- tidings 1a2b3c4d5e6f7890 -->`: the digest of the section's text
//! tells whether a person has edited it since. What bears no mark, or a mark that does not fit, belongs to people and
//! is replaced only when asked for.
//!
//! This module knows nothing of where the notes come from; text goes in, text comes out. Only [`read`] and [`update`]
//! touch the world.

mod create;
mod diff;
mod document;
mod edit;
mod error;
mod file;
mod folder;
mod heading;
mod insert;
mod links;
mod lock;
mod mark;
mod options;
mod order;
mod position;
mod release_section;
mod section;
mod verify;

#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod tests;

pub use create::create;
pub use diff::diff;
pub use document::{Heading, versions};
pub use error::Error;
pub use file::{read, text, update};
pub use insert::{Inserted, Placed, insert};
pub use options::Options;
pub use release_section::{Hidden, ReleaseSection};
