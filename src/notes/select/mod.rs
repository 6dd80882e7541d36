//! Selects windows, and reads exactly the commits that they need.

mod all;
mod merged_line;
mod order;
mod pattern;
mod point;
mod range;
mod rank;
mod selector;
mod window;

pub use selector::Selector;
pub use window::{Selection, base_candidates};

pub(super) use all::{HistoryWalk, all_windows, walk_history};
pub(super) use pattern::guard_pattern;
pub(super) use rank::{rank, ranks};
pub(super) use window::read_window;
