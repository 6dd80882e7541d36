//! Reads objects by ID, from packs and loose objects, for one thread.
//!
//! Nearly all objects are packed commits of a few hundred bytes. Inflating each in one call into a reused buffer takes
//! half the time of the git library's streams.
//!
//! The git library reads no object, because it trusts headers of packs. If one copy of an object is damaged, the other
//! copies are tried, as git does; if all are damaged, the error has the object ID.

use std::{rc::Rc, sync::Arc};

use git2::ObjectType;
use libdeflater::Decompressor;

use super::{
    database::ObjectDatabase,
    digest::matches_id,
    loose::{self, Loose},
    pack::{Object, Packs},
    unpack::{ReadObject, Unpacker},
};
use crate::git::{Error, Repository, commits::overrides::HistoryOverrides};
use crate::model::ObjectId;

/// Number of objects to pass to [`Objects::prefetch`] at once.
pub(in crate::git) const PREFETCH_BATCH: usize = 16;

/// Bytes of objects that each reader hashes to verify their IDs: all of a small history, and a negligible part of a
/// long one. Beyond that only zlib's checksum is verified, as in git.
const VERIFY_BUDGET: usize = 2 << 20;
/// The empty tree, which need not be stored.
pub(in crate::git) const EMPTY_TREE: ObjectId = ObjectId::from_bytes([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb,
    0xee, 0x49, 0x04,
]);
/// Cost of verifying an object, in addition to its size, in bytes.
const VERIFY_OVERHEAD: usize = 64;

/// A reader of objects for one thread.
pub(in crate::git) struct Objects {
    database: Arc<ObjectDatabase>,
    overrides: Arc<HistoryOverrides>,
    unpacker: Unpacker,
    /// The last object that was read, if it is cached.
    last: Option<Rc<Vec<u8>>>,
    /// Bytes left to verify.
    verify_budget: usize,
    /// The packs, opened again when an object was missing: another process may have packed it meanwhile.
    reopened_packs: Option<Packs>,
}

