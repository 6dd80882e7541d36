//! Sets of paths, and what changed at one.

use serde::{Deserialize, Serialize};

/// Which paths are meant: those that match one of `include` (all where it is empty) and none of `exclude`.
/// Globs are relative to the root of the repository, with `/` between names; `**` spans folders.
/// A pattern without any wildcard names a file or a whole folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct PathSet {
    /// Globs of which one must match.
    pub include: Vec<String>,
    /// Globs of which none may match.
    pub exclude: Vec<String>,
}

/// The number of a path set that commits are asked for, among [`PathSets`]: those of the rules, components and filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathSetId(u16);

/// The number of a path set that trees are compared by, among [`ComparedSets`]. It has nothing to do with a [`PathSetId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComparedSetId(u16);

/// There are more path sets than numbers for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many path sets: there may be {} at most", NUMBERS)]
pub struct TooManyPathSets;

/// A number has 16 bits, since each commit holds those of the sets that it touches.
const NUMBERS: usize = 1 << 16;

impl PathSetId {
    /// The number of the set at an index, from 0.
    ///
    /// # Errors
    /// When it is too great.
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
    /// The number of the set at an index, from 0.
    ///
    /// # Errors
    /// When it is too great.
    pub fn new(index: usize) -> Result<Self, TooManyPathSets> {
        u16::try_from(index).map(Self).map_err(|_| TooManyPathSets)
    }

    /// The index of the set, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The path sets that commits are asked for, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathSets(Vec<PathSet>);

impl PathSets {
    /// The number of a set, which is added where it is not there yet.
    ///
    /// # Errors
    /// When there are too many.
    pub fn add(&mut self, set: PathSet) -> Result<PathSetId, TooManyPathSets> {
        if let Some(index) = self.0.iter().position(|known| *known == set) {
            return PathSetId::new(index);
        }
        let id = PathSetId::new(self.0.len())?;
        self.0.push(set);
        Ok(id)
    }

    /// The set of a number.
    #[must_use]
    pub fn get(&self, id: PathSetId) -> Option<&PathSet> {
        self.0.get(id.index())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All sets with their numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (PathSetId, &PathSet)> {
        (0..=u16::MAX).map(PathSetId).zip(&self.0)
    }
}

/// The path sets that trees are compared by, in an order that means something to whoever compares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparedSets(Vec<PathSet>);

impl ComparedSets {
    /// Adds a set behind those that are there.
    ///
    /// # Errors
    /// When there are too many.
    pub fn push(&mut self, set: PathSet) -> Result<ComparedSetId, TooManyPathSets> {
        let id = ComparedSetId::new(self.0.len())?;
        self.0.push(set);
        Ok(id)
    }

    /// All sets with their numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (ComparedSetId, &PathSet)> {
        (0..=u16::MAX).map(ComparedSetId).zip(&self.0)
    }
}

/// What happened to a path between two trees, and its word in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathChangeKind {
    /// Only the newer tree has it.
    Added,
    /// Both have it, with other content or mode.
    Modified,
    /// Only the older tree has it.
    Deleted,
}

/// A path that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathChange {
    /// Relative to the root, `/` between names; bytes that are not UTF-8 are U+FFFD.
    pub path: String,
    /// How it differs.
    pub kind: PathChangeKind,
    /// The path sets of the comparison that it lies in, ascending.
    pub sets: Vec<ComparedSetId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: usize) -> PathSet {
        PathSet { include: vec![name.to_string()], exclude: Vec::new() }
    }

    #[test]
    fn equal_path_sets_share_a_number() {
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
        assert_eq!(error.to_string(), "too many path sets: there may be 65536 at most");
    }
}
