//! Compares two ends (environments, images, versions): by the history of the repository if that has both ends, else by
//! the notes that are attached to images.

mod attached;
mod ends;
mod history;
mod merge;
mod notes;
mod release_history;

pub use ends::{End, both};
pub use notes::{Ends, notes};
