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

mod diff;
mod document;
mod file;
mod heading;
mod insert;
mod links;
mod lock;
mod mark;
mod order;
mod section;
mod verify;

#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod tests;

pub use diff::diff;
pub use document::{Heading, versions};
pub use file::{Error, read, text, update};
pub use insert::{Entry, Hidden, Inserted, Placed, create, insert};

use crate::model::Scheme;

/// How a changelog is read and what may be replaced in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How the versions in headings are written. Headings in another writing with at least two numbers are
    /// understood too, because projects change their scheme.
    pub scheme: Scheme,
    /// Replace a section even if a person wrote or edited it.
    pub replace: bool,
    /// Keep addresses as link definitions at the end, also where the file has none yet. A file that has some keeps that
    /// way by itself.
    pub definitions: bool,
}
