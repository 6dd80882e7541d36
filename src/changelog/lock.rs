//! Locks a changelog for writing, and creates the temporary file for its new text.
//!
//! Both files are in `tidings/` of the git directory, where git does not list them. The lock is an advisory lock of the
//! operating system on an open file: a killed process releases it, and editors ignore it. The temporary file has a
//! fixed name and belongs to the holder of the lock, so the next run overwrites what a killed run left.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use tempfile::{NamedTempFile, TempPath};

use super::{error::Error, folder::folder, marker};

/// The folder in the git directory.
const FOLDER: &str = "tidings";
/// Wait up to 30 seconds for another process.
const TRIES: usize = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// An exclusive lock on one changelog, released on drop or when the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` if the git directory is not writable; the changelog is then not locked.
    held: Option<LockFile>,
    /// The digest of the changelog's path, 16 hex digits.
    name: String,
}

#[derive(Debug)]
struct LockFile {
    _file: File,
    folder: PathBuf,
}

impl Lock {
    /// Waits for the lock on the file at `path`, which must not be a symbolic link itself.
    ///
    /// # Errors
    /// If another process holds it for more than 30 seconds.
    pub(super) fn acquire(git_directory: &Path, path: &Path) -> Result<Self, Error> {
        Self::acquire_in(git_directory, path, TRIES)
    }

    fn acquire_in(git_directory: &Path, path: &Path, tries: usize) -> Result<Self, Error> {
        let name = format!("{:016x}", marker::digest(&resolved(path).to_string_lossy()));
        let folder = git_directory.join(FOLDER);
        let lock = folder.join(format!("{name}.lock"));
        let open = || {
            fs::create_dir_all(&folder)?;
            File::options().read(true).append(true).create(true).open(&lock)
        };
        // Without a lock, the comparison before the rename still detects most concurrent writes.
        let Ok(file) = open() else { return Ok(Self { held: None, name }) };
        for attempt in 1..=tries {
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => return Ok(Self { held: Some(LockFile { _file: file, folder }), name }),
                Err(fs4::TryLockError::WouldBlock) if attempt < tries => thread::sleep(PAUSE),
                Err(fs4::TryLockError::WouldBlock) => {}
                // The file system does not support locks.
                Err(fs4::TryLockError::Error(_)) => return Ok(Self { held: None, name }),
            }
        }
        Err(Error::Locked { path: path.to_owned(), lock })
    }

    /// Creates a temporary file in the git directory; `None` if that fails.
    pub(super) fn temporary(&self) -> Option<NamedTempFile> {
        let folder = &self.held.as_ref()?.folder;
        create_fixed(folder.join(format!("{}.tmp", self.name))).ok()
    }

    /// Creates a temporary file in the changelog's folder, for a git directory on another file system.
    pub(super) fn temporary_in(&self, folder: &Path) -> io::Result<NamedTempFile> {
        let fixed =
            self.held.as_ref().map(|_| create_fixed(folder.join(format!(".tidings-{}.tmp", self.name))));
        match fixed {
            Some(Ok(file)) => Ok(file),
            Some(Err(_)) | None => create_random(folder),
        }
    }

    /// Saves another process's text that cannot be merged, and returns the path; `None` if that fails.
    pub(super) fn save_conflict(&self, text: &str) -> Option<PathBuf> {
        let path = self.held.as_ref()?.folder.join(format!("{}.md", self.name));
        fs::write(&path, text).ok().map(|()| path)
    }
}

/// Creates a file whose name only the holder of the lock uses. A file left by a killed run is removed; anything else at
/// the path is an error.
fn create_fixed(path: PathBuf) -> io::Result<NamedTempFile> {
    if fs::symlink_metadata(&path).is_ok_and(|existing| existing.is_file()) {
        fs::remove_file(&path)?;
    }
    // `create_new` does not follow links. The umask applies, as for any new file.
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    Ok(NamedTempFile::from_parts(file, TempPath::try_from_path(path)?))
}

fn create_random(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tidings-").suffix(".tmp");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        // The default of `tempfile` is 0600; with 0666 the umask applies.
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    builder.tempfile_in(folder)
}

/// The path with links in its folder resolved; the file itself is not a link.
fn resolved(path: &Path) -> PathBuf {
    match (folder(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_excludes_a_second_writer_of_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (git, path) = (folder.path().join("git"), folder.path().join("CHANGELOG.md"));
        fs::create_dir(&git).unwrap();
        let first = Lock::acquire_in(&git, &path, 1).unwrap();
        let same_file = folder.path().join("git/../CHANGELOG.md");
        let error = Lock::acquire_in(&git, &same_file, 2).unwrap_err();
        assert!(matches!(&error, Error::Locked { .. }), "{error}");
        assert!(error.hint().is_some());
        Lock::acquire_in(&git, &folder.path().join("docs.md"), 1).unwrap();
        drop(first);
        Lock::acquire_in(&git, &path, 1).unwrap();
    }

    #[test]
    fn unusable_git_directory_disables_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (git, path) = (folder.path().join("git"), folder.path().join("CHANGELOG.md"));
        fs::write(&git, "gitdir: elsewhere").unwrap();
        let lock = Lock::acquire_in(&git, &path, 1).unwrap();
        assert!(lock.temporary().is_none());
        assert!(lock.temporary_in(folder.path()).is_ok());
    }

    #[test]
    fn only_temporary_files_of_a_killed_run_are_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        let lock = Lock::acquire_in(&folder.path().join("git"), &path, 1).unwrap();
        let (_, left) = lock.temporary().unwrap().keep().unwrap();
        let (_, sibling) = lock.temporary_in(folder.path()).unwrap().keep().unwrap();
        fs::write(&left, "half").unwrap();
        fs::write(&sibling, "half").unwrap();
        fs::write(folder.path().join(".tidings-mine.tmp"), "mine").unwrap();
        assert_eq!(lock.temporary().unwrap().path(), left);
        assert_eq!(lock.temporary_in(folder.path()).unwrap().path(), sibling);
        assert!(!left.exists() && !sibling.exists(), "both are removed on drop");
        assert_eq!(fs::read_to_string(folder.path().join(".tidings-mine.tmp")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn planted_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        let lock = Lock::acquire_in(&folder.path().join("git"), &path, 1).unwrap();
        let (_, sibling) = lock.temporary_in(folder.path()).unwrap().keep().unwrap();
        fs::remove_file(&sibling).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink("secret", &sibling).unwrap();
        let other = lock.temporary_in(folder.path()).unwrap();
        assert_ne!(other.path(), sibling);
        assert_eq!(fs::read_to_string(folder.path().join("secret")).unwrap(), "secret");
        assert!(fs::symlink_metadata(&sibling).unwrap().is_symlink());
    }
}
