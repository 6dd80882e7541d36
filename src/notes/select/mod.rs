//! What was asked for to windows: reads the repository exactly as far as the answer needs.

mod all;
mod one;
mod order;
mod pattern;
mod place;
mod point;
mod rank;
mod wanted;

pub use all::{Everything, every, everything};
pub use one::{Selected, one};
pub use pattern::guard_pattern;
pub use rank::{rank, ranks};
pub use wanted::Wanted;
