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
    blocks::Blocks,
    pack::{self, Packs, SharedPacks, Stored},
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
const KEPT: usize = 8 << 20;
/// What is built on the way to an object is kept up to this size; copying more costs more than building it again.
const SMALL: usize = 4 << 10;

/// So many objects are best told of together by [`Objects::expect`].
pub(super) const TOGETHER: usize = 16;

/// A reader of objects for one thread.
pub(super) struct Objects<'r> {
    odb: git2::Odb<'r>,
    packs: SharedPacks,
    unpacking: Unpacking,
    /// The object that was read last, where it is kept.
    last: Option<Rc<Vec<u8>>>,
}

impl<'r> Objects<'r> {
    /// A reader of the objects of `repository`, with what its threads share given by `shared`.
    pub(super) fn new(repository: &'r git2::Repository, shared: &Shared) -> Result<Self, Error> {
        let packs = Arc::clone(&shared.packs);
        packs.get_or_init(|| Packs::open(&repository.commondir().join("objects").join("pack")));
        let odb = own_odb(repository, shared)?;
        Ok(Self { odb, packs, unpacking: Unpacking::new(), last: None })
    }

    /// The kind and the bytes of an object that is read once, as most are.
    pub(super) fn read(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        let packed = self.packs.get().and_then(|packs| self.unpacking.read(packs, id));
        match packed {
            Some(Read::Alone(kind)) => Ok((kind, &self.unpacking.alone)),
            Some(Read::Kept((kind, bytes))) => Ok((kind, self.last.insert(bytes))),
            None => {
                let (kind, bytes) = self.elsewhere(id)?;
                Ok((kind, self.last.insert(bytes)))
            }
        }
    }

    /// The kind and the bytes of an object that may be asked for again, or that others are stored as deltas of: a tree.
    pub(super) fn shared(&mut self, id: ObjectId) -> Result<Kept, Error> {
        let packed = self.packs.get().and_then(|packs| self.unpacking.shared(packs, id));
        packed.map_or_else(|| self.elsewhere(id), Ok)
    }

    /// Tells that some objects will be asked for soon, so that what is known of where they lie comes from memory for all at
    /// once, not for one after another.
    pub(super) fn expect(&self, ids: impl Iterator<Item = ObjectId>) {
        if let Some(packs) = self.packs.get() {
            packs.expect(ids, self.unpacking.pack);
        }
    }

    /// What is in no pack that is read here.
    fn elsewhere(&self, id: ObjectId) -> Result<Kept, Error> {
        let object =
            self.odb.read(oid(id)?).map_err(|source| Error::Object { id: id.to_string(), source })?;
        Ok((object.kind(), Rc::new(object.data().to_vec())))
    }

    /// The kind of an object; `None` where it is not here.
    pub(super) fn kind(&mut self, id: ObjectId) -> Option<ObjectType> {
        let packed = self.packs.get().and_then(|packs| self.unpacking.kind(packs, id));
        packed.or_else(|| Some(self.odb.read_header(oid(id).ok()?).ok()?.1))
    }
}

/// An object that others are stored as deltas of, or may be: its kind, and its bytes.
pub(super) type Kept = (ObjectType, Rc<Vec<u8>>);

/// An object that was read.
enum Read {
    /// It lies in [`Unpacking::alone`] until the next one is read.
    Alone(ObjectType),
    /// It was built on others, and is kept with them.
    Kept(Kept),
}

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
    /// An object that stands alone.
    alone: Vec<u8>,
}

impl Unpacking {
    fn new() -> Self {
        Self {
            blocks: Blocks::default(),
            inflater: Decompressor::new(),
            pack: 0,
            bases: Recent::new(KEPT),
            deltas: Vec::new(),
            alone: Vec::new(),
        }
    }

    /// Reads an object; `None` where the packs do not have it, or have it in a form that is not the usual one.
    fn read(&mut self, packs: &Packs, id: ObjectId) -> Option<Read> {
        let (pack, offset) = packs.find(id, self.pack)?;
        self.pack = pack;
        let head = pack::head(self.blocks.bytes(packs, pack, offset, HEAD)?, offset)?;
        let Stored::Whole(kind) = head.stored else {
            return self.built(packs, Place(pack, offset)).map(Read::Kept);
        };
        (head.size <= MOST).then_some(())?;
        let mut alone = std::mem::take(&mut self.alone);
        alone.resize(head.size, 0);
        let inflated = self.inflate(packs, (pack, offset + head.length), &mut alone);
        self.alone = alone;
        inflated.map(|()| Read::Alone(kind))
    }

    /// Reads an object to keep it, as [`Self::read`] does.
    fn shared(&mut self, packs: &Packs, id: ObjectId) -> Option<Kept> {
        let (pack, offset) = packs.find(id, self.pack)?;
        self.pack = pack;
        self.built(packs, Place(pack, offset))
    }

    /// Builds an object on those that it is stored as a delta of, however many, and keeps it.
    fn built(&mut self, packs: &Packs, place: Place) -> Option<Kept> {
        let Place(pack, mut at) = place;
        let (mut chain, mut used) = (Vec::new(), 0usize);
        let (kind, mut bytes) = loop {
            if let Some(known) = self.bases.get(&Place(pack, at)) {
                break known;
            }
            let head = pack::head(self.blocks.bytes(packs, pack, at, HEAD)?, at)?;
            let body = at + head.length;
            let before = match head.stored {
                Stored::Whole(kind) => {
                    (head.size <= MOST).then_some(())?;
                    let mut whole = vec![0; head.size];
                    self.inflate(packs, (pack, body), &mut whole)?;
                    break self.keep(Place(pack, at), kind, whole);
                }
                Stored::After(before) => before,
                Stored::AfterName(name) => packs.get(pack)?.offset(name)?,
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
            bytes = if Place(pack, at) == place || built.len() <= SMALL {
                self.keep(Place(pack, at), kind, built).1
            } else {
                Rc::new(built)
            };
        }
        Some((kind, bytes))
    }

    /// The kind of an object, which is that of the first in its chain of deltas.
    fn kind(&mut self, packs: &Packs, id: ObjectId) -> Option<ObjectType> {
        let (pack, mut at) = packs.glance(id, self.pack)?;
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

    /// Fills `out`, which has room for the whole object.
    fn inflate(&mut self, packs: &Packs, at: (usize, u64), out: &mut [u8]) -> Option<()> {
        // What cannot be made smaller grows a little.
        let packed = self.blocks.bytes(packs, at.0, at.1, out.len() + out.len() / 512 + 64)?;
        let written = self.inflater.zlib_decompress(packed, out).ok()?;
        (written == out.len()).then_some(())
    }

    fn keep(&mut self, at: Place, kind: ObjectType, bytes: Vec<u8>) -> Kept {
        let (size, kept) = (bytes.len(), (kind, Rc::new(bytes)));
        self.bases.insert(at, kept.clone(), size);
        kept
    }
}
