//! A pack and its index as files (gitformat-pack(5)): where an object lies, and the bytes that lie there.
//!
//! Both are read by position into memory of our own, never mapped: any number of threads share the files, and what has
//! been read costs no memory once it is let go. Whatever has another form than the usual one is answered with `None`;
//! the git library is asked then.

use std::{
    cmp,
    fs::File,
    io,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use git2::ObjectType;

use crate::model::ObjectId;

const NAME: usize = 20;
/// The index begins with a mark, its version, and for each first byte how many names begin with it or a lower one.
const INDEX_HEADER: usize = 8 + 4 * 256;
/// The pack's mark, version and count; behind the last object stands a digest.
const PACK_HEADER: u64 = 12;
/// A part of the index that is asked more often than this is read whole.
const SELDOM: u32 = 12;
/// So many names are read of a part that is not read whole, around where a name should be.
const AROUND: usize = 128;
/// How often another place is tried: each try comes nearer, since names are spread evenly.
const TRIES: usize = 4;
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
        self.first(first, |pack| pack.offset(id))
    }

    /// As [`Self::find`], for one of some objects that lie anywhere: no part of an index is read whole for it.
    pub(super) fn glance(&self, id: ObjectId, first: usize) -> Option<(usize, u64)> {
        self.first(first, |pack| pack.place(id, true))
    }

    fn first(&self, first: usize, place: impl Fn(&Pack) -> Option<u64>) -> Option<(usize, u64)> {
        let others = (0..self.0.len()).filter(|at| *at != first);
        std::iter::once(first).chain(others).find_map(|at| Some((at, place(self.0.get(at)?)?)))
    }

    /// Brings near what tells where some objects lie, if they are in the pack `at`, before they are read one by one.
    pub(super) fn expect(&self, ids: impl Iterator<Item = ObjectId>, at: usize) {
        if let Some(pack) = self.0.get(at) {
            // What is far from the processor takes long to come; asked for together, it comes together.
            std::hint::black_box(ids.map(|id| u32::from(pack.glimpse(id))).sum::<u32>());
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Pack> {
        self.0.get(at)
    }
}

/// A pack with its index.
pub(super) struct Pack {
    index: File,
    data: File,
    /// Where the objects end.
    end: u64,
    /// The length of the index, in bytes.
    length: u64,
    counts: Vec<u32>,
    /// The part of the index for each first byte of a name.
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
    fn glimpse(&self, name: &[u8; NAME]) -> Option<u8> {
        let near = self.near(name)?;
        near.get(likely(name, near.len())?)?.offset.first().copied()
    }
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
        let (index, data) = (File::open(path).ok()?, File::open(path.with_extension("pack")).ok()?);
        let mut header = [0; INDEX_HEADER];
        read_at(&index, &mut header, 0).ok()?;
        let counts: Vec<u32> =
            header.get(8..)?.as_chunks().0.iter().map(|at| u32::from_be_bytes(*at)).collect();
        let mut mark = [0; PACK_HEADER as usize];
        read_at(&data, &mut mark, 0).ok()?;
        let usual = header.starts_with(b"\xfftOc\0\0\0\x02") && mark.starts_with(b"PACK\0\0\0\x02");
        let end = data.metadata().ok()?.len().checked_sub(NAME as u64)?;
        let length = index.metadata().ok()?.len();
        let parts = (0..256).map(|_| Part::default()).collect();
        (usual && counts.is_sorted()).then_some(Self { index, data, end, length, counts, parts })
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
        self.place(id, false)
    }

    /// A byte from where a name should be in the index; any where that is not in memory.
    fn glimpse(&self, id: ObjectId) -> u8 {
        let [first, ..] = *id.as_bytes();
        let whole = self.parts.get(usize::from(first)).and_then(|part| part.whole.get()?.as_ref());
        whole.and_then(|table| table.glimpse(id.as_bytes())).unwrap_or(0)
    }

    fn place(&self, id: ObjectId, glance: bool) -> Option<u64> {
        let first = usize::from(*id.as_bytes().first()?);
        let part = self.parts.get(first)?;
        let few =
            part.whole.get().is_none() && (glance || part.asked.fetch_add(1, Ordering::Relaxed) < SELDOM);
        let near = if few { self.near(first, id.as_bytes()) } else { None };
        let offset = match near {
            Some(near) => near?,
            None => part.whole.get_or_init(|| self.part(first)).as_ref()?.find(id.as_bytes())?,
        };
        if offset & 1 << 31 == 0 {
            return Some(u64::from(offset));
        }
        // Above two gigabytes the place stands in a table of its own, behind the others.
        let far = self.table(NAME + 4 + 4) + u64::from(offset & !(1 << 31)) * 8;
        let mut place = [0; 8];
        read_at(&self.index, &mut place, far).ok()?;
        Some(u64::from_be_bytes(place))
    }

    /// Where a table of the index starts, when this many bytes for each object stand before it.
    fn table(&self, before: usize) -> u64 {
        INDEX_HEADER as u64 + u64::from(self.counts.last().copied().unwrap_or(0)) * before as u64
    }

    /// The entries of the names with this first byte: where they start, and how many there are.
    fn range(&self, first: usize) -> Option<(u64, usize)> {
        let from = first.checked_sub(1).map_or(Some(&0), |before| self.counts.get(before))?;
        Some((u64::from(*from), (self.counts.get(first)? - from) as usize))
    }

    /// The entry of a name from those around the place where it should be, or that there is none; `None` where they do
    /// not tell.
    fn near(&self, first: usize, name: &[u8; NAME]) -> Option<Option<u32>> {
        let (from, count) = self.range(first)?;
        let (mut guess, mut room) = (guess(name, count)?, [0; AROUND * NAME]);
        for _ in 0..TRIES {
            let start = guess.saturating_sub(AROUND / 2);
            let end = (start + AROUND).min(count);
            let bytes = room.get_mut(..(end - start) * NAME)?;
            read_at(&self.index, bytes, self.table(0) + (from + start as u64) * NAME as u64).ok()?;
            let names: &[[u8; NAME]] = bytes.as_chunks().0;
            match names.binary_search_by(|at| compare(at, name)) {
                Ok(at) => {
                    let mut offset = [0; 4];
                    let at = from + (start + at) as u64;
                    read_at(&self.index, &mut offset, self.table(NAME + 4) + at * 4).ok()?;
                    return Some(Some(u32::from_be_bytes(offset)));
                }
                Err(0) if start > 0 => guess = nearer(name, names.first()?, start, count),
                Err(at) if at == names.len() && end < count => {
                    guess = nearer(name, names.last()?, end - 1, count);
                }
                Err(_) => return Some(None),
            }
        }
        None
    }

    fn part(&self, first: usize) -> Option<Table> {
        let (from, count) = self.range(first)?;
        let read = |table: u64, width: usize| {
            // A damaged index must not make us ask for more than there is.
            let start = table + from * width as u64;
            let length = count * width;
            (start + length as u64 <= self.length).then_some(())?;
            let mut bytes = vec![0; length];
            read_at(&self.index, &mut bytes, start).ok()?;
            Some(bytes)
        };
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
fn nearer(name: &[u8; NAME], other: &[u8; NAME], at: usize, count: usize) -> usize {
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
            let mut name = [0; NAME];
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

/// Fills `bytes` from a place in the file, whatever other threads read of it.
pub(super) fn read_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, bytes, offset);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset);
        match read {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                bytes = bytes.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

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

        #[test]
        fn no_bytes_can_do_harm(base in proptest::collection::vec(any::<u8>(), 0..40), delta in proptest::collection::vec(any::<u8>(), 0..40), offset in any::<u64>()) {
            let _ = head(&delta, offset);
            let made = patch(&base, &delta, 1 << 20).unwrap_or_default();
            prop_assert!(made.capacity() < 1 << 21);
        }
    }
}
