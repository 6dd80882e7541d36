//! Compares the trees of many pairs of commits by path sets.
//!
//! Versions share most of their trees, and a pack stores the trees of one directory as deltas of one another. So all
//! pairs are compared together, directory by directory: trees read for one pair are cached for the next.

use std::{
    rc::Rc,
    sync::{Arc, PoisonError},
};

use git2::ObjectType;

use super::{
    diff::{MAX_DEPTH, MAX_ENTRIES, TOO_DEEP, TOO_MANY, Trees, kind},
    entries::Entry,
    path_sets::SetMatchers,
};
use crate::git::{
    Error, Repository,
    objects::reader::{Objects, PREFETCH_BATCH},
};
use crate::model::{ComparedSets, ObjectId, PathChange};

/// Compares pairs of trees by the same path sets.
pub struct Comparison<'r> {
    repository: &'r Repository,
    matchers: Arc<SetMatchers>,
    trees: Trees,
    /// Reads the files that differ, apart from `trees`, whose cache of delta bases they would fill.
    files: Option<Objects>,
}

/// A directory that differs between the trees of a pair.
struct Folder {
    pair: usize,
    path: Rc<str>,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

impl Repository {
    /// Prepares a comparison of many pairs of trees, with a shared cache.
    ///
    /// # Errors
    /// If a glob is not valid.
    pub fn comparison(&self, sets: &ComparedSets) -> Result<Comparison<'_>, Error> {
        let trees = Trees::new(Objects::new(self));
        Ok(Comparison { repository: self, matchers: self.set_matchers(sets)?, trees, files: None })
    }

    fn set_matchers(&self, sets: &ComparedSets) -> Result<Arc<SetMatchers>, Error> {
        let mut last = self.compared_sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, matchers)) = last.as_ref().filter(|(compiled, _)| compiled == sets) {
            return Ok(Arc::clone(matchers));
        }
        let matchers = Arc::new(SetMatchers::new(sets)?);
        *last = Some((sets.clone(), Arc::clone(&matchers)));
        Ok(matchers)
    }
}

