//! Writes a file atomically: to a temporary file in the same directory, which then replaces the target, so that a full
//! disk leaves the old file. A target that is not a regular file, such as `/dev/stdout`, is written to directly.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::{error::Error, files::WriteTarget};

/// A file being written.
pub struct AtomicFile {
    file: Kind,
    target: WriteTarget,
}

enum Kind {
    Temporary(NamedTempFile),
    /// A device or a pipe: replacing it would remove it for every process.
    Special(File),
}

impl AtomicFile {
    /// Creates the temporary file next to the target, or opens a special file.
    ///
    /// # Errors
    /// If the target is a directory, or its directory does not exist or is not writable.
    pub fn open(target: WriteTarget) -> Result<Self, Error> {
        let fail = |source| Error::File { verb: "write", path: target.display_path().to_owned(), source };
        if target.metadata().is_ok_and(|there| there.is_dir()) {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        if let Some(file) = target.open_special().map_err(fail)? {
            return Ok(Self { file: Kind::Special(file), target });
        }
        let path = target.path();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The library's error names the temporary file, not the target.
        std::fs::metadata(folder).map_err(fail)?;
        let file = NamedTempFile::new_in(folder).map_err(|error| fail(error.kind().into()))?;
        Ok(Self { file: Kind::Temporary(file), target })
    }

    /// The error to report if a write to it failed.
    pub fn write_error(&self, source: &io::Error) -> Error {
        Error::File {
            verb: "write",
            path: self.target.display_path().to_owned(),
            source: source.kind().into(),
        }
    }

    /// Flushes the temporary file to the disk. The target is not changed yet.
    ///
    /// # Errors
    /// If the disk is full or fails.
    pub fn sync(&mut self) -> Result<(), Error> {
        let Kind::Temporary(file) = &mut self.file else { return Ok(()) };
        let fail =
            |source| Error::File { verb: "write", path: self.target.display_path().to_owned(), source };
        file.flush().and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private; notes get the usual permissions of a new file.
            let mode = self.target.metadata().map_or(0o644, |old| old.permissions().mode());
            let permissions = std::fs::Permissions::from_mode(mode);
            file.as_file().set_permissions(permissions).map_err(fail)?;
        }
        Ok(())
    }

    /// Replaces the target with the temporary file.
    ///
    /// # Errors
    /// If the file cannot be moved.
    pub fn persist(self) -> Result<(), Error> {
        let Self { file: Kind::Temporary(file), target } = self else { return Ok(()) };
        file.persist(target.path()).map(drop).map_err(|error| Error::File {
            verb: "write",
            path: target.display_path().to_owned(),
            source: error.error,
        })
    }
}

impl AtomicFile {
    /// Writes a whole file.
    ///
    /// # Errors
    /// If it cannot be written; the old file is then unchanged.
    pub fn write_file(target: WriteTarget, text: &[u8]) -> Result<(), Error> {
        let mut output = Self::open(target)?;
        output.write_all(text).map_err(|error| output.write_error(&error))?;
        output.sync()?;
        output.persist()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Kind::Temporary(file) => file.write(bytes),
            Kind::Special(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            Kind::Temporary(file) => file.flush(),
            Kind::Special(file) => file.flush(),
        }
    }
}
