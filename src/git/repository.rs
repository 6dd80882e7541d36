//! A repository that has been found and opened.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use encoding_rs::Encoding;
use git2::{ErrorClass, ErrorCode, RepositoryOpenFlags};

use super::{
    Error,
    commits::{altered::Altered, decode::People},
    file::read_small,
    objects::alternates::Stores,
    refs::files::References,
};
use crate::model::ObjectId;

/// No path is longer.
const LONGEST_PATH: u64 = 64 << 10;

/// A repository that has been found and opened, with the facts that every reader of it needs.
///
/// The git library finds it, and reads its configuration. It never reads an object: its own object database is empty.
pub struct Repository {
    pub(super) inner: git2::Repository,
    pub(super) altered: Arc<Altered>,
    pub(super) stores: Arc<Stores>,
    /// The text of the mailmap.
    pub(super) mailmap: Arc<str>,
    people: Arc<OnceLock<Names>>,
}

/// How people are named.
pub(super) struct Names {
    mailmap: Arc<str>,
    encoding: Option<&'static Encoding>,
}

impl Names {
    /// For one thread.
    pub(super) fn people(&self) -> People {
        People::new(git2::Mailmap::from_buffer(&self.mailmap).ok(), self.encoding)
    }
}

impl Repository {
    /// Opens the repository that `path` lies in: a work tree, any folder of it, a bare repository, a linked worktree.
    ///
    /// # Errors
    /// When there is none, it belongs to somebody else, or it has another object format than SHA-1.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let inner = without_objects(found(path)?)?;
        let references = References::new(inner.commondir(), inner.path());
        let replaces =
            inner.config().and_then(|config| config.get_bool("core.usereplacerefs")).unwrap_or(true);
        let altered = Altered::read(inner.commondir(), &references, replaces)?;
        let stores = Arc::new(Stores::new(inner.commondir()));
        Ok(Self { inner, altered: Arc::new(altered), stores, mailmap: Arc::from(""), people: Arc::default() })
    }

    /// The same repository for another thread.
    ///
    /// # Errors
    /// When it cannot be opened again.
    pub fn fork(&self) -> Result<Self, Error> {
        let inner = git2::Repository::open(self.path()).map_err(|source| open_error(self.path(), source))?;
        let inner = without_objects(inner)?;
        let (altered, stores) = (Arc::clone(&self.altered), Arc::clone(&self.stores));
        let (mailmap, people) = (Arc::clone(&self.mailmap), Arc::clone(&self.people));
        Ok(Self { inner, altered, stores, mailmap, people })
    }

    /// Its references, as the files have them now.
    pub(super) fn references(&self) -> References {
        References::new(self.inner.commondir(), self.path())
    }

    /// How people are named in it: its mailmap and its `i18n.commitEncoding`.
    pub(super) fn people_names(&self) -> &Names {
        self.people.get_or_init(|| Names { mailmap: Arc::clone(&self.mailmap), encoding: self.encoding() })
    }

    fn encoding(&self) -> Option<&'static Encoding> {
        let label = self.inner.config().and_then(|config| config.get_string("i18n.commitencoding"));
        label.ok().and_then(|label| Encoding::for_label(label.as_bytes()))
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

    /// The git directory that all work trees of the repository share.
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

    /// Sets the text of the mailmap (gitmailmap(5)). Before this nobody is mapped.
    pub fn set_mailmap(&mut self, text: &str) {
        self.mailmap = Arc::from(text.replace('\0', " "));
        self.people = Arc::default();
    }

    /// Whether it is a partial clone, whose remote still has the objects that are missing.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.inner.config().is_ok_and(|config| {
            let is_set = |name: &str| config.get_string(name).is_ok();
            let promises = |entry: git2::Config| {
                let mut entries = entry.entries(Some(r"^remote\..*\.(promisor|partialclonefilter)$")).ok();
                entries.as_mut().is_some_and(|entries| entries.next().is_some())
            };
            is_set("extensions.partialclone") || promises(config)
        })
    }

    /// The commits whose parents are not the recorded ones, by `git replace` or grafts.
    pub fn altered(&self) -> impl Iterator<Item = ObjectId> {
        self.altered.grafts.keys().chain(self.altered.replaced.keys()).copied()
    }
}

/// The repository that `path` lies in. What the library reads of it at once, without a bound, must be files.
fn found(path: &Path) -> Result<git2::Repository, Error> {
    const READ: [&str; 6] = ["HEAD", "config", "config.worktree", "commondir", "shallow", "info/grafts"];
    let folder = git2::Repository::discover_path(path, std::iter::empty::<&Path>()).ok();
    let folders = folder.iter().flat_map(|folder| [folder.clone(), common(folder)]);
    for file in folders.flat_map(|folder| READ.map(|name| folder.join(name))) {
        if std::fs::metadata(&file).is_ok_and(|data| !data.is_file()) {
            return Err(Error::File { path: file, line: None, problem: "it is not a file".to_owned() });
        }
    }
    let none = std::iter::empty::<&Path>();
    git2::Repository::open_ext(path, RepositoryOpenFlags::CROSS_FS, none).map_err(|source| {
        // The library names neither the file nor the line of a damaged boundary or graft.
        let named = folder
            .as_deref()
            .map(common)
            .map(|common| Altered::read(&common, &References::new(&common, &common), false));
        match named {
            Some(Err(error)) if source.code() == ErrorCode::GenericError => error,
            _ => open_error(path, source),
        }
    })
}

/// The directory that the worktrees of a repository share; the git directory itself where there is but one.
fn common(folder: &Path) -> PathBuf {
    let named = read_small(&folder.join("commondir"), LONGEST_PATH).ok().flatten();
    let named = named.and_then(|text| Some(folder.join(std::str::from_utf8(&text).ok()?.trim_end())));
    named.unwrap_or_else(|| folder.to_owned())
}

/// The repository with an empty object database: the library trusts what packs and loose objects say of themselves, and
/// crashes or hangs where they are damaged.
fn without_objects(inner: git2::Repository) -> Result<git2::Repository, Error> {
    let what = "the object database";
    let none = git2::Odb::new().map_err(Error::library(what))?;
    inner.set_odb(&none).map_err(Error::library(what))?;
    Ok(inner)
}

fn open_error(path: &Path, source: git2::Error) -> Error {
    let path = path.to_owned();
    match source.code() {
        ErrorCode::NotFound => Error::NotARepository { path },
        ErrorCode::Owner => Error::ForeignOwner { path },
        _ if source.class() == ErrorClass::Config => {
            Error::Library { what: "the git configuration".to_owned(), source }
        }
        _ if source.class() == ErrorClass::Repository && source.message().contains("objectformat") => {
            Error::Sha256 { path }
        }
        _ => Error::Library { what: format!("the repository at `{}`", path.display()), source },
    }
}
