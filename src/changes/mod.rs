//! Changes: the messages of a window, newest first, to what a reader would call a change.
//!
//! What goes out is [`group::Grouped`]: changes, and for each commit that makes none what became of it. No network is asked: pull
//! requests are known here by what messages say of them.

pub mod duplicates;
pub mod group;
pub mod merges;
mod reverts;
mod roles;
