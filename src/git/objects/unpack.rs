//! Objects out of packs: found by their place, inflated, and built on the objects that they are stored as deltas of.
//!
//! Whatever an entry says of itself is checked against what there is: offsets, sizes, the end of the deflated data, the
//! length of a chain of deltas. Where it does not fit, the answer is `None`, and whoever asked names the object.

use std::{
    hash::{BuildHasherDefault, Hash, Hasher},
    rc::Rc,
};

use git2::ObjectType;
use libdeflater::Decompressor;

use super::{
    block_cache::BlockCache,
    clock_cache::ClockCache,
    pack::{self, EntryKind, MOST, Object, Packs},
};
use crate::model::IdHasher;

/// A head is at most ten bytes of size and twenty of a name.
const HEAD: usize = 32;
/// Deltas upon deltas; git itself makes fifty. A chain that goes in a circle ends here too.
const DEEPEST: usize = 4096;
/// The bytes of objects kept since others may be stored as what differs from them: enough for the folders that a few
/// versions in a row change.
const KEPT: usize = 8 << 20;
/// What is built on the way to an object is kept up to this size; copying more costs more than building it again.
const SMALL: usize = 4 << 10;

/// An object that was read.
pub(super) enum ReadObject {
    /// Its bytes are [`Unpacking::content`] until the next one is read.
    Whole(ObjectType),
    /// It was built on others, and is kept with them.
    Cached(Object),
}

/// Where an object lies: the pack, and the place in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PackOffset(usize, u64);

impl Hash for PackOffset {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Places are near one another; the product spreads them over all bits (Knuth's multiplicative hash).
        let spread = (self.1 ^ (self.0 as u64) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state.write(&spread.to_le_bytes());
    }
}

/// What unpacking needs again and again.
pub(super) struct Unpacking {
    blocks: BlockCache,
    inflater: Decompressor,
    /// The pack that was right last time.
    pub(in crate::git) pack: usize,
    /// Objects that stand behind others, or were built on others.
    bases: ClockCache<PackOffset, Object, BuildHasherDefault<IdHasher>>,
    /// The deltas of a chain, one behind the other.
    deltas: Vec<u8>,
    /// An object that stands alone.
    pub(in crate::git) content: Vec<u8>,
}

impl Unpacking {
    pub(in crate::git) fn new() -> Self {
        Self {
            blocks: BlockCache::default(),
            inflater: Decompressor::new(),
            pack: 0,
            bases: ClockCache::new(KEPT),
            deltas: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Reads the object at a place; `None` where it is damaged.
    pub(in crate::git) fn read(&mut self, packs: &Packs, (pack, offset): (usize, u64)) -> Option<ReadObject> {
        self.pack = pack;
        let head = pack::head(self.blocks.bytes(packs, pack, offset, HEAD)?, offset)?;
        let EntryKind::Whole(kind) = head.kind else {
            return self.resolve_delta(packs, PackOffset(pack, offset)).map(ReadObject::Cached);
        };
        packs.get(pack)?.can_hold(head.size, offset).then_some(())?;
        let mut content = std::mem::take(&mut self.content);
        content.resize(head.size, 0);
        let inflated = self.inflate(packs, (pack, offset + head.length), &mut content);
        self.content = content;
        inflated.map(|()| ReadObject::Whole(kind))
    }

    /// Reads an object to keep it, as [`Self::read`] does.
    pub(in crate::git) fn shared(&mut self, packs: &Packs, (pack, offset): (usize, u64)) -> Option<Object> {
        self.pack = pack;
        self.resolve_delta(packs, PackOffset(pack, offset))
    }

    /// Builds an object on those that it is stored as a delta of, however many, and keeps it.
    fn resolve_delta(&mut self, packs: &Packs, place: PackOffset) -> Option<Object> {
        let PackOffset(pack, mut at) = place;
        let (mut chain, mut used) = (Vec::new(), 0usize);
        let (kind, mut bytes) = loop {
            if let Some(known) = self.bases.get(&PackOffset(pack, at)) {
                break known;
            }
            let head = pack::head(self.blocks.bytes(packs, pack, at, HEAD)?, at)?;
            let body = at + head.length;
            packs.get(pack)?.can_hold(head.size, at).then_some(())?;
            let before = match head.kind {
                EntryKind::Whole(kind) => {
                    let mut whole = vec![0; head.size];
                    self.inflate(packs, (pack, body), &mut whole)?;
                    break self.keep(PackOffset(pack, at), kind, whole);
                }
                EntryKind::OfsDelta(before) => before,
                EntryKind::RefDelta(name) => packs.get(pack)?.offset(name)?,
            };
            let end = used.checked_add(head.size)?;
            (end <= MOST && chain.len() < DEEPEST).then_some(())?;
            let mut deltas = std::mem::take(&mut self.deltas);
            deltas.resize(deltas.len().max(end), 0);
            let inflated = self.inflate(packs, (pack, body), deltas.get_mut(used..end)?);
            self.deltas = deltas;
            inflated?;
            chain.push((at, used..end));
            (used, at) = (end, before);
        };
        for (at, delta) in chain.into_iter().rev() {
            let built = pack::patch(&bytes, self.deltas.get(delta)?, MOST)?;
            // Neighbours in history stand on one another: what is built on the way to one is often asked for next.
            bytes = if PackOffset(pack, at) == place || built.len() <= SMALL {
                self.keep(PackOffset(pack, at), kind, built).1
            } else {
                Rc::new(built)
            };
        }
        Some((kind, bytes))
    }

    /// The kind of the object at a place, which is that of the first in its chain of deltas; `None` where that is damaged.
    pub(in crate::git) fn kind(packs: &Packs, (pack, mut at): (usize, u64)) -> Option<ObjectType> {
        for _ in 0..DEEPEST {
            // One look here and there: the bytes around it are not wanted.
            at = match pack::head(packs.get(pack)?.read_up_to(at, &mut [0; HEAD])?, at)?.kind {
                EntryKind::Whole(kind) => return Some(kind),
                EntryKind::OfsDelta(before) => before,
                EntryKind::RefDelta(name) => packs.get(pack)?.offset(name)?,
            };
        }
        None
    }

    /// Fills `out`, which has room for the whole object.
    fn inflate(&mut self, packs: &Packs, at: (usize, u64), out: &mut [u8]) -> Option<()> {
        // What cannot be made smaller grows a little.
        let usual = out.len() + out.len() / 512 + 64;
        let packed = self.blocks.bytes(packs, at.0, at.1, usual)?;
        let mut written = self.inflater.zlib_decompress(packed, out);
        if written.is_err() {
            // Some programs deflate in many small blocks, which grow more.
            let packed = self.blocks.bytes(packs, at.0, at.1, usual * 2 + (64 << 10))?;
            written = self.inflater.zlib_decompress(packed, out);
        }
        (written.ok()? == out.len()).then_some(())
    }

    fn keep(&mut self, at: PackOffset, kind: ObjectType, bytes: Vec<u8>) -> Object {
        let (size, kept) = (bytes.len(), (kind, Rc::new(bytes)));
        self.bases.insert(at, kept.clone(), size);
        kept
    }
}
