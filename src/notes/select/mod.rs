//! What was asked for to windows: reads the repository exactly as far as the answer needs.

mod all;
mod one;
mod order;
mod pattern;
mod place;
mod point;
mod rank;
mod wanted;

pub use one::Selected;
pub use wanted::Wanted;

pub(super) use all::{Everything, every, everything};
pub(super) use one::one;
pub(super) use pattern::guard_pattern;
pub(super) use rank::{rank, ranks};
