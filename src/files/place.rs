//! A place to write to.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::Dir;

use super::bounds::CHANGELOG_BYTES;

/// A place that may be written to, with all links followed. Its path holds as long as this value lives.
#[derive(Debug)]
pub struct Place {
    shown: PathBuf,
    path: PathBuf,
    /// The folder, held open, where it lies in the work tree.
    folder: Option<Dir>,
    /// Whether folders on the way are missing.
    is_deep: bool,
}

impl Place {
    /// A place in an open folder of the work tree; `path` is its path without links.
    pub(super) fn inside(shown: &Path, folder: Dir, path: &Path) -> Self {
        let path = path.file_name().and_then(|name| anchor(&folder, name)).unwrap_or_else(|| path.to_owned());
        Self { shown: shown.to_owned(), path, folder: Some(folder), is_deep: false }
    }

    /// A place that the user names outside of the work tree.
    pub(super) fn outside(shown: &Path, path: PathBuf) -> Self {
        Self { shown: shown.to_owned(), path, folder: None, is_deep: false }
    }

    /// A place in the work tree whose folder is missing: nothing can be written there.
    pub(super) fn deep(shown: &Path) -> Self {
        Self { shown: shown.to_owned(), path: shown.to_owned(), folder: None, is_deep: true }
    }

    /// How messages name it.
    #[must_use]
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// The path to open. On Linux it goes through the open folder, so that a folder on the way that is replaced by a link
    /// leads nowhere else. The last name must not be followed if it is a link: it was none when it was looked at.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What lies there.
    ///
    /// # Errors
    /// When nothing does, its folder is missing, or the system refuses. In the work tree a link is refused, since it came there after the check.
    pub fn metadata(&self) -> io::Result<fs::Metadata> {
        if self.is_deep {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.folder.is_none() {
            return fs::metadata(&self.path);
        }
        let data = fs::symlink_metadata(&self.path)?;
        if data.is_symlink() {
            return Err(io::Error::other("it was replaced by a link during the run"));
        }
        Ok(data)
    }

    /// What the file there holds; `None` where there is none, or a device or pipe that one only writes to.
    ///
    /// # Errors
    /// When it is a folder or larger than a changelog, or the system refuses.
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

    fn open(&self) -> io::Result<fs::File> {
        let (Some(folder), Some(name)) = (&self.folder, self.path.file_name()) else {
            return fs::File::open(&self.path);
        };
        let mut options = cap_std::fs::OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        Ok(folder.open_with(name, &options)?.into_std())
    }

    /// Opens it where it is no file but a device or a pipe: moving a file into its place would take it away from everybody.
    ///
    /// # Errors
    /// When its folder is missing, or the system refuses.
    pub fn open_special(&self) -> io::Result<Option<fs::File>> {
        match self.metadata() {
            Ok(data) if !data.is_file() && !data.is_dir() => {
                fs::File::options().write(true).open(&self.path).map(Some)
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_deep => Ok(None),
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
