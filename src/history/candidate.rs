//! A version as the rule for windows sees it: its place among versions, and its commit.

use crate::model::{ObjectId, Version};

use super::Versions;

/// A version, or unreleased changes, in the order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its place among all versions, lower versions first.
    pub(super) key: Key,
    /// Its commit.
    pub(super) commit: ObjectId,
}

/// The place of a version among all versions. A version that is not tagged has a place between the tagged ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(usize);

impl Key {
    /// Above every version: unreleased changes.
    pub(super) const UNRELEASED: Self = Self(usize::MAX);

    /// The place of the tagged version at an index of [`Versions::all`].
    pub(super) const fn tagged(index: usize) -> Self {
        Self(index * 2 + 1)
    }

    /// The place of a version that is not tagged.
    pub(super) fn untagged(version: &Version, versions: &Versions) -> Self {
        Self(versions.all.partition_point(|entry| entry.version < *version) * 2)
    }

    /// The index of the tagged version in [`Versions::all`]; `None` if it is not tagged.
    pub(super) const fn index(self) -> Option<usize> {
        if self.0 % 2 == 1 && self.0 != usize::MAX { Some(self.0 / 2) } else { None }
    }
}

/// The tagged versions for which `is_wanted`, lowest first.
pub(super) fn tagged(versions: &Versions, is_wanted: impl Fn(usize, &Version) -> bool) -> Vec<Candidate> {
    let all = versions.all.iter().enumerate();
    let wanted = all.filter(|(index, entry)| is_wanted(*index, &entry.version));
    wanted.map(|(index, entry)| Candidate { key: Key::tagged(index), commit: entry.tag.commit }).collect()
}
