//! Opens a repository: discovery, configuration, and the data shared by all readers.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use encoding_rs::Encoding;
use git2::{ErrorClass, ErrorCode, RepositoryOpenFlags};

use super::{
    Environment, Error, ObjectPaths,
    commits::{decode::Identities, overrides::HistoryOverrides, shared::SharedCommits},
    file::read_small,
    format,
    objects::database::LazyObjectDatabase,
    refs::files::RefStore,
    trees::path_sets::CompiledSets,
};
use crate::model::ObjectId;

/// Longest `commondir` file, in bytes.
const MAX_PATH_LENGTH: u64 = 64 << 10;

/// An open repository, with the data that all its readers share.
///
/// The git library discovers it and reads its configuration. It never reads an object: its object database is empty.
pub struct Repository {
    pub(super) inner: git2::Repository,
    pub(super) overrides: Arc<HistoryOverrides>,
    pub(super) object_database: Arc<LazyObjectDatabase>,
    /// The commits that were read, if they are kept; see [`Self::share_commits`].
    pub(super) shared_commits: Option<Arc<SharedCommits>>,
    /// The path sets that were last compiled for a comparison of trees.
    pub(super) compared_sets: Arc<Mutex<Option<CompiledSets>>>,
    /// Content of the mailmap.
    pub(super) mailmap: Arc<str>,
    identity_options: Arc<OnceLock<IdentityOptions>>,
    /// Whether git's variables belong to another repository.
    pub(super) has_foreign_environment: bool,
    /// The commit that is taken for HEAD; see [`Self::assume_head`].
    pub(super) assumed_head: Option<ObjectId>,
}

/// How author and committer lines are decoded: mailmap and fallback encoding.
pub(super) struct IdentityOptions {
    mailmap: Arc<str>,
    encoding: Option<&'static Encoding>,
}

impl IdentityOptions {
    /// A decoder for one thread.
    pub(super) fn identities(&self) -> Identities {
        Identities::new(git2::Mailmap::from_buffer(&self.mailmap).ok(), self.encoding)
    }
}

impl Repository {
    /// Opens the repository of a run as git does: the one that the environment names, else the one that contains the
    /// current directory `cwd`. `named` is the path that the user has given instead; then the environment only says
    /// where the objects of this repository are, if it is the one that it names.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of_run(named: Option<&Path>, environment: &Environment, cwd: &Path) -> Result<Self, Error> {
        let inner = match (named, &environment.git_dir) {
            (None, Some(git_dir)) => discover(git_dir, Search::Exact)?,
            (path, _) => discover(path.unwrap_or(cwd), Search::Upwards)?,
        };
        if named.is_some() && !environment.names(inner.path()) {
            return Ok(Self { has_foreign_environment: true, ..Self::new(inner, &ObjectPaths::default())? });
        }
        if named.is_none()
            && let Some(work_tree) = work_tree(environment, &inner, cwd)
        {
            let what = format!("the work tree at `{}`", work_tree.display());
            inner.set_workdir(&work_tree, false).map_err(Error::library(what))?;
        }
        Self::new(inner, &environment.objects)
    }

    /// Opens the repository that contains `path`: a work tree or a directory in it, a bare repository, or a linked
    /// worktree.
    ///
    /// # Errors
    /// If there is none, another user owns it, or its format is not supported.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::new(discover(path, Search::Upwards)?, &ObjectPaths::default())
    }

    fn new(inner: git2::Repository, objects: &ObjectPaths) -> Result<Self, Error> {
        let inner = with_empty_object_database(inner)?;
        let ref_store = RefStore::new(inner.commondir(), inner.path());
        let use_replace_refs =
            inner.config().and_then(|config| config.get_bool("core.usereplacerefs")).unwrap_or(true);
        let overrides = HistoryOverrides::read(inner.commondir(), &ref_store, use_replace_refs)?;
        let object_database =
            Arc::new(LazyObjectDatabase::new(inner.commondir(), objects, is_partial(&inner)));
        Ok(Self {
            inner,
            overrides: Arc::new(overrides),
            object_database,
            shared_commits: None,
            compared_sets: Arc::default(),
            mailmap: Arc::from(""),
            identity_options: Arc::default(),
            has_foreign_environment: false,
            assumed_head: None,
        })
    }

    /// Opens the same repository again, for another thread or owner.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn fork(&self) -> Result<Self, Error> {
        let inner = git2::Repository::open(self.path()).map_err(|source| open_error(self.path(), source))?;
        if let Some(work_tree) = self.inner.workdir().filter(|path| inner.workdir() != Some(path)) {
            inner.set_workdir(work_tree, false).map_err(|source| open_error(work_tree, source))?;
        }
        let inner = with_empty_object_database(inner)?;
        let (overrides, object_database) = (Arc::clone(&self.overrides), Arc::clone(&self.object_database));
        let (mailmap, identity_options) = (Arc::clone(&self.mailmap), Arc::clone(&self.identity_options));
        let (shared_commits, compared_sets) = (self.shared_commits.clone(), Arc::clone(&self.compared_sets));
        Ok(Self {
            inner,
            overrides,
            object_database,
            shared_commits,
            compared_sets,
            mailmap,
            identity_options,
            has_foreign_environment: self.has_foreign_environment,
            assumed_head: self.assumed_head,
        })
    }

    /// Its refs, read from the files on each call.
    pub(super) fn ref_store(&self) -> RefStore {
        RefStore::new(self.inner.commondir(), self.path())
    }

    /// Its mailmap and `i18n.commitEncoding`.
    pub(super) fn identity_options(&self) -> &IdentityOptions {
        self.identity_options
            .get_or_init(|| IdentityOptions { mailmap: Arc::clone(&self.mailmap), encoding: self.encoding() })
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

    /// The common directory: the git directory that all worktrees of the repository share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether it is a shallow clone (`git clone --depth`).
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        !self.overrides.shallow.is_empty()
    }

    /// Whether the commit is at the boundary of a shallow clone.
    #[must_use]
    pub fn is_boundary(&self, id: ObjectId) -> bool {
        self.overrides.shallow.contains(&id)
    }

    /// Sets the content of the mailmap (gitmailmap(5)); initially empty.
    pub fn set_mailmap(&mut self, text: &str) {
        self.mailmap = Arc::from(text.replace('\0', " "));
        self.identity_options = Arc::default();
    }

    /// Whether it is a partial clone: a promisor remote has the missing objects.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        is_partial(&self.inner)
    }

    /// Whether a fetch from the remote leaves out trees (`git clone --filter=tree:0`).
    #[must_use]
    pub fn omits_trees(&self, remote: &str) -> bool {
        let filter = |config: git2::Config| config.get_string(&format!("remote.{remote}.partialclonefilter"));
        let Ok(filter) = self.inner.config().and_then(filter) else { return false };
        // Filters are combined as in `combine:blob:none+tree:3` (git-rev-list(1), `--filter`).
        let mut parts = filter.strip_prefix("combine:").unwrap_or(&filter).split('+');
        parts.any(|part| {
            let kind = part.split([':', '%']).next().unwrap_or_default();
            matches!(kind, "tree" | "object")
        })
    }

    /// The commits whose parents may differ from the recorded ones: replaced by `git replace`, or grafted.
    pub fn overridden_commits(&self) -> impl Iterator<Item = ObjectId> {
        self.overrides.grafts.keys().chain(self.overrides.replacements.keys()).copied()
    }
}

