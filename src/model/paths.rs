//! Path sets, and changes of paths.

use serde::{Deserialize, Serialize};

use super::ObjectId;

/// Selects the paths that match one of `include` (all paths if it is empty) and none of `exclude`. Globs are relative
/// to the root of the repository, with `/` as separator; `**` matches any number of directories. A pattern without
/// wildcards matches a file or a whole directory. [`super::path_pattern`] has the syntax.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct PathSet {
    /// Globs, one of which must match.
    pub include: Vec<String>,
    /// Globs, none of which may match.
    pub exclude: Vec<String>,
}

/// The index of a path set in [`PathSets`]: the path sets of rules, components and filters, which commits are matched
/// with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathSetId(u16);

/// The index of a path set in [`ComparedSets`]: the path sets that trees are compared by. Unrelated to [`PathSetId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComparedSetId(u16);

/// There are more path sets than IDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many path sets: the maximum is {}", MAX_PATH_SETS)]
pub struct TooManyPathSets;

/// IDs have 16 bits, because each commit stores those of the path sets that it touches.
const MAX_PATH_SETS: usize = 1 << 16;

impl PathSetId {
    /// The ID of the set at an index, from 0.
    ///
    /// # Errors
    /// If the index is too large.
    pub fn new(index: usize) -> Result<Self, TooManyPathSets> {
        u16::try_from(index).map(Self).map_err(|_| TooManyPathSets)
    }

    /// The index of the set, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl ComparedSetId {
    /// The ID of the set at an index, from 0.
    ///
    /// # Errors
    /// If the index is too large.
    pub fn new(index: usize) -> Result<Self, TooManyPathSets> {
        u16::try_from(index).map(Self).map_err(|_| TooManyPathSets)
    }

    /// The index of the set, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The path sets that commits are matched with, without duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathSets(Vec<PathSet>);

impl PathSets {
    /// Adds a set, unless an equal one exists; returns its ID.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add(&mut self, set: PathSet) -> Result<PathSetId, TooManyPathSets> {
        if let Some(index) = self.0.iter().position(|known| *known == set) {
            return PathSetId::new(index);
        }
        let id = PathSetId::new(self.0.len())?;
        self.0.push(set);
        Ok(id)
    }

    /// Adds a set under an ID of its own, even if an equal one exists.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_separate(&mut self, set: PathSet) -> Result<PathSetId, TooManyPathSets> {
        let id = PathSetId::new(self.0.len())?;
        self.0.push(set);
        Ok(id)
    }

    /// The set with an ID.
    #[must_use]
    pub fn get(&self, id: PathSetId) -> Option<&PathSet> {
        self.0.get(id.index())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All sets with their IDs, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (PathSetId, &PathSet)> {
        (0..=u16::MAX).map(PathSetId).zip(&self.0)
    }
}

/// The path sets that trees are compared by, in the order defined by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparedSets(Vec<PathSet>);

impl ComparedSets {
    /// Appends a set; returns its ID.
    ///
    /// # Errors
    /// If there are too many.
    pub fn push(&mut self, set: PathSet) -> Result<ComparedSetId, TooManyPathSets> {
        let id = ComparedSetId::new(self.0.len())?;
        self.0.push(set);
        Ok(id)
    }

    /// All sets with their IDs, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (ComparedSetId, &PathSet)> {
        (0..=u16::MAX).map(ComparedSetId).zip(&self.0)
    }
}

/// How a path differs between two trees, with its keyword in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathChangeKind {
    /// Only the newer tree has it.
    Added,
    /// Both have it, with different content or mode.
    Modified,
    /// Only the older tree has it.
    Deleted,
}

/// A path that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathChange {
    /// Relative to the root, with `/` as separator; invalid UTF-8 becomes U+FFFD.
    pub path: String,
    /// How it differs.
    pub kind: PathChangeKind,
    /// The path sets of the comparison that match it, ascending.
    pub sets: Vec<ComparedSetId>,
    /// The object ID of the older file, if there is one.
    pub old: Option<ObjectId>,
    /// The object ID of the newer file, if there is one.
    pub new: Option<ObjectId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: usize) -> PathSet {
        PathSet { include: vec![name.to_string()], exclude: Vec::new() }
    }

    #[test]
    fn equal_path_sets_share_an_id() {
        let mut sets = PathSets::default();
        let added = [set(7), set(8), set(7)].map(|set| sets.add(set).unwrap().index());
        assert_eq!(added, [0, 1, 0]);
        assert_eq!(sets.get(PathSetId(1)), Some(&set(8)));
        assert_eq!(sets.iter().map(|(id, _)| id).collect::<Vec<_>>(), [PathSetId(0), PathSetId(1)]);
    }

    #[test]
    fn too_many_path_sets_are_an_error() {
        assert_eq!(PathSetId::new(0xffff), Ok(PathSetId(0xffff)));
        assert_eq!(PathSetId::new(0x1_0000), Err(TooManyPathSets));
        let mut sets = ComparedSets((0..0x1_0000).map(set).collect());
        assert_eq!(sets.iter().last().map(|(id, _)| id), Some(ComparedSetId(0xffff)));
        let error = sets.push(set(0)).unwrap_err();
        assert_eq!(error.to_string(), "too many path sets: the maximum is 65536");
    }
}
