//! Looks up object offsets in a pack index (gitformat-pack(5)).
//!
//! The first lookups probe the file; a bucket with more lookups is loaded whole.

use std::{
    cmp,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::git::file::SharedFile;
use crate::model::ObjectId;

/// Bytes of an object ID (SHA-1).
const ID_LENGTH: usize = 20;
/// The fan-out table: for each first byte, the number of IDs that begin with it or a lower byte.
const FAN_OUT_SIZE: usize = 4 * 256;
/// Magic number and version of version 2. Version 1 has no header.
const MAGIC: &[u8; 8] = b"\xfftOc\0\0\0\x02";
/// Checksums of the pack and of the index, at the end of the file.
const TRAILER: u64 = 40;
/// Bytes of version 2 for each object: ID, CRC32, offset.
const ENTRY_SIZE: u64 = 28;
/// Version 1 has one table of offsets and IDs.
const V1_ENTRY_SIZE: usize = 24;
/// Lookups in a bucket before it is loaded whole.
const MAX_COLD_LOOKUPS: u32 = 12;
/// Number of IDs that one probe reads, around the expected position.
const PROBE_IDS: usize = 128;
/// Number of probes before the bucket is loaded. IDs are evenly distributed, so each probe gets closer.
const MAX_PROBES: usize = 4;

/// A pack index.
pub(in crate::git) struct Index {
    file: SharedFile,
    /// Whether its version is 1.
    is_v1: bool,
    /// Checksum of the pack that it belongs to.
    pack_checksum: [u8; ID_LENGTH],
    /// The fan-out table, 256 entries.
    fan_out: Vec<u32>,
    /// A bucket for each first byte of an ID.
    buckets: Vec<Bucket>,
}

/// The IDs with one first byte, and their offsets.
#[derive(Default)]
struct Bucket {
    /// Number of lookups so far.
    lookups: AtomicU32,
    /// All entries, loaded after [`MAX_COLD_LOOKUPS`]; `None` if they cannot be read.
    table: OnceLock<Option<Table>>,
}

/// The IDs with one first byte, ascending, and their offsets.
struct Table {
    entries: Box<[Entry]>,
    /// The index of the first entry with each second byte, then the number of entries.
    starts: Box<[u32]>,
}

/// An ID and its 4-byte offset, adjacent in memory so that a lookup has one cache miss, not two.
struct Entry {
    id: [u8; ID_LENGTH],
    offset: [u8; 4],
}

impl Table {
    fn new(ids: &[[u8; ID_LENGTH]], offsets: &[[u8; 4]]) -> Self {
        let start = |second: u16| ids.partition_point(|[_, at, ..]| u16::from(*at) < second);
        let starts = (0..=256).map(|second| u32::try_from(start(second)).unwrap_or(u32::MAX)).collect();
        let entries = ids.iter().zip(offsets).map(|(id, offset)| Entry { id: *id, offset: *offset });
        Self { entries: entries.collect(), starts }
    }

    /// The entries that share the second byte with `id`.
    fn second_byte_range(&self, id: &[u8; ID_LENGTH]) -> Option<&[Entry]> {
        let [_, second, ..] = *id;
        let [from, to] = *self.starts.get(usize::from(second)..)?.first_chunk()?;
        self.entries.get(from as usize..to as usize)
    }

    /// The 4-byte offset of an object.
    fn find(&self, id: &[u8; ID_LENGTH]) -> Option<u32> {
        Some(u32::from_be_bytes(find_entry(self.second_byte_range(id)?, id)?.offset))
    }

    /// Loads a byte near the expected position of `id`.
    fn prefetch(&self, id: &[u8; ID_LENGTH]) -> Option<u8> {
        let range = self.second_byte_range(id)?;
        range.get(guess_in_table(id, range.len())?)?.offset.first().copied()
    }
}

impl Index {
    /// Opens an index. Its size must match its fan-out table, so that no read goes beyond its end.
    ///
    /// # Errors
    /// A description of what is wrong with it.
    pub(in crate::git) fn open(path: &Path, keep_open: bool) -> Result<Self, &'static str> {
        let (file, length) = SharedFile::open(path, keep_open).map_err(|_| "it cannot be read")?;
        let (mut magic, mut fan_out) = ([0; MAGIC.len()], [0; FAN_OUT_SIZE]);
        file.read_at(&mut magic, 0).map_err(|_| "it is truncated")?;
        let is_v1 = magic.first_chunk::<4>() != MAGIC.first_chunk();
        if !is_v1 && magic != *MAGIC {
            return Err("it has an unknown version");
        }
        let start = if is_v1 { 0 } else { MAGIC.len() as u64 };
        file.read_at(&mut fan_out, start).map_err(|_| "it is truncated")?;
        let fan_out: Vec<u32> = fan_out.as_chunks().0.iter().map(|at| u32::from_be_bytes(*at)).collect();
        let count = u64::from(fan_out.last().copied().unwrap_or(0));
        let (entry, large_offsets) =
            if is_v1 { (V1_ENTRY_SIZE as u64, 0) } else { (ENTRY_SIZE, 8 * count.saturating_sub(1)) };
        let least = start + FAN_OUT_SIZE as u64 + count * entry + TRAILER;
        if !fan_out.is_sorted() || !(least..=least + large_offsets).contains(&length) {
            return Err("its fan-out table is damaged, or it is truncated");
        }
        let mut pack_checksum = [0; ID_LENGTH];
        file.read_at(&mut pack_checksum, length - TRAILER).map_err(|_| "it is truncated")?;
        let buckets = (0..256).map(|_| Bucket::default()).collect();
        Ok(Self { file, is_v1, pack_checksum, fan_out, buckets })
    }

    /// Number of objects.
    pub(in crate::git) fn count(&self) -> u32 {
        self.fan_out.last().copied().unwrap_or(0)
    }

    /// Checksum of the pack that it belongs to.
    pub(super) fn pack_checksum(&self) -> [u8; ID_LENGTH] {
        self.pack_checksum
    }

    /// The objects whose IDs begin with these hex digits, of which there must be at least two.
    pub(in crate::git) fn with_prefix(&self, digits: &str) -> Vec<ObjectId> {
        let first = digits.get(..2).and_then(|first| usize::from_str_radix(first, 16).ok());
        let table = first.and_then(|first| Some((first, self.buckets.get(first)?)));
        let table =
            table.and_then(|(first, bucket)| bucket.table.get_or_init(|| self.read_bucket(first)).as_ref());
        let entries = table.map_or(&[][..], |table| &table.entries);
        let ids = entries.iter().map(|entry| ObjectId::from_bytes(entry.id));
        ids.filter(|id| id.to_string().starts_with(digits)).collect()
    }

    /// Loads a byte near the index entry of `id`, to prefetch it; 0 if its bucket is not loaded.
    pub(super) fn prefetch(&self, id: ObjectId) -> u8 {
        let [first, ..] = *id.as_bytes();
        let whole = self.buckets.get(usize::from(first)).and_then(|bucket| bucket.table.get()?.as_ref());
        whole.and_then(|table| table.prefetch(id.as_bytes())).unwrap_or(0)
    }

    /// The offset of an object in the pack. With `cold`, probes the file instead of loading the bucket.
    pub(in crate::git) fn offset(&self, id: ObjectId, cold: bool) -> Option<u64> {
        let first = usize::from(*id.as_bytes().first()?);
        let bucket = self.buckets.get(first)?;
        let use_probes = bucket.table.get().is_none()
            && (cold || bucket.lookups.fetch_add(1, Ordering::Relaxed) < MAX_COLD_LOOKUPS);
        let found = if use_probes { self.interpolation_search(first, id.as_bytes()) } else { None };
        let offset = match found {
            Some(found) => found?,
            None => bucket.table.get_or_init(|| self.read_bucket(first)).as_ref()?.find(id.as_bytes())?,
        };
        if self.is_v1 || offset & 1 << 31 == 0 {
            return Some(u64::from(offset));
        }
        // With the highest bit set, it is an index into the table of 8-byte offsets at the end.
        let large_offsets = self.table_start(ID_LENGTH + 4 + 4) + u64::from(offset & !(1 << 31)) * 8;
        let mut large_offset = [0; 8];
        // An index beyond the table gives an offset beyond the pack: the object is damaged, not missing.
        let read = self.file.read_at(&mut large_offset, large_offsets);
        Some(read.map_or(u64::MAX, |()| u64::from_be_bytes(large_offset)))
    }

    /// The offset of a table in the file, after tables with `before` bytes for each object.
    fn table_start(&self, before: usize) -> u64 {
        let start = if self.is_v1 { 0 } else { MAGIC.len() };
        (start + FAN_OUT_SIZE) as u64 + u64::from(self.count()) * before as u64
    }

    /// The entries with this first byte: the index of the first, and their number.
    fn range(&self, first: usize) -> Option<(u64, usize)> {
        let from = first.checked_sub(1).map_or(Some(&0), |before| self.fan_out.get(before))?;
        Some((u64::from(*from), (self.fan_out.get(first)? - from) as usize))
    }

    /// Probes the file around the expected position. `Some(None)` if the ID is not in the index; `None` if the probes
    /// are not conclusive.
    fn interpolation_search(&self, first: usize, id: &[u8; ID_LENGTH]) -> Option<Option<u32>> {
        if self.is_v1 {
            return None;
        }
        let (from, count) = self.range(first)?;
        let (mut guess, mut buffer) = (guess_in_bucket(id, count)?, [0; PROBE_IDS * ID_LENGTH]);
        for _ in 0..MAX_PROBES {
            let start = guess.saturating_sub(PROBE_IDS / 2);
            let end = (start + PROBE_IDS).min(count);
            let bytes = buffer.get_mut(..(end - start) * ID_LENGTH)?;
            self.file.read_at(bytes, self.table_start(0) + (from + start as u64) * ID_LENGTH as u64).ok()?;
            let ids: &[[u8; ID_LENGTH]] = bytes.as_chunks().0;
            match ids.binary_search_by(|at| compare(at, id)) {
                Ok(at) => {
                    let mut offset = [0; 4];
                    let at = from + (start + at) as u64;
                    self.file.read_at(&mut offset, self.table_start(ID_LENGTH + 4) + at * 4).ok()?;
                    return Some(Some(u32::from_be_bytes(offset)));
                }
                Err(0) if start > 0 => guess = interpolate(id, ids.first()?, start, count),
                Err(at) if at == ids.len() && end < count => {
                    guess = interpolate(id, ids.last()?, end - 1, count);
                }
                Err(_) => return Some(None),
            }
        }
        None
    }

    fn read_bucket(&self, first: usize) -> Option<Table> {
        let (from, count) = self.range(first)?;
        let read = |table: u64, width: usize| {
            let mut bytes = vec![0; count * width];
            self.file.read_at(&mut bytes, table + from * width as u64).ok()?;
            Some(bytes)
        };
        if self.is_v1 {
            let entries = read(self.table_start(0), V1_ENTRY_SIZE)?;
            let entries: &[[u8; V1_ENTRY_SIZE]] = entries.as_chunks().0;
            let split = |[a, b, c, d, id @ ..]: &[u8; V1_ENTRY_SIZE]| (*id, [*a, *b, *c, *d]);
            let (ids, offsets): (Vec<_>, Vec<_>) = entries.iter().map(split).unzip();
            return Some(Table::new(&ids, &offsets));
        }
        let (ids, offsets) =
            (read(self.table_start(0), ID_LENGTH)?, read(self.table_start(ID_LENGTH + 4), 4)?);
        Some(Table::new(ids.as_chunks().0, offsets.as_chunks().0))
    }
}

