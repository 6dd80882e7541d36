//! Errors of reading and writing a changelog, with hints.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{folder::folder, markup::Markup, release_section::InsertError};

/// A changelog cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file exists but cannot be read.
    #[error("cannot read the changelog {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is not valid UTF-8.
    #[error("the changelog {} is not UTF-8 (byte {offset})", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The offset of the first invalid byte, from 0.
        offset: usize,
    },
    /// The file has another markup than Markdown.
    #[error("the changelog {} is {}; tidings writes only Markdown", path.display(), markup.title())]
    NotMarkdown {
        /// The file.
        path: PathBuf,
        /// Its markup.
        markup: Markup,
    },
    /// The file is read-only.
    #[error("the changelog {} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The new text cannot be written; the file is unchanged.
    #[error("cannot write the changelog {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The section cannot be inserted.
    #[error("cannot add the section to {}", path.display())]
    Insert {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: InsertError,
    },
    /// Another run of tidings holds the lock.
    #[error("another tidings process is writing the changelog {}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// The lock.
        lock: PathBuf,
    },
    /// Another process kept changing the file.
    #[error("the changelog {} was changed while it was being written; the changes were not overwritten", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Two other processes wrote to the file at the same time as this one, and the texts cannot be merged.
    #[error("the changelog {} was changed while it was being replaced", path.display())]
    Overlapped {
        /// The file.
        path: PathBuf,
        /// The file with the other process's text; `None` if it could not be saved.
        saved: Option<PathBuf>,
    },
}

impl Error {
    /// Replaces the path with the one to show to the user.
    #[must_use]
    pub fn at(mut self, shown: &Path) -> Self {
        match &mut self {
            Self::Read { path, .. }
            | Self::NotUtf8 { path, .. }
            | Self::NotMarkdown { path, .. }
            | Self::ReadOnly { path }
            | Self::Write { path, .. }
            | Self::Insert { path, .. }
            | Self::Locked { path, .. }
            | Self::Changed { path }
            | Self::Overlapped { path, .. } => shown.clone_into(path),
        }
        self
    }

    /// What to do next, if known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            // The source is the operating system's own message.
            Self::Read { .. } => None,
            Self::NotUtf8 { path, .. } => Some(format!(
                "convert it: iconv -f <its encoding> -t UTF-8 {0} > {0}.new && mv {0}.new {0}",
                path.display()
            )),
            Self::NotMarkdown { markup: Markup::Debian, .. } => {
                Some("print the entry and add it by hand: tidings notes --as VERSION --format debian".to_owned())
            }
            Self::NotMarkdown { .. } => Some(
                "print the notes and add them by hand: tidings notes --as VERSION --format text; or name a Markdown file: --file CHANGELOG.md, or `file` of [changelog] in tidings.toml"
                    .to_owned(),
            ),
            Self::ReadOnly { path } => Some(format!("make it writable: chmod u+w {}", path.display())),
            Self::Write { path, source } => match source.kind() {
                io::ErrorKind::PermissionDenied => Some(format!(
                    "the folder {} must be writable too: the text is written to a temporary file that is then renamed",
                    folder(path).display()
                )),
                io::ErrorKind::NotFound => {
                    Some(format!("create the folder {} first", folder(path).display()))
                }
                _ => None,
            },
            Self::Insert { source, .. } => Some(source.hint().to_owned()),
            Self::Locked { lock, .. } => Some(format!(
                "run the command again when that process has finished (it holds the lock {})",
                lock.display()
            )),
            Self::Changed { .. } => {
                Some("run the command again when no other process writes to the file".to_owned())
            }
            Self::Overlapped { saved: Some(saved), .. } => {
                Some(format!("merge the other process's text by hand; it is in {}", saved.display()))
            }
            Self::Overlapped { saved: None, .. } => Some("check the file with git diff".to_owned()),
        }
    }
}
