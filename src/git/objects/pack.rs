//! Reads packs (gitformat-pack(5)): finds the pack that contains an object, parses entry headers, applies deltas.
//!
//! Packs and their indexes are read by offset, never memory-mapped, so that any number of threads can share the files.
//! A damaged entry gives `None`. A pack or index that is damaged as a whole is skipped, and listed in the error if an
//! object is missing.

use std::{
    cmp::Reverse,
    path::{Path, PathBuf},
    rc::Rc,
};

use git2::ObjectType;

use super::index::Index;
use crate::git::file::SharedFile;
use crate::model::ObjectId;

/// Largest object that is read, in bytes. Commits, trees and tags are far smaller.
pub(super) const MAX_OBJECT_SIZE: usize = 256 << 20;
/// Highest ratio of inflated to deflated size.
pub(super) const MAX_EXPANSION: usize = 1032;
/// Bytes of the pack header: signature, version, number of objects.
const HEADER_LENGTH: usize = 12;
/// Bytes of the checksum at the end of the pack.
const CHECKSUM_LENGTH: u64 = 20;
/// Number of packs whose two files stay open. The smaller packs beyond it are opened for each read.
const MAX_OPEN_PACKS: usize = 64;

/// An object: its type, and its content, shared because it may be the base of deltas.
pub(in crate::git) type Object = (ObjectType, Rc<Vec<u8>>);

/// The packs of a repository and its alternates.
#[derive(Default)]
pub(super) struct Packs {
    packs: Vec<Pack>,
    /// The packs that cannot be used: file name of the index, and what is wrong.
    unusable: Vec<(String, &'static str)>,
}

impl Packs {
    /// Opens the packs in these object directories, the one with the largest index first.
    pub(in crate::git) fn open(directories: &[PathBuf]) -> Self {
        let mut indices: Vec<(Reverse<u64>, PathBuf)> = Vec::new();
        for file in directories
            .iter()
            .filter_map(|directory| std::fs::read_dir(directory.join("pack")).ok())
            .flatten()
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
            match Pack::open(index, at < MAX_OPEN_PACKS) {
                Ok(pack) => opened.packs.push(pack),
                Err(problem) => opened.unusable.push((file_name(index), problem)),
            }
        }
        opened
    }

    /// The packs that cannot be used: file name of the index, and what is wrong.
    pub(in crate::git) fn unusable(&self) -> &[(String, &'static str)] {
        &self.unusable
    }

    /// All packed copies of an object: index of the pack, and offset.
    pub(in crate::git) fn copies(&self, id: ObjectId) -> impl Iterator<Item = (usize, u64)> {
        self.packs.iter().enumerate().filter_map(move |(at, pack)| Some((at, pack.index.offset(id, true)?)))
    }

    /// The objects whose IDs begin with these hex digits, of which there must be at least two.
    pub(in crate::git) fn with_prefix(&self, digits: &str) -> Vec<ObjectId> {
        self.packs.iter().flat_map(|pack| pack.index.with_prefix(digits)).collect()
    }

    /// The pack that contains an object, and its offset. Searches the pack `first` before the others.
    pub(in crate::git) fn find(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.find_by(first, |pack| pack.index.offset(id, false))
    }

    /// Like [`Self::find`], for a lookup without locality: does not load buckets of indexes.
    pub(super) fn lookup_cold(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.find_by(first, |pack| pack.index.offset(id, true))
    }

    fn find_by(&self, first: usize, lookup: impl Fn(&Pack) -> Option<u64>) -> Option<(usize, u64)> {
        let others = (0..self.packs.len()).filter(|at| *at != first);
        std::iter::once(first).chain(others).find_map(|at| Some((at, lookup(self.packs.get(at)?)?)))
    }

    /// Prefetches the index entries of objects that are probably in pack `at`.
    pub(in crate::git) fn prefetch(&self, ids: impl Iterator<Item = ObjectId>, at: usize) {
        if let Some(pack) = self.packs.get(at) {
            // Independent loads let the cache misses overlap.
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
    data: SharedFile,
    /// File name of the pack.
    name: String,
    /// Offset of the end of the last entry.
    end: u64,
}

/// How an entry stores its object.
pub(super) enum EntryKind {
    /// Undeltified.
    Whole(ObjectType),
    /// OFS_DELTA: a delta whose base is at this offset in the same pack.
    OfsDelta(u64),
    /// REF_DELTA: a delta whose base has this ID.
    RefDelta(ObjectId),
}

/// The header of a pack entry.
pub(super) struct EntryHeader {
    pub(super) kind: EntryKind,
    /// Inflated size of the data, in bytes.
    pub(super) size: usize,
    /// Length of the header, in bytes.
    pub(super) length: u64,
}

impl Pack {
    /// Opens an index and its pack. An error describes what is wrong with them.
    fn open(path: &Path, keep_open: bool) -> Result<Self, &'static str> {
        let index = Index::open(path, keep_open)?;
        let path = path.with_extension("pack");
        let (data, length) =
            SharedFile::open(&path, keep_open).map_err(|_| "its pack is missing or cannot be read")?;
        let end = length.checked_sub(CHECKSUM_LENGTH).ok_or("its pack is truncated")?;
        let (mut header, mut checksum) = ([0; HEADER_LENGTH], [0; CHECKSUM_LENGTH as usize]);
        data.read_at(&mut header, 0).map_err(|_| "its pack is truncated")?;
        data.read_at(&mut checksum, end).map_err(|_| "its pack cannot be read")?;
        let [magic @ .., a, b, c, d] = header;
        if !matches!(&magic, b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03") {
            return Err("its pack has an unknown format");
        }
        if u32::from_be_bytes([a, b, c, d]) != index.count() || checksum != index.pack_checksum() {
            return Err("it does not match its pack, or its pack is truncated");
        }
        Ok(Self { index, data, name: file_name(&path), end })
    }

    /// File name of the pack.
    pub(in crate::git) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the data after `offset` can inflate to `size` bytes. Prevents allocations for a forged size.
    pub(super) fn can_hold(&self, size: usize, offset: u64) -> bool {
        let max_size = self.end.saturating_sub(offset).saturating_mul(MAX_EXPANSION as u64);
        size <= MAX_OBJECT_SIZE && size as u64 <= max_size
    }

    /// Offset of the end of the last entry.
    pub(in crate::git) fn end(&self) -> u64 {
        self.end
    }

    /// Reads from `offset` into `buffer`; returns fewer bytes if the last entry ends before.
    pub(super) fn read_up_to<'b>(&self, offset: u64, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let length = usize::try_from(self.end.checked_sub(offset)?).unwrap_or(buffer.len()).min(buffer.len());
        let bytes = buffer.get_mut(..length)?;
        self.data.read_at(bytes, offset).ok()?;
        Some(bytes)
    }

    /// The offset of an object.
    pub(in crate::git) fn offset(&self, id: ObjectId) -> Option<u64> {
        self.index.offset(id, false)
    }
}

/// Parses the header of the entry at `offset`, which begins with `bytes`.
pub(super) fn entry_header(bytes: &[u8], offset: u64) -> Option<EntryHeader> {
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
            let (mut distance, mut more) = (u64::from(byte & 127), byte & 128 != 0);
            length = at;
            while more {
                let (byte, at) = bytes.next()?;
                distance = (distance + 1).checked_mul(128)? | u64::from(byte & 127);
                (more, length) = (byte & 128 != 0, at);
            }
            EntryKind::OfsDelta(offset.checked_sub(distance).filter(|_| distance > 0)?)
        }
        7 => {
            let mut id = [0; 20];
            for slot in &mut id {
                (*slot, length) = bytes.next()?;
            }
            EntryKind::RefDelta(ObjectId::from_bytes(id))
        }
        _ => return None,
    };
    Some(EntryHeader { kind, size: usize::try_from(size).ok()?, length })
}

