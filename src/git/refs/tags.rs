//! Reads tags and HEAD.

use git2::ObjectType;

use super::files::Target;
use crate::git::{
    Error, Repository, commits::decode::tag_target, objects::reader::Objects, threads::map_chunks,
};
use crate::model::{IdMap, ObjectId, Tag};

/// Number of tags from which several threads are faster than one.
const PARALLEL_THRESHOLD: usize = 4_000;
/// Longest chain of tags of tags; also ends cycles in damaged repositories.
const MAX_TAG_DEPTH: usize = 64;

/// The commit and branch of HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub commit: ObjectId,
    /// The branch, without `refs/heads/`; `None` if HEAD is detached.
    pub branch: Option<String>,
}

impl Repository {
    /// The branch that HEAD names, without `refs/heads/`; `None` if HEAD is detached. Reads no object.
    ///
    /// # Errors
    /// If HEAD cannot be read.
    pub fn branch(&self) -> Result<Option<String>, Error> {
        let target = self.ref_store().symbolic_target("HEAD")?;
        Ok(target.as_deref().and_then(|name| name.strip_prefix("refs/heads/")).map(str::to_owned))
    }

    /// Reads HEAD; `None` if there are no commits.
    ///
    /// # Errors
    /// If HEAD cannot be read.
    pub fn head(&self) -> Result<Option<Head>, Error> {
        if let Some(commit) = self.assumed_head {
            return Ok(Some(Head { commit, branch: None }));
        }
        let ref_store = self.ref_store();
        let branch = ref_store.symbolic_target("HEAD")?;
        let Some(object) = ref_store.find("HEAD")? else { return Ok(None) };
        let name = branch.as_deref().unwrap_or("HEAD");
        let commit = match peel(&mut Objects::new(self), object) {
            Ok(Peeled::Commit(commit)) => commit,
            Ok(Peeled::Other) => return Err(Error::broken_ref(name, format!("{object} is not a commit"))),
            Err(error) => return Err(Error::unreadable_ref(name, &error)),
        };
        Ok(Some(Head { commit, branch: self.branch()? }))
    }

    /// Reads all tags of commits, and the broken tags, each sorted by name. Skips tags of trees and blobs.
    ///
    /// # Errors
    /// If the refs cannot be listed.
    pub fn tags(&self) -> Result<Tags, Error> {
        let listing = self.ref_store().list("refs/tags")?;
        let found: Vec<_> = listing.targets.into_iter().collect();
        let (database, overrides) = (self.object_database.get(), &self.overrides);
        let read = |part: &[(Vec<u8>, Target)]| {
            let mut objects = Objects::with_database(database.clone(), overrides.clone());
            let mut kinds = IdMap::default();
            Ok(part.iter().map(|found| resolve_tag(&mut objects, &mut kinds, found)).collect())
        };
        let read: Vec<Option<Result<Tag, BrokenTag>>> = match found.len() {
            0..PARALLEL_THRESHOLD => read(&found)?,
            _ => map_chunks(&found, &read)?,
        };
        let mut tags = Tags::default();
        for tag in read.into_iter().flatten() {
            match tag {
                Ok(tag) => tags.all.push(tag),
                Err(broken) => tags.broken.push(broken),
            }
        }
        let broken = listing.broken.into_iter().map(|(name, problem)| {
            let name = text(&name);
            BrokenTag { error: Error::broken_ref(&format!("refs/tags/{name}"), problem), name }
        });
        tags.broken.extend(broken);
        tags.all.sort_by(|a, b| a.name.cmp(&b.name));
        tags.broken.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tags)
    }
}

/// The tags of a repository.
#[derive(Debug, Default)]
pub struct Tags {
    /// The tags of commits, sorted by name.
    pub all: Vec<Tag>,
    /// The broken tags, sorted by name. Each could be a version.
    pub broken: Vec<BrokenTag>,
}

/// A tag whose ref, or an object that it points to, is damaged or missing.
#[derive(Debug)]
pub struct BrokenTag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// What is wrong with it.
    pub error: Error,
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Peels a tag ref to its commit; `None` if it points to a tree or a blob.
fn resolve_tag(
    objects: &mut Objects,
    kinds: &mut IdMap<bool>,
    (name, Target { object, peeled }): &(Vec<u8>, Target),
) -> Option<Result<Tag, BrokenTag>> {
    let start = peeled.unwrap_or(*object);
    let full = || format!("refs/tags/{}", text(name));
    let broken = |error| Some(Err(BrokenTag { name: text(name), error }));
    let commit = match kinds.get(&start) {
        Some(true) => start,
        Some(false) => return None,
        None => match peel(objects, start) {
            Ok(Peeled::Commit(commit)) => {
                // Do not cache annotated tags: rarely do two refs point to one tag object.
                if commit == start {
                    kinds.insert(start, true);
                }
                commit
            }
            Ok(Peeled::Other) => {
                kinds.insert(start, false);
                return None;
            }
            Err(error) => return broken(Error::unreadable_ref(&full(), &error)),
        },
    };
    Some(Ok(Tag { name: text(name), object: *object, commit }))
}

/// A peeled object.
pub(in crate::git) enum Peeled {
    /// A commit.
    Commit(ObjectId),
    /// A tree or a blob.
    Other,
}

/// Peels an object: follows annotated tags.
pub(super) fn peel(objects: &mut Objects, mut object: ObjectId) -> Result<Peeled, Error> {
    for _ in 0..MAX_TAG_DEPTH {
        if objects.kind(object)? == ObjectType::Commit {
            return Ok(Peeled::Commit(object));
        }
        // Verify the object ID: a damaged pack entry must not make a version disappear.
        object = match objects.read_verified(object)? {
            (ObjectType::Commit, _) => return Ok(Peeled::Commit(object)),
            (ObjectType::Tag, data) => {
                let named = tag_target(data);
                named.ok_or_else(|| Error::Malformed { id: object.to_string(), what: "tag" })?
            }
            _ => return Ok(Peeled::Other),
        };
    }
    Err(Error::Malformed { id: object.to_string(), what: "tag: its chain of tags is too long" })
}
