//! The lines of versions that a command means.

/// Which lines of versions a command means, unless its arguments name a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineSelection {
    /// All.
    All,
    /// The one with this index, by `--package`.
    Package(usize),
    /// The one with this index, because the current directory is in the package.
    Folder(usize),
}

impl LineSelection {
    /// The index of the only line; `None` if all are meant.
    #[must_use]
    pub fn index(self) -> Option<usize> {
        match self {
            Self::All => None,
            Self::Package(index) | Self::Folder(index) => Some(index),
        }
    }
}

/// The maximum number of names in a message.
const NAMED: usize = 12;

/// Names for a message, at most a dozen.
#[must_use]
pub fn shortened<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names.get(..NAMED.min(names.len())).unwrap_or_default().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
