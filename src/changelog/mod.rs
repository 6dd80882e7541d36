//! Parses `CHANGELOG.md`, inserts the section of a release and writes the file; all other bytes are preserved.
//!
//! A document is a preamble, release segments, and a trailer of link definitions; together they cover the text byte for
//! byte. Only CommonMark headings at the top level start a segment, never one in a fence, comment, block quote or list.
//!
//! A section written by tidings ends with a marker, `<!-- tidings 1a2b3c4d5e6f7890 -->`. Its digest of the section's
//! text shows whether the section was edited since. A section without a marker, or with one that does not match, was
//! written or edited by hand and is only replaced if [`Options::replace`] is set.
//!
//! [`release_body`] returns the text of a section, which a release on a forge can have as its body.
//!
//! Text comes in, text goes out; nothing here must know where the notes come from. Only [`read`] and [`update`] do I/O.

mod adopt;
mod blocks;
mod cleanup;
mod create;
mod date;
mod diff;
mod document;
mod edit;
mod error;
mod file;
mod folder;
mod heading;
mod heading_form;
mod insert;
mod levels;
mod links;
mod lock;
mod marker;
mod markup;
mod options;
mod order;
mod plain_text;
mod position;
mod release_body;
mod release_section;
mod section;
mod style;
mod subheading;
mod titles;
mod unreleased;
mod verify;
mod words;

#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod tests;

pub use create::create;
pub use diff::diff;
pub use document::{Heading, versions};
pub use error::Error;
pub use file::{read, require_markdown, text, update};
pub use insert::{InsertStatus, Inserted, Notice, insert};
pub use markup::{Markup, markup};
pub use options::Options;
pub use release_body::{BodyError, release_body, trim_blank_lines, whole_body};
pub use release_section::{InsertError, ReleaseSection};
pub use style::Style;
pub use unreleased::unreleased_text;
