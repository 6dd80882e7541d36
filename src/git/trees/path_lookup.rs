//! Matches single paths, and looks up whether a path in a tree matches a pattern.

use super::{diff::Trees, path_sets::Matcher};
use crate::git::{Error, Repository, objects::reader::Objects};
use crate::model::{ObjectId, PathSet};

/// A compiled path set.
pub struct PathMatcher(Matcher);

impl PathMatcher {
    /// Compiles a path set.
    ///
    /// # Errors
    /// If a glob is not valid.
    pub fn new(set: &PathSet) -> Result<Self, Error> {
        Matcher::new(set).map(Self)
    }

    /// Whether the set has a path.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.0.matches(path)
    }
}

impl Repository {
    /// Whether a path in the commit's tree matches a pattern (see [`crate::model::path_pattern`]).
    ///
    /// # Errors
    /// If the pattern is not valid, or the commit or one of its trees cannot be read.
    pub fn has_path(&self, commit: ObjectId, pattern: &str) -> Result<bool, Error> {
        let matcher = Matcher::new(&PathSet { include: vec![pattern.to_owned()], exclude: Vec::new() })?;
        let mut trees = Trees::new(Objects::new(self));
        let root = trees.root(&self.overrides, commit)?;
        if let (true, [prefix]) = (matcher.whole, matcher.filter.prefixes.as_slice()) {
            return Ok(trees.entry_at(root, prefix)?.is_some());
        }
        let enter = |folder: &str| matcher.filter.enters(folder);
        let to_end = trees.diff((None, Some(root)), &enter, &mut |path, _| !matcher.matches(path))?;
        Ok(!to_end)
    }
}
