//! What was asked for to windows: reads the repository exactly as far as the answer needs.

mod all;
mod error;
mod one;
mod order;
mod place;
mod point;
mod rank;
mod wanted;

pub use all::{Everything, every, everything};
pub use error::{Error, guard_pattern};
pub use one::{Selected, one};
pub use rank::{rank, ranks};
pub use wanted::Wanted;
