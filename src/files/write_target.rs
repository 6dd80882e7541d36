//! Checked paths to write to.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::Dir;

use super::bounds::CHANGELOG_BYTES;

/// A path that may be written to, with all links resolved. Its path is valid as long as this value exists.
#[derive(Debug)]
pub struct WriteTarget {
    display_path: PathBuf,
    path: PathBuf,
    /// The open parent folder, if it is inside the work tree.
    folder: Option<Dir>,
    /// Whether the parent folder is missing.
    is_parent_missing: bool,
}

impl WriteTarget {
    /// A path in an open folder of the work tree. `path` is without links.
    pub(super) fn inside(display_path: &Path, folder: Dir, path: &Path) -> Self {
        let path = path.file_name().and_then(|name| anchor(&folder, name)).unwrap_or_else(|| path.to_owned());
        Self { display_path: display_path.to_owned(), path, folder: Some(folder), is_parent_missing: false }
    }

    /// A path from the user outside the work tree.
    pub(super) fn outside(display_path: &Path, path: PathBuf) -> Self {
        Self { display_path: display_path.to_owned(), path, folder: None, is_parent_missing: false }
    }

    /// A path in the work tree whose parent folder is missing, so that it cannot be written.
    pub(super) fn without_parent(display_path: &Path) -> Self {
        let path = display_path.to_owned();
        Self { display_path: path.clone(), path, folder: None, is_parent_missing: true }
    }

    /// Whether its folder is missing.
    pub(super) const fn is_parent_missing(&self) -> bool {
        self.is_parent_missing
    }

    /// The path for messages.
    #[must_use]
    pub fn display_path(&self) -> &Path {
        &self.display_path
    }

    /// The path to open. On Linux it goes through the open parent folder, so that replacing a parent with a link has no
    /// effect. Callers must not follow the last component if it is a link: it was not one when it was checked.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The metadata of the file at the path.
    ///
    /// # Errors
    /// If there is no file, its folder is missing, or the operating system returns an error. Inside the work tree also
    /// if it is a link, because it was not one when it was checked.
    pub fn metadata(&self) -> io::Result<fs::Metadata> {
        if self.is_parent_missing {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.folder.is_none() {
            return fs::metadata(&self.path);
        }
        let data = fs::symlink_metadata(&self.path)?;
        if data.is_symlink() {
            return Err(io::Error::other("it was replaced with a symbolic link during the run"));
        }
        Ok(data)
    }

    /// The content of the file; `None` if there is no file, or a device or pipe.
    ///
    /// # Errors
    /// If it is a folder or larger than a changelog may be, or the operating system returns an error.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match self.metadata() {
            Ok(data) if data.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(data) if !data.is_file() => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut bytes = Vec::new();
        self.open()?.take(CHANGELOG_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > CHANGELOG_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(Some(bytes))
    }

    /// Removes the file.
    ///
    /// # Errors
    /// If there is no file, or the operating system returns an error.
    pub fn remove(&self) -> io::Result<()> {
        match (&self.folder, self.path.file_name()) {
            (Some(folder), Some(name)) => folder.remove_file(name),
            _ => fs::remove_file(&self.path),
        }
    }

    fn open(&self) -> io::Result<fs::File> {
        let (Some(folder), Some(name)) = (&self.folder, self.path.file_name()) else {
            return fs::File::open(&self.path);
        };
        let mut options = cap_std::fs::OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        Ok(folder.open_with(name, &options)?.into_std())
    }

    /// Opens the path for writing if it is a device or a pipe, which must not be replaced by a renamed file; otherwise
    /// `None`.
    ///
    /// # Errors
    /// If its folder is missing, or the operating system returns an error.
    pub fn open_special(&self) -> io::Result<Option<fs::File>> {
        match self.metadata() {
            Ok(data) if !data.is_file() && !data.is_dir() => {
                fs::File::options().write(true).open(&self.path).map(Some)
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_parent_missing => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A path through an open folder (proc_pid_fd(5)); `None` where `/proc` is not mounted.
#[cfg(target_os = "linux")]
fn anchor(folder: &Dir, name: &std::ffi::OsStr) -> Option<PathBuf> {
    use std::os::fd::AsRawFd as _;
    let folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    folder.is_dir().then(|| folder.join(name))
}

#[cfg(not(target_os = "linux"))]
fn anchor(_: &Dir, _: &std::ffi::OsStr) -> Option<PathBuf> {
    None
}
