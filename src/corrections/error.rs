//! Errors of corrections.

/// Corrections contradict one another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two entries of one kind set a field of one change to different values.
    #[error("{file}: {first} and {second} are the same change, but set `{field}` differently")]
    Conflict {
        /// The corrections file.
        file: String,
        /// The first entry, as in `commit a1b2c3d`.
        first: String,
        /// The second entry.
        second: String,
        /// The key.
        field: &'static str,
    },
    /// The file cannot be edited without changing other lines.
    #[error("{file} cannot be edited: its tables or line ends are not in a form that keeps all other lines")]
    Unwritable {
        /// The corrections file.
        file: String,
    },
    /// A change is merged into itself.
    #[error("{file}: `merge_into` of {entry} leads back to the same change")]
    Cycle {
        /// The corrections file.
        file: String,
        /// The entry, as in `commit a1b2c3d`.
        entry: String,
    },
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Conflict { .. } => "remove the key from one of them".to_owned(),
            Self::Unwritable { .. } => "edit the file by hand".to_owned(),
            Self::Cycle { .. } => "remove `merge_into` from the change that is to be listed".to_owned(),
        }
    }
}
