//! Compares two ends (environments, images, versions): by the history of the repository if that has both ends, else by
//! the notes that are attached to images.

mod attached;
mod compared;
mod history;
mod merge;
mod notes;
mod release_history;
mod status;
mod summary;
mod upgrade_history;
mod upgrades;

pub use notes::notes;
pub use status::status;
pub use summary::summary;
pub use upgrade_history::UpgradeHistory;
pub use upgrades::{UpgradeChange, Upgrades, upgrades};
