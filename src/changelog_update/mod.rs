//! The new text of a line's changelog: renders the sections of its releases in the style of the file, and inserts them.
//!
//! In: an open session, the file's text and how to update it. Out: the new text. `changelog/` knows the document, this
//! module the releases; nothing here writes a file.

mod section;
mod text;

pub use text::{File, FileText, Update};
