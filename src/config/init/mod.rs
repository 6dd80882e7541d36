//! The writer behind `tidings init`: facts about a repository in, a commented `tidings.toml` that fits it out.
//!
//! Only what differs from the defaults is set; the rest stands as short examples in comments. Names from the repository
//! are foreign text, so each goes through `quote` and the result always parses.

mod layout;
mod quote;
mod subjects;
mod tags;
mod write;

pub use write::{Facts, write};
