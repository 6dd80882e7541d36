//! How much a change raises the version.

/// Which number of a version must be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// For fixes and other small changes.
    Patch,
    /// For new features.
    Minor,
    /// For breaking changes.
    Major,
}

impl Bump {
    /// The name in the configuration, on the command line and in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}
