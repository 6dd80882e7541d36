//! Why a changelog cannot be read or written, and what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{folder::folder, release_section::Hidden};

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
    /// The new section would not be read as one.
    #[error("cannot add the section to {}", path.display())]
    Hidden {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Hidden,
    },
    /// Another run of tidings holds the lock.
    #[error("another tidings process is writing the changelog {}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// The lock.
        lock: PathBuf,
    },
    /// Somebody else has changed the file again and again while the new text was made.
    #[error("the changelog {} was changed while it was being written; nothing was written over the changes", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Two writers wrote to the file at the same moment as this run.
    #[error("the changelog {} was changed while it was being replaced", path.display())]
    Overlapped {
        /// The file.
        path: PathBuf,
        /// Where the other writer's text was kept.
        kept: Option<PathBuf>,
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
            | Self::Write { path, .. }
            | Self::Hidden { path, .. }
            | Self::Locked { path, .. }
            | Self::Changed { path }
            | Self::Overlapped { path, .. } => shown.clone_into(path),
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
                    "the folder {} must be writable too: the new text is written to another file, which is then renamed",
                    folder(path).display()
                )),
                io::ErrorKind::NotFound => Some(format!("make the folder {} first", folder(path).display())),
                _ => None,
            },
            Self::Hidden { source, .. } => Some(source.hint().to_owned()),
            Self::Locked { lock, .. } => Some(format!(
                "run the command again when that process has ended (it locks {})",
                lock.display()
            )),
            Self::Changed { .. } => {
                Some("run the command again when nobody else writes to the file".to_owned())
            }
            Self::Overlapped { kept: Some(kept), .. } => {
                Some(format!("the other writer's text is in {}; merge it by hand", kept.display()))
            }
            Self::Overlapped { kept: None, .. } => Some("compare the file with git diff".to_owned()),
        }
    }
}
