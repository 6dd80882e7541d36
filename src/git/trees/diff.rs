//! A reader of trees: entries along a path, and what differs between two trees.

use std::{cmp::Ordering, hash::BuildHasherDefault, rc::Rc};

use git2::ObjectType;

use super::entries::{Entries, Entry, order};
use crate::git::{
    Error,
    commits::{
        altered::Altered,
        reader::{parse, read},
    },
    objects::{clock_cache::ClockCache, reader::Objects},
};
use crate::model::{IdHasher, ObjectId, PathChangeKind};

/// The bytes of trees kept in memory by one reader; neighbours in history share most of theirs.
const KEPT: usize = 4 << 20;

/// Folders inside of one another. More do not fit into the stack of a thread, or, with names of a usual length, into a path.
pub(in crate::git) const DEEPEST: usize = 256;

/// What a tree with more than that has too many of.
pub(super) const TOO_DEEP: &str = "folders inside one another";
/// So many entries are compared of two trees. A few small trees that name one another again and again stand for billions of
/// paths; the largest honest ones have a million files.
pub(super) const MOST_ENTRIES: usize = 2_000_000;
/// What trees with more have too many of.
pub(super) const TOO_MANY: &str = "paths";

/// How a file differs between two trees; `None` where neither entry is a file.
pub(in crate::git) fn kind(old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Option<PathChangeKind> {
    let is_file = |entry: Option<Entry<'_>>| entry.is_some_and(|entry| !entry.is_tree());
    match (is_file(old), is_file(new)) {
        (false, false) => None,
        (false, true) => Some(PathChangeKind::Added),
        (true, false) => Some(PathChangeKind::Deleted),
        (true, true) => Some(PathChangeKind::Modified),
    }
}

/// A reader of trees with a memory.
pub(in crate::git) struct Trees {
    objects: Objects,
    known: ClockCache<ObjectId, Rc<Vec<u8>>, BuildHasherDefault<IdHasher>>,
}

/// Told of a path and how it differs; says whether to go on.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&str, PathChangeKind) -> bool;

impl Trees {
    pub(in crate::git) fn new(objects: Objects) -> Self {
        Self { objects, known: ClockCache::new(KEPT) }
    }

    fn tree(&mut self, id: ObjectId) -> Result<Rc<Vec<u8>>, Error> {
        if let Some(tree) = self.known.get(&id) {
            return Ok(tree);
        }
        let (kind, tree) = self.objects.shared(id)?;
        if kind != ObjectType::Tree {
            return Err(Error::Kind { id, kind: kind.str(), wanted: "tree" });
        }
        self.known.insert(id, Rc::clone(&tree), tree.len());
        Ok(tree)
    }

    /// The root tree of a commit.
    pub(in crate::git) fn root(&mut self, altered: &Altered, commit: ObjectId) -> Result<ObjectId, Error> {
        Ok(parse(read(&mut self.objects, altered, commit)?, commit)?.tree)
    }

    /// The id and mode of what lies at `path` below the tree.
    pub(in crate::git) fn at(
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

    /// The content of the file at `path` below the tree; `None` where there is none.
    pub(in crate::git) fn file(&mut self, root: ObjectId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        // A submodule is a commit of another repository.
        let is_file = |(_, mode): &(ObjectId, u32)| mode & 0o170_000 == 0o100_000;
        let Some((id, _)) = self.at(root, path)?.filter(is_file) else { return Ok(None) };
        match self.objects.read(id)? {
            (ObjectType::Blob, content) => Ok(Some(content.to_vec())),
            (kind, _) => Err(Error::Kind { id, kind: kind.str(), wanted: "blob" }),
        }
    }

    /// Any object, as bytes.
    pub(in crate::git) fn object(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        self.objects.read(id)
    }

    /// Tells `visit` of every file that differs between two root trees (`None` is the empty tree), in path order, of the
    /// folders that `enter` lets in. Returns whether `visit` let it run to its end.
    pub(in crate::git) fn differing(
        &mut self,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        self.compare((old, new), &mut Folder::default(), enter, visit)
    }

    /// As [`Self::differing`]; `at` is the folder, and is so again in the end.
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
        if let Some(id) = new.or(old).filter(|_| at.depth > DEEPEST) {
            return Err(Error::Tree { id, what: TOO_DEEP });
        }
        let trees = (self.tree_or_none(old)?, self.tree_or_none(new)?);
        let mut differences = Differences::new((old, &trees.0), (new, &trees.1))?;
        while let Some((old, new)) = differences.next_pair()? {
            if !self.entry(old, new, at, enter, visit)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The bytes of a tree; none of no tree.
    fn tree_or_none(&mut self, id: Option<ObjectId>) -> Result<Rc<Vec<u8>>, Error> {
        id.map_or_else(|| Ok(Rc::default()), |id| self.tree(id))
    }

    /// Gives `each` the entries that differ between two trees (`None` is the empty tree), by name; none of the folders below.
    pub(in crate::git) fn each_difference(
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

    /// The objects that a comparison of two root trees reads: the trees that differ, and the files that do; `None` where more
    /// than `most` files differ.
    pub(super) fn differing_objects(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
        most: usize,
    ) -> Result<Option<Vec<ObjectId>>, Error> {
        let (mut objects, mut folders, mut files) = (Vec::new(), vec![(old, Some(new), 0)], 0);
        while let Some((old, new, depth)) = folders.pop() {
            if let Some(id) = new.or(old).filter(|_| depth > DEEPEST) {
                return Err(Error::Tree { id, what: TOO_DEEP });
            }
            objects.extend(old.into_iter().chain(new));
            self.each_difference(old, new, &mut |old, new| {
                let trees = (old.and_then(Entry::tree), new.and_then(Entry::tree));
                if trees != (None, None) {
                    folders.push((trees.0, trees.1, depth + 1));
                }
                let blobs = old.into_iter().chain(new).filter(|entry| entry.is_blob());
                objects.extend(blobs.map(|entry| entry.id));
                files += 1;
            })?;
            if files > most {
                return Ok(None);
            }
        }
        Ok(Some(objects))
    }

    /// Tells that some trees will be asked for soon.
    pub(in crate::git) fn expect(&self, ids: impl Iterator<Item = ObjectId>) {
        self.objects.expect(ids);
    }

    fn entry(
        &mut self,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        at: &mut Folder,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        let Some(entry) = new.or(old) else { return Ok(true) };
        at.entries += 1;
        if at.entries > MOST_ENTRIES {
            return Err(Error::Tree { id: entry.id, what: TOO_MANY });
        }
        let folder = at.path.len();
        entry.push_to(&mut at.path);
        at.depth += 1;
        let goes_on = self.at_path(old, new, at, enter, visit);
        at.depth -= 1;
        at.path.truncate(folder);
        goes_on
    }

    fn at_path(
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

/// A folder on the way through a tree.
#[derive(Default)]
struct Folder {
    path: String,
    depth: usize,
    /// How many entries have been looked at on the way.
    entries: usize,
}

/// The entries that differ between two trees, by name.
struct Differences<'a> {
    olds: Entries<'a>,
    news: Entries<'a>,
    old: Option<Entry<'a>>,
    new: Option<Entry<'a>>,
}

/// An entry before and after; at least one is there.
type Pair<'a> = (Option<Entry<'a>>, Option<Entry<'a>>);

impl<'a> Differences<'a> {
    fn new(old: (Option<ObjectId>, &'a [u8]), new: (Option<ObjectId>, &'a [u8])) -> Result<Self, Error> {
        let entries = |(id, bytes): (Option<ObjectId>, &'a [u8])| {
            Entries::new(bytes, id.unwrap_or(ObjectId::from_bytes([0; 20])))
        };
        let (mut olds, mut news) = (entries(old), entries(new));
        olds.skip_same(&mut news);
        let (old, new) = (olds.next_entry()?, news.next_entry()?);
        Ok(Self { olds, news, old, new })
    }

    fn next_pair(&mut self) -> Result<Option<Pair<'a>>, Error> {
        loop {
            let sides = match (&self.old, &self.new) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let pair = match sides {
                Ordering::Less => (self.old, None),
                Ordering::Greater => (None, self.new),
                Ordering::Equal => (self.old, self.new),
            };
            if sides.is_eq() {
                self.olds.skip_same(&mut self.news);
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
