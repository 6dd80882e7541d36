//! What runs in an environment, and what waits for the next one.

use super::{End, Version};

/// What runs in an environment, and what waits for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentStatus {
    /// What runs in it.
    pub running: End,
    /// What waits for the environment after it; `None` for the last one, and if nothing runs.
    pub pending: Option<Pending>,
}

/// What one environment runs and the next one does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The next environment.
    pub environment: String,
    /// The changes; `None` if neither the history nor attached notes have them.
    pub changes: Option<Summary>,
}

/// What a deployment brings, or what a rollback loses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// The versions, newest first: that of the newer end, and those in between.
    pub versions: Vec<Version>,
    /// How many changes are listed.
    pub changes: usize,
    /// How many of them are breaking.
    pub breaking: usize,
    /// The changed database migrations, in the order in which they run.
    pub migrations: Vec<String>,
    /// Whether it is a rollback: the newer end is the one that runs.
    pub is_rollback: bool,
}
