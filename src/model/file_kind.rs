//! Kinds of files that users of a product do not notice.

/// A kind of files that users of the product do not notice, least important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// Changelogs, lock files, lists of sponsors and authors, licenses, settings of editors and linters.
    Housekeeping,
    /// The configuration of CI services.
    Ci,
    /// Tests, and their data.
    Tests,
    /// Documentation.
    Documentation,
}

impl FileKind {
    /// The type of a conventional commit that changes only such files.
    #[must_use]
    pub const fn commit_type(self) -> &'static str {
        match self {
            Self::Housekeeping => "chore",
            Self::Ci => "ci",
            Self::Tests => "test",
            Self::Documentation => "docs",
        }
    }

    /// What the files are called in a reason.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Housekeeping => "changelogs, lock files and the like",
            Self::Ci => "the configuration of the CI",
            Self::Tests => "tests",
            Self::Documentation => "documentation",
        }
    }
}
