//! Objects that are in memory only: nothing is written to the repository.

use std::rc::Rc;

use git2::ObjectType;

use super::{digest::object_id, pack::Object};
use crate::model::{IdMap, ObjectId};

/// Objects by their IDs.
#[derive(Default)]
pub(in crate::git) struct MemoryObjects(IdMap<(ObjectType, Vec<u8>)>);

impl MemoryObjects {
    /// Adds an object and returns its ID.
    pub(in crate::git) fn add(&mut self, kind: ObjectType, content: Vec<u8>) -> ObjectId {
        let id = object_id(kind, &content);
        self.0.insert(id, (kind, content));
        id
    }

    pub(super) fn get(&self, id: ObjectId) -> Option<Object> {
        let (kind, content) = self.0.get(&id)?;
        Some((*kind, Rc::new(content.clone())))
    }
}
