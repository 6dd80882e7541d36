//! One opened repository with its settings: what commands, checks and comparisons start from.
//!
//! What comes in: [`crate::settings::Overrides`] and the host. What goes out: windows that were read, with what a forge knows of
//! them, and notes. A session owns all that it opens: any number may be open in one process, and nothing outlives them. The
//! stages are those of [`crate::notes`]; a session calls its three steps: read, add a forge's data, make the releases.

mod changelog;
pub mod images;
mod open;
mod runtime;
mod servers;

pub use changelog::read_changelog;
pub use open::{Session, version};
pub use servers::{detected, wait};
