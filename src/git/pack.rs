//! Packs as files (gitformat-pack(5)): which of them holds an object, and the bytes that lie there.
//!
//! They and their indices are read by position into memory of our own, never mapped: any number of threads share the files, and what has
//! been read costs no memory once it is let go. Whatever has another form than the usual one is answered with `None`;
//! the git library is asked then.

use std::{
    fs::File,
    path::Path,
    sync::{Arc, OnceLock},
};

use git2::ObjectType;

use super::{file::read_at, index::Index};
use crate::model::ObjectId;

/// The pack's mark, version and count.
const HEADER: usize = 12;
/// Behind the last object stands a digest.
const DIGEST: u64 = 20;
/// More packs than this are rare, and each is two open files.
const MAX_PACKS: usize = 64;

/// The packs of a repository.
#[derive(Default)]
pub(super) struct Packs(Vec<Pack>);

impl Packs {
    /// The packs in a folder. Those that cannot be read are left to the git library.
    pub(super) fn open(folder: &Path) -> Self {
        let Ok(files) = std::fs::read_dir(folder) else { return Self::default() };
        let mut indices: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        indices.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        if indices.len() > MAX_PACKS {
            return Self::default();
        }
        Self(indices.iter().filter_map(|index| Pack::open(index)).collect())
    }

    /// The pack that holds an object, and where. `first` is asked before the others.
    pub(super) fn find(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.first(first, |pack| pack.index.offset(id, false))
    }

    /// As [`Self::find`], for one of some objects that lie anywhere: no part of an index is read whole for it.
    pub(super) fn glance(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.first(first, |pack| pack.index.offset(id, true))
    }

    fn first(&self, first: usize, place: impl Fn(&Pack) -> Option<u64>) -> Option<(usize, u64)> {
        let others = (0..self.0.len()).filter(|at| *at != first);
        std::iter::once(first).chain(others).find_map(|at| Some((at, place(self.0.get(at)?)?)))
    }

    /// Brings near what tells where some objects lie, if they are in the pack `at`, before they are read one by one.
    pub(super) fn expect(&self, ids: impl Iterator<Item = ObjectId>, at: usize) {
        if let Some(pack) = self.0.get(at) {
            // What is far from the processor takes long to come; asked for together, it comes together.
            std::hint::black_box(ids.map(|id| u32::from(pack.index.glimpse(id))).sum::<u32>());
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Pack> {
        self.0.get(at)
    }
}

/// A pack with its index.
pub(super) struct Pack {
    index: Index,
    data: File,
    /// Where the objects end.
    end: u64,
}

/// How an object is stored.
pub(super) enum Stored {
    /// Whole.
    Whole(ObjectType),
    /// As what is different from the object at this place of the same pack.
    After(u64),
    /// As what is different from this object.
    AfterName(ObjectId),
}

/// The head of an entry.
pub(super) struct Head {
    pub(super) stored: Stored,
    /// The length of what is to be inflated, in bytes.
    pub(super) size: usize,
    /// The length of the head itself.
    pub(super) length: u64,
}

impl Pack {
    fn open(path: &Path) -> Option<Self> {
        let (index, data) = (Index::open(path)?, File::open(path.with_extension("pack")).ok()?);
        let mut mark = [0; HEADER];
        read_at(&data, &mut mark, 0).ok()?;
        let end = data.metadata().ok()?.len().checked_sub(DIGEST)?;
        mark.starts_with(b"PACK\0\0\0\x02").then_some(Self { index, data, end })
    }

    /// Where the objects end.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// The bytes at a place, as many as there is room for, fewer where the objects end before.
    pub(super) fn few<'b>(&self, offset: u64, room: &'b mut [u8]) -> Option<&'b [u8]> {
        let length = usize::try_from(self.end.checked_sub(offset)?).unwrap_or(room.len()).min(room.len());
        let bytes = room.get_mut(..length)?;
        read_at(&self.data, bytes, offset).ok()?;
        Some(bytes)
    }

    /// Where an object lies.
    pub(super) fn offset(&self, id: ObjectId) -> Option<u64> {
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
    let stored = match first >> 4 & 7 {
        1 => Stored::Whole(ObjectType::Commit),
        2 => Stored::Whole(ObjectType::Tree),
        3 => Stored::Whole(ObjectType::Blob),
        4 => Stored::Whole(ObjectType::Tag),
        6 => {
            let (byte, at) = bytes.next()?;
            let (mut back, mut more) = (u64::from(byte & 127), byte & 128 != 0);
            length = at;
            while more {
                let (byte, at) = bytes.next()?;
                back = (back + 1).checked_mul(128)? | u64::from(byte & 127);
                (more, length) = (byte & 128 != 0, at);
            }
            Stored::After(offset.checked_sub(back).filter(|_| back > 0)?)
        }
        7 => {
            let mut name = [0; 20];
            for slot in &mut name {
                (*slot, length) = bytes.next()?;
            }
            Stored::AfterName(ObjectId::from_bytes(name))
        }
        _ => return None,
    };
    Some(Head { stored, size: usize::try_from(size).ok()?, length })
}

/// Puts together what differs (`delta`) from `base` and the base itself; `None` where they do not fit, or would make more
/// than `most` bytes.
pub(super) fn patch(base: &[u8], delta: &[u8], most: usize) -> Option<Vec<u8>> {
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

/// The packs of a repository, opened when they are first asked for and shared by its threads.
pub(super) type SharedPacks = Arc<OnceLock<Packs>>;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads_tell_how_an_object_is_stored() {
        let commit = head(&[0x9f, 0x02, 0xff], 12).unwrap();
        assert!(matches!(commit.stored, Stored::Whole(ObjectType::Commit)));
        assert_eq!((commit.size, commit.length), (15 | 2 << 4, 2));
        let after = head(&[0x65, 0x80, 0x01], 1000).unwrap();
        assert!(matches!(after.stored, Stored::After(place) if place == 1000 - 129));
        assert_eq!((after.size, after.length), (5, 3));
        let named = head(&[&[0x75][..], &[7; 20]].concat(), 12).unwrap();
        assert!(matches!(named.stored, Stored::AfterName(id) if id == ObjectId::from_bytes([7; 20])));
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
