//! Packs as files (gitformat-pack(5)): which of them holds an object, and the bytes that lie there.
//!
//! They and their indices are read by position into memory of our own, never mapped: any number of threads share the files, and what has
//! been read costs no memory once it is let go. An entry that is damaged is answered with `None`; a pack or an index that is
//! damaged as a whole is left out, and remembered for the message about an object that is missing then.

use std::{
    cmp::Reverse,
    path::{Path, PathBuf},
    rc::Rc,
};

use git2::ObjectType;

use super::index::Index;
use crate::git::file::Handle;
use crate::model::ObjectId;

/// Objects larger than this are not read. Commits, trees and tags are far smaller.
pub(super) const MOST: usize = 256 << 20;
/// Deflate makes its input at most this many times larger.
pub(super) const EXPANSION: usize = 1032;
/// The pack's mark, version and count.
const HEADER: usize = 12;
/// Peeled the last object stands a digest.
const DIGEST: u64 = 20;
/// Each pack is two files. Those beyond so many, the smallest, are opened for each look into them.
const KEPT_OPEN: usize = 64;

/// An object: its kind, and its bytes, which others may be stored as deltas of.
pub(in crate::git) type Object = (ObjectType, Rc<Vec<u8>>);

/// The packs of a repository.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Pack>,
    /// Those that cannot be used: the index's name, and why.
    damaged: Vec<(String, &'static str)>,
}

impl Packs {
    /// The packs in these folders of objects, the largest first.
    pub(in crate::git) fn open(folders: &[PathBuf]) -> Self {
        let mut indices: Vec<(Reverse<u64>, PathBuf)> = Vec::new();
        for file in folders.iter().filter_map(|folder| std::fs::read_dir(folder.join("pack")).ok()).flatten()
        {
            let Ok(file) = file else { continue };
            let path = file.path();
            if path.extension().is_some_and(|extension| extension == "idx") {
                let size = file.metadata().map_or(0, |data| data.len());
                indices.push((Reverse(size), path));
            }
        }
        indices.sort();
        let mut opened = Self::default();
        for (at, (_, index)) in indices.iter().enumerate() {
            match Pack::open(index, at < KEPT_OPEN) {
                Ok(pack) => opened.packs.push(pack),
                Err(problem) => opened.damaged.push((name(index), problem)),
            }
        }
        opened
    }

    /// The packs that cannot be used: the index's name, and why.
    pub(in crate::git) fn damaged(&self) -> &[(String, &'static str)] {
        &self.damaged
    }

    /// Every copy of an object: the pack, and where in it.
    pub(in crate::git) fn all(&self, id: ObjectId) -> impl Iterator<Item = (usize, u64)> {
        self.packs.iter().enumerate().filter_map(move |(at, pack)| Some((at, pack.index.offset(id, true)?)))
    }

    /// The objects whose names begin with these hexadecimal digits, of which there are at least two.
    pub(in crate::git) fn starting_with(&self, digits: &str) -> Vec<ObjectId> {
        self.packs.iter().flat_map(|pack| pack.index.starting_with(digits)).collect()
    }

    /// The pack that holds an object, and where. `first` is asked before the others.
    pub(in crate::git) fn find(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.first(first, |pack| pack.index.offset(id, false))
    }

    /// As [`Self::find`], for one of some objects that lie anywhere: no part of an index is read whole for it.
    pub(super) fn lookup_cold(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.first(first, |pack| pack.index.offset(id, true))
    }

    fn first(&self, first: usize, place: impl Fn(&Pack) -> Option<u64>) -> Option<(usize, u64)> {
        let others = (0..self.packs.len()).filter(|at| *at != first);
        std::iter::once(first).chain(others).find_map(|at| Some((at, place(self.packs.get(at)?)?)))
    }

    /// Brings near what tells where some objects lie, if they are in the pack `at`, before they are read one by one.
    pub(in crate::git) fn expect(&self, ids: impl Iterator<Item = ObjectId>, at: usize) {
        if let Some(pack) = self.packs.get(at) {
            // What is far from the processor takes long to come; asked for together, it comes together.
            std::hint::black_box(ids.map(|id| u32::from(pack.index.prefetch(id))).sum::<u32>());
        }
    }

    pub(in crate::git) fn get(&self, at: usize) -> Option<&Pack> {
        self.packs.get(at)
    }
}

/// A pack with its index.
pub(super) struct Pack {
    index: Index,
    data: Handle,
    /// The file's name.
    name: String,
    /// Where the objects end.
    end: u64,
}

/// How an object is stored.
pub(super) enum EntryKind {
    /// Whole.
    Whole(ObjectType),
    /// As what is different from the object at this place of the same pack.
    OfsDelta(u64),
    /// As what is different from this object.
    RefDelta(ObjectId),
}

/// The head of an entry.
pub(super) struct Head {
    pub(super) kind: EntryKind,
    /// The length of what is to be inflated, in bytes.
    pub(super) size: usize,
    /// The length of the head itself.
    pub(super) length: u64,
}

impl Pack {
    /// Opens the pack of an index; what is said of a pack that cannot be used is how it differs from what git writes.
    fn open(path: &Path, keep_open: bool) -> Result<Self, &'static str> {
        let index = Index::open(path, keep_open)?;
        let path = path.with_extension("pack");
        let (data, length) =
            Handle::open(&path, keep_open).map_err(|_| "its pack is missing or cannot be read")?;
        let end = length.checked_sub(DIGEST).ok_or("its pack is cut off")?;
        let (mut header, mut digest) = ([0; HEADER], [0; DIGEST as usize]);
        data.read_at(&mut header, 0).map_err(|_| "its pack is cut off")?;
        data.read_at(&mut digest, end).map_err(|_| "its pack cannot be read")?;
        let [mark @ .., a, b, c, d] = header;
        if !matches!(&mark, b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03") {
            return Err("its pack has an unknown format");
        }
        if u32::from_be_bytes([a, b, c, d]) != index.count() || digest != index.pack_digest() {
            return Err("it belongs to another pack, or its pack is cut off");
        }
        Ok(Self { index, data, name: name(&path), end })
    }

