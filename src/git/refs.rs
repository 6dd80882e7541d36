//! Tags, HEAD, and what a revision names.

use git2::{ErrorCode, ObjectType};

use super::{
    Error, Repository,
    decode::tag_target,
    objects::Objects,
    parts::in_parts,
    references::{Target, listed},
    repository::{Shared, id, oid, reopen},
};
use crate::model::{IdMap, ObjectId, Tag};

/// Below this many tags a second thread costs more than it saves.
const WORTH_THREADS: usize = 4_000;

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
        if let Some(head) = self.plain_head() {
            return Ok(Some(head));
        }
        let head = match self.inner.head() {
            Ok(head) => head,
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                return Ok(None);
            }
            Err(source) => return Err(Error::Library { what: "HEAD".to_owned(), source }),
        };
        let commit = head.peel(ObjectType::Commit).map_err(Error::library("HEAD"))?;
        let branch = head.is_branch().then(|| String::from_utf8_lossy(head.shorthand_bytes()).into_owned());
        Ok(Some(Head { commit: id(commit.id())?, branch }))
    }

    /// HEAD where it is a branch that is there.
    fn plain_head(&self) -> Option<Head> {
        let text = std::fs::read_to_string(self.path().join("HEAD")).ok()?;
        let name = text.strip_prefix("ref:")?.trim();
        let branch = name.strip_prefix("refs/heads/")?.to_owned();
        let commit = self.references().find(name)?;
        Some(Head { commit, branch: Some(branch) })
    }

    /// All tags that lead to a commit, by name. Tags of trees and blobs are passed over.
    ///
    /// # Errors
    /// When the refs cannot be listed.
    pub fn tags(&self) -> Result<Vec<Tag>, Error> {
        let read = self.references().below("refs/tags");
        let found = read.map_or_else(|| listed(&self.inner, "refs/tags/"), Ok)?;
        let found: Vec<_> = found.into_iter().collect();
        let (path, shared) = (self.path(), &self.shared);
        let mut tags = match found.len() {
            0..WORTH_THREADS => leading(&self.inner, shared, &found)?,
            _ => in_parts(&found, &|part| leading(&reopen(path)?, shared, part))?,
        };
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tags)
    }

    /// The commit that a revision names, in git's own syntax (gitrevisions(7)).
    ///
    /// # Errors
    /// When it names nothing, several things, or no commit.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, Error> {
        let name = || revision.to_owned();
        let object = self.inner.revparse_single(revision).map_err(|source| match source.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec => Error::NoSuchRevision { revision: name() },
            ErrorCode::Ambiguous => Error::Ambiguous { revision: name() },
            ErrorCode::Peel => Error::NotACommit { revision: name() },
            _ => Error::Library { what: format!("the revision `{revision}`"), source },
        })?;
        let commit = object.peel(ObjectType::Commit).map_err(|_| Error::NotACommit { revision: name() })?;
        id(commit.id())
    }

    /// The id of the file at `path` in the commit's tree as text; `None` where there is none or it is not UTF-8.
    #[must_use]
    pub fn file_at(&self, commit: ObjectId, path: &str) -> Option<String> {
        let commit = self.inner.find_commit(oid(commit).ok()?).ok()?;
        let entry = commit.tree().ok()?.get_path(std::path::Path::new(path)).ok()?;
        let object = entry.to_object(&self.inner).ok()?;
        String::from_utf8(object.as_blob()?.content().to_vec()).ok()
    }
}

/// The tags among references that lead to a commit.
fn leading(
    repository: &git2::Repository,
    shared: &Shared,
    found: &[(Vec<u8>, Target)],
) -> Result<Vec<Tag>, Error> {
    let mut objects = Objects::new(repository, shared)?;
    let mut kinds: IdMap<bool> = IdMap::default();
    let mut tags = Vec::with_capacity(found.len());
    for (name, Target { object, peeled }) in found {
        let start = peeled.unwrap_or(*object);
        let commit = match kinds.get(&start) {
            Some(true) => Some(start),
            Some(false) => None,
            None => behind(&mut objects, start)?,
        };
        kinds.insert(start, commit == Some(start));
        if let Some(commit) = commit {
            tags.push(Tag { name: String::from_utf8_lossy(name).into_owned(), object: *object, commit });
        }
    }
    Ok(tags)
}

/// The commit that an object is, or leads to if it is an annotated tag; `None` for trees, blobs and what is not here.
fn behind(objects: &mut Objects<'_>, mut object: ObjectId) -> Result<Option<ObjectId>, Error> {
    loop {
        object = match objects.kind(object) {
            Some(ObjectType::Commit) => return Ok(Some(object)),
            Some(ObjectType::Tag) => {
                let named = tag_target(objects.read(object)?.1);
                named.ok_or_else(|| Error::Malformed { id: object.to_string(), what: "tag" })?
            }
            _ => return Ok(None),
        };
    }
}
