//! A folder that a command fills with files of its own, such as a static site.
//!
//! Every file is opened relative to the open folder, so that no name and no symbolic link in it leads outside.

use std::{
    cell::RefCell,
    collections::HashSet,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};

use super::{Error, project::ProjectFiles};

/// The name of the file that is renamed into place.
const TEMPORARY: &str = ".tidings-new";

/// An open folder for output.
pub struct OutputFolder {
    folder: Dir,
    display_path: PathBuf,
    /// The subfolders that exist.
    subfolders: RefCell<HashSet<PathBuf>>,
}

impl ProjectFiles {
    /// Opens a folder named by the user, and creates it if it is missing.
    ///
    /// # Errors
    /// If a link of the repository leads outside, the path is not a folder, or the operating system returns an error.
    pub fn output_folder(&self, path: &Path) -> Result<OutputFolder, Error> {
        let resolved = self.resolve_user_path(path)?;
        let open = || {
            std::fs::create_dir_all(&resolved)?;
            Dir::open_ambient_dir(&resolved, ambient_authority())
        };
        let folder = open().map_err(|error| Error::system(None, "write", path, error))?;
        let subfolders = RefCell::default();
        Ok(OutputFolder { folder, display_path: path.to_owned(), subfolders })
    }
}

impl OutputFolder {
    /// Whether the folder has no entries.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn is_empty(&self) -> Result<bool, Error> {
        let entries = self.folder.entries().map(|mut entries| entries.next().is_none());
        entries.map_err(|error| Error::system(None, "read", &self.display_path, error))
    }

    /// The content of a regular file; `None` if there is none, or if it is larger than `limit` bytes.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        match self.content(Path::new(name), limit) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            found => found.map_err(|error| self.error("read", name, error)),
        }
    }

    fn content(&self, name: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = self.folder.open_with(name, &options)?;
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes)?;
        Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= limit))
    }

    /// Writes a file, and the folders that it needs, unless it has this content already. The file is complete under its
    /// name at any time. Returns whether it was written.
    ///
    /// # Errors
    /// If it cannot be written, or its name leads outside the folder.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = Path::new(name);
        let is_same = self.content(path, bytes.len() as u64).is_ok_and(|old| old.as_deref() == Some(bytes));
        if is_same {
            return Ok(false);
        }
        self.replace(path, bytes).map_err(|error| self.error("write", name, error))?;
        Ok(true)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let parent = path.parent().unwrap_or(Path::new(""));
        if !parent.as_os_str().is_empty() && self.subfolders.borrow_mut().insert(parent.to_owned()) {
            self.folder.create_dir_all(parent)?;
        }
        let temporary = parent.join(TEMPORARY);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut file = match self.folder.open_with(&temporary, &options) {
            // An interrupted run left it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.folder.remove_file(&temporary)?;
                self.folder.open_with(&temporary, &options)?
            }
            opened => opened?,
        };
        let written = file.write_all(bytes);
        drop(file);
        let renamed = written.and_then(|()| self.folder.rename(&temporary, &self.folder, path));
        if renamed.is_err() {
            drop(self.folder.remove_file(&temporary));
        }
        renamed
    }

    /// Deletes a file or a link, then the folders above it that are empty.
    ///
    /// # Errors
    /// If it exists and cannot be deleted.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let path = Path::new(name);
        match self.folder.remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            removed => removed.map_err(|error| self.error("delete", name, error))?,
        }
        for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
            if self.folder.remove_dir(parent).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn error(&self, verb: &'static str, name: &str, error: io::Error) -> Error {
        Error::system(None, verb, &self.display_path.join(name), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Source;

    fn folder(root: &Path) -> OutputFolder {
        let files = ProjectFiles::new(root, root, None, Source::WorkTree).unwrap();
        files.output_folder(&root.join("out")).unwrap()
    }

    #[test]
    fn files_are_written_once_and_deleted_with_their_folders() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(root.path());
        assert!(folder.is_empty().unwrap());
        assert!(folder.write("a/b/c.html", b"x").unwrap());
        assert!(!folder.write("a/b/c.html", b"x").unwrap());
        assert!(folder.write("a/b/c.html", b"y").unwrap());
        assert_eq!(folder.read("a/b/c.html", 10).unwrap().unwrap(), b"y");
        assert_eq!(folder.read("a/none", 10).unwrap(), None);
        folder.remove("a/b/c.html").unwrap();
        assert!(folder.is_empty().unwrap());
    }

    #[test]
    fn no_name_leads_outside() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(root.path());
        let outside = root.path().join("kept");
        std::fs::write(&outside, "kept").unwrap();
        assert!(folder.write("../kept", b"x").is_err());
        assert!(folder.remove("../kept").is_err());
        assert!(folder.read("../kept", 10).is_err());
        assert!(folder.write(outside.to_str().unwrap(), b"x").is_err());
        assert_eq!(std::fs::read(&outside).unwrap(), b"kept");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_replaced_and_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(root.path());
        let outside = root.path().join("kept");
        std::fs::create_dir(root.path().join("other")).unwrap();
        std::fs::write(&outside, "kept").unwrap();
        std::os::unix::fs::symlink(&outside, root.path().join("out/index.html")).unwrap();
        std::os::unix::fs::symlink("../other", root.path().join("out/versions")).unwrap();
        assert!(folder.write("index.html", b"kept").unwrap());
        assert!(folder.write("versions/1.html", b"x").is_err());
        assert_eq!(std::fs::read(&outside).unwrap(), b"kept");
        assert!(root.path().join("out/index.html").symlink_metadata().unwrap().is_file());
        assert!(!root.path().join("other/1.html").exists());
    }
}
