//! Reads files by offset, so that any number of threads can share one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// A file that is read by offset.
pub(super) enum SharedFile {
    /// The file stays open.
    Open(File),
    /// The file is opened for each read, because the number of open files is limited.
    Reopened(PathBuf),
}

impl SharedFile {
    /// Opens the file at `path`; returns it with its length in bytes.
    ///
    /// # Errors
    /// If it cannot be opened or is not a regular file: opening a pipe could block forever.
    pub(super) fn open(path: &Path, keep_open: bool) -> io::Result<(Self, u64)> {
        let data = fs::metadata(path)?;
        if !data.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((if keep_open { Self::Open(file) } else { Self::Reopened(path.to_owned()) }, length))
    }

    /// Fills `bytes` from `offset`.
    ///
    /// # Errors
    /// If the file is too short or cannot be read.
    pub(super) fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        match self {
            Self::Open(file) => read_at(file, bytes, offset),
            Self::Reopened(path) => read_at(&File::open(path)?, bytes, offset),
        }
    }
}

/// Reads a whole file; `None` if there is none.
///
/// # Errors
/// If it cannot be read, is not a regular file, or is larger than `max_size` bytes.
pub(super) fn read_small(path: &Path, max_size: u64) -> io::Result<Option<Vec<u8>>> {
    let data = match fs::metadata(path) {
        Ok(data) => data,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if !data.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if data.len() > max_size {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    fs::read(path).map(Some)
}

/// Fills `bytes` from `offset`, without moving a cursor that other threads share.
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
