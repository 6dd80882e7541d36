//! One writer of a changelog at a time, and the place where its new text is written before it is renamed.
//!
//! Both are files in `tidings/` of the git directory, where git does not list them. The lock is the operating system's, on an open
//! file, so that a killed process holds none. It is advisory: it keeps two runs of tidings apart, and no editor. The temporary file
//! has a fixed name and belongs to whoever holds the lock, so that what a killed run left is overwritten by the next one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use tempfile::{NamedTempFile, TempPath};

use super::{error::Error, folder::folder, mark};

/// The folder in the git directory.
const FOLDER: &str = "tidings";
/// How long another writer is waited for: 30 seconds, looked at ten times a second.
const TRIES: usize = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// The right to write one changelog; it ends with the value, or with the process.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` where the git directory cannot be written to: nobody is kept away then.
    held: Option<Held>,
    /// 16 hexadecimal digits that stand for the path of the changelog.
    name: String,
}

#[derive(Debug)]
struct Held {
    _file: File,
    folder: PathBuf,
}

impl Lock {
    /// Waits for the right to write the file at `path`, whose last name is no link.
    ///
    /// # Errors
    /// When another process holds it for too long.
    pub(super) fn acquire(git_directory: &Path, path: &Path) -> Result<Self, Error> {
        Self::acquire_in(git_directory, path, TRIES)
    }

    fn acquire_in(git_directory: &Path, path: &Path, tries: usize) -> Result<Self, Error> {
        let name = format!("{:016x}", mark::digest(&resolved(path).to_string_lossy()));
        let folder = git_directory.join(FOLDER);
        let lock = folder.join(format!("{name}.lock"));
        let open = || {
            fs::create_dir_all(&folder)?;
            File::options().read(true).append(true).create(true).open(&lock)
        };
        // A read-only git directory is no reason not to write: the comparison before the rename still holds.
        let Ok(file) = open() else { return Ok(Self { held: None, name }) };
        for attempt in 1..=tries {
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => return Ok(Self { held: Some(Held { _file: file, folder }), name }),
                Err(fs4::TryLockError::WouldBlock) if attempt < tries => thread::sleep(PAUSE),
                Err(fs4::TryLockError::WouldBlock) => {}
                // A file system without locks.
                Err(fs4::TryLockError::Error(_)) => return Ok(Self { held: None, name }),
            }
        }
        Err(Error::Locked { path: path.to_owned(), lock })
    }

    /// A new temporary file in the git directory; `None` where it cannot be made there.
    pub(super) fn temporary(&self) -> Option<NamedTempFile> {
        let folder = &self.held.as_ref()?.folder;
        named(folder.join(format!("{}.tmp", self.name))).ok()
    }

    /// A new temporary file beside the changelog, for a git directory on another file system.
    pub(super) fn temporary_beside(&self, folder: &Path) -> io::Result<NamedTempFile> {
        let fixed = self.held.as_ref().map(|_| named(folder.join(format!(".tidings-{}.tmp", self.name))));
        match fixed {
            Some(Ok(file)) => Ok(file),
            Some(Err(_)) | None => random(folder),
        }
    }

    /// Keeps a text of somebody else's that could not be put together with ours; `None` where it cannot be kept.
    pub(super) fn keep(&self, text: &str) -> Option<PathBuf> {
        let path = self.held.as_ref()?.folder.join(format!("{}.md", self.name));
        fs::write(&path, text).ok().map(|()| path)
    }
}

/// A file of a name that only the holder of the lock uses. What a killed run left there goes; a link or folder stays, and is an error.
fn named(path: PathBuf) -> io::Result<NamedTempFile> {
    if fs::symlink_metadata(&path).is_ok_and(|there| there.is_file()) {
        fs::remove_file(&path)?;
    }
    // `create_new` follows no link. The umask applies, as for any new file.
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    Ok(NamedTempFile::from_parts(file, TempPath::try_from_path(path)?))
}

fn random(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tidings-").suffix(".tmp");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask applies; without this only the owner could read it.
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    builder.tempfile_in(folder)
}

/// The path without links; its last name is none.
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
    fn lock_keeps_a_second_writer_of_the_same_file_away() {
        let folder = tempfile::tempdir().unwrap();
        let (git, path) = (folder.path().join("git"), folder.path().join("CHANGELOG.md"));
        fs::create_dir(&git).unwrap();
        let first = Lock::acquire_in(&git, &path, 1).unwrap();
        let other_writing = folder.path().join("git/../CHANGELOG.md");
        let error = Lock::acquire_in(&git, &other_writing, 2).unwrap_err();
        assert!(matches!(&error, Error::Locked { .. }), "{error}");
        assert!(error.hint().is_some());
        Lock::acquire_in(&git, &folder.path().join("docs.md"), 1).unwrap();
        drop(first);
        Lock::acquire_in(&git, &path, 1).unwrap();
    }

    #[test]
    fn unusable_git_directory_locks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (git, path) = (folder.path().join("git"), folder.path().join("CHANGELOG.md"));
        fs::write(&git, "gitdir: elsewhere").unwrap();
        let lock = Lock::acquire_in(&git, &path, 1).unwrap();
        assert!(lock.temporary().is_none());
        assert!(lock.temporary_beside(folder.path()).is_ok());
    }

    #[test]
    fn leftover_of_a_killed_run_is_reused_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        let lock = Lock::acquire_in(&folder.path().join("git"), &path, 1).unwrap();
        let (_, left) = lock.temporary().unwrap().keep().unwrap();
        let (_, beside) = lock.temporary_beside(folder.path()).unwrap().keep().unwrap();
        fs::write(&left, "half").unwrap();
        fs::write(&beside, "half").unwrap();
        fs::write(folder.path().join(".tidings-mine.tmp"), "mine").unwrap();
        assert_eq!(lock.temporary().unwrap().path(), left);
        assert_eq!(lock.temporary_beside(folder.path()).unwrap().path(), beside);
        assert!(!left.exists() && !beside.exists(), "both end with their values");
        assert_eq!(fs::read_to_string(folder.path().join(".tidings-mine.tmp")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn planted_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        let lock = Lock::acquire_in(&folder.path().join("git"), &path, 1).unwrap();
        let (_, beside) = lock.temporary_beside(folder.path()).unwrap().keep().unwrap();
        fs::remove_file(&beside).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink("secret", &beside).unwrap();
        let other = lock.temporary_beside(folder.path()).unwrap();
        assert_ne!(other.path(), beside);
        assert_eq!(fs::read_to_string(folder.path().join("secret")).unwrap(), "secret");
        assert!(fs::symlink_metadata(&beside).unwrap().is_symlink());
    }
}