    /// The file's name.
    pub(in crate::git) fn name(&self) -> &str {
        &self.name
    }

    /// Whether so much deflated data as there is from `offset` on can make `size` bytes. A size that lies must not cost memory.
    pub(super) fn can_hold(&self, size: usize, offset: u64) -> bool {
        let room = self.end.saturating_sub(offset).saturating_mul(EXPANSION as u64);
        size <= MOST && size as u64 <= room
    }

    /// Where the objects end.
    pub(in crate::git) fn end(&self) -> u64 {
        self.end
    }

    /// The bytes at a place, as many as there is room for, fewer where the objects end before.
    pub(super) fn read_up_to<'b>(&self, offset: u64, room: &'b mut [u8]) -> Option<&'b [u8]> {
        let length = usize::try_from(self.end.checked_sub(offset)?).unwrap_or(room.len()).min(room.len());
        let bytes = room.get_mut(..length)?;
        self.data.read_at(bytes, offset).ok()?;
        Some(bytes)
    }

    /// Where an object lies.
    pub(in crate::git) fn offset(&self, id: ObjectId) -> Option<u64> {
        self.index.offset(id, false)
    }
}

/// The head of the entry that starts at `offset`, of which `bytes` are the first.
pub(super) fn head(bytes: &[u8], offset: u64) -> Option<Head> {
    let mut bytes = bytes.iter().copied().zip(1..);
    let (first, mut length) = bytes.next()?;
    let (mut size, mut shift, mut more) = (u64::from(first & 15), 4, first & 128 != 0);
    while more {
        let (byte, at) = bytes.next()?;
        size |= u64::from(byte & 127).checked_shl(shift).filter(|_| shift < 57)?;
        (shift, more, length) = (shift + 7, byte & 128 != 0, at);
    }
    let kind = match first >> 4 & 7 {
        1 => EntryKind::Whole(ObjectType::Commit),
        2 => EntryKind::Whole(ObjectType::Tree),
        3 => EntryKind::Whole(ObjectType::Blob),
        4 => EntryKind::Whole(ObjectType::Tag),
        6 => {
            let (byte, at) = bytes.next()?;
            let (mut back, mut more) = (u64::from(byte & 127), byte & 128 != 0);
            length = at;
            while more {
                let (byte, at) = bytes.next()?;
                back = (back + 1).checked_mul(128)? | u64::from(byte & 127);
                (more, length) = (byte & 128 != 0, at);
            }
            EntryKind::OfsDelta(offset.checked_sub(back).filter(|_| back > 0)?)
        }
        7 => {
            let mut name = [0; 20];
            for slot in &mut name {
                (*slot, length) = bytes.next()?;
            }
            EntryKind::RefDelta(ObjectId::from_bytes(name))
        }
        _ => return None,
    };
    Some(Head { kind, size: usize::try_from(size).ok()?, length })
}

