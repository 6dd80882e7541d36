//! Objects by name, as one thread reads them: from the packs directly, and what is not there, or not of the usual form,
//! by the git library.
//!
//! Nearly all objects of a history lie in packs, and a history is nearly all commits of a few hundred bytes. Inflating
//! those in one go into memory that is used again takes half the time that the library's streams take.

use std::{
    hash::{BuildHasherDefault, Hash, Hasher},
    rc::Rc,
    sync::Arc,
};

use git2::ObjectType;
use libdeflater::Decompressor;

use super::{
    Error,
    pack::{self, Blocks, Packs, SharedPacks, Stored},
    recent::Recent,
    repository::{Shared, oid, own_odb},
};
use crate::model::{IdHasher, ObjectId};

/// What is larger is read by the git library.
const MOST: usize = 32 << 20;
/// A head is at most ten bytes of size and twenty of a name.
const HEAD: usize = 32;
/// Deltas upon deltas; git itself makes fifty.
const DEEPEST: usize = 4096;
/// The bytes of objects kept since others may be stored as what differs from them: enough for the folders that a few
/// versions in a row change.
const KEPT: usize = 4 << 20;
/// What is built on the way to an object is kept up to this size; copying more costs more than building it again.
const SMALL: usize = 4 << 10;

/// A reader of objects for one thread.
pub(super) struct Objects<'r> {
    odb: git2::Odb<'r>,
    packs: SharedPacks,
    unpacking: Unpacking,
    /// The object that was read last.
    out: Vec<u8>,
}

impl<'r> Objects<'r> {
    /// A reader of the objects of `repository`, with what its threads share given by `shared`.
    pub(super) fn new(repository: &'r git2::Repository, shared: &Shared) -> Result<Self, Error> {
        let packs = Arc::clone(&shared.packs);
        packs.get_or_init(|| Packs::open(&repository.commondir().join("objects").join("pack")));
        let odb = own_odb(repository, shared)?;
        Ok(Self { odb, packs, unpacking: Unpacking::new(), out: Vec::new() })
    }

    /// The kind and the bytes of an object.
    pub(super) fn read(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        let packed = self.packs.get().and_then(|packs| self.unpacking.read(packs, id, &mut self.out));
        let kind = match packed {
            Some(kind) => kind,
            None => {
                let read = self.odb.read(oid(id)?);
                let object = read.map_err(|source| Error::Object { id: id.to_string(), source })?;
                self.out.clear();
                self.out.extend_from_slice(object.data());
                object.kind()
            }
        };
        Ok((kind, &self.out))
    }

    /// The kind of an object; `None` where it is not here.
    pub(super) fn kind(&mut self, id: ObjectId) -> Option<ObjectType> {
        let packed = self.packs.get().and_then(|packs| self.unpacking.kind(packs, id));
        packed.or_else(|| Some(self.odb.read_header(oid(id).ok()?).ok()?.1))
    }
}

/// An object that others are stored as deltas of.
type Kept = (ObjectType, Rc<[u8]>);

/// Where an object lies: the pack, and the place in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place(usize, u64);

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Places are near one another; the product spreads them over all bits (Knuth's multiplicative hash).
        let spread = (self.1 ^ (self.0 as u64) << 48).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state.write(&spread.to_le_bytes());
    }
}

/// What unpacking needs again and again.
struct Unpacking {
    blocks: Blocks,
    inflater: Decompressor,
    /// The pack that was right last time.
    pack: usize,
    /// Objects that stand behind others, or were built on others.
    bases: Recent<Place, Kept, BuildHasherDefault<IdHasher>>,
    /// The deltas of a chain, one behind the other.
    deltas: Vec<u8>,
    /// The other of the two buffers that a chain of deltas is worked off in.
    spare: Vec<u8>,
}

impl Unpacking {
    fn new() -> Self {
        Self {
            blocks: Blocks::default(),
            inflater: Decompressor::new(),
            pack: 0,
            bases: Recent::new(KEPT),
            deltas: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Reads an object into `out`; `None` where the packs do not have it, or have it in a form that is not the usual one.
    fn read(&mut self, packs: &Packs, id: ObjectId, out: &mut Vec<u8>) -> Option<ObjectType> {
        let (pack, offset) = packs.find(id, self.pack)?;
        self.pack = pack;
        let (mut at, mut chain, mut used) = (offset, Vec::new(), 0usize);
        let kind = loop {
            if let Some((kind, bytes)) = self.bases.get(&Place(pack, at)) {
                out.clear();
                out.extend_from_slice(&bytes);
                break kind;
            }
            let head = pack::head(self.blocks.bytes(packs, pack, at, HEAD)?, at)?;
            let body = at + head.length;
            let before = match head.stored {
                Stored::Whole(kind) => {
                    self.inflate(packs, (pack, body), head.size, out)?;
                    if !chain.is_empty() {
                        self.keep(Place(pack, at), kind, out);
                    }
                    break kind;
                }
                Stored::After(before) => before,
                Stored::AfterName(name) => packs.get(pack)?.offset(name)?,
            };
            let end = used.checked_add(head.size)?;
            (end <= MOST && chain.len() < DEEPEST).then_some(())?;
            let mut deltas = std::mem::take(&mut self.deltas);
            deltas.resize(deltas.len().max(end), 0);
            let inflated = self.inflate_into(packs, (pack, body), deltas.get_mut(used..end)?);
            self.deltas = deltas;
            inflated?;
            chain.push((at, used..end));
            (used, at) = (end, before);
        };
        for (at, delta) in chain.into_iter().rev() {
            pack::patch(out, self.deltas.get(delta)?, &mut self.spare, MOST)?;
            std::mem::swap(out, &mut self.spare);
            // Neighbours in history stand on one another: what is built on the way to one is often asked for next.
            if at == offset || out.len() <= SMALL {
                self.keep(Place(pack, at), kind, out);
            }
        }
        Some(kind)
    }

    /// The kind of an object, which is that of the first in its chain of deltas.
    fn kind(&mut self, packs: &Packs, id: ObjectId) -> Option<ObjectType> {
        let (pack, mut at) = packs.find(id, self.pack)?;
        for _ in 0..DEEPEST {
            // One look here and there: the bytes around it are not wanted.
            at = match pack::head(packs.get(pack)?.few(at, &mut [0; HEAD])?, at)?.stored {
                Stored::Whole(kind) => return Some(kind),
                Stored::After(before) => before,
                Stored::AfterName(name) => packs.get(pack)?.offset(name)?,
            };
        }
        None
    }

    fn inflate(&mut self, packs: &Packs, at: (usize, u64), size: usize, out: &mut Vec<u8>) -> Option<()> {
        (size <= MOST).then_some(())?;
        out.resize(size, 0);
        self.inflate_into(packs, at, out)
    }

    /// Fills `out`, which has room for the whole object.
    fn inflate_into(&mut self, packs: &Packs, at: (usize, u64), out: &mut [u8]) -> Option<()> {
        // What cannot be made smaller grows a little.
        let packed = self.blocks.bytes(packs, at.0, at.1, out.len() + out.len() / 512 + 64)?;
        let written = self.inflater.zlib_decompress(packed, out).ok()?;
        (written == out.len()).then_some(())
    }

    fn keep(&mut self, at: Place, kind: ObjectType, bytes: &[u8]) {
        self.bases.insert(at, (kind, bytes.into()), bytes.len());
    }
}