/// Applies a delta to its base object; `None` if the delta is damaged or does not match the base, or the result is
/// larger than `max_size` bytes.
pub(in crate::git) fn apply_delta(base: &[u8], delta: &[u8], max_size: usize) -> Option<Vec<u8>> {
    let (base_size, rest) = delta_size(delta)?;
    let (result_size, mut rest) = delta_size(rest)?;
    (base_size == base.len() && result_size <= max_size).then_some(())?;
    let mut out = Vec::with_capacity(result_size);
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
        (out.len() <= result_size).then_some(())?;
    }
    (out.len() == result_size).then_some(out)
}

/// Parses a size in a delta: seven bits in each byte, little-endian.
fn delta_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 127) << (7 * at);
        if byte & 128 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entry_headers_are_parsed() {
        let commit = entry_header(&[0x9f, 0x02, 0xff], 12).unwrap();
        assert!(matches!(commit.kind, EntryKind::Whole(ObjectType::Commit)));
        assert_eq!((commit.size, commit.length), (15 | 2 << 4, 2));
        let ofs_delta = entry_header(&[0x65, 0x80, 0x01], 1000).unwrap();
        assert!(matches!(ofs_delta.kind, EntryKind::OfsDelta(base) if base == 1000 - 129));
        assert_eq!((ofs_delta.size, ofs_delta.length), (5, 3));
        let ref_delta = entry_header(&[&[0x75][..], &[7; 20]].concat(), 12).unwrap();
        assert!(matches!(ref_delta.kind, EntryKind::RefDelta(id) if id == ObjectId::from_bytes([7; 20])));
        assert_eq!(ref_delta.length, 21);
        for damaged in
            [&[][..], &[0x9f], &[0x05], &[0x55], &[0x65, 0x7f], &[0x65, 0x00], &[0x75, 1, 2], &[0xff; 32]]
        {
            assert!(entry_header(damaged, 12).is_none(), "{damaged:?}");
        }
    }

    #[test]
    fn deltas_copy_and_insert() {
        // Base size 11, result size 9: copy 6 bytes from offset 1, insert 3 bytes.
        let delta = [11, 9, 0b1001_0001, 1, 6, 3, b'x', b'y', b'z'];
        assert_eq!(apply_delta(b"hello world", &delta, 100).as_deref(), Some(&b"ello wxyz"[..]));
        assert_eq!(apply_delta(b"hello worl", &delta, 100), None, "wrong base size");
        assert_eq!(apply_delta(b"hello world", &delta, 8), None, "result too large");
        assert_eq!(apply_delta(b"hello world", &delta[..6], 100), None, "truncated");
        assert_eq!(
            apply_delta(b"hello world", &[11, 9, 0b1001_0001, 9, 6], 100),
            None,
            "copy beyond the base"
        );
        assert_eq!(apply_delta(b"hello world", &[11, 9, 0], 100), None, "reserved instruction");
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(base in proptest::collection::vec(any::<u8>(), 0..40), delta in proptest::collection::vec(any::<u8>(), 0..40), offset in any::<u64>()) {
            let _ = entry_header(&delta, offset);
            let result = apply_delta(&base, &delta, 1 << 20).unwrap_or_default();
            prop_assert!(result.capacity() < 1 << 21);
        }
    }
}
