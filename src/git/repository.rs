//! A repository that has been found and opened.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use encoding_rs::Encoding;
use git2::{ErrorClass, ErrorCode, RepositoryOpenFlags};

use super::{
    Error,
    decode::People,
    pack::SharedPacks,
    references::{References, listed},
};
use crate::model::{IdMap, IdSet, ObjectId};

/// A repository that has been found and opened, with the facts that every reader of it needs.
pub struct Repository {
    pub(super) inner: git2::Repository,
    pub(super) altered: Altered,
    pub(super) shared: Shared,
}

/// Where history is to be read otherwise than it is recorded.
#[derive(Clone, Default)]
pub(super) struct Altered {
    /// Commits whose parents are not here (a shallow clone's edge).
    pub(super) shallow: IdSet,
    /// Commits with other parents than recorded (`info/grafts`).
    pub(super) grafts: IdMap<Vec<ObjectId>>,
    /// Objects that stand for others (`refs/replace/`).
    pub(super) replaced: IdMap<ObjectId>,
}

impl Repository {
    /// Opens the repository that `path` lies in: a work tree, any folder of it, a bare repository, a linked worktree.
    ///
    /// # Errors
    /// When there is none, it belongs to somebody else, or it has another object format than SHA-1.
    pub fn open(path: &Path) -> Result<Self, Error> {
        git2::opts::enable_caching(false);
        git2::opts::strict_hash_verification(false);
        let inner =
            git2::Repository::open_ext(path, RepositoryOpenFlags::CROSS_FS, std::iter::empty::<&Path>())
                .map_err(|source| open_error(path, source))?;
        let altered = Altered {
            shallow: read_shallow(&inner),
            grafts: read_grafts(&inner),
            replaced: read_replaced(&inner)?,
        };
        Ok(Self { inner, altered, shared: Shared::default() })
    }

    /// The same repository for another thread.
    ///
    /// # Errors
    /// When it cannot be opened again.
    pub fn fork(&self) -> Result<Self, Error> {
        Ok(Self { inner: reopen(self.path())?, altered: self.altered.clone(), shared: self.shared.clone() })
    }

    /// Its references, as the files have them now.
    pub(super) fn references(&self) -> References {
        References::new(self.inner.commondir())
    }

    /// The root of the work tree; `None` for a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The git directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.inner.path()
    }

    /// The git directory that linked work trees share.
    #[must_use]
    pub fn common_path(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether history is cut off (`git clone --depth`).
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        !self.altered.shallow.is_empty()
    }

    /// Whether the commit is one at which a shallow clone's history is cut off.
    #[must_use]
    pub fn is_boundary(&self, id: ObjectId) -> bool {
        self.altered.shallow.contains(&id)
    }

    /// The paths of all files in the commit's tree, in git's order; at most `limit`.
    ///
    /// # Errors
    /// When the commit or one of its trees cannot be read.
    pub fn files(&self, commit: ObjectId, limit: usize) -> Result<Vec<String>, Error> {
        let what = || format!("the tree of {commit}");
        let id = oid(commit)?;
        let tree =
            self.inner.find_commit(id).and_then(|commit| commit.tree()).map_err(Error::library(what()))?;
        let mut files = Vec::new();
        let walked = tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            if entry.kind() == Some(git2::ObjectType::Blob) {
                files.push(format!("{}{}", folder, String::from_utf8_lossy(entry.name_bytes())));
            }
            if files.len() < limit { git2::TreeWalkResult::Ok } else { git2::TreeWalkResult::Abort }
        });
        match walked {
            Err(source) if files.len() < limit => Err(Error::Library { what: what(), source }),
            _ => Ok(files),
        }
    }
}

/// What all readers of a repository share.
#[derive(Clone, Default)]
pub(super) struct Shared {
    /// The packs, once they have been opened.
    pub(super) packs: SharedPacks,
    /// The text of the mailmap.
    pub(super) mailmap: Arc<str>,
    /// Counts the object databases that threads have opened for themselves.
    handles: Arc<AtomicUsize>,
}

