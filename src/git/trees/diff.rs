//! Reads trees: looks up paths, and compares two trees.

use std::{cmp::Ordering, hash::BuildHasherDefault, rc::Rc};

use git2::ObjectType;

use super::entries::{Entries, Entry, compare_entries};
use crate::git::{
    Error,
    commits::{
        overrides::HistoryOverrides,
        reader::{parse, read},
    },
    objects::{clock_cache::ClockCache, reader::Objects},
};
use crate::model::{IdHasher, ObjectId, PathChangeKind};

/// Size of each reader's tree cache, in bytes; consecutive commits share most of their trees.
const CACHE_SIZE: usize = 4 << 20;

/// Deepest nesting of trees. More could overflow a thread's stack, and would exceed the path length of operating
/// systems.
pub(in crate::git) const MAX_DEPTH: usize = 256;

/// What a tree that exceeds [`MAX_DEPTH`] has too many of.
pub(super) const TOO_DEEP: &str = "levels of directories";
/// Most entries that are compared of two trees. A few small trees that contain one another repeatedly expand to
/// billions of paths; the largest real repositories have a million files.
pub(super) const MAX_ENTRIES: usize = 2_000_000;
/// What trees that exceed [`MAX_ENTRIES`] have too many of.
pub(super) const TOO_MANY: &str = "paths";

