//! Objects by name, as one thread reads them: from the packs, or from files of their own (loose objects).
//!
//! Nearly all objects of a history lie in packs, and a history is nearly all commits of a few hundred bytes. Inflating
//! those in one go into memory that is used again takes half the time that the git library's streams take.
//!
//! No object is read by the git library: it trusts what packs say of themselves. An object that is damaged in one place is
//! looked for in the others, as git does, and named where none has it whole.

use std::{rc::Rc, sync::Arc};

use git2::ObjectType;
use libdeflater::Decompressor;

use super::{
    alternates::Opened,
    digest::is_named,
    loose::{self, Loose},
    pack::{Object, Packs},
    unpack::{ReadObject, Unpacking},
};
use crate::git::{Error, Repository, commits::altered::Altered};
use crate::model::ObjectId;

/// So many objects are best told of together by [`Objects::expect`].
pub(in crate::git) const TOGETHER: usize = 16;

/// So many bytes of objects are checked against their names by each reader: all of a small history, and of a long one as
/// much as costs next to nothing. Beyond that, as in git, the checksum of the deflated data must do.
const CHECKED: usize = 2 << 20;
/// The tree without entries, which git knows without having it.
const EMPTY_TREE: ObjectId = ObjectId::from_bytes([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb,
    0xee, 0x49, 0x04,
]);
/// What checking an object costs besides its bytes.
const EACH: usize = 64;

/// A reader of objects for one thread.
pub(in crate::git) struct Objects {
    stores: Arc<Opened>,
    altered: Arc<Altered>,
    unpacking: Unpacking,
    /// The object that was read last, where it is kept.
    last: Option<Rc<Vec<u8>>>,
    /// How much more is checked.
    unchecked: usize,
    /// The packs as they are since an object was missing: another process may have packed it meanwhile.
    late: Option<Packs>,
}

