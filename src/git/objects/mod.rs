//! Reads objects: pack indexes, packs, deltas, loose objects, object directories and alternates.

mod block_cache;
pub(in crate::git) mod clock_cache;
pub(in crate::git) mod database;
pub(in crate::git) mod digest;
pub(in crate::git) mod index;
pub(in crate::git) mod loose;
pub(in crate::git) mod memory;
pub(in crate::git) mod pack;
pub(in crate::git) mod reader;
mod unpack;
