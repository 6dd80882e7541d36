//! Tags, HEAD, and what a revision names.

use git2::{ErrorCode, ObjectType};

use super::{
    Error, Repository,
    repository::{id, oid},
};
use crate::model::{IdMap, ObjectId, Tag, Time};

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

    /// All tags that lead to a commit, by name. Tags of trees and blobs are passed over.
    ///
    /// # Errors
    /// When the refs cannot be listed.
    pub fn tags(&self) -> Result<Vec<Tag>, Error> {
        let mut tags = Vec::new();
        let listed = self.inner.references_glob("refs/tags/*").map_err(Error::library("the tags"))?;
        let odb = self.inner.odb().map_err(Error::library("the object database"))?;
        let mut kinds: IdMap<bool> = IdMap::default();
        for reference in listed {
            let reference = reference.map_err(Error::library("the tags"))?;
            let bytes = reference.name_bytes();
            let name =
                String::from_utf8_lossy(bytes.strip_prefix(b"refs/tags/").unwrap_or(bytes)).into_owned();
            let Some(target) = reference.target() else { continue };
            let object = id(target)?;
            let commit = match reference.target_peel() {
                Some(peeled) => id(peeled)?,
                None => object,
            };
            if let Some(commit) = peel_to_commit(&self.inner, &odb, commit, &mut kinds)? {
                tags.push(Tag { name, object, commit });
            }
        }
        tags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tags)
    }

    /// When an annotated tag was made; `None` for a lightweight one, whose date is its commit's.
    ///
    /// # Errors
    /// When the tag object cannot be read.
    pub fn tag_time(&self, tag: &Tag) -> Result<Option<Time>, Error> {
        if tag.object == tag.commit {
            return Ok(None);
        }
        let found = self.inner.find_tag(oid(tag.object)?);
        let found = found.map_err(Error::library(format!("the tag `{}`", tag.name)))?;
        let when = found.tagger().map(|tagger| tagger.when());
        Ok(when.map(|when| Time { seconds: when.seconds(), offset: when.offset_minutes() }))
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

/// Follows tag objects to a commit. `known` remembers which objects are commits, since many tags share one.
fn peel_to_commit(
    repository: &git2::Repository,
    odb: &git2::Odb<'_>,
    object: ObjectId,
    known: &mut IdMap<bool>,
) -> Result<Option<ObjectId>, Error> {
    let name = oid(object)?;
    if known.get(&object) == Some(&true) {
        return Ok(Some(object));
    }
    let kind = match odb.read_header(name) {
        Ok((_, kind)) => kind,
        Err(_) => return Ok(None),
    };
    known.insert(object, kind == ObjectType::Commit);
    match kind {
        ObjectType::Commit => Ok(Some(object)),
        ObjectType::Tag => {
            let peeled = repository.find_object(name, None).and_then(|tag| tag.peel(ObjectType::Commit));
            peeled.ok().map(|commit| id(commit.id())).transpose()
        }
        _ => Ok(None),
    }
}
