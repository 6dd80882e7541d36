//! Files that are read by position, so that any number of threads can share one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// A file that is read by position.
pub(super) enum Handle {
    /// It is kept open.
    Open(File),
    /// It is opened for each look into it, since a process may keep only so many files open.
    Closed(PathBuf),
}

impl Handle {
    /// The file at `path`, and its length in bytes.
    ///
    /// # Errors
    /// When it cannot be opened, or is no file: to open a pipe could wait forever.
    pub(super) fn open(path: &Path, keep_open: bool) -> io::Result<(Self, u64)> {
        let data = fs::metadata(path)?;
        if !data.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((if keep_open { Self::Open(file) } else { Self::Closed(path.to_owned()) }, length))
    }

    /// Fills `bytes` from a place in the file.
    ///
    /// # Errors
    /// When the file ends before, or cannot be read.
    pub(super) fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Open(file) => read_at(file, bytes, offset),
            Self::Closed(path) => read_at(&File::open(path)?, bytes, offset),
        }
    }
}

/// What a small file holds; `None` where there is none.
///
/// # Errors
/// When it cannot be read, is no file, or is larger than `most`.
pub(super) fn read_small(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let data = match fs::metadata(path) {
        Ok(data) => data,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if !data.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    if data.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    fs::read(path).map(Some)
}

/// Fills `bytes` from a place in the file, whatever other threads read of it.
pub(super) fn read_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, bytes, offset);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset);
        match read {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                bytes = bytes.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
