//! Reads objects from packs by offset: inflates entries and resolves delta chains.
//!
//! Validates what an entry claims: offsets, sizes, the end of the deflated data, the length of the delta chain. Returns
//! `None` for a damaged entry; the caller reports the object ID.

use std::{
    hash::{BuildHasherDefault, Hash, Hasher},
    rc::Rc,
};

use git2::ObjectType;
use libdeflater::Decompressor;

use super::{
    block_cache::BlockCache,
    clock_cache::ClockCache,
    pack::{self, EntryKind, MAX_OBJECT_SIZE, Object, Packs},
};
use crate::model::IdHasher;

/// Longest entry header, in bytes: ten for the size, twenty for a base's ID.
const MAX_ENTRY_HEADER: usize = 32;
/// Longest delta chain; git writes at most 50 by default, up to 4095 if configured. Also ends cycles.
const MAX_DELTA_CHAIN: usize = 4096;
/// Size of the cache of base objects, in bytes: enough for the trees that a few consecutive versions change.
const BASE_CACHE_SIZE: usize = 8 << 20;
/// Largest intermediate object of a delta chain that is cached, in bytes; resolving a larger one again is cheaper than
/// caching it.
const MAX_CACHED_INTERMEDIATE: usize = 4 << 10;

/// An object that was read.
pub(super) enum ReadObject {
    /// Its content is in [`Unpacker::content`] until the next read.
    Whole(ObjectType),
    /// It was resolved from deltas, and is in the cache.
    Cached(Object),
}

/// Index of the pack, and offset in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PackOffset(usize, u64);

