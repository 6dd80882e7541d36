//! The changelog on disk: read whole, written aside and put in place in one step.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

/// A changelog cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is there and cannot be read.
    #[error("cannot read the changelog {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no UTF-8 text.
    #[error("the changelog {} is not UTF-8 (byte {offset})", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte that does not fit, counted from 0.
        offset: usize,
    },
    /// The file is protected against writing.
    #[error("the changelog {} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The new text cannot be put in place; the old one is as it was.
    #[error("cannot write the changelog {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// The same about the path as people know it.
    #[must_use]
    pub fn at(mut self, shown: &Path) -> Self {
        match &mut self {
            Self::Read { path, .. }
            | Self::NotUtf8 { path, .. }
            | Self::ReadOnly { path }
            | Self::Write { path, .. } => shown.clone_into(path),
        }
        self
    }

    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } => None,
            Self::NotUtf8 { path, .. } => Some(format!(
                "convert it once: iconv -f <its encoding> -t UTF-8 {0} > {0}.new && mv {0}.new {0}",
                path.display()
            )),
            Self::ReadOnly { path } => Some(format!("allow writing: chmod u+w {}", path.display())),
            Self::Write { path, source } => match source.kind() {
                io::ErrorKind::PermissionDenied => Some(format!(
                    "the folder {} must be writable too: the text is written beside the file and then renamed",
                    folder(path).display()
                )),
                io::ErrorKind::NotFound => Some(format!("make the folder {} first", folder(path).display())),
                _ => None,
            },
        }
    }
}

/// The file's text as it stands (BOM and line ends kept), or `None` where there is no file.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read(path: &Path) -> Result<Option<String>, Error> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Read { path: path.to_owned(), source }),
    };
    text(path, bytes).map(Some)
}

/// The text of a file that was read; `path` names it in errors.
///
/// # Errors
/// When it is not UTF-8.
pub fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// Replaces the file's text, all or nothing: written beside it, flushed to the disk, renamed over it.
///
/// `path` must have no links, and nothing or a regular file must lie there. The permissions of an existing file are kept.
///
/// # Errors
/// When the file is read-only or no regular one, or the folder cannot be written to; then nothing has changed.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    let fault = |source| Error::Write { path: path.to_owned(), source };
    // A link that came here after the caller followed all of them may lead anywhere.
    let permissions = match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(fault(io::Error::other("it is no regular file"))),
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(fault(source)),
    };
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(Error::ReadOnly { path: path.to_owned() });
    }
    replace(path, text, permissions).map_err(fault)
}

fn replace(target: &Path, text: &str, permissions: Option<fs::Permissions>) -> io::Result<()> {
    let folder = folder(target);
    let mut file = beside(folder)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The rename itself reaches the disk with the folder; the text is safe in either state, so a system that cannot
    // sync a folder is no fault.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A temporary file that goes away unless it is persisted, with the permissions that a new file would have.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".tidings-").suffix(".tmp");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask applies, as for any new file; without this only the owner could read it.
        builder.permissions(fs::Permissions::from_mode(0o666))
    };
    builder.tempfile_in(folder)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn pitfall_25_a_missing_file_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "\u{feff}a\r\n").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("\u{feff}a\r\n"));
        assert_eq!(names(folder.path()), ["CHANGELOG.md"]);
    }

    #[test]
    fn what_is_not_utf_8_is_named_by_its_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::write(&path, b"abc\xff").unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, Error::NotUtf8 { offset: 3, .. }), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn an_unwritable_folder_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = write(&folder.path().join("file/CHANGELOG.md"), "new").unwrap_err();
        assert!(matches!(error, Error::Write { .. }), "{error}");
        let error = write(&folder.path().join("none/CHANGELOG.md"), "new").unwrap_err();
        assert!(error.hint().unwrap().contains("none"), "{error}");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn a_failed_rename_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("CHANGELOG.md");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, "new"), Err(Error::Write { .. })));
        assert_eq!(names(folder.path()), ["CHANGELOG.md"]);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        use super::*;

        #[test]
        fn link_or_pipe_is_not_written_to() {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("target.md"), "old").unwrap();
            let link = folder.path().join("CHANGELOG.md");
            symlink("target.md", &link).unwrap();
            assert!(matches!(write(&link, "new"), Err(Error::Write { .. })));
            assert_eq!(fs::read_to_string(folder.path().join("target.md")).unwrap(), "old");
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

            let dangling = folder.path().join("NEWS.md");
            symlink("none.md", &dangling).unwrap();
            assert!(matches!(write(&dangling, "new"), Err(Error::Write { .. })));
            assert!(!folder.path().join("none.md").exists());

            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            assert!(matches!(write(&pipe, "new"), Err(Error::Write { .. })));
        }

        #[test]
        fn permissions_are_kept() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("CHANGELOG.md");
            fs::write(&path, "old").unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let fresh = mode(&path);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            write(&path, "new").unwrap();
            assert_eq!(mode(&path), 0o640);
            write(&folder.path().join("NEW.md"), "new").unwrap();
            assert_eq!(mode(&folder.path().join("NEW.md")), fresh, "as any new file");

            fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
            assert!(matches!(write(&path, "x"), Err(Error::ReadOnly { .. })));
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        }
    }
}
