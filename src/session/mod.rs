//! Opens a repository with its settings, for commands, checks and comparisons.
//!
//! In: [`crate::settings::Overrides`] and [`crate::settings::Process`]. Out: the commits of windows with data from the
//! forge, and notes. A session owns everything it opens, so several sessions can be open in one process. It calls the
//! three steps of [`crate::notes`]: read, enrich, build the releases.

mod atomic_file;
mod changelog;
mod corrections;
pub mod images;
mod lines;
mod open;
mod runtime;
mod servers;
mod typed_version;
mod untagged;
mod warnings;

pub use atomic_file::AtomicFile;
pub use changelog::read_changelog;
pub use lines::version;
pub use open::Session;
pub use servers::{detect_forge, with_client};
pub use untagged::Untagged;
