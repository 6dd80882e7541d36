//! Parses the entries of tree objects.

use std::cmp::Ordering;

use crate::git::Error;
use crate::model::ObjectId;

/// One entry of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::git) struct Entry<'a> {
    pub(in crate::git) name: &'a [u8],
    pub(in crate::git) id: ObjectId,
    pub(in crate::git) mode: u32,
}

impl Entry<'_> {
    pub(super) fn is_tree(&self) -> bool {
        self.mode == 0o40_000
    }

    /// The ID of the subtree; `None` for other entries.
    pub(in crate::git) fn tree(self) -> Option<ObjectId> {
        self.is_tree().then_some(self.id)
    }

    /// Its name; invalid UTF-8 becomes U+FFFD.
    pub(super) fn lossy_name(self) -> String {
        String::from_utf8_lossy(self.name).into_owned()
    }

    /// Appends its name to the path of its directory; invalid UTF-8 becomes U+FFFD.
    pub(super) fn append_to(&self, path: &mut String) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&String::from_utf8_lossy(self.name));
    }
}

/// Git sorts a directory as if its name ended in `/`, so a file and a directory of the same name are not adjacent:
/// replacing one with the other is a deletion and an addition.
pub(super) fn compare_entries(a: &Entry<'_>, b: &Entry<'_>) -> Ordering {
    let shared = a.name.len().min(b.name.len());
    let next = |entry: &Entry<'_>| match entry.name.get(shared) {
        Some(byte) => u16::from(*byte) + 1,
        None if entry.is_tree() => u16::from(b'/') + 1,
        None => 0,
    };
    a.name.get(..shared).cmp(&b.name.get(..shared)).then_with(|| next(a).cmp(&next(b))).then_with(|| {
        // Only a directory `x` and a name that continues with `/` could still be equal, and no name contains `/`.
        a.name.len().cmp(&b.name.len())
    })
}

/// Iterates over the entries of a tree object: `<mode> SP <name> NUL <20 bytes>`, repeated.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    tree: ObjectId,
}

impl<'a> Entries<'a> {
    pub(super) fn new(bytes: &'a [u8], tree: ObjectId) -> Self {
        Self { rest: bytes, tree }
    }

    pub(super) fn next_entry(&mut self) -> Result<Option<Entry<'a>>, Error> {
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

    /// Skips the entries at the start that are the same in both: nearly all entries of consecutive trees.
    pub(super) fn skip_common(&mut self, other: &mut Self) {
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

    pub(super) fn find_name(mut self, name: &[u8]) -> Result<Option<Entry<'a>>, Error> {
        while let Some(entry) = self.next_entry()? {
            if entry.name == name {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

/// Length of the first entry, in bytes.
fn length(bytes: &[u8]) -> Option<usize> {
    Some(memchr::memchr(0, bytes)? + 1 + 20)
}

fn split_entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
    let (mode, rest) = (bytes.get(..space)?, bytes.get(space + 1..)?);
    if mode.is_empty() || !mode.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    let mode = mode.iter().fold(0, |mode, digit| mode << 3 | u32::from(digit & 7));
    let end = memchr::memchr(0, rest).filter(|end| *end > 0)?;
    let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (id, rest) = rest.split_first_chunk::<20>()?;
    Some((Entry { name, id: ObjectId::from_bytes(*id), mode }, rest))
}
