//! Commits one at a time, each read and decoded once.

use std::cell::RefCell;

use super::{
    altered::Altered,
    commit_graph::CommitGraph,
    decode::{People, Raw, tag_time},
};
use crate::git::{Error, Repository, objects::reader::Objects};
use crate::model::{Commit, IdMap, Node, ObjectId, Parents, Person, Tag, Time};

/// A reader of single commits: the way into a history of which only the newest part is wanted.
pub struct Commits<'r> {
    repository: &'r Repository,
    objects: RefCell<Objects>,
    graph: Option<CommitGraph>,
    /// Objects that were opened for their place in the graph, kept for their message.
    opened: RefCell<IdMap<Box<[u8]>>>,
    people: RefCell<People>,
}

impl Repository {
    /// A reader of single commits.
    ///
    /// # Errors
    /// When the mailmap cannot be read.
    pub fn commits(&self) -> Result<Commits<'_>, Error> {
        Ok(Commits {
            repository: self,
            objects: RefCell::new(Objects::new(self)),
            graph: CommitGraph::open(self),
            opened: RefCell::default(),
            people: RefCell::new(self.people_names().people()),
        })
    }
}

impl Commits<'_> {
    /// The commit's parents and date.
    ///
    /// # Errors
    /// When the commit is missing or damaged.
    pub fn node(&self, id: ObjectId) -> Result<Node, Error> {
        if let Some(node) = self.graph.as_ref().and_then(|graph| graph.node(id)) {
            return Ok(node);
        }
        let mut objects = self.objects.borrow_mut();
        let data = read(&mut objects, &self.repository.altered, id)?;
        let raw = parse(data, id)?;
        let node = Node {
            seconds: raw.seconds(),
            parents: parents(&self.repository.altered, id, raw.parents),
            generation: None,
        };
        self.opened.borrow_mut().insert(id, data.into());
        Ok(node)
    }

    /// The commit's tree and the parents that count.
    pub(in crate::git) fn recorded(&self, id: ObjectId) -> Result<Recorded, Error> {
        let (mut objects, altered) = (self.objects.borrow_mut(), &self.repository.altered);
        let raw = parse(read(&mut objects, altered, id)?, id)?;
        Ok(Recorded { tree: raw.tree, parents: parents(altered, id, raw.parents) })
    }

    /// Whether commits had to be opened for their place in the graph, so that they are at hand.
    #[must_use]
    pub fn has_opened(&self) -> bool {
        !self.opened.borrow().is_empty()
    }

    /// The whole commit.
    ///
    /// # Errors
    /// When the commit is missing or damaged.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, Error> {
        let opened = self.opened.borrow_mut().remove(&id);
        let (mut objects, altered) = (self.objects.borrow_mut(), &self.repository.altered);
        let data = match &opened {
            Some(data) => data,
            None => read(&mut objects, altered, id)?,
        };
        let commit = decode(altered, data, id, &mut self.people.borrow_mut())?;
        match &self.graph {
            Some(graph) if graph.contradicts(id, &commit.parents) => Err(Error::CommitGraph { id }),
            _ => Ok(commit),
        }
    }

    /// When an annotated tag was made; `None` for a lightweight one, whose date is its commit's.
    ///
    /// # Errors
    /// When the tag object cannot be read.
    pub fn tag_time(&self, tag: &Tag) -> Result<Option<Time>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        match self.objects.borrow_mut().read(tag.object)? {
            (git2::ObjectType::Tag, data) => Ok(tag_time(data)),
            (kind, _) => Err(Error::Kind { id: tag.object, kind: kind.str(), wanted: "tag" }),
        }
    }

    /// The person after `.mailmap`, as for those named in a message.
    #[must_use]
    pub fn mapped(&self, person: Person) -> Person {
        self.people.borrow().mapped(person)
    }
}

/// What a comparison needs of a commit.
pub(in crate::git) struct Recorded {
    pub(in crate::git) tree: ObjectId,
    pub(in crate::git) parents: Parents,
}

/// The raw bytes of the commit, or of what replaces it.
pub(in crate::git) fn read<'o>(
    objects: &'o mut Objects,
    altered: &Altered,
    id: ObjectId,
) -> Result<&'o [u8], Error> {
    match objects.read(id)? {
        (git2::ObjectType::Commit, data) => Ok(data),
        (kind, _) if altered.replaced.contains_key(&id) => {
            let problem = format!("its replacement is a {}, not a commit", kind.str());
            Err(Error::Replacement { id, problem })
        }
        (kind, _) => Err(Error::Kind { id, kind: kind.str(), wanted: "commit" }),
    }
}

pub(in crate::git) fn parse(data: &[u8], id: ObjectId) -> Result<Raw<'_>, Error> {
    Raw::parse(data).ok_or_else(|| Error::Malformed { id: id.to_string(), what: "commit" })
}

/// The parents that count.
pub(in crate::git) fn parents(altered: &Altered, id: ObjectId, recorded: Parents) -> Parents {
    if altered.shallow.contains(&id) {
        return Parents::new();
    }
    match altered.grafts.get(&id) {
        Some(grafted) => grafted.as_slice().into(),
        None => recorded,
    }
}

pub(in crate::git) fn decode(
    altered: &Altered,
    data: &[u8],
    id: ObjectId,
    people: &mut People,
) -> Result<Commit, Error> {
    let mut raw = parse(data, id)?;
    let parents = parents(altered, id, std::mem::take(&mut raw.parents));
    Ok(raw.commit(id, parents, people))
}