impl Comparison<'_> {
    /// The root tree of a commit.
    ///
    /// # Errors
    /// If the commit cannot be read.
    pub fn root(&mut self, commit: ObjectId) -> Result<ObjectId, Error> {
        self.trees.root(&self.repository.overrides, commit)
    }

    /// The content of a file that differs; `None` if it is larger than `limit` bytes, missing, as in a partial clone,
    /// or damaged.
    pub fn file(&mut self, id: ObjectId, limit: usize) -> Option<Vec<u8>> {
        let files = self.files.get_or_insert_with(|| Objects::new(self.repository));
        if !files.is_small(id, limit) {
            return None;
        }
        match files.read(id) {
            Ok((ObjectType::Blob, content)) => (content.len() <= limit).then(|| content.to_vec()),
            Ok(_) | Err(_) => None,
        }
    }

    /// For each pair of root trees (older, newer), the paths that differ and are in one of the sets, sorted by path. An
    /// older `None` is the empty tree.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn changed_paths(
        &mut self,
        pairs: &[(Option<ObjectId>, ObjectId)],
    ) -> Result<Vec<Vec<PathChange>>, Error> {
        let mut changes = vec![Vec::new(); pairs.len()];
        let mut entries = vec![0usize; pairs.len()];
        let root = Rc::<str>::from("");
        let folder = |(pair, (old, new)): (usize, &(Option<ObjectId>, ObjectId))| Folder {
            pair,
            path: Rc::clone(&root),
            old: *old,
            new: Some(*new),
        };
        let mut folders: Vec<Folder> = pairs.iter().enumerate().map(folder).collect();
        folders.retain(|folder| folder.old != folder.new);
        let mut depth = 0;
        while let Some(first) = folders.first() {
            if depth > MAX_DEPTH {
                let id = first.new.or(first.old).unwrap_or(ObjectId::from_bytes([0; 20]));
                return Err(Error::TreeTooLarge { id, what: TOO_DEEP });
            }
            depth += 1;
            let mut below = Vec::new();
            for some in folders.chunks(PREFETCH_BATCH) {
                self.trees.prefetch(some.iter().flat_map(|folder| [folder.old, folder.new]).flatten());
                for folder in some {
                    let compared = self.compare(folder, &mut below, &mut changes)?;
                    let Some(entries) = entries.get_mut(folder.pair) else { continue };
                    *entries += compared;
                    if let Some(id) = folder.new.or(folder.old).filter(|_| *entries > MAX_ENTRIES) {
                        return Err(Error::TreeTooLarge { id, what: TOO_MANY });
                    }
                }
            }
            // A stable sort keeps the order of pairs within a directory.
            below.sort_by(|a, b| a.path.cmp(&b.path));
            folders = below;
        }
        changes.iter_mut().for_each(|changes| changes.sort_by(|a, b| a.path.cmp(&b.path)));
        Ok(changes)
    }

    /// Compares one directory: adds changed files to `changes`, and changed subdirectories to `below`. Returns the
    /// number of entries that differ.
    fn compare(
        &mut self,
        folder: &Folder,
        below: &mut Vec<Folder>,
        changes: &mut [Vec<PathChange>],
    ) -> Result<usize, Error> {
        let Self { matchers, trees, .. } = self;
        let SetMatchers { filters, includes } = matchers.as_ref();
        let (mut path, mut entries) = (String::new(), 0);
        trees.diff_entries(folder.old, folder.new, &mut |old, new| {
            let Some(entry) = new.or(old) else { return };
            entries += 1;
            path.clear();
            path.push_str(&folder.path);
            entry.append_to(&mut path);
            let (old_tree, new_tree) = (old.and_then(Entry::tree), new.and_then(Entry::tree));
            if (old_tree, new_tree) != (None, None) && filters.iter().any(|filter| filter.enters(&path)) {
                let path = Rc::from(path.as_str());
                below.push(Folder { pair: folder.pair, path, old: old_tree, new: new_tree });
            }
            let Some(kind) = kind(old, new) else { return };
            let mut sets = includes.of(&path);
            sets.retain(|set| filters.get(set.index()).is_some_and(|filter| !filter.excludes(&path)));
            if let (false, Some(changes)) = (sets.is_empty(), changes.get_mut(folder.pair)) {
                let id = |entry: Option<Entry<'_>>| entry.filter(|it| !it.is_tree()).map(|it| it.id);
                changes.push(PathChange { path: path.clone(), kind, sets, old: id(old), new: id(new) });
            }
        })?;
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{
        super::tree_tests::{Files, files, written},
        *,
    };
    use crate::model::{PathChangeKind, PathSet};

    fn expected(old: &Files, new: &Files) -> Vec<(String, PathChangeKind)> {
        let paths: BTreeMap<&str, ()> = old.keys().chain(new.keys()).map(|path| (*path, ())).collect();
        let kind = |path: &str| match (old.get(path), new.get(path)) {
            (None, _) => Some(PathChangeKind::Added),
            (_, None) => Some(PathChangeKind::Deleted),
            (old, new) => (old != new).then_some(PathChangeKind::Modified),
        };
        paths.into_keys().filter_map(|path| Some((path.to_owned(), kind(path)?))).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn pairs_compared_together_match_pairs_compared_alone(versions in proptest::collection::vec(files(), 1..40)) {
            let folder = tempfile::tempdir().unwrap();
            let inner = git2::Repository::init_bare(folder.path()).unwrap();
            let trees: Vec<ObjectId> = versions.iter().map(|files| written(&inner, files)).collect();
            let repository = Repository::open(folder.path()).unwrap();
            let mut sets = ComparedSets::default();
            let all = sets.push(PathSet::default()).unwrap();
            let some = PathSet { include: vec!["b/c/*".into()], exclude: vec!["b/c/e".into()] };
            let some = sets.push(some).unwrap();
            let mut comparison = repository.comparison(&sets).unwrap();
            let olds = std::iter::once(None).chain(trees.iter().copied().map(Some));
            let pairs: Vec<_> = olds.zip(trees.iter().copied()).collect();
            let changed = comparison.changed_paths(&pairs).unwrap();
            let nothing = Files::new();
            let befores = std::iter::once(&nothing).chain(&versions);
            for ((before, after), changes) in befores.zip(&versions).zip(changed) {
                let changed_files: Vec<_> = changes.iter().map(|change| (change.path.clone(), change.kind)).collect();
                prop_assert_eq!(changed_files, expected(before, after));
                for change in changes {
                    let sets: &[_] = if change.path == "b/c/d" { &[all, some] } else { &[all] };
                    prop_assert_eq!(&*change.sets, sets, "{}", change.path);
                }
            }
        }
    }
}
