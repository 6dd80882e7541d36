//! Reads commits one at a time, each decoded once.

use std::cell::RefCell;

use super::{
    commit_graph::CommitGraph,
    decode::{Identities, Raw, tag_time},
    overrides::HistoryOverrides,
};
use crate::git::{Error, Repository, objects::reader::Objects};
use crate::model::{Commit, IdMap, Node, ObjectId, Parents, Person, Tag, Time};

/// A reader of single commits, for walks that read only the newest part of history.
pub struct Commits<'r> {
    repository: &'r Repository,
    objects: RefCell<Objects>,
    graph: Option<CommitGraph>,
    /// Commit objects that were read for their parents, cached for decoding.
    opened_objects: RefCell<IdMap<Box<[u8]>>>,
    identities: RefCell<Identities>,
}

impl Repository {
    /// A reader of single commits.
    ///
    /// # Errors
    /// If the mailmap cannot be read.
    pub fn commits(&self) -> Result<Commits<'_>, Error> {
        Ok(Commits {
            repository: self,
            objects: RefCell::new(Objects::new(self)),
            graph: CommitGraph::open(self),
            opened_objects: RefCell::default(),
            identities: RefCell::new(self.identity_options().identities()),
        })
    }
}

impl Commits<'_> {
    /// The commit's parents, date and generation number.
    ///
    /// # Errors
    /// If the commit is missing or damaged.
    pub fn node(&self, id: ObjectId) -> Result<Node, Error> {
        if let Some(node) = self.graph.as_ref().and_then(|graph| graph.node(id)) {
            return Ok(node);
        }
        let mut objects = self.objects.borrow_mut();
        let data = read(&mut objects, &self.repository.overrides, id)?;
        let raw = parse(data, id)?;
        let node = Node {
            seconds: raw.seconds(),
            parents: effective_parents(&self.repository.overrides, id, raw.parents),
            generation: None,
        };
        self.opened_objects.borrow_mut().insert(id, data.into());
        Ok(node)
    }

    /// The commit's tree, and its parents with grafts and the shallow boundary applied.
    pub(in crate::git) fn tree_and_parents(&self, id: ObjectId) -> Result<TreeAndParents, Error> {
        let (mut objects, overrides) = (self.objects.borrow_mut(), &self.repository.overrides);
        let raw = parse(read(&mut objects, overrides, id)?, id)?;
        Ok(TreeAndParents { tree: raw.tree, parents: effective_parents(overrides, id, raw.parents) })
    }

    /// Whether commit objects have been read for their parents and are cached.
    #[must_use]
    pub fn has_opened(&self) -> bool {
        !self.opened_objects.borrow().is_empty()
    }

    /// Reads and decodes a commit.
    ///
    /// # Errors
    /// If the commit is missing or damaged.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, Error> {
        let opened_objects = self.opened_objects.borrow_mut().remove(&id);
        let (mut objects, overrides) = (self.objects.borrow_mut(), &self.repository.overrides);
        let data = match &opened_objects {
            Some(data) => data,
            None => read(&mut objects, overrides, id)?,
        };
        let commit = decode(overrides, data, id, &mut self.identities.borrow_mut())?;
        match &self.graph {
            Some(graph) if graph.contradicts(id, &commit.parents) => Err(Error::CommitGraph { id }),
            _ => Ok(commit),
        }
    }

    /// The tagger date of an annotated tag; `None` for a lightweight tag.
    ///
    /// # Errors
    /// If the tag object cannot be read.
    pub fn tag_time(&self, tag: &Tag) -> Result<Option<Time>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        match self.objects.borrow_mut().read(tag.object)? {
            (git2::ObjectType::Tag, data) => Ok(tag_time(data)),
            (kind, _) => Err(Error::WrongKind { id: tag.object, kind: kind.str(), wanted: "tag" }),
        }
    }

    /// Applies the mailmap to a person, such as one named in a trailer.
    #[must_use]
    pub fn apply_mailmap(&self, person: Person) -> Person {
        self.identities.borrow().apply_mailmap(person)
    }
}

/// The tree and parents of a commit.
pub(in crate::git) struct TreeAndParents {
    pub(in crate::git) tree: ObjectId,
    pub(in crate::git) parents: Parents,
}

/// The content of the commit object, or of its replacement.
pub(in crate::git) fn read<'o>(
    objects: &'o mut Objects,
    overrides: &HistoryOverrides,
    id: ObjectId,
) -> Result<&'o [u8], Error> {
    match objects.read(id)? {
        (git2::ObjectType::Commit, data) => Ok(data),
        (kind, _) if overrides.replacements.contains_key(&id) => {
            let problem = format!("its replacement is a {}, not a commit", kind.str());
            Err(Error::Replacement { id, problem })
        }
        (kind, _) => Err(Error::WrongKind { id, kind: kind.str(), wanted: "commit" }),
    }
}

pub(in crate::git) fn parse(data: &[u8], id: ObjectId) -> Result<Raw<'_>, Error> {
    Raw::parse(data).ok_or_else(|| Error::Malformed { id: id.to_string(), what: "commit" })
}

/// The parents with grafts and the shallow boundary applied.
pub(in crate::git) fn effective_parents(
    overrides: &HistoryOverrides,
    id: ObjectId,
    recorded: Parents,
) -> Parents {
    if overrides.shallow.contains(&id) {
        return Parents::new();
    }
    match overrides.grafts.get(&id) {
        Some(grafted) => grafted.as_slice().into(),
        None => recorded,
    }
}

pub(in crate::git) fn decode(
    overrides: &HistoryOverrides,
    data: &[u8],
    id: ObjectId,
    identities: &mut Identities,
) -> Result<Commit, Error> {
    let mut raw = parse(data, id)?;
    let parents = effective_parents(overrides, id, std::mem::take(&mut raw.parents));
    Ok(raw.commit(id, parents, identities))
}
