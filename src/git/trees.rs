//! Trees as bytes: entries along a path, and what differs between two trees.

use std::{cmp::Ordering, hash::BuildHasherDefault, rc::Rc};

use super::{
    Error,
    commits::{parse, read},
    objects::Objects,
    recent::Recent,
    repository::Altered,
};
use crate::model::{IdHasher, ObjectId, PathChangeKind};

/// The bytes of trees kept in memory by one reader; neighbours in history share most of theirs.
const KEPT: usize = 4 << 20;

/// One entry of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    pub(super) id: ObjectId,
    pub(super) mode: u32,
}

impl Entry<'_> {
    fn is_tree(&self) -> bool {
        self.mode == 0o40_000
    }

    /// The tree that it names; `None` where it is a file.
    pub(super) fn tree(self) -> Option<ObjectId> {
        self.is_tree().then_some(self.id)
    }

    /// Makes the path of its folder its own; bytes that are not UTF-8 are U+FFFD.
    pub(super) fn push_to(&self, path: &mut String) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&String::from_utf8_lossy(self.name));
    }
}

/// How a file differs between two trees; `None` where neither entry is a file.
pub(super) fn kind(old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Option<PathChangeKind> {
    let is_file = |entry: Option<Entry<'_>>| entry.is_some_and(|entry| !entry.is_tree());
    match (is_file(old), is_file(new)) {
        (false, false) => None,
        (false, true) => Some(PathChangeKind::Added),
        (true, false) => Some(PathChangeKind::Deleted),
        (true, true) => Some(PathChangeKind::Modified),
    }
}

/// A reader of trees with a memory.
pub(super) struct Trees<'r> {
    objects: Objects<'r>,
    known: Recent<ObjectId, Rc<Vec<u8>>, BuildHasherDefault<IdHasher>>,
}

/// Told of a path and how it differs; says whether to go on.
pub(super) type Visit<'v> = &'v mut dyn FnMut(&str, PathChangeKind) -> bool;

impl<'r> Trees<'r> {
    pub(super) fn new(objects: Objects<'r>) -> Self {
        Self { objects, known: Recent::new(KEPT) }
    }

    fn tree(&mut self, id: ObjectId) -> Result<Rc<Vec<u8>>, Error> {
        if let Some(tree) = self.known.get(&id) {
            return Ok(tree);
        }
        let (_, tree) = self.objects.shared(id)?;
        self.known.insert(id, Rc::clone(&tree), tree.len());
        Ok(tree)
    }

    /// The root tree of a commit.
    pub(super) fn root(&mut self, altered: &Altered, commit: ObjectId) -> Result<ObjectId, Error> {
        Ok(parse(read(&mut self.objects, altered, commit)?, commit)?.tree)
    }

    /// The id and mode of what lies at `path` below the tree.
    pub(super) fn at(&mut self, root: ObjectId, path: &str) -> Result<Option<(ObjectId, u32)>, Error> {
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

    /// Tells `visit` of every file that differs between two root trees (`None` is the empty tree), in path order, of the
    /// folders that `enter` lets in. Returns whether `visit` let it run to its end.
    pub(super) fn differing(
        &mut self,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        self.compare((old, new), &mut String::new(), enter, visit)
    }

    /// As [`Self::differing`]; `path` is that of the folder, and is so again in the end.
    fn compare(
        &mut self,
        (old, new): (Option<ObjectId>, Option<ObjectId>),
        path: &mut String,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        if old == new {
            return Ok(true);
        }
        let trees = (self.tree_or_none(old)?, self.tree_or_none(new)?);
        let mut differences = Differences::new((old, &trees.0), (new, &trees.1))?;
        while let Some((old, new)) = differences.next_pair()? {
            if !self.entry(old, new, path, enter, visit)? {
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
    pub(super) fn each_difference(
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

    /// Tells that some trees will be asked for soon.
    pub(super) fn expect(&self, ids: impl Iterator<Item = ObjectId>) {
        self.objects.expect(ids);
    }

    fn entry(
        &mut self,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        path: &mut String,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        let Some(entry) = new.or(old) else { return Ok(true) };
        let folder = path.len();
        entry.push_to(path);
        let goes_on = self.at_path(old, new, path, enter, visit);
        path.truncate(folder);
        goes_on
    }

    fn at_path(
        &mut self,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
        path: &mut String,
        enter: &dyn Fn(&str) -> bool,
        visit: Visit<'_>,
    ) -> Result<bool, Error> {
        let trees = (old.and_then(Entry::tree), new.and_then(Entry::tree));
        if trees != (None, None) && enter(path) && !self.compare(trees, path, enter, visit)? {
            return Ok(false);
        }
        Ok(kind(old, new).is_none_or(|kind| visit(path, kind)))
    }
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

/// Git sorts a folder as if its name ended in `/`, so a file and a folder of one name are no neighbours: they are two
/// entries that come and go.
fn order(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let shared = a.name.len().min(b.name.len());
    let next = |entry: &Entry<'_>| match entry.name.get(shared) {
        Some(byte) => u16::from(*byte) + 1,
        None if entry.is_tree() => u16::from(b'/') + 1,
        None => 0,
    };
    a.name.get(..shared).cmp(&b.name.get(..shared)).then_with(|| next(a).cmp(&next(b))).then_with(|| {
        // Only a folder `x` and a name that goes on with `/` could still be equal here, and no name holds a slash.
        a.name.len().cmp(&b.name.len())
    })
}

/// The entries of a tree object: `<mode> SP <name> NUL <20 bytes>`, again and again.
struct Entries<'a> {
    rest: &'a [u8],
    tree: ObjectId,
}

impl<'a> Entries<'a> {
    fn new(bytes: &'a [u8], tree: ObjectId) -> Self {
        Self { rest: bytes, tree }
    }

    fn next_entry(&mut self) -> Result<Option<Entry<'a>>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        match split_entry(self.rest) {
            Some((entry, rest)) => {
                self.rest = rest;
                Ok(Some(entry))
            }
            None => Err(Error::Malformed { id: self.tree.to_string(), what: "tree" }),
        }
    }

    /// Leaves out what is the same at the beginning of both, which is nearly all of two trees that follow one another.
    fn skip_same(&mut self, other: &mut Self) {
        while let Some(length) = length(self.rest) {
            let (Some((own, rest)), Some((same, others))) =
                (self.rest.split_at_checked(length), other.rest.split_at_checked(length))
            else {
                return;
            };
            if own != same {
                return;
            }
            (self.rest, other.rest) = (rest, others);
        }
    }

    fn find_name(mut self, name: &[u8]) -> Result<Option<Entry<'a>>, Error> {
        while let Some(entry) = self.next_entry()? {
            if entry.name == name {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// The length of the first entry, in bytes.
fn length(bytes: &[u8]) -> Option<usize> {
    Some(memchr::memchr(0, bytes)? + 1 + 20)
}

fn split_entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
    let (mode, rest) = (bytes.get(..space)?, bytes.get(space + 1..)?);
    let mode = mode.iter().fold(0, |mode, digit| mode << 3 | u32::from(digit & 7));
    let end = memchr::memchr(0, rest)?;
    let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (id, rest) = rest.split_first_chunk::<20>()?;
    Some((Entry { name, id: ObjectId::from_bytes(*id), mode }, rest))
}