/// An object database for one thread alone. The git library shares a pack that is opened twice, with one lock on it, by
/// the text of its path; so each thread writes that path in its own way (`objects/././pack`).
pub(super) fn own_odb<'r>(repository: &'r git2::Repository, shared: &Shared) -> Result<git2::Odb<'r>, Error> {
    let what = "the object database";
    let objects = repository.commondir().join("objects");
    let Some(objects) = objects.to_str() else { return repository.odb().map_err(Error::library(what)) };
    let odb = git2::Odb::new().map_err(Error::library(what))?;
    let number = shared.handles.fetch_add(1, Ordering::Relaxed) % 64;
    let own = (0..=number).fold(objects.to_owned(), |path, _| format!("{path}/."));
    odb.add_disk_alternate(&own).map_err(Error::library(what))?;
    Ok(odb)
}

/// A second handle on the repository whose git directory is `path`, for another thread.
pub(super) fn reopen(path: &Path) -> Result<git2::Repository, Error> {
    git2::Repository::open(path).map_err(|source| open_error(path, source))
}

/// The people of the repository, with its mailmap and its `i18n.commitEncoding`.
pub(super) fn people(repository: &git2::Repository, shared: &Shared) -> People {
    let fallback = repository
        .config()
        .and_then(|config| config.get_string("i18n.commitencoding"))
        .ok()
        .and_then(|label| Encoding::for_label(label.as_bytes()));
    People::new(shared.mailmap(), fallback)
}

fn read_lines(repository: &git2::Repository, file: &str) -> Vec<String> {
    match std::fs::read_to_string(repository.commondir().join(file)) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    }
}

fn read_shallow(repository: &git2::Repository) -> IdSet {
    read_lines(repository, "shallow").iter().filter_map(|line| line.trim().parse().ok()).collect()
}

/// `info/grafts`: a commit and the parents it shall have, one commit a line.
fn read_grafts(repository: &git2::Repository) -> IdMap<Vec<ObjectId>> {
    let mut grafts = IdMap::default();
    for line in read_lines(repository, "info/grafts") {
        let ids: Result<Vec<ObjectId>, _> = line.split_whitespace().map(str::parse).collect();
        if let Some((commit, parents)) = ids.ok().as_deref().and_then(<[ObjectId]>::split_first) {
            grafts.insert(*commit, parents.to_vec());
        }
    }
    grafts
}

fn read_replaced(inner: &git2::Repository) -> Result<IdMap<ObjectId>, Error> {
    let mut replaced = IdMap::default();
    let all = References::new(inner.commondir()).below("refs/replace");
    let found = all.map_or_else(|| listed(inner, "refs/replace/"), Ok)?;
    for (name, target) in found {
        let original = std::str::from_utf8(&name).ok().and_then(|name| name.parse().ok());
        replaced.extend(original.map(|original: ObjectId| (original, target.object)));
    }
    Ok(replaced)
}

fn open_error(path: &Path, source: git2::Error) -> Error {
    let path = path.to_owned();
    match source.code() {
        ErrorCode::NotFound => Error::NotARepository { path },
        ErrorCode::Owner => Error::ForeignOwner { path },
        _ if source.class() == ErrorClass::Repository && source.message().contains("objectformat") => {
            Error::Sha256 { path }
        }
        _ => Error::Library { what: format!("the repository at `{}`", path.display()), source },
    }
}

/// The library's id from ours.
pub(super) fn oid(id: ObjectId) -> Result<git2::Oid, Error> {
    git2::Oid::from_bytes(id.as_bytes()).map_err(|source| Error::Object { id: id.to_string(), source })
}

/// Our id from the library's.
pub(super) fn id(oid: git2::Oid) -> Result<ObjectId, Error> {
    let malformed = |_| Error::Malformed { id: oid.to_string(), what: "SHA-1 name" };
    oid.as_bytes().try_into().map(ObjectId::from_bytes).map_err(malformed)
}
