//! Reads commits one at a time, each decoded once.

use std::cell::{OnceCell, RefCell};

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
    /// The commit-graph file, unless it is shared.
    graph: Option<CommitGraph>,
    /// Commit objects that were read for their parents, cached for decoding.
    opened_objects: RefCell<IdMap<Box<[u8]>>>,
    /// Created when the first commit is decoded: parsing a long mailmap takes longer than reading a few commits.
    identities: OnceCell<RefCell<Identities>>,
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
            graph: if self.shared_commits.is_some() { None } else { open_graph(self) },
            opened_objects: RefCell::default(),
            identities: OnceCell::new(),
        })
    }

    /// Keeps the commits that are read, for windows that overlap.
    pub fn share_commits(&mut self) {
        self.shared_commits.get_or_insert_default();
    }
}

impl Commits<'_> {
    /// The commit's parents, date and generation number.
    ///
    /// # Errors
    /// If the commit is missing or damaged.
    pub fn node(&self, id: ObjectId) -> Result<Node, Error> {
        let shared = self.repository.shared_commits.as_deref();
        let known = self.graph().and_then(|graph| graph.node(id));
        if let Some(node) = known.or_else(|| shared?.node(id)) {
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
        shared.into_iter().for_each(|shared| shared.add_node(id, &node));
        Ok(node)
    }

    fn graph(&self) -> Option<&CommitGraph> {
        match &self.repository.shared_commits {
            Some(shared) => shared.graph(|| open_graph(self.repository)),
            None => self.graph.as_ref(),
        }
    }

    fn identities(&self) -> &RefCell<Identities> {
        self.identities.get_or_init(|| RefCell::new(self.repository.identity_options().identities()))
    }

    /// The commit's tree, and its parents with grafts and the shallow boundary applied.
    pub(in crate::git) fn tree_and_parents(&self, id: ObjectId) -> Result<TreeAndParents, Error> {
        let (mut objects, overrides) = (self.objects.borrow_mut(), &self.repository.overrides);
        let raw = parse(read(&mut objects, overrides, id)?, id)?;
        Ok(TreeAndParents { tree: raw.tree, parents: effective_parents(overrides, id, raw.parents) })
    }

    /// Whether commits have been read and are cached.
    #[must_use]
    pub fn has_opened(&self) -> bool {
        !self.opened_objects.borrow().is_empty()
            || self.repository.shared_commits.as_ref().is_some_and(|shared| shared.has_commits())
    }

    /// Reads and decodes a commit.
    ///
    /// # Errors
    /// If the commit is missing or damaged.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, Error> {
        let shared = self.repository.shared_commits.as_deref();
        if let Some(commit) = shared.and_then(|shared| shared.commit(id)) {
            return Ok(commit);
        }
        let opened_objects = self.opened_objects.borrow_mut().remove(&id);
        let (mut objects, overrides) = (self.objects.borrow_mut(), &self.repository.overrides);
        let data = match &opened_objects {
            Some(data) => data,
            None => read(&mut objects, overrides, id)?,
        };
        let commit = decode(overrides, data, id, &mut self.identities().borrow_mut())?;
        if self.graph().is_some_and(|graph| graph.contradicts(id, &commit.parents)) {
            return Err(Error::CommitGraph { id });
        }
        shared.into_iter().for_each(|shared| shared.add_commit(&commit));
        Ok(commit)
    }

    /// The tagger date of an annotated tag; `None` for a lightweight tag.
    ///
    /// # Errors
    /// If the tag object cannot be read.
    pub fn tag_time(&self, tag: &Tag) -> Result<Option<Time>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        match self.objects.borrow_mut().read(tag.object).map_err(|error| error.while_reading("tag"))? {
            (git2::ObjectType::Tag, data) => Ok(tag_time(data)),
            (kind, _) => Err(Error::WrongKind { id: tag.object, kind: kind.str(), wanted: "tag" }),
        }
    }

    /// Applies the mailmap to a person, such as one named in a trailer.
    #[must_use]
    pub fn apply_mailmap(&self, person: Person) -> Person {
        self.identities().borrow().apply_mailmap(person)
    }
}

fn open_graph(repository: &Repository) -> Option<CommitGraph> {
    CommitGraph::open(repository.common_dir(), &repository.overrides)
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
    match objects.read(id).map_err(|error| error.while_reading("commit"))? {
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