/// A file with a damaged copy of an object, and what is wrong with it.
type Damage = Option<(String, &'static str)>;

impl Objects {
    /// A reader of the objects of a repository.
    pub(in crate::git) fn new(repository: &Repository) -> Self {
        Self::with_database(repository.object_database.get(), Arc::clone(&repository.overrides))
    }

    /// A reader of a database that other threads share.
    pub(in crate::git) fn with_database(
        database: Arc<ObjectDatabase>,
        overrides: Arc<HistoryOverrides>,
    ) -> Self {
        let unpacker = Unpacker::new();
        Self { database, overrides, unpacker, last: None, verify_budget: VERIFY_BUDGET, reopened_packs: None }
    }

    /// Type and content of an object that is read once, as most are.
    pub(in crate::git) fn read(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        let stored = self.overrides.stored_id(id)?;
        let location = self.database.packs.find(stored, self.unpacker.pack);
        let read = location.map(|location| self.unpacker.read(&self.database.packs, location));
        let found = match read {
            Some(Some(read)) if self.is_valid_read(stored, &read) => read,
            Some(_) => ReadObject::Cached(self.recover(id, stored)?),
            None => ReadObject::Cached(self.read_loose_or_repacked(id, stored)?),
        };
        match found {
            ReadObject::Whole(kind) => Ok((kind, &self.unpacker.content)),
            ReadObject::Cached((kind, bytes)) => Ok((kind, self.last.insert(bytes))),
        }
    }

    /// Type and content of an object that may be read again, or is the base of deltas: a tree.
    pub(in crate::git) fn read_cached(&mut self, id: ObjectId) -> Result<Object, Error> {
        let stored = self.overrides.stored_id(id)?;
        let location = self.database.packs.find(stored, self.unpacker.pack);
        match location.map(|location| self.unpacker.read_cached(&self.database.packs, location)) {
            Some(Some(object)) if self.verify(stored, object.0, &object.1) => Ok(object),
            Some(_) => self.recover(id, stored),
            None => self.read_loose_or_repacked(id, stored),
        }
    }

    /// Like [`Self::read`], but always verifies the object's ID.
    pub(in crate::git) fn read_verified(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        self.verify_budget = self.verify_budget.max(1);
        self.read(id)
    }

    /// Prefetches the pack index entries of objects that will be read soon, so that their cache misses overlap.
    pub(in crate::git) fn prefetch(&self, ids: impl Iterator<Item = ObjectId>) {
        self.database.packs.prefetch(ids, self.unpacker.pack);
    }

    /// The type of an object, from its header only.
    pub(in crate::git) fn kind(&mut self, id: ObjectId) -> Result<ObjectType, Error> {
        let stored = self.overrides.stored_id(id)?;
        let packs = &self.database.packs;
        match packs.lookup_cold(stored, self.unpacker.pack).map(|location| Unpacker::kind(packs, location)) {
            Some(Some(kind)) => Ok(kind),
            Some(None) => self.recover(id, stored).map(|(kind, _)| kind),
            None => self.read_loose_or_repacked(id, stored).map(|(kind, _)| kind),
        }
    }

    /// Whether reading an object inflates about `limit` bytes at most. Returns `false` if it is missing or damaged.
    pub(in crate::git) fn is_small(&mut self, id: ObjectId, limit: usize) -> bool {
        let Ok(stored) = self.overrides.stored_id(id) else { return false };
        match self.database.packs.find(stored, self.unpacker.pack) {
            Some(location) => {
                Unpacker::chain_size(&self.database.packs, location).is_some_and(|size| size <= limit)
            }
            None => self.database.directories.iter().any(|directory| {
                loose::deflated_size(directory, stored).is_some_and(|size| size <= limit as u64)
            }),
        }
    }

    /// The objects whose IDs begin with these hex digits, of which there must be at least two. Ascending.
    pub(in crate::git) fn with_prefix(&self, digits: &str) -> Vec<ObjectId> {
        let mut found = self.database.packs.with_prefix(digits);
        found.extend(
            self.database.directories.iter().flat_map(|directory| loose::with_prefix(directory, digits)),
        );
        found.sort_unstable();
        found.dedup();
        found
    }

    fn is_valid_read(&mut self, id: ObjectId, read: &ReadObject) -> bool {
        match read {
            ReadObject::Whole(kind) => {
                let content = std::mem::take(&mut self.unpacker.content);
                let is_valid_read = self.verify(id, *kind, &content);
                self.unpacker.content = content;
                is_valid_read
            }
            ReadObject::Cached((kind, content)) => self.verify(id, *kind, content),
        }
    }

    /// Verifies the content against the ID, while the budget lasts.
    fn verify(&mut self, id: ObjectId, kind: ObjectType, content: &[u8]) -> bool {
        if self.verify_budget == 0 {
            return true;
        }
        self.verify_budget = self.verify_budget.saturating_sub(content.len() + VERIFY_OVERHEAD);
        matches_id(id, kind, content)
    }

    /// Reads another copy of an object whose first copy is damaged.
    fn recover(&mut self, id: ObjectId, stored: ObjectId) -> Result<Object, Error> {
        let database = Arc::clone(&self.database);
        if let Some(object) = intact_copy(&database.packs, stored) {
            return Ok(object);
        }
        let pack = database.packs.copies(stored).next().and_then(|(pack, _)| database.packs.get(pack));
        let damage = pack.map(|pack| (pack.name().to_owned(), "its entry cannot be read"));
        let loose = self.read_loose(stored);
        loose.or_else(|loose| self.read_repacked(id, stored, damage.or(loose)))
    }

    /// Reads an object that is in none of the packs as opened first.
    fn read_loose_or_repacked(&mut self, id: ObjectId, stored: ObjectId) -> Result<Object, Error> {
        match self.read_loose(stored) {
            Ok(object) => Ok(object),
            Err(None) if stored == EMPTY_TREE => Ok((ObjectType::Tree, Rc::default())),
            Err(damage) => self.read_repacked(id, stored, damage),
        }
    }

    /// Reads an object that may have been packed meanwhile; otherwise returns the error.
    fn read_repacked(&mut self, id: ObjectId, stored: ObjectId, damage: Damage) -> Result<Object, Error> {
        let reopened_packs =
            self.reopened_packs.get_or_insert_with(|| Packs::open(&self.database.directories));
        intact_copy(reopened_packs, stored).ok_or_else(|| {
            let error = match damage {
                Some((file, problem)) => Error::Damaged { id: stored, file, problem },
                None => Error::Missing {
                    id: stored,
                    wanted: None,
                    is_partial: self.database.is_partial,
                    packs: reopened_packs.unusable().to_vec(),
                },
            };
            self.overrides.replacement_error(id, stored, error)
        })
    }

    /// Reads a loose object; otherwise returns the damage, if there is a damaged one.
    fn read_loose(&self, id: ObjectId) -> Result<Object, Damage> {
        if let Some(object) = self.database.memory.get(id) {
            return Ok(object);
        }
        let (mut inflater, mut damage) = (Decompressor::new(), None);
        for directory in &self.database.directories {
            match loose::read(directory, id, &mut inflater) {
                Loose::Absent => {}
                Loose::Found(object) => return Ok(object),
                Loose::Damaged(file, problem) => damage = damage.or(Some((file, problem))),
            }
        }
        Err(damage)
    }
}

/// Reads an object from the first pack with an undamaged copy.
fn intact_copy(packs: &Packs, id: ObjectId) -> Option<Object> {
    let mut unpacker = Unpacker::new();
    packs.copies(id).find_map(|location| {
        unpacker.read_cached(packs, location).filter(|(kind, content)| matches_id(id, *kind, content))
    })
}
