//! Counts of the files that a change touches, by what they are for.

/// How many files a change touches, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// All of them.
    pub total: u32,
    /// Documentation.
    pub documents: u32,
    /// Tests and their data.
    pub tests: u32,
    /// The configuration of the CI.
    pub ci: u32,
    /// Changelogs, lock files and the like.
    pub housekeeping: u32,
    /// Files that say how the product is built, or what it depends on.
    pub build: u32,
    /// All other files: those of the product.
    pub sources: u32,
    /// The sources that are new.
    pub added_sources: u32,
    /// The sources that are removed.
    pub deleted_sources: u32,
}
