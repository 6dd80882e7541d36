//! Objects: pack indices, packs, deltas, loose objects, and the folders that hold them.

pub(in crate::git) mod alternates;
mod block_cache;
pub(in crate::git) mod clock_cache;
pub(in crate::git) mod digest;
pub(in crate::git) mod index;
pub(in crate::git) mod loose;
pub(in crate::git) mod pack;
pub(in crate::git) mod reader;
mod unpack;
