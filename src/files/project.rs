//! The files of one project, from its work tree or from a commit.

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
};

use cap_std::{ambient_authority, fs::Dir};

use super::{
    Document, Error, Place, Why,
    bounds::{ATTACHMENT_BYTES, CHANGELOG_BYTES, TEXT_BYTES},
    folder::{Entry, Fault, Folder, Identity, identity},
    named::{Followed, follow},
    path::{Step, link_steps, steps},
    walk::{Found, Root},
};
use crate::{git::Repository, model::ObjectId};

/// The most files of a folder of templates that are read.
const FILES: usize = 256;

/// The files of one project.
pub struct ProjectFiles {
    root: PathBuf,
    cwd: PathBuf,
    /// The work tree; `None` where there is no such folder.
    disk: Option<Folder<'static>>,
    /// The git directories, where they are not the root itself.
    git: Vec<Identity>,
    git_dir: Option<PathBuf>,
    source: Source,
}

/// Where files that the repository names are read from.
pub enum Source {
    /// The work tree.
    WorkTree,
    /// The tree of a commit of the base branch: the work tree is a stranger's.
    Commit(Box<Repository>, ObjectId),
    /// Nowhere: the work tree is a stranger's, and the base branch is not known.
    Nowhere,
}

impl ProjectFiles {
    /// The files below `root`, that of `repository` where there is one. Paths that the user names start at `cwd`.
    ///
    /// # Errors
    /// When the folder is there and cannot be opened.
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
        for folder in repository.into_iter().flat_map(|found| [found.path(), found.common_path()]) {
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
        })
    }

    /// The root: that of the work tree, or the folder where there is none.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What a file that the repository may have holds; `None` where it has none. `path` is relative to the root.
    ///
    /// # Errors
    /// When the path leads out, lies in the git directory or is no regular file of a reasonable size, or the system refuses.
    pub fn find(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.bytes(None, Path::new(path), TEXT_BYTES) {
            Err(Error::System { source, .. })
                if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                Ok(None)
            }
            found => found.map(Some),
        }
    }

    /// What a file holds that a key of the configuration names.
    ///
    /// # Errors
    /// As [`Self::find`], and when there is none.
    pub fn read(&self, key: &str, path: &Path) -> Result<Vec<u8>, Error> {
        self.bytes(Some(key), path, TEXT_BYTES)
    }

    /// What a file holds that a key of the configuration names for attaching. It is built by the pipeline, so that no commit has
    /// it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn attachment(&self, key: &str, path: &Path) -> Result<Vec<u8>, Error> {
        let path = self.relative(path);
        let fail = |fault| self.fault(Some(key), "read", &path, fault);
        let found = self.on_disk(steps(&path).map_err(|why| fail(why.into()))?).map_err(fail)?;
        content(found, ATTACHMENT_BYTES).map_err(fail)
    }

    /// The files of a folder that a key of the configuration names, by their names; not those of folders in it.
    ///
    /// # Errors
    /// As [`Self::read`], for the folder and each file.
    pub fn read_folder(&self, key: &str, path: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let path = self.relative(path);
        let fail = |path: &Path, fault| self.fault(Some(key), "read", path, fault);
        let way = steps(&path).map_err(|why| fail(&path, why.into()))?;
        let found = self.source(way.clone()).map_err(|fault| fail(&path, fault))?;
        let Entry::Folder(folder) = found.entry else {
            let kind = if matches!(found.entry, Entry::Missing) {
                io::ErrorKind::NotFound
            } else {
                io::ErrorKind::NotADirectory
            };
            return Err(fail(&path, Fault::System(kind.into())));
        };
        let (mut files, mut size) = (Vec::new(), 0);
        for name in folder.names(FILES).map_err(|fault| fail(&path, fault))? {
            let file = path.join(&name);
            let refuse = |fault| fail(&file, fault);
            let mut way = way.clone();
            way.push_back(Step::Into(name.clone()));
            let found = self.source(way).map_err(refuse)?;
            if matches!(found.entry, Entry::File(_)) {
                let bytes = content(found, TEXT_BYTES).map_err(refuse)?;
                size += bytes.len() as u64;
                if size > TEXT_BYTES {
                    return Err(fail(&path, Why::Large { limit: TEXT_BYTES }.into()));
                }
                files.push((name.to_string_lossy().into_owned(), bytes));
            }
        }
        Ok(files)
    }

    /// What a text file holds that the user names. In the work tree of a stranger it is that of the base commit.
    ///
    /// # Errors
    /// When a link that comes with the repository leads it out, it is too large, or the system refuses.
    pub fn read_named(&self, path: &Path) -> Result<Vec<u8>, Error> {
        let followed = self.follow(path)?;
        match followed.below.filter(|_| !matches!(self.source, Source::WorkTree) && !followed.in_git) {
            Some(below) => match self.bytes(None, &below, TEXT_BYTES) {
                Err(Error::System { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    Err(Error::refused(None, path, Why::Untrusted))
                }
                read => read,
            },
            None => self.named_bytes(path, TEXT_BYTES),
        }
    }

    /// What a file to attach holds that the user names.
    ///
    /// # Errors
    /// As [`Self::read_named`].
    pub fn attachment_named(&self, path: &Path) -> Result<Vec<u8>, Error> {
        self.named_bytes(path, ATTACHMENT_BYTES)
    }

    /// Where a path leads that the user names, for who opens it themselves.
    ///
    /// # Errors
    /// When a link that comes with the repository leads it out, or the system refuses.
    pub fn named(&self, path: &Path) -> Result<PathBuf, Error> {
        Ok(self.follow(path)?.path)
    }

    /// The place of a document that the repository names, by a key or by its usual name. It is a regular file or not there yet.
    ///
    /// # Errors
    /// When the path leads out or lies in the git directory, what lies there is no file, or no such document is written there.
    pub fn place(&self, key: Option<&str>, path: &Path, document: Document) -> Result<Place, Error> {
        let given = self.relative(path);
        let fail = |fault| self.fault(key, "write", &given, fault);
        let found = self.on_disk(steps(&given).map_err(|why| fail(why.into()))?).map_err(fail)?;
        if !document.accepts(&given) || !(found.is_deep || document.accepts(&found.path)) {
            return Err(fail(Why::Name(document.title()).into()));
        }
        match found.entry {
            Entry::File(size) if size > CHANGELOG_BYTES => {
                return Err(fail(Why::Large { limit: CHANGELOG_BYTES }.into()));
            }
            Entry::File(_) => {}
            Entry::Missing if found.is_deep => return Ok(Place::deep(path)),
            Entry::Missing => {}
            Entry::Folder(_) | Entry::Link(_) => return Err(fail(Why::Kind("a folder").into())),
            Entry::Other(kind) => return Err(fail(Why::Kind(kind).into())),
        }
        Ok(self.inside(path, found))
    }

    /// The place that the user names.
    ///
    /// # Errors
    /// When a link that comes with the repository leads it out, or the system refuses.
    pub fn place_named(&self, path: &Path) -> Result<Place, Error> {
        let followed = self.follow(path)?;
        let below = followed.below.as_deref().filter(|_| !followed.in_git);
        let found = below.and_then(|below| link_steps(below).ok().flatten()).map(|way| self.on_disk(way));
        match found {
            Some(Ok(found)) if found.name.is_some() && !found.is_deep => Ok(self.inside(path, found)),
            Some(Err(Fault::Why(why))) => Err(Error::refused(None, path, why)),
            _ => Ok(Place::outside(path, followed.path)),
        }
    }

    fn inside(&self, shown: &Path, found: Found<'_>) -> Place {
        let path = self.root.join(&found.path);
        match found.folder {
            Folder::Disk(folder) => Place::inside(shown, folder, &path),
            Folder::Stored(..) => Place::outside(shown, path),
        }
    }

    fn bytes(&self, key: Option<&str>, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        let path = self.relative(path);
        let fail = |fault| self.fault(key, "read", &path, fault);
        let found = self.source(steps(&path).map_err(|why| fail(why.into()))?).map_err(fail)?;
        content(found, limit).map_err(fail)
    }

    /// What lies at a path that the user names. A file of the work tree is read through open folders; a pipe may be read, too.
    fn named_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        let followed = self.follow(path)?;
        let below = followed.below.as_deref().filter(|_| !followed.in_git);
        let found = below.and_then(|below| link_steps(below).ok().flatten()).map(|way| self.on_disk(way));
        match found {
            Some(Ok(found)) if matches!(found.entry, Entry::File(_)) => {
                content(found, limit).map_err(|fault| self.fault(None, "read", path, fault))
            }
            Some(Err(Fault::Why(why))) => Err(Error::refused(None, path, why)),
            _ => named_content(path, &followed.path, limit),
        }
    }

    /// A path from the root. What lies elsewhere stays as it is, and is refused for being absolute.
    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    fn source(&self, way: VecDeque<Step>) -> Result<Found<'_>, Fault> {
        match &self.source {
            Source::WorkTree => self.on_disk(way),
            Source::Commit(repository, tree) => {
                let folder = Folder::Stored(repository, *tree);
                Root { folder: &folder, path: &self.root, git: &[] }.follow(way)
            }
            Source::Nowhere => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    fn on_disk(&self, way: VecDeque<Step>) -> Result<Found<'static>, Fault> {
        match &self.disk {
            Some(folder) => Root { folder, path: &self.root, git: &self.git }.follow(way),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    /// Follows a path that the user names, unless a link of the repository leads it out.
    fn follow(&self, path: &Path) -> Result<Followed, Error> {
        let fail = |error| Error::system(None, "read", path, error);
        let root = match &self.disk {
            Some(folder) => folder.identity().map_err(fail)?,
            None => None,
        };
        let followed = follow(&self.cwd.join(path), root, &self.git)
            .map_err(fail)?
            .map_err(|why| Error::refused(None, path, why))?;
        if followed.below.is_none() || followed.in_git {
            let comes = followed.links.iter().find(|link| self.comes_with_repository(link));
            if let Some(link) = comes {
                let why = Why::Link { link: link.clone(), to: followed.path };
                return Err(Error::refused(None, path, why));
            }
        }
        Ok(followed)
    }

    /// Whether a link of the work tree is the repository's, or that of a repository in it; all are in the work tree of a stranger.
    fn comes_with_repository(&self, link: &Path) -> bool {
        let Some(git_dir) = &self.git_dir else { return false };
        let nested = |folder: &Path| {
            !folder.as_os_str().is_empty() && self.root.join(folder).join(".git").symlink_metadata().is_ok()
        };
        !matches!(self.source, Source::WorkTree)
            || link.ancestors().skip(1).any(nested)
            || Repository::open(git_dir).map_or(true, |found| found.is_tracked(&unix(link)))
    }

    fn fault(&self, key: Option<&str>, verb: &'static str, path: &Path, fault: Fault) -> Error {
        match fault {
            Fault::Why(why) => Error::refused(key, path, why),
            // What is not in the base commit may well lie in the work tree.
            Fault::System(source)
                if source.kind() == io::ErrorKind::NotFound && self.is_untrusted(key, verb) =>
            {
                Error::refused(key, path, Why::Untrusted)
            }
            Fault::System(source) => Error::system(key, verb, path, source),
            Fault::Git(error) => Error::Git(error),
        }
    }

    fn is_untrusted(&self, key: Option<&str>, verb: &str) -> bool {
        key.is_some() && verb == "read" && !matches!(self.source, Source::WorkTree)
    }
}

/// A path as git writes it.
fn unix(path: &Path) -> String {
    path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn content(found: Found<'_>, limit: u64) -> Result<Vec<u8>, Fault> {
    match (found.entry, found.name) {
        (Entry::File(size), Some(_)) if size > limit => Err(Why::Large { limit }.into()),
        (Entry::File(_), Some(name)) => found.folder.read(&name, limit),
        (Entry::Missing, _) => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        (Entry::Other(kind), _) => Err(Why::Kind(kind).into()),
        _ => Err(Why::Kind("a folder").into()),
    }
}

/// What lies at a path that the user names, which may be a pipe.
fn named_content(shown: &Path, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    use io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| Error::system(None, "read", shown, error))?;
    if bytes.len() as u64 > limit {
        return Err(Error::refused(None, shown, Why::Large { limit }));
    }
    Ok(bytes)
}