/// How a file differs between two trees; `None` if neither entry is a file.
pub(in crate::git) fn kind(old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Option<PathChangeKind> {
    let is_file = |entry: Option<Entry<'_>>| entry.is_some_and(|entry| !entry.is_tree());
    match (is_file(old), is_file(new)) {
        (false, false) => None,
        (false, true) => Some(PathChangeKind::Added),
        (true, false) => Some(PathChangeKind::Deleted),
        (true, true) => Some(PathChangeKind::Modified),
    }
}

/// A reader of trees with a cache.
pub(in crate::git) struct Trees {
    objects: Objects,
    cache: ClockCache<ObjectId, Rc<Vec<u8>>, BuildHasherDefault<IdHasher>>,
}

/// Receives a changed path and how it changed; returns whether to continue.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&str, PathChangeKind) -> bool;

impl Trees {
    pub(in crate::git) fn new(objects: Objects) -> Self {
        Self::with_cache(objects, CACHE_SIZE)
    }

    /// A reader whose cache has `size` bytes.
    pub(super) fn with_cache(objects: Objects, size: usize) -> Self {
        Self { objects, cache: ClockCache::new(size) }
    }

    fn tree(&mut self, id: ObjectId) -> Result<Rc<Vec<u8>>, Error> {
        if let Some(tree) = self.cache.get(&id) {
            return Ok(tree);
        }
        let (kind, tree) = self.objects.read_cached(id).map_err(|error| error.while_reading("tree"))?;
        if kind != ObjectType::Tree {
            return Err(Error::WrongKind { id, kind: kind.str(), wanted: "tree" });
        }
        self.cache.insert(id, Rc::clone(&tree), tree.len());
        Ok(tree)
    }

    /// The root tree of a commit.
    pub(in crate::git) fn root(
        &mut self,
        overrides: &HistoryOverrides,
        commit: ObjectId,
    ) -> Result<ObjectId, Error> {
        Ok(parse(read(&mut self.objects, overrides, commit)?, commit)?.tree)
    }

    /// The object ID and mode of the entry at `path`; `None` if there is none.
    pub(in crate::git) fn entry_at(
        &mut self,
        root: ObjectId,
        path: &str,
    ) -> Result<Option<(ObjectId, u32)>, Error> {
        let mut found = (root, 0o40_000);
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if found.1 != 0o40_000 {
                return Ok(None);
            }
            let tree = self.tree(found.0)?;
            match Entries::new(&tree, found.0).find_name(name.as_bytes())? {
                Some(entry) => found = (entry.id, entry.mode),
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// The content of the file at `path`; `None` if there is none.
    pub(in crate::git) fn file(&mut self, root: ObjectId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        // A submodule is a commit of another repository.
        let is_file = |(_, mode): &(ObjectId, u32)| mode & 0o170_000 == 0o100_000;
        let Some((id, _)) = self.entry_at(root, path)?.filter(is_file) else { return Ok(None) };
        match self.objects.read(id).map_err(|error| error.while_reading("blob"))? {
            (ObjectType::Blob, content) => Ok(Some(content.to_vec())),
            (kind, _) => Err(Error::WrongKind { id, kind: kind.str(), wanted: "blob" }),
        }
    }

    /// Type and content of any object.
    pub(in crate::git) fn object(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        self.objects.read(id)
    }

    /// Calls `visit` for every file that differs between two root trees (`None`: the empty tree), in git's order, in
    /// the directories for which `enter` returns `true`. Returns `false` if `visit` stopped it.
    pub(in crate::git) fn diff(
        &mut self,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        self.compare((old, new), &mut Folder::default(), enter, visit)
    }

    /// Like [`Self::diff`], for the directory `at`, which is restored before returning.
    fn compare(
        &mut self,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        at: &mut Folder,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        if old == new {
            return Ok(true);
        }
        if let Some(id) = new.or(old).filter(|_| at.depth > MAX_DEPTH) {
            return Err(Error::TreeTooLarge { id, what: TOO_DEEP });
        }
        let trees = (self.tree_or_none(old)?, self.tree_or_none(new)?);
        let mut differences = Differences::new((old, &trees.0), (new, &trees.1))?;
        while let Some((old, new)) = differences.next_pair()? {
            if !self.visit_entry(old, new, at, enter, visit)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The content of a tree; empty for `None`.
    fn tree_or_none(&mut self, id: Option<ObjectId>) -> Result<Rc<Vec<u8>>, Error> {
        id.map_or_else(|| Ok(Rc::default()), |id| self.tree(id))
    }

    /// Calls `each` with the entries that differ between two trees (`None`: the empty tree), not recursively.
    pub(in crate::git) fn diff_entries(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        each: &mut dyn FnMut(Option<Entry<'_>>, Option<Entry<'_>>),
    ) -> Result<(), Error> {
        let trees = (self.tree_or_none(old)?, self.tree_or_none(new)?);
        let mut differences = Differences::new((old, &trees.0), (new, &trees.1))?;
        while let Some((old, new)) = differences.next_pair()? {
            each(old, new);
        }
        Ok(())
    }

    /// Prefetches the pack index entries of trees that will be read soon.
    pub(in crate::git) fn prefetch(&self, ids: impl Iterator<Item = ObjectId>) {
        self.objects.prefetch(ids);
    }

    fn visit_entry(
        &mut self,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        at: &mut Folder,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        let Some(entry) = new.or(old) else { return Ok(true) };
        at.entries += 1;
        if at.entries > MAX_ENTRIES {
            return Err(Error::TreeTooLarge { id: entry.id, what: TOO_MANY });
        }
        let folder = at.path.len();
        entry.append_to(&mut at.path);
        at.depth += 1;
        let carry_on = self.visit_path(old, new, at, enter, visit);
        at.depth -= 1;
        at.path.truncate(folder);
        carry_on
    }

    fn visit_path(
        &mut self,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        at: &mut Folder,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        let trees = (old.and_then(Entry::tree), new.and_then(Entry::tree));
        if trees != (None, None) && enter(&at.path) && !self.compare(trees, at, enter, visit)? {
            return Ok(false);
        }
        Ok(kind(old, new).is_none_or(|kind| visit(&at.path, kind)))
    }
}

/// The current directory of a diff.
#[derive(Default)]
struct Folder {
    path: String,
    depth: usize,
    /// Number of entries compared so far.
    entries: usize,
}

/// Iterates over the entries that differ between two trees, in git's order.
struct Differences<'a> {
    olds: Entries<'a>,
    news: Entries<'a>,
    old: Option<Entry<'a>>,
    new: Option<Entry<'a>>,
}

/// The old and the new entry; at least one is `Some`.
type Pair<'a> = (Option<Entry<'a>>, Option<Entry<'a>>);

impl<'a> Differences<'a> {
    fn new(old: (Option<ObjectId>, &'a [u8]), new: (Option<ObjectId>, &'a [u8])) -> Result<Self, Error> {
        let entries = |(id, bytes): (Option<ObjectId>, &'a [u8])| {
            Entries::new(bytes, id.unwrap_or(ObjectId::from_bytes([0; 20])))
        };
        let (mut olds, mut news) = (entries(old), entries(new));
        olds.skip_common(&mut news);
        let (old, new) = (olds.next_entry()?, news.next_entry()?);
        Ok(Self { olds, news, old, new })
    }

    fn next_pair(&mut self) -> Result<Option<Pair<'a>>, Error> {
        loop {
            let sides = match (&self.old, &self.new) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => compare_entries(old, new),
            };
            let pair = match sides {
                Ordering::Less => (self.old, None),
                Ordering::Greater => (None, self.new),
                Ordering::Equal => (self.old, self.new),
            };
            if sides.is_eq() {
                self.olds.skip_common(&mut self.news);
            }
            if sides.is_le() {
                self.old = self.olds.next_entry()?;
            }
            if sides.is_ge() {
                self.new = self.news.next_entry()?;
            }
            if pair.0 != pair.1 {
                return Ok(Some(pair));
            }
        }
    }
}
