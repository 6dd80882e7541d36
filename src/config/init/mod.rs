//! Generates the `tidings.toml` of `tidings init`: properties of a repository in, a commented configuration out.
//!
//! Only keys that differ from the defaults are set; the others are short examples in comments. Names from the
//! repository are untrusted, so each is quoted with `quote`, and the result always parses.

mod layout;
mod quote;
mod subjects;
mod tag_lines;
mod tags;
mod write;

pub use write::{Detected, write};
