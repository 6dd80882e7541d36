//! Reads and writes the files of one project, from its work tree or from a commit.

use std::{
    collections::{BTreeSet, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use cap_std::{ambient_authority, fs::Dir};

use super::{
    Document, Error, Refusal, WriteTarget,
    bounds::{ATTACHMENT_BYTES, CHANGELOG_BYTES, TEXT_BYTES},
    confined::{ConfinedRoot, ResolvedPath},
    folder::{AccessError, Folder, FolderEntry, Identity, identity},
    path::{Step, link_steps, steps},
    user_path::{self, UserPath},
};
use crate::{git::Repository, model::ObjectId};

/// The maximum number of files in a folder of templates.
const MAX_FILES: usize = 256;

/// The files of one project.
pub struct ProjectFiles {
    root: PathBuf,
    cwd: PathBuf,
    /// The root folder; `None` if it does not exist.
    disk: Option<Folder<'static>>,
    /// The git directories, except the root itself.
    git: Vec<Identity>,
    git_dir: Option<PathBuf>,
    source: Source,
    /// The paths that were looked for.
    sought: Mutex<BTreeSet<PathBuf>>,
}

/// Where files named by the repository are read from.
pub enum Source {
    /// The work tree.
    WorkTree,
    /// The tree of a commit of the base branch, because the work tree is not trusted.
    Commit(Box<Repository>, ObjectId),
    /// Nowhere: the work tree is not trusted, and there is no commit of the base branch.
    Nowhere,
}

impl ProjectFiles {
    /// The files below `root`, which is the root of `repository` if there is one. Paths from the user are relative to
    /// `cwd`.
    ///
    /// # Errors
    /// If `root` exists but cannot be opened.
    pub fn new(
        root: &Path,
        cwd: &Path,
        repository: Option<&Repository>,
        source: Source,
    ) -> Result<Self, Error> {
        let open = |path: &Path| Dir::open_ambient_dir(path, ambient_authority());
        let fail = |error| Error::system(None, "read", root, error);
        let disk = match open(root) {
            Ok(folder) => Some(folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(fail(error)),
        };
        let own = disk.as_ref().map(identity).transpose().map_err(fail)?;
        let mut git = Vec::new();
        for folder in repository.into_iter().flat_map(|found| [found.path(), found.common_dir()]) {
            // The root of a bare repository is its git directory.
            git.extend(open(folder).and_then(|folder| identity(&folder)).ok().filter(|it| Some(*it) != own));
        }
        Ok(Self {
            root: root.to_owned(),
            cwd: cwd.to_owned(),
            disk: disk.map(Folder::Disk),
            git,
            git_dir: repository.map(|found| found.path().to_owned()),
            source,
            sought: Mutex::default(),
        })
    }

    /// The root of the work tree, or the folder if there is no repository.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The paths of all files that were looked for so far, whether they exist or not.
    #[must_use]
    pub fn sought(&self) -> Vec<PathBuf> {
        self.sought.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn seek(&self, path: PathBuf) {
        self.sought.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
    }

    /// Whether files named by the repository are read from the work tree.
    #[must_use]
    pub fn is_work_tree_trusted(&self) -> bool {
        matches!(self.source, Source::WorkTree)
    }

    /// The content of an optional file of the repository; `None` if it does not exist. `path` is relative to the root.
    ///
    /// # Errors
    /// If the path leads outside the work tree or into the git directory, is not a regular file or is too large, or the
    /// operating system returns an error.
    pub fn find(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        optional(self.bytes(None, Path::new(path), TEXT_BYTES))
    }

    /// The content of a document of the repository, named by a key or by its default name; `None` if it does not exist.
    ///
    /// # Errors
    /// As [`Self::find`], and if its name is not one for this kind of document.
    pub fn find_document(
        &self,
        key: Option<&str>,
        path: &Path,
        document: Document,
    ) -> Result<Option<Vec<u8>>, Error> {
        let given = self.relative(path);
        let fail = |error| self.error(key, "read", &given, error);
        let found = match self.source(steps(&given).map_err(|reason| fail(reason.into()))?) {
            // Without a commit of the base branch, there is no file.
            Err(AccessError::System(error)) if key.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return Ok(None);
            }
            found => found.map_err(fail)?,
        };
        if !document.accepts(&given) || !(found.is_parent_missing || document.accepts(&found.path)) {
            return Err(fail(Refusal::Name(document.title()).into()));
        }
        optional(content(found, CHANGELOG_BYTES).map_err(fail))
    }

    /// The content of a file named by a configuration key.
    ///
    /// # Errors
    /// As [`Self::find`], and if the file does not exist.
    pub fn read(&self, key: &str, path: &Path) -> Result<Vec<u8>, Error> {
        self.bytes(Some(key), path, TEXT_BYTES)
    }

    /// The content of an attachment named by a configuration key. It is always read from the work tree: the pipeline
    /// builds it, so it is in no commit.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn attachment(&self, key: &str, path: &Path) -> Result<Vec<u8>, Error> {
        let path = self.relative(path);
        let fail = |error| self.error(Some(key), "read", &path, error);
        let found = self.on_disk(steps(&path).map_err(|reason| fail(reason.into()))?).map_err(fail)?;
        content(found, ATTACHMENT_BYTES).map_err(fail)
    }

    /// The names and contents of the files in a folder named by a configuration key, not recursive, sorted by name.
    ///
    /// # Errors
    /// As [`Self::read`], for the folder and each file.
    pub fn read_folder(&self, key: &str, path: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let path = self.relative(path);
        let fail = |path: &Path, error| self.error(Some(key), "read", path, error);
        let folder_steps = steps(&path).map_err(|reason| fail(&path, reason.into()))?;
        let found = self.source(folder_steps.clone()).map_err(|error| fail(&path, error))?;
        let FolderEntry::Folder(folder) = found.entry else {
            let kind = if matches!(found.entry, FolderEntry::Missing) {
                io::ErrorKind::NotFound
            } else {
                io::ErrorKind::NotADirectory
            };
            return Err(fail(&path, AccessError::System(kind.into())));
        };
        let (mut files, mut size) = (Vec::new(), 0);
        for name in folder.names(MAX_FILES).map_err(|error| fail(&path, error))? {
            let file = path.join(&name);
            let refuse = |error| fail(&file, error);
            let mut file_steps = folder_steps.clone();
            file_steps.push_back(Step::Into(name.clone()));
            let found = self.source(file_steps).map_err(refuse)?;
            if matches!(found.entry, FolderEntry::File(_)) {
                let bytes = content(found, TEXT_BYTES).map_err(refuse)?;
                size += bytes.len() as u64;
                if size > TEXT_BYTES {
                    return Err(fail(&path, Refusal::Large { limit: TEXT_BYTES }.into()));
                }
                files.push((name.to_string_lossy().into_owned(), bytes));
            }
        }
        Ok(files)
    }

    /// The content of a text file named by the user. If the work tree is not trusted, files inside it are read from the
    /// base commit.
    ///
    /// # Errors
    /// If a link of the repository leads outside, the file is too large, or the operating system returns an error.
    pub fn read_user_path(&self, path: &Path) -> Result<Vec<u8>, Error> {
        self.read_user_text(path, TEXT_BYTES)
    }

    /// As [`Self::read_user_path`], for a document, which may be larger.
    ///
    /// # Errors
    /// As [`Self::read_user_path`].
    pub fn read_user_document(&self, path: &Path) -> Result<Vec<u8>, Error> {
        self.read_user_text(path, CHANGELOG_BYTES)
    }

    fn read_user_text(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        let resolved = self.resolve(path)?;
        match resolved.below.filter(|_| !matches!(self.source, Source::WorkTree) && !resolved.in_git) {
            Some(below) => match self.bytes(None, &below, limit) {
                Err(Error::System { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    Err(Error::refused(None, path, Refusal::Untrusted))
                }
                read => read,
            },
            None => self.user_bytes(path, limit),
        }
    }

    /// The content of an attachment named by the user.
    ///
    /// # Errors
    /// As [`Self::read_user_path`].
    pub fn user_attachment(&self, path: &Path) -> Result<Vec<u8>, Error> {
        self.user_bytes(path, ATTACHMENT_BYTES)
    }

    /// Resolves a path named by the user, for callers that open it themselves.
    ///
    /// # Errors
    /// If a link of the repository leads outside, or the operating system returns an error.
    pub fn resolve_user_path(&self, path: &Path) -> Result<PathBuf, Error> {
        Ok(self.resolve(path)?.path)
    }

    /// The write target of a document named by the repository, by a key or by its default name. It is a regular file or
    /// does not exist yet.
    ///
    /// # Errors
    /// If the path leads outside the work tree or into the git directory, is not a regular file or is too large, or its
    /// name is not one for this kind of document.
    pub fn document_target(
        &self,
        key: Option<&str>,
        path: &Path,
        document: Document,
    ) -> Result<WriteTarget, Error> {
        let given = self.relative(path);
        let fail = |error| self.error(key, "write", &given, error);
        let found = self.on_disk(steps(&given).map_err(|reason| fail(reason.into()))?).map_err(fail)?;
        if !document.accepts(&given) || !(found.is_parent_missing || document.accepts(&found.path)) {
            return Err(fail(Refusal::Name(document.title()).into()));
        }
        match found.entry {
            FolderEntry::File(size) if size > CHANGELOG_BYTES => {
                return Err(fail(Refusal::Large { limit: CHANGELOG_BYTES }.into()));
            }
            FolderEntry::File(_) => {}
            FolderEntry::Missing if found.is_parent_missing => return Ok(WriteTarget::without_parent(path)),
            FolderEntry::Missing => {}
            FolderEntry::Folder(_) | FolderEntry::Link(_) => {
                return Err(fail(Refusal::Kind("a folder").into()));
            }
            FolderEntry::Other(kind) => return Err(fail(Refusal::Kind(kind).into())),
        }
        Ok(self.inside(path, found))
    }

    /// Creates a folder below the root. Links that lead outside are not followed.
    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        match &self.disk {
            Some(Folder::Disk(root)) => root.create_dir_all(path),
            Some(Folder::Stored(..)) | None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The write target of a path named by the user.
    ///
    /// # Errors
    /// If a link of the repository leads outside, or the operating system returns an error.
    pub fn user_target(&self, path: &Path) -> Result<WriteTarget, Error> {
        let resolved = self.resolve(path)?;
        let below = resolved.below.as_deref().filter(|_| !resolved.in_git);
        let found = below.and_then(|below| link_steps(below).ok().flatten()).map(|steps| self.on_disk(steps));
        match found {
            Some(Ok(found)) if found.name.is_some() && !found.is_parent_missing => {
                Ok(self.inside(path, found))
            }
            Some(Err(AccessError::Refused(reason))) => Err(Error::refused(None, path, reason)),
            _ => Ok(WriteTarget::outside(path, resolved.path)),
        }
    }

    fn inside(&self, display_path: &Path, found: ResolvedPath<'_>) -> WriteTarget {
        let path = self.root.join(&found.path);
        match found.folder {
            Folder::Disk(folder) => WriteTarget::inside(display_path, folder, &path),
            Folder::Stored(..) => WriteTarget::outside(display_path, path),
        }
    }

    fn bytes(&self, key: Option<&str>, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        let path = self.relative(path);
        let fail = |error| self.error(key, "read", &path, error);
        let found = self.source(steps(&path).map_err(|reason| fail(reason.into()))?).map_err(fail)?;
        content(found, limit).map_err(fail)
    }

    /// The content at a path named by the user. Files inside the work tree are read through open folders. May be a
    /// pipe.
    fn user_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        let resolved = self.resolve(path)?;
        let below = resolved.below.as_deref().filter(|_| !resolved.in_git);
        let found = below.and_then(|below| link_steps(below).ok().flatten()).map(|steps| self.on_disk(steps));
        match found {
            Some(Ok(found)) if matches!(found.entry, FolderEntry::File(_)) => {
                content(found, limit).map_err(|error| self.error(None, "read", path, error))
            }
            Some(Err(AccessError::Refused(reason))) => Err(Error::refused(None, path, reason)),
            _ => user_content(path, &resolved.path, limit),
        }
    }

    /// The path relative to the root. A path elsewhere stays absolute, and is refused later.
    fn relative(&self, path: &Path) -> PathBuf {
        self.seek(self.root.join(path));
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    fn source(&self, steps: VecDeque<Step>) -> Result<ResolvedPath<'_>, AccessError> {
        match &self.source {
            Source::WorkTree => self.on_disk(steps),
            Source::Commit(repository, tree) => {
                let folder = Folder::Stored(repository, *tree);
                ConfinedRoot { folder: &folder, path: &self.root, git: &[] }.resolve(steps)
            }
            Source::Nowhere => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    fn on_disk(&self, steps: VecDeque<Step>) -> Result<ResolvedPath<'static>, AccessError> {
        match &self.disk {
            Some(folder) => ConfinedRoot { folder, path: &self.root, git: &self.git }.resolve(steps),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    /// Resolves a path named by the user, unless a link of the repository leads outside.
    fn resolve(&self, path: &Path) -> Result<UserPath, Error> {
        let fail = |error| Error::system(None, "read", path, error);
        let root = match &self.disk {
            Some(folder) => folder.identity().map_err(fail)?,
            None => None,
        };
        self.seek(self.cwd.join(path));
        let resolved = user_path::resolve(&self.cwd.join(path), root, &self.git)
            .map_err(fail)?
            .map_err(|reason| Error::refused(None, path, reason))?;
        if resolved.below.is_none() || resolved.in_git {
            let untrusted = resolved.links.iter().find(|link| self.is_from_repository(link));
            if let Some(link) = untrusted {
                let reason = Refusal::Link { link: link.clone(), to: resolved.path };
                return Err(Error::refused(None, path, reason));
            }
        }
        Ok(resolved)
    }

    /// Whether a link inside the work tree is tracked by the repository, or belongs to a nested repository. In an
    /// untrusted work tree, every link counts.
    fn is_from_repository(&self, link: &Path) -> bool {
        let Some(git_dir) = &self.git_dir else { return false };
        let nested = |folder: &Path| {
            !folder.as_os_str().is_empty() && self.root.join(folder).join(".git").symlink_metadata().is_ok()
        };
        !matches!(self.source, Source::WorkTree)
            || link.ancestors().skip(1).any(nested)
            || Repository::open(git_dir).map_or(true, |found| found.is_tracked(&unix(link)))
    }

    fn error(&self, key: Option<&str>, verb: &'static str, path: &Path, error: AccessError) -> Error {
        match error {
            AccessError::Refused(reason) => Error::refused(key, path, reason),
            // The file may exist in the work tree, so "not found" would mislead.
            AccessError::System(source)
                if source.kind() == io::ErrorKind::NotFound && self.is_untrusted(key, verb) =>
            {
                Error::refused(key, path, Refusal::Untrusted)
            }
            AccessError::System(source) => Error::system(key, verb, path, source),
            AccessError::Git(error) => Error::Git(error),
        }
    }

    fn is_untrusted(&self, key: Option<&str>, verb: &str) -> bool {
        key.is_some() && verb == "read" && !matches!(self.source, Source::WorkTree)
    }
}

/// `None` instead of an error for a file that does not exist.
fn optional(read: Result<Vec<u8>, Error>) -> Result<Option<Vec<u8>>, Error> {
    match read {
        Err(Error::System { source, .. })
            if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        found => found.map(Some),
    }
}

/// A path as git writes it.
fn unix(path: &Path) -> String {
    path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn content(found: ResolvedPath<'_>, limit: u64) -> Result<Vec<u8>, AccessError> {
    match (found.entry, found.name) {
        (FolderEntry::File(size), Some(_)) if size > limit => Err(Refusal::Large { limit }.into()),
        (FolderEntry::File(_), Some(name)) => found.folder.read(&name, limit),
        (FolderEntry::Missing, _) => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        (FolderEntry::Other(kind), _) => Err(Refusal::Kind(kind).into()),
        _ => Err(Refusal::Kind("a folder").into()),
    }
}

/// The content at a resolved path outside the work tree, which may be a pipe.
fn user_content(display_path: &Path, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    use io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| Error::system(None, "read", display_path, error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::refused(None, display_path, Refusal::Large { limit }));
    }
    Ok(bytes)
}