/// Finds an ID among entries that share the first two bytes, ascending. IDs are evenly distributed, so a galloping
/// search from the expected position has fewer cache misses than a binary search.
fn find_entry<'e>(entries: &'e [Entry], id: &[u8; ID_LENGTH]) -> Option<&'e Entry> {
    let order = |at: &Entry| compare(&at.id, id);
    let guess = guess_in_table(id, entries.len())?;
    let (mut from, mut to, mut step) = (guess, guess, 2);
    while from > 0 && entries.get(from).is_none_or(|at| order(at).is_gt()) {
        to = from;
        from = from.saturating_sub(step);
        step *= 2;
    }
    while entries.get(to).is_some_and(|at| order(at).is_lt()) {
        from = to;
        to = (to + step).min(entries.len());
        step *= 2;
    }
    let range = entries.get(from..entries.len().min(to + 1))?;
    range.binary_search_by(order).ok().and_then(|at| range.get(at))
}

/// The expected position of an ID among `count` that share the first two bytes.
fn guess_in_table(id: &[u8; ID_LENGTH], count: usize) -> Option<usize> {
    usize::try_from(((sort_key(id) << 8 >> 32) * count as u64) >> 32).ok()
}

/// The expected position of an ID among `count` that share the first byte.
fn guess_in_bucket(id: &[u8; ID_LENGTH], count: usize) -> Option<usize> {
    usize::try_from(((sort_key(id) >> 32) * count as u64) >> 32).ok()
}

