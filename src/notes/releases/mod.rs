//! Windows to releases: each is grouped, judged and put together, on several threads where there are many.

mod builder;
mod each;
mod judge;
mod known;
mod release_commit;
mod runs;
mod whole;

pub use builder::Judged;
pub(super) use each::each;
pub use judge::judge;
pub use runs::Releases;
pub use whole::{Asked, Whole};
