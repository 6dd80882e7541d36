//! Merges two trees in memory, entry by entry.
//!
//! A file that both sides changed is that of the second one: the lines of files are not merged, because nothing reads
//! more than which files there are.

use std::collections::BTreeMap;

use git2::ObjectType;

use super::{
    diff::{MAX_DEPTH, MAX_ENTRIES, TOO_DEEP, TOO_MANY, Trees},
    entries::{Entry, compare_entries},
};
use crate::git::{Error, objects::memory::MemoryObjects};
use crate::model::ObjectId;

/// The entries of one name.
type Sides = [Option<(u32, ObjectId)>; 3];

const FOLDER: u32 = 0o40_000;

/// The state of a merge.
pub(in crate::git) struct TreeMerge<'t> {
    pub(in crate::git) trees: &'t mut Trees,
    /// Receives the trees that are new.
    pub(in crate::git) memory: &'t mut MemoryObjects,
    /// Number of entries merged so far.
    pub(in crate::git) entries: usize,
}

impl TreeMerge<'_> {
    /// The merge of two trees whose common state was `fork`; `None` is a missing tree.
    ///
    /// # Errors
    /// If a tree is missing, damaged or too large.
    pub(in crate::git) fn merge(
        &mut self,
        (fork, one, other): (Option<ObjectId>, Option<ObjectId>, Option<ObjectId>),
        depth: usize,
    ) -> Result<Option<ObjectId>, Error> {
        if one == other || fork == other {
            return Ok(one);
        }
        if fork == one {
            return Ok(other);
        }
        if let Some(id) = other.or(one).filter(|_| depth > MAX_DEPTH) {
            return Err(Error::TreeTooLarge { id, what: TOO_DEEP });
        }
        let mut names: BTreeMap<Vec<u8>, Sides> = BTreeMap::new();
        for (at, tree) in [fork, one, other].into_iter().enumerate() {
            self.trees.diff_entries(None, tree, &mut |_, entry| {
                let Some(entry) = entry else { return };
                let sides = names.entry(entry.name.to_vec()).or_default();
                if let Some(side) = sides.get_mut(at) {
                    *side = Some((entry.mode, entry.id));
                }
            })?;
        }
        self.entries += names.len();
        if let Some(id) = other.or(one).filter(|_| self.entries > MAX_ENTRIES) {
            return Err(Error::TreeTooLarge { id, what: TOO_MANY });
        }
        let mut merged = Vec::new();
        for (name, sides) in names {
            merged.extend(self.entry(sides, depth)?.map(|(mode, id)| (name, mode, id)));
        }
        merged.sort_by(|(a, a_mode, a_id), (b, b_mode, b_id)| {
            let entry = |name, id: &ObjectId, mode: &u32| Entry { name, id: *id, mode: *mode };
            compare_entries(&entry(a, a_id, a_mode), &entry(b, b_id, b_mode))
        });
        let mut content = Vec::new();
        for (name, mode, id) in &merged {
            content.extend_from_slice(format!("{mode:o} ").as_bytes());
            content.extend_from_slice(name);
            content.push(0);
            content.extend_from_slice(id.as_bytes());
        }
        Ok((!merged.is_empty()).then(|| self.memory.add(ObjectType::Tree, content)))
    }

    /// The entry of one name.
    fn entry(&mut self, [fork, one, other]: Sides, depth: usize) -> Result<Option<(u32, ObjectId)>, Error> {
        if one == other || fork == other {
            return Ok(one);
        }
        if fork == one {
            return Ok(other);
        }
        let tree = |side: Option<(u32, ObjectId)>| side.filter(|(mode, _)| *mode == FOLDER).map(|(_, id)| id);
        let is_file = |side: Option<(u32, ObjectId)>| side.is_some() && tree(side).is_none();
        if is_file(one) || is_file(other) {
            // Both sides changed it: the second one counts, unless it has deleted it.
            return Ok(other.or(one));
        }
        let merged = self.merge((tree(fork), tree(one), tree(other)), depth + 1)?;
        Ok(merged.map(|id| (FOLDER, id)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{
        super::tree_tests::{Files, files, written},
        *,
    };
    use crate::git::{Repository, objects::reader::Objects};

    fn expected(fork: &Files, one: &Files, other: &Files) -> Vec<String> {
        let mut paths: Vec<&str> = fork.keys().chain(one.keys()).chain(other.keys()).copied().collect();
        paths.sort_unstable();
        paths.dedup();
        let is_kept = |path: &&str| {
            let (fork, one, other) = (fork.get(path), one.get(path), other.get(path));
            match (fork == one, fork == other) {
                (true, _) => other.is_some(),
                (_, true) => one.is_some(),
                _ => one.is_some() || other.is_some(),
            }
        };
        paths.into_iter().filter(is_kept).map(str::to_owned).collect()
    }

    /// Whether a path is a file in one of them and a directory in another.
    fn clashes(all: [&Files; 3]) -> bool {
        all.iter().any(|files| files.contains_key("a"))
            && all.iter().any(|files| files.keys().any(|path| path.starts_with("a/")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn merge_has_the_changes_of_both_sides(fork in files(), one in files(), other in files()) {
            prop_assume!(!clashes([&fork, &one, &other]));
            let folder = tempfile::tempdir().unwrap();
            let inner = git2::Repository::init_bare(folder.path()).unwrap();
            let ids = [&fork, &one, &other].map(|files| Some(written(&inner, files)));
            let mut repository = Repository::open(folder.path()).unwrap();
            let (mut trees, mut memory) = (Trees::new(Objects::new(&repository)), MemoryObjects::default());
            let mut merge = TreeMerge { trees: &mut trees, memory: &mut memory, entries: 0 };
            let merged = merge.merge((ids[0], ids[1], ids[2]), 0).unwrap();
            repository.object_database = Arc::new(repository.object_database.with_memory(memory));
            let mut found = Vec::new();
            Trees::new(Objects::new(&repository))
                .diff((None, merged), &|_| true, &mut |path, _| {
                    found.push(path.to_owned());
                    true
                })
                .unwrap();
            found.sort();
            prop_assert_eq!(found, expected(&fork, &one, &other));
        }
    }
}
