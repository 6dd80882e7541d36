//! Finds which of many paths differ between two trees.
//!
//! Looking up each path in both trees costs the number of paths for every commit, and a repository may have thousands
//! of packages. The paths are arranged as a tree instead, and only the entries that differ are followed.

use std::collections::HashMap;

use super::{diff::Trees, entries::Entry};
use crate::git::Error;
use crate::model::ObjectId;

/// Paths, arranged by their components.
#[derive(Default)]
pub(super) struct PrefixTree {
    /// The index of the path that ends here.
    index: Option<usize>,
    children: HashMap<Vec<u8>, Self>,
}

impl PrefixTree {
    /// The tree of paths, which are identified by their index; `""` is the root.
    pub(super) fn new(paths: &[String]) -> Self {
        let mut tree = Self::default();
        for (index, path) in paths.iter().enumerate() {
            let mut node = &mut tree;
            for name in path.split('/').filter(|name| !name.is_empty()) {
                node = node.children.entry(name.as_bytes().to_vec()).or_default();
            }
            node.index = Some(index);
        }
        tree
    }

    /// Adds the indices of the paths whose entries differ between two different trees to `found`. A path may be added
    /// twice.
    pub(super) fn differing(
        &self,
        trees: &mut Trees,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        found: &mut Vec<usize>,
    ) -> Result<(), Error> {
        found.extend(self.index);
        if self.children.is_empty() || old == new {
            return Ok(());
        }
        // The entries are collected first, since the trees are borrowed while they are read.
        let mut below: Vec<(&Self, Option<ObjectId>, Option<ObjectId>)> = Vec::new();
        trees.diff_entries(old, new, &mut |old, new| {
            let name = new.or(old).map(|entry| entry.name);
            if let Some(child) = name.and_then(|name| self.children.get(name)) {
                below.push((child, old.and_then(Entry::tree), new.and_then(Entry::tree)));
            }
        })?;
        for (child, old, new) in below {
            child.differing(trees, (old, new), found)?;
        }
        Ok(())
    }
}
