//! The index of a pack as a file (gitformat-pack(5)): where in the pack each object lies.
//!
//! A few names are looked for in the file; a part of it that is asked more often is read whole.

use std::{
    cmp,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::git::file::Handle;
use crate::model::ObjectId;

const NAME: usize = 20;
/// For each first byte how many names begin with it or a lower one.
const FAN_OUT: usize = 4 * 256;
/// What stands before that from version 2 on.
const MARK: &[u8; 8] = b"\xfftOc\0\0\0\x02";
/// At the end stand the digests of the pack and of the index itself.
const DIGESTS: u64 = 40;
/// For each object: its name, a checksum, where it lies.
const ENTRY: u64 = 28;
/// Version 1 has one table, of where an object lies and its name.
const OLD_ENTRY: usize = 24;
/// A part of the index that is asked more often than this is read whole.
const SELDOM: u32 = 12;
/// So many names are read of a part that is not read whole, around where a name should be.
const AROUND: usize = 128;
/// How often another place is tried: each try comes nearer, since names are spread evenly.
const TRIES: usize = 4;

/// The index of a pack.
pub(in crate::git) struct Index {
    file: Handle,
    /// Whether it has the form of version 1.
    is_old: bool,
    /// The digest of the pack that it was made for.
    pack_digest: [u8; NAME],
    counts: Vec<u32>,
    /// The part for each first byte of a name.
    parts: Vec<Part>,
}

/// A part of the index: the names with one first byte, ascending, and where each lies.
#[derive(Default)]
struct Part {
    /// How often it was asked.
    asked: AtomicU32,
    /// All of it, read when it was asked often enough.
    whole: OnceLock<Option<Table>>,
}

/// Names that share their first byte, ascending, and where each lies.
struct Table {
    entries: Box<[Entry]>,
    /// Where the names with each second byte start, and where the last ones end.
    starts: Box<[u32]>,
}

/// A name and the entry of its object in the second table, side by side: each look at memory that is far away counts.
struct Entry {
    name: [u8; NAME],
    offset: [u8; 4],
}

impl Table {
    fn new(names: &[[u8; NAME]], offsets: &[[u8; 4]]) -> Self {
        let start = |second: u16| names.partition_point(|[_, at, ..]| u16::from(*at) < second);
        let starts = (0..=256).map(|second| u32::try_from(start(second)).unwrap_or(u32::MAX)).collect();
        let entries = names.iter().zip(offsets).map(|(name, offset)| Entry { name: *name, offset: *offset });
        Self { entries: entries.collect(), starts }
    }

    /// The entries of the names that share the second byte with this one.
    fn near(&self, name: &[u8; NAME]) -> Option<&[Entry]> {
        let [_, second, ..] = *name;
        let [from, to] = *self.starts.get(usize::from(second)..)?.first_chunk()?;
        self.entries.get(from as usize..to as usize)
    }

    /// The entry of a name in the second table.
    fn find(&self, name: &[u8; NAME]) -> Option<u32> {
        Some(u32::from_be_bytes(place(self.near(name)?, name)?.offset))
    }

    /// A byte from where the name should be.
    fn prefetch(&self, name: &[u8; NAME]) -> Option<u8> {
        let near = self.near(name)?;
        near.get(likely(name, near.len())?)?.offset.first().copied()
    }
}

impl Index {
    /// The index that this file holds. Its size must fit its counts, so that nothing is read beyond its end.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(in crate::git) fn open(path: &Path, keep_open: bool) -> Result<Self, &'static str> {
        let (file, length) = Handle::open(path, keep_open).map_err(|_| "it cannot be read")?;
        let (mut mark, mut counts) = ([0; MARK.len()], [0; FAN_OUT]);
        file.read_at(&mut mark, 0).map_err(|_| "it is cut off")?;
        let is_old = mark.first_chunk::<4>() != MARK.first_chunk();
        if !is_old && mark != *MARK {
            return Err("it has an unknown version");
        }
        let start = if is_old { 0 } else { MARK.len() as u64 };
        file.read_at(&mut counts, start).map_err(|_| "it is cut off")?;
        let counts: Vec<u32> = counts.as_chunks().0.iter().map(|at| u32::from_be_bytes(*at)).collect();
        let count = u64::from(counts.last().copied().unwrap_or(0));
        let (entry, far) = if is_old { (OLD_ENTRY as u64, 0) } else { (ENTRY, 8 * count.saturating_sub(1)) };
        let least = start + FAN_OUT as u64 + count * entry + DIGESTS;
        if !counts.is_sorted() || !(least..=least + far).contains(&length) {
            return Err("its counts are damaged, or it is cut off");
        }
        let mut pack_digest = [0; NAME];
        file.read_at(&mut pack_digest, length - DIGESTS).map_err(|_| "it is cut off")?;
        let parts = (0..256).map(|_| Part::default()).collect();
        Ok(Self { file, is_old, pack_digest, counts, parts })
    }

    /// How many objects it has.
    pub(in crate::git) fn count(&self) -> u32 {
        self.counts.last().copied().unwrap_or(0)
    }

    /// The digest of the pack that it was made for.
    pub(super) fn pack_digest(&self) -> [u8; NAME] {
        self.pack_digest
    }

    /// The objects whose names begin with these hexadecimal digits, of which there are at least two.
    pub(in crate::git) fn starting_with(&self, digits: &str) -> Vec<ObjectId> {
        let first = digits.get(..2).and_then(|first| usize::from_str_radix(first, 16).ok());
        let table = first.and_then(|first| Some((first, self.parts.get(first)?)));
        let table = table.and_then(|(first, part)| part.whole.get_or_init(|| self.part(first)).as_ref());
        let entries = table.map_or(&[][..], |table| &table.entries);
        let ids = entries.iter().map(|entry| ObjectId::from_bytes(entry.name));
        ids.filter(|id| id.to_string().starts_with(digits)).collect()
    }

    /// A byte from where a name should be in the index; any where that is not in memory.
    pub(super) fn prefetch(&self, id: ObjectId) -> u8 {
        let [first, ..] = *id.as_bytes();
        let whole = self.parts.get(usize::from(first)).and_then(|part| part.whole.get()?.as_ref());
        whole.and_then(|table| table.prefetch(id.as_bytes())).unwrap_or(0)
    }

    /// Where an object lies in the pack. With `cold` no part of the index is read whole for it.
    pub(in crate::git) fn offset(&self, id: ObjectId, cold: bool) -> Option<u64> {
        let first = usize::from(*id.as_bytes().first()?);
        let part = self.parts.get(first)?;
        let few = part.whole.get().is_none() && (cold || part.asked.fetch_add(1, Ordering::Relaxed) < SELDOM);
        let near = if few { self.near(first, id.as_bytes()) } else { None };
        let offset = match near {
            Some(near) => near?,
            None => part.whole.get_or_init(|| self.part(first)).as_ref()?.find(id.as_bytes())?,
        };
        if self.is_old || offset & 1 << 31 == 0 {
            return Some(u64::from(offset));
        }
        // Above two gigabytes the place stands in a table of its own, behind the others.
        let far = self.table(NAME + 4 + 4) + u64::from(offset & !(1 << 31)) * 8;
        let mut place = [0; 8];
        // A place beyond the table is one beyond the pack: the object is damaged, not missing.
        let read = self.file.read_at(&mut place, far);
        Some(read.map_or(u64::MAX, |()| u64::from_be_bytes(place)))
    }

    /// Where a table of the index starts, when this many bytes for each object stand before it.
    fn table(&self, before: usize) -> u64 {
        let start = if self.is_old { 0 } else { MARK.len() };
        (start + FAN_OUT) as u64 + u64::from(self.count()) * before as u64
    }

    /// The entries of the names with this first byte: where they start, and how many there are.
    fn range(&self, first: usize) -> Option<(u64, usize)> {
        let from = first.checked_sub(1).map_or(Some(&0), |before| self.counts.get(before))?;
        Some((u64::from(*from), (self.counts.get(first)? - from) as usize))
    }

    /// The entry of a name from those around the place where it should be, or that there is none; `None` where they do
    /// not tell.
    fn near(&self, first: usize, name: &[u8; NAME]) -> Option<Option<u32>> {
        if self.is_old {
            return None;
        }
        let (from, count) = self.range(first)?;
        let (mut guess, mut room) = (guess(name, count)?, [0; AROUND * NAME]);
        for _ in 0..TRIES {
            let start = guess.saturating_sub(AROUND / 2);
            let end = (start + AROUND).min(count);
            let bytes = room.get_mut(..(end - start) * NAME)?;
            self.file.read_at(bytes, self.table(0) + (from + start as u64) * NAME as u64).ok()?;
            let names: &[[u8; NAME]] = bytes.as_chunks().0;
            match names.binary_search_by(|at| compare(at, name)) {
                Ok(at) => {
                    let mut offset = [0; 4];
                    let at = from + (start + at) as u64;
                    self.file.read_at(&mut offset, self.table(NAME + 4) + at * 4).ok()?;
                    return Some(Some(u32::from_be_bytes(offset)));
                }
                Err(0) if start > 0 => guess = interpolate(name, names.first()?, start, count),
                Err(at) if at == names.len() && end < count => {
                    guess = interpolate(name, names.last()?, end - 1, count);
                }
                Err(_) => return Some(None),
            }
        }
        None
    }

    fn part(&self, first: usize) -> Option<Table> {
        let (from, count) = self.range(first)?;
        let read = |table: u64, width: usize| {
            let mut bytes = vec![0; count * width];
            self.file.read_at(&mut bytes, table + from * width as u64).ok()?;
            Some(bytes)
        };
        if self.is_old {
            let entries = read(self.table(0), OLD_ENTRY)?;
            let entries: &[[u8; OLD_ENTRY]] = entries.as_chunks().0;
            let split = |[a, b, c, d, name @ ..]: &[u8; OLD_ENTRY]| (*name, [*a, *b, *c, *d]);
            let (names, offsets): (Vec<_>, Vec<_>) = entries.iter().map(split).unzip();
            return Some(Table::new(&names, &offsets));
        }
        let (names, offsets) = (read(self.table(0), NAME)?, read(self.table(NAME + 4), 4)?);
        Some(Table::new(names.as_chunks().0, offsets.as_chunks().0))
    }
}