fn is_partial(repository: &git2::Repository) -> bool {
    repository.config().is_ok_and(|config| {
        let entries = config.entries(Some(r"^remote\..*\.(promisor|partialclonefilter)$"));
        let has_promisor = entries.is_ok_and(|mut entries| entries.next().is_some());
        has_promisor || config.get_string("extensions.partialclone").is_ok()
    })
}

/// The work tree, if it is not the one that the git directory implies: that of `GIT_WORK_TREE`; with `GIT_DIR`, the
/// current directory, as in git. Some hooks of a repository with a work tree run in its git directory, though, which is
/// no work tree with the project's files.
fn work_tree(environment: &Environment, repository: &git2::Repository, cwd: &Path) -> Option<PathBuf> {
    if let Some(path) = &environment.work_tree {
        return Some(path.clone());
    }
    environment.git_dir.as_ref()?;
    let is_configured = repository.config().is_ok_and(|config| config.get_string("core.worktree").is_ok());
    let is_inside = cwd.canonicalize().is_ok_and(|cwd| {
        [repository.path(), repository.commondir()].iter().any(|folder| cwd.starts_with(folder))
    });
    (!repository.is_bare() && !is_configured && !is_inside).then(|| cwd.to_owned())
}

/// How a repository is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// At the path and in its parent directories.
    Upwards,
    /// The path is that of the git directory, as in `GIT_DIR`.
    Exact,
}

/// Discovers the repository that contains `path`. The library reads the files listed here without a size limit, and
/// would block on a pipe: they must be regular files.
fn discover(path: &Path, search: Search) -> Result<git2::Repository, Error> {
    const READ: [&str; 6] = ["HEAD", "config", "config.worktree", "commondir", "shallow", "info/grafts"];
    let folder = git2::Repository::discover_path(path, std::iter::empty::<&Path>()).ok();
    let folders = folder.iter().flat_map(|folder| [folder.clone(), find_common_dir(folder)]);
    for file in folders.flat_map(|folder| READ.map(|name| folder.join(name))) {
        if std::fs::metadata(&file).is_ok_and(|data| !data.is_file()) {
            return Err(Error::DamagedFile {
                path: file,
                line: None,
                problem: "it is not a regular file".to_owned(),
            });
        }
    }
    let common_dir = folder.as_deref().map(find_common_dir);
    if let Some(format) = common_dir.as_deref().and_then(format::unsupported) {
        return Err(Error::Format { path: folder.unwrap_or_default(), format });
    }
    let flags = match search {
        Search::Upwards => RepositoryOpenFlags::CROSS_FS,
        Search::Exact => RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT,
    };
    git2::Repository::open_ext(path, flags, std::iter::empty::<&Path>()).map_err(|source| {
        // For a damaged `shallow` or `info/grafts`, the library's error has no file or line.
        let named =
            common_dir.map(|common| HistoryOverrides::read(&common, &RefStore::new(&common, &common), false));
        match named {
            Some(Err(error)) if source.code() == ErrorCode::GenericError => error,
            _ if search == Search::Exact && source.code() == ErrorCode::NotFound => {
                Error::NotAGitDirectory { path: path.to_owned() }
            }
            _ => open_error(path, source),
        }
    })
}

/// The common directory of a git directory: the directory itself unless it belongs to a linked worktree.
fn find_common_dir(folder: &Path) -> PathBuf {
    let named = read_small(&folder.join("commondir"), MAX_PATH_LENGTH).ok().flatten();
    let named = named.and_then(|text| Some(folder.join(std::str::from_utf8(&text).ok()?.trim_end())));
    named.unwrap_or_else(|| folder.to_owned())
}

/// Gives the repository an empty object database: the library trusts headers of packs and loose objects, and crashes or
/// hangs on damaged ones.
fn with_empty_object_database(inner: git2::Repository) -> Result<git2::Repository, Error> {
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
        _ => Error::Library { what: format!("the repository at `{}`", path.display()), source },
    }
}
