//! Builds releases from windows: groups, classifies and assembles each, in several threads if there are many.

mod builder;
mod each;
mod fragments;
mod full_history;
mod habits;
mod own_edits;
mod release_commit;
mod runs;
mod shared_data;
mod touched_files;
mod window_changes;

pub use builder::WindowChanges;
pub(super) use each::each;
pub(super) use fragments::left_fragments;
pub use full_history::{FullHistory, LineRequest};
pub use runs::Releases;
pub use window_changes::window_changes;