/// The file that holds an object, and why it cannot be used there.
type Damage = Option<(String, &'static str)>;

impl Objects {
    /// A reader of the objects of a repository.
    pub(in crate::git) fn new(repository: &Repository) -> Self {
        Self::shared_by(repository.stores.opened(), Arc::clone(&repository.altered))
    }

    /// A reader of objects that other threads read too.
    pub(in crate::git) fn shared_by(stores: Arc<Opened>, altered: Arc<Altered>) -> Self {
        let unpacking = Unpacking::new();
        Self { stores, altered, unpacking, last: None, unchecked: CHECKED, late: None }
    }

    /// The kind and the bytes of an object that is read once, as most are.
    pub(in crate::git) fn read(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        let stored = self.altered.stored(id)?;
        let place = self.stores.packs.find(stored, self.unpacking.pack);
        let read = place.map(|place| self.unpacking.read(&self.stores.packs, place));
        let found = match read {
            Some(Some(read)) if self.is_right(stored, &read) => read,
            Some(_) => ReadObject::Cached(self.recover(id, stored)?),
            None => ReadObject::Cached(self.elsewhere(id, stored)?),
        };
        match found {
            ReadObject::Whole(kind) => Ok((kind, &self.unpacking.content)),
            ReadObject::Cached((kind, bytes)) => Ok((kind, self.last.insert(bytes))),
        }
    }

    /// The kind and the bytes of an object that may be asked for again, or that others are stored as deltas of: a tree.
    pub(in crate::git) fn shared(&mut self, id: ObjectId) -> Result<Object, Error> {
        let stored = self.altered.stored(id)?;
        let place = self.stores.packs.find(stored, self.unpacking.pack);
        match place.map(|place| self.unpacking.shared(&self.stores.packs, place)) {
            Some(Some(kept)) if self.is_content(stored, kept.0, &kept.1) => Ok(kept),
            Some(_) => self.recover(id, stored),
            None => self.elsewhere(id, stored),
        }
    }

    /// As [`Self::read`]; the object is checked against its name, however much has been checked before.
    pub(in crate::git) fn checked(&mut self, id: ObjectId) -> Result<(ObjectType, &[u8]), Error> {
        self.unchecked = self.unchecked.max(1);
        self.read(id)
    }

    /// Tells that some objects will be asked for soon, so that what is known of where they lie comes from memory for all at
    /// once, not for one after another.
    pub(in crate::git) fn expect(&self, ids: impl Iterator<Item = ObjectId>) {
        self.stores.packs.expect(ids, self.unpacking.pack);
    }

    /// The kind of an object, by what its entry says of itself.
    pub(in crate::git) fn kind(&mut self, id: ObjectId) -> Result<ObjectType, Error> {
        let stored = self.altered.stored(id)?;
        let packs = &self.stores.packs;
        match packs.lookup_cold(stored, self.unpacking.pack).map(|place| Unpacking::kind(packs, place)) {
            Some(Some(kind)) => Ok(kind),
            Some(None) => self.recover(id, stored).map(|(kind, _)| kind),
            None => self.elsewhere(id, stored).map(|(kind, _)| kind),
        }
    }

    /// The objects whose names begin with these hexadecimal digits, of which there are at least two.
    pub(in crate::git) fn starting_with(&self, digits: &str) -> Vec<ObjectId> {
        let mut found = self.stores.packs.starting_with(digits);
        found.extend(self.stores.folders.iter().flat_map(|folder| loose::starting_with(folder, digits)));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn is_right(&mut self, id: ObjectId, read: &ReadObject) -> bool {
        match read {
            ReadObject::Whole(kind) => {
                let content = std::mem::take(&mut self.unpacking.content);
                let is_right = self.is_content(id, *kind, &content);
                self.unpacking.content = content;
                is_right
            }
            ReadObject::Cached((kind, content)) => self.is_content(id, *kind, content),
        }
    }

    /// Whether this is the object's content, as far as that is still checked.
    fn is_content(&mut self, id: ObjectId, kind: ObjectType, content: &[u8]) -> bool {
        if self.unchecked == 0 {
            return true;
        }
        self.unchecked = self.unchecked.saturating_sub(content.len() + EACH);
        is_named(id, kind, content)
    }

    /// An object whose first copy is damaged: from wherever there is another.
    fn recover(&mut self, id: ObjectId, stored: ObjectId) -> Result<Object, Error> {
        let stores = Arc::clone(&self.stores);
        if let Some(kept) = unpacked(&stores.packs, stored) {
            return Ok(kept);
        }
        let pack = stores.packs.all(stored).next().and_then(|(pack, _)| stores.packs.get(pack));
        let damage = pack.map(|pack| (pack.name().to_owned(), "its entry cannot be read"));
        let loose = self.loose(stored);
        loose.or_else(|loose| self.late(id, stored, damage.or(loose)))
    }

    /// An object that no pack has, as far as was known when the packs were opened.
    fn elsewhere(&mut self, id: ObjectId, stored: ObjectId) -> Result<Object, Error> {
        match self.loose(stored) {
            Ok(kept) => Ok(kept),
            Err(None) if stored == EMPTY_TREE => Ok((ObjectType::Tree, Rc::default())),
            Err(damage) => self.late(id, stored, damage),
        }
    }

    /// An object that may have been packed meanwhile; else what is wrong with it.
    fn late(&mut self, id: ObjectId, stored: ObjectId, damage: Damage) -> Result<Object, Error> {
        let late = self.late.get_or_insert_with(|| Packs::open(&self.stores.folders));
        unpacked(late, stored).ok_or_else(|| {
            let error = match damage {
                Some((file, problem)) => Error::Damaged { id: stored, file, problem },
                None => Error::Missing { id: stored, packs: late.damaged().to_vec() },
            };
            self.altered.blame(id, stored, error)
        })
    }

    /// An object that has a file of its own; else what is wrong with it, where there is one.
    fn loose(&self, id: ObjectId) -> Result<Object, Damage> {
        let (mut inflater, mut damage) = (Decompressor::new(), None);
        for folder in &self.stores.folders {
            match loose::read(folder, id, &mut inflater) {
                Loose::Absent => {}
                Loose::Found(kept) => return Ok(kept),
                Loose::Damaged(file, problem) => damage = damage.or(Some((file, problem))),
            }
        }
        Err(damage)
    }
}

/// An object from any pack that has it whole.
fn unpacked(packs: &Packs, id: ObjectId) -> Option<Object> {
    let mut unpacking = Unpacking::new();
    packs.all(id).find_map(|place| {
        unpacking.shared(packs, place).filter(|(kind, content)| is_named(id, *kind, content))
    })
}
