//! A change that is placed by something else than its message's type.

use crate::model::Change;

use super::decision::Decision;

/// A change placed by its files or by reading its message.
pub(super) struct ReadChange {
    /// The change with the type that it was given.
    pub(super) change: Change,
    /// Where it is placed.
    pub(super) decision: Decision,
    /// What it was read from, as `explain` prints it.
    pub(super) reason: String,
}