/// Puts together what differs (`delta`) from `base` and the base itself; `None` where they do not fit, or would make more
/// than `most` bytes.
pub(in crate::git) fn patch(base: &[u8], delta: &[u8], most: usize) -> Option<Vec<u8>> {
    let (before, rest) = number(delta)?;
    let (after, mut rest) = number(rest)?;
    (before == base.len() && after <= most).then_some(())?;
    let mut out = Vec::with_capacity(after);
    while let Some((&code, tail)) = rest.split_first() {
        rest = tail;
        if code & 128 == 0 {
            let (new, tail) = rest.split_at_checked(usize::from(code)).filter(|_| code != 0)?;
            out.extend_from_slice(new);
            rest = tail;
        } else {
            let mut byte = |bit: u32| -> Option<usize> {
                if code & 1 << bit == 0 {
                    return Some(0);
                }
                let (&byte, tail) = rest.split_first()?;
                rest = tail;
                Some(usize::from(byte))
            };
            let from = byte(0)? | byte(1)? << 8 | byte(2)? << 16 | byte(3)? << 24;
            let length = byte(4)? | byte(5)? << 8 | byte(6)? << 16;
            let length = if length == 0 { 0x1_0000 } else { length };
            out.extend_from_slice(base.get(from..from.checked_add(length)?)?);
        }
        (out.len() <= after).then_some(())?;
    }
    (out.len() == after).then_some(out)
}

/// A length of the delta form: seven bits in each byte, the lowest first.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 127) << (7 * at);
        if byte & 128 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads_tell_how_an_object_is_stored() {
        let commit = head(&[0x9f, 0x02, 0xff], 12).unwrap();
        assert!(matches!(commit.kind, EntryKind::Whole(ObjectType::Commit)));
        assert_eq!((commit.size, commit.length), (15 | 2 << 4, 2));
        let after = head(&[0x65, 0x80, 0x01], 1000).unwrap();
        assert!(matches!(after.kind, EntryKind::OfsDelta(place) if place == 1000 - 129));
        assert_eq!((after.size, after.length), (5, 3));
        let named = head(&[&[0x75][..], &[7; 20]].concat(), 12).unwrap();
        assert!(matches!(named.kind, EntryKind::RefDelta(id) if id == ObjectId::from_bytes([7; 20])));
        assert_eq!(named.length, 21);
        for damaged in
            [&[][..], &[0x9f], &[0x05], &[0x55], &[0x65, 0x7f], &[0x65, 0x00], &[0x75, 1, 2], &[0xff; 32]]
        {
            assert!(head(damaged, 12).is_none(), "{damaged:?}");
        }
    }

    #[test]
    fn deltas_copy_and_insert() {
        // 11 bytes to 9: six from the second byte on, three new ones.
        let delta = [11, 9, 0b1001_0001, 1, 6, 3, b'x', b'y', b'z'];
        assert_eq!(patch(b"hello world", &delta, 100).as_deref(), Some(&b"ello wxyz"[..]));
        assert_eq!(patch(b"hello worl", &delta, 100), None, "another base");
        assert_eq!(patch(b"hello world", &delta, 8), None, "too long");
        assert_eq!(patch(b"hello world", &delta[..6], 100), None, "cut off");
        assert_eq!(patch(b"hello world", &[11, 9, 0b1001_0001, 9, 6], 100), None, "beyond the base");
        assert_eq!(patch(b"hello world", &[11, 9, 0], 100), None, "a code that is reserved");
    }

    proptest! {
        #[test]
        fn no_bytes_can_do_harm(base in proptest::collection::vec(any::<u8>(), 0..40), delta in proptest::collection::vec(any::<u8>(), 0..40), offset in any::<u64>()) {
            let _ = head(&delta, offset);
            let made = patch(&base, &delta, 1 << 20).unwrap_or_default();
            prop_assert!(made.capacity() < 1 << 21);
        }
    }
}