impl Hash for PackOffset {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Offsets are close together; the product spreads them over all bits (Knuth's multiplicative hash).
        let spread = (self.1 ^ (self.0 as u64) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state.write(&spread.to_le_bytes());
    }
}

/// Reads objects from packs, with reused buffers and a cache of base objects.
pub(super) struct Unpacker {
    blocks: BlockCache,
    inflater: Decompressor,
    /// The pack that contained the last object.
    pub(in crate::git) pack: usize,
    /// Objects that are bases of deltas, or were resolved from deltas.
    bases: ClockCache<PackOffset, Object, BuildHasherDefault<IdHasher>>,
    /// The inflated deltas of a chain, concatenated.
    deltas: Vec<u8>,
    /// Content of the last undeltified object.
    pub(in crate::git) content: Vec<u8>,
}

impl Unpacker {
    pub(in crate::git) fn new() -> Self {
        Self {
            blocks: BlockCache::default(),
            inflater: Decompressor::new(),
            pack: 0,
            bases: ClockCache::new(BASE_CACHE_SIZE),
            deltas: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Reads the object at an offset; `None` if it is damaged.
    pub(in crate::git) fn read(&mut self, packs: &Packs, (pack, offset): (usize, u64)) -> Option<ReadObject> {
        self.pack = pack;
        let header = pack::entry_header(self.blocks.bytes(packs, pack, offset, MAX_ENTRY_HEADER)?, offset)?;
        let EntryKind::Whole(kind) = header.kind else {
            return self.resolve_delta(packs, PackOffset(pack, offset)).map(ReadObject::Cached);
        };
        packs.get(pack)?.can_hold(header.size, offset).then_some(())?;
        let mut content = std::mem::take(&mut self.content);
        content.resize(header.size, 0);
        let inflated = self.inflate(packs, (pack, offset + header.length), &mut content);
        self.content = content;
        inflated.map(|()| ReadObject::Whole(kind))
    }

    /// Like [`Self::read`], but caches the object.
    pub(in crate::git) fn read_cached(
        &mut self,
        packs: &Packs,
        (pack, offset): (usize, u64),
    ) -> Option<Object> {
        self.pack = pack;
        self.resolve_delta(packs, PackOffset(pack, offset))
    }

    /// Resolves the delta chain of an object, and caches the object.
    fn resolve_delta(&mut self, packs: &Packs, location: PackOffset) -> Option<Object> {
        let PackOffset(pack, mut at) = location;
        let (mut chain, mut used) = (Vec::new(), 0usize);
        let (kind, mut bytes) = loop {
            if let Some(cached) = self.bases.get(&PackOffset(pack, at)) {
                break cached;
            }
            let header = pack::entry_header(self.blocks.bytes(packs, pack, at, MAX_ENTRY_HEADER)?, at)?;
            let body = at + header.length;
            packs.get(pack)?.can_hold(header.size, at).then_some(())?;
            let base = match header.kind {
                EntryKind::Whole(kind) => {
                    let mut whole = vec![0; header.size];
                    self.inflate(packs, (pack, body), &mut whole)?;
                    break self.cache_base(PackOffset(pack, at), kind, whole);
                }
                EntryKind::OfsDelta(base) => base,
                EntryKind::RefDelta(id) => packs.get(pack)?.offset(id)?,
            };
            let end = used.checked_add(header.size)?;
            (end <= MAX_OBJECT_SIZE && chain.len() < MAX_DELTA_CHAIN).then_some(())?;
            let mut deltas = std::mem::take(&mut self.deltas);
            deltas.resize(deltas.len().max(end), 0);
            let inflated = self.inflate(packs, (pack, body), deltas.get_mut(used..end)?);
            self.deltas = deltas;
            inflated?;
            chain.push((at, used..end));
            (used, at) = (end, base);
        };
        for (at, delta) in chain.into_iter().rev() {
            let resolved = pack::apply_delta(&bytes, self.deltas.get(delta)?, MAX_OBJECT_SIZE)?;
            // Consecutive versions are deltas of one another, so intermediate objects are often read next.
            bytes = if PackOffset(pack, at) == location || resolved.len() <= MAX_CACHED_INTERMEDIATE {
                self.cache_base(PackOffset(pack, at), kind, resolved).1
            } else {
                Rc::new(resolved)
            };
        }
        Some((kind, bytes))
    }

    /// The type of the object at an offset: that of the last base in its delta chain. `None` if the chain is damaged.
    pub(in crate::git) fn kind(packs: &Packs, (pack, mut at): (usize, u64)) -> Option<ObjectType> {
        for _ in 0..MAX_DELTA_CHAIN {
            // Bypasses the block cache: adjacent bytes will not be read.
            at = match pack::entry_header(packs.get(pack)?.read_up_to(at, &mut [0; MAX_ENTRY_HEADER])?, at)?
                .kind
            {
                EntryKind::Whole(kind) => return Some(kind),
                EntryKind::OfsDelta(base) => base,
                EntryKind::RefDelta(id) => packs.get(pack)?.offset(id)?,
            };
        }
        None
    }

    /// The inflated size of all entries in the delta chain of the object at an offset, which is about that of the
    /// object; `None` if the chain is damaged.
    pub(in crate::git) fn chain_size(packs: &Packs, (pack, mut at): (usize, u64)) -> Option<usize> {
        let mut size = 0usize;
        for _ in 0..MAX_DELTA_CHAIN {
            let header =
                pack::entry_header(packs.get(pack)?.read_up_to(at, &mut [0; MAX_ENTRY_HEADER])?, at)?;
            size = size.saturating_add(header.size);
            at = match header.kind {
                EntryKind::Whole(_) => return Some(size),
                EntryKind::OfsDelta(base) => base,
                EntryKind::RefDelta(id) => packs.get(pack)?.offset(id)?,
            };
        }
        None
    }

    /// Inflates the entry at an offset into `out`, which must have the inflated size.
    fn inflate(&mut self, packs: &Packs, at: (usize, u64), out: &mut [u8]) -> Option<()> {
        // Incompressible data grows slightly.
        let expected = out.len() + out.len() / 512 + 64;
        let deflated = self.blocks.bytes(packs, at.0, at.1, expected)?;
        let mut written = self.inflater.zlib_decompress(deflated, out);
        if written.is_err() {
            // Some encoders write many small blocks, which grow more.
            let deflated = self.blocks.bytes(packs, at.0, at.1, expected * 2 + (64 << 10))?;
            written = self.inflater.zlib_decompress(deflated, out);
        }
        (written.ok()? == out.len()).then_some(())
    }

    fn cache_base(&mut self, at: PackOffset, kind: ObjectType, bytes: Vec<u8>) -> Object {
        let (size, object) = (bytes.len(), (kind, Rc::new(bytes)));
        self.bases.insert(at, object.clone(), size);
        object
    }
}
