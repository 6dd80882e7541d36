//! A file that is written aside and moved into its place when it is whole: a full disk leaves what was there.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::Error;

/// A file on its way into its place.
pub(super) struct Output {
    /// What is written.
    pub(super) file: NamedTempFile,
    path: PathBuf,
}

impl Output {
    /// Begins a file beside the place that it is for.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |source| Error::File { verb: "write", path: path.to_owned(), source };
        if path.is_dir() {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        // The library's error names the file aside, of which nobody has heard.
        std::fs::metadata(folder).map_err(fail)?;
        let file = NamedTempFile::new_in(folder).map_err(|error| fail(error.kind().into()))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Sees to it that all of it is on the disk. What was there is still in its place.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let fail = |source| Error::File { verb: "write", path: self.path.clone(), source };
        self.file.flush().and_then(|()| self.file.as_file().sync_all()).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private; notes are as readable as any file that the user makes.
            let mode = std::fs::metadata(&self.path).map_or(0o644, |old| old.permissions().mode());
            let permissions = std::fs::Permissions::from_mode(mode);
            self.file.as_file().set_permissions(permissions).map_err(fail)?;
        }
        Ok(())
    }

    /// Moves it into its place.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn place(self) -> Result<(), Error> {
        let Self { file, path } = self;
        file.persist(&path).map(drop).map_err(|error| Error::File {
            verb: "write",
            path,
            source: error.error,
        })
    }
}