/// The expected position of an ID among `count`, given that `other` is at position `at`.
fn interpolate(id: &[u8; ID_LENGTH], other: &[u8; ID_LENGTH], at: usize, count: usize) -> usize {
    let (id, other) = (sort_key(id), sort_key(other));
    let steps = usize::try_from(((id.abs_diff(other) >> 32) * count as u64) >> 32).unwrap_or(0);
    if id < other { at.saturating_sub(steps) } else { (at + steps).min(count.saturating_sub(1)) }
}

/// Bytes 1 to 8 of an ID, without the first byte, which all IDs of a bucket share.
fn sort_key(id: &[u8; ID_LENGTH]) -> u64 {
    let [_, a, b, c, d, e, f, g, h, ..] = *id;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Compares two IDs of a bucket; nearly always one integer comparison.
fn compare(one: &[u8; ID_LENGTH], other: &[u8; ID_LENGTH]) -> cmp::Ordering {
    sort_key(one).cmp(&sort_key(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_is_found(mut ids in proptest::collection::vec(any::<[u8; 20]>(), 0..300), other in any::<[u8; 20]>(), even in any::<bool>()) {
            ids.iter_mut().for_each(|id| {
                id[0] = 7;
                if !even {
                    (id[1], id[2]) = (9, id[2] & 1);
                }
            });
            ids.sort_unstable();
            ids.dedup();
            let offsets: Vec<_> = (0..).take(ids.len()).map(u32::to_be_bytes).collect();
            let table = Table::new(&ids, &offsets);
            for (at, id) in (0..).zip(&ids) {
                prop_assert_eq!(table.find(id), Some(at));
            }
            let found = ids.binary_search(&other).ok();
            prop_assert_eq!(table.find(&other), found.and_then(|at| u32::try_from(at).ok()));
        }
    }
}