/// The entry of a name among ascending ones that share the first two bytes. Names are digests, spread evenly: the first look
/// is near, and from there it goes by steps that double, which touches fewer places in memory than halving does.
fn place<'e>(entries: &'e [Entry], name: &[u8; NAME]) -> Option<&'e Entry> {
    let order = |at: &Entry| compare(&at.name, name);
    let guess = likely(name, entries.len())?;
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
    let near = entries.get(from..entries.len().min(to + 1))?;
    near.binary_search_by(order).ok().and_then(|at| near.get(at))
}

/// Where a name should be among so many that share the first two bytes.
fn likely(name: &[u8; NAME], count: usize) -> Option<usize> {
    usize::try_from(((front(name) << 8 >> 32) * count as u64) >> 32).ok()
}

/// Where a name should be among so many that are spread evenly.
fn guess(name: &[u8; NAME], count: usize) -> Option<usize> {
    usize::try_from(((front(name) >> 32) * count as u64) >> 32).ok()
}

/// Where a name should be among so many, of which `other` stands at `at`.
fn interpolate(name: &[u8; NAME], other: &[u8; NAME], at: usize, count: usize) -> usize {
    let (name, other) = (front(name), front(other));
    let steps = usize::try_from(((name.abs_diff(other) >> 32) * count as u64) >> 32).unwrap_or(0);
    if name < other { at.saturating_sub(steps) } else { (at + steps).min(count.saturating_sub(1)) }
}

/// The bytes of a name that stand behind the first, which all names of a part share.
fn front(name: &[u8; NAME]) -> u64 {
    let [_, a, b, c, d, e, f, g, h, ..] = *name;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The order of two names of a part; nearly always told by numbers alone.
fn compare(one: &[u8; NAME], other: &[u8; NAME]) -> cmp::Ordering {
    front(one).cmp(&front(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn names_are_found(mut names in proptest::collection::vec(any::<[u8; 20]>(), 0..300), other in any::<[u8; 20]>(), even in any::<bool>()) {
            names.iter_mut().for_each(|name| {
                name[0] = 7;
                if !even {
                    (name[1], name[2]) = (9, name[2] & 1);
                }
            });
            names.sort_unstable();
            names.dedup();
            let offsets: Vec<_> = (0..).take(names.len()).map(u32::to_be_bytes).collect();
            let table = Table::new(&names, &offsets);
            for (at, name) in (0..).zip(&names) {
                prop_assert_eq!(table.find(name), Some(at));
            }
            let found = names.binary_search(&other).ok();
            prop_assert_eq!(table.find(&other), found.and_then(|at| u32::try_from(at).ok()));
        }
    }
}
