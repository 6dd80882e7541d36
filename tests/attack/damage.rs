//! Damaged repositories: no hang, no crash, no other notes in silence.
//!
//! Each module holds what was found, by its kind.

mod objects;
mod references;
mod sample;
