//! Tags and HEAD.

use git2::ObjectType;

use super::files::Target;
use crate::git::{
    Error, Repository, commits::decode::tag_target, objects::reader::Objects, threads::map_chunks,
};
use crate::model::{IdMap, ObjectId, Tag};

/// Below this many tags a second thread costs more than it saves.
const WORTH_THREADS: usize = 4_000;
/// Tags of tags of tags: nobody makes so many, but damage may make a circle of them.
const DEEPEST: usize = 64;

/// Where HEAD stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub commit: ObjectId,
    /// The branch; `None` where HEAD is detached.
    pub branch: Option<String>,
}

impl Repository {
    /// HEAD; `None` where there is no commit yet.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn head(&self) -> Result<Option<Head>, Error> {
        let references = self.references();
        let branch = references.symbolic("HEAD")?;
        let Some(object) = references.find("HEAD")? else { return Ok(None) };
        let name = branch.as_deref().unwrap_or("HEAD");
        let commit = match peel(&mut Objects::new(self), object) {
            Ok(Peeled::Commit(commit)) => commit,
            Ok(Peeled::Other) => return Err(Error::reference(name, format!("{object} is not a commit"))),
            Err(error) => return Err(Error::unreadable(name, &error)),
        };
        let branch = branch.as_deref().and_then(|name| name.strip_prefix("refs/heads/")).map(str::to_owned);
        Ok(Some(Head { commit, branch }))
    }

    /// All tags: those that lead to a commit, by name, and those that are damaged. Tags of trees and blobs are passed over.
    ///
    /// # Errors
    /// When the refs cannot be listed.
    pub fn tags(&self) -> Result<Tags, Error> {
        let listing = self.references().below("refs/tags")?;
        let found: Vec<_> = listing.found.into_iter().collect();
        let (stores, altered) = (self.stores.opened(), &self.altered);
        let read = |part: &[(Vec<u8>, Target)]| {
            let mut objects = Objects::shared_by(stores.clone(), altered.clone());
            let mut kinds = IdMap::default();
            Ok(part.iter().map(|found| leading(&mut objects, &mut kinds, found)).collect())
        };
        let read: Vec<Option<Result<Tag, BrokenTag>>> = match found.len() {
            0..WORTH_THREADS => read(&found)?,
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
            BrokenTag { error: Error::reference(&format!("refs/tags/{name}"), problem), name }
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
    /// Those that lead to a commit, by name.
    pub all: Vec<Tag>,
    /// Those that lead nowhere, by name. Each may have been a version.
    pub broken: Vec<BrokenTag>,
}

/// A tag that leads nowhere: its reference or an object behind it is damaged or missing.
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

/// The tag that a reference is, where it leads to a commit; `None` where it leads to a tree or a blob.
fn leading(
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
                // An annotated tag is known by no other name: it is not asked for again.
                if commit == start {
                    kinds.insert(start, true);
                }
                commit
            }
            Ok(Peeled::Other) => {
                kinds.insert(start, false);
                return None;
            }
            Err(error) => return broken(Error::unreadable(&full(), &error)),
        },
    };
    Some(Ok(Tag { name: text(name), object: *object, commit }))
}

/// What stands behind an object when all annotated tags are taken away.
pub(in crate::git) enum Peeled {
    /// A commit.
    Commit(ObjectId),
    /// A tree or a blob.
    Other,
}

/// What an object is, or leads to if it is an annotated tag.
pub(super) fn peel(objects: &mut Objects, mut object: ObjectId) -> Result<Peeled, Error> {
    for _ in 0..DEEPEST {
        if objects.kind(object)? == ObjectType::Commit {
            return Ok(Peeled::Commit(object));
        }
        // A pack whose entry is damaged, or that leads to another object, must not make a version disappear.
        object = match objects.checked(object)? {
            (ObjectType::Commit, _) => return Ok(Peeled::Commit(object)),
            (ObjectType::Tag, data) => {
                let named = tag_target(data);
                named.ok_or_else(|| Error::Malformed { id: object.to_string(), what: "tag" })?
            }
            _ => return Ok(Peeled::Other),
        };
    }
    Err(Error::Malformed { id: object.to_string(), what: "tag: it leads over too many others" })
}
