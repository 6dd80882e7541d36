//! A file that is written aside and moved into its place when it is whole: a full disk leaves what was there. What is no file, as
//! `/dev/stdout`, is written to as it is.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::{error::Error, files::Place};

/// A file on its way into its place.
pub(super) struct Output {
    file: Kind,
    place: Place,
}

enum Kind {
    Aside(NamedTempFile),
    /// A device or a pipe: moving a file into its place would take it away from everybody.
    Straight(File),
}

impl Output {
    /// Begins a file beside the place that it is for.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(super) fn open(place: Place) -> Result<Self, Error> {
        let fail = |source| Error::File { verb: "write", path: place.shown().to_owned(), source };
        if place.metadata().is_ok_and(|there| there.is_dir()) {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        if let Some(file) = place.open_special().map_err(fail)? {
            return Ok(Self { file: Kind::Straight(file), place });
        }
        let path = place.path();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The library's error names the file aside, of which nobody has heard.
        std::fs::metadata(folder).map_err(fail)?;
        let file = NamedTempFile::new_in(folder).map_err(|error| fail(error.kind().into()))?;
        Ok(Self { file: Kind::Aside(file), place })
    }

    /// What is wrong when it could not be written to.
    pub(super) fn refused(&self, source: &io::Error) -> Error {
        Error::File { verb: "write", path: self.place.shown().to_owned(), source: source.kind().into() }
    }

    /// Sees to it that all of it is on the disk. What was there is still in its place.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        let Kind::Aside(file) = &mut self.file else { return Ok(()) };
        let fail = |source| Error::File { verb: "write", path: self.place.shown().to_owned(), source };
        file.flush().and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private; notes are as readable as any file that the user makes.
            let mode = self.place.metadata().map_or(0o644, |old| old.permissions().mode());
            let permissions = std::fs::Permissions::from_mode(mode);
            file.as_file().set_permissions(permissions).map_err(fail)?;
        }
        Ok(())
    }

    /// Moves it into its place.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn place(self) -> Result<(), Error> {
        let Self { file: Kind::Aside(file), place } = self else { return Ok(()) };
        file.persist(place.path()).map(drop).map_err(|error| Error::File {
            verb: "write",
            path: place.shown().to_owned(),
            source: error.error,
        })
    }
}

impl Output {
    /// Writes a whole file.
    ///
    /// # Errors
    /// When it cannot be written; then what was there is still in its place.
    pub(super) fn write_file(place: Place, text: &[u8]) -> Result<(), Error> {
        let mut output = Self::open(place)?;
        output.write_all(text).map_err(|error| output.refused(&error))?;
        output.settle()?;
        output.place()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Kind::Aside(file) => file.write(bytes),
            Kind::Straight(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.file {
            Kind::Aside(file) => file.flush(),
            Kind::Straight(file) => file.flush(),
        }
    }
}
