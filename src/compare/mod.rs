//! What lies between two ends (environments, images, versions): from the history where there is one, else from the notes that are
//! attached to images.

mod attached;
mod ends;
mod entry_history;
mod history;
mod merge;
mod notes;

pub use ends::{End, both};
pub use notes::{Ends, notes};
