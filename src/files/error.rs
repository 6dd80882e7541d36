//! Errors of reading and writing project files.

use std::{
    io,
    path::{Path, PathBuf},
};

/// A project file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path is not allowed.
    #[error("{}`{}` {reason}", prefix(key.as_deref()), path.display())]
    Refused {
        /// The configuration key that names it, if any.
        key: Option<String>,
        /// The path as given.
        path: PathBuf,
        /// The reason.
        reason: Refusal,
    },
    /// The operating system returned an error.
    #[error("{}cannot {verb} `{}`", prefix(key.as_deref()), path.display())]
    System {
        /// The configuration key that names it, if any.
        key: Option<String>,
        /// `read` or `write`.
        verb: &'static str,
        /// The path as given.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The base commit cannot be read.
    #[error(transparent)]
    Git(#[from] crate::git::Error),
}

/// Why a path is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is empty.
    #[error("is empty")]
    Empty,
    /// It is absolute.
    #[error("is an absolute path")]
    Absolute,
    /// It contains a character that platforms interpret differently.
    #[error("contains {0:?}, which is not allowed in a configured path")]
    Character(char),
    /// It is a device name on Windows.
    #[error("is a device name")]
    Device,
    /// It resolves to a path outside the work tree.
    #[error("is outside the repository: it resolves to `{}`", to.display())]
    Outside {
        /// The resolved path.
        to: PathBuf,
    },
    /// It resolves to a path inside the git directory.
    #[error("is inside the git directory")]
    InGit,
    /// A symbolic link of the repository leads outside.
    #[error("follows `{}`, a symbolic link of the repository that leads outside it, to `{}`", link.display(), to.display())]
    Link {
        /// The link, relative to the work tree.
        link: PathBuf,
        /// The resolved path.
        to: PathBuf,
    },
    /// It follows more symbolic links than the operating system allows.
    #[error("follows too many symbolic links")]
    Links,
    /// It is not a regular file.
    #[error("is {0}, not a file")]
    Kind(&'static str),
    /// It is too large.
    #[error("is larger than {limit} bytes")]
    Large {
        /// The limit.
        limit: u64,
    },
    /// The folder contains too many files.
    #[error("contains more than {limit} files")]
    Many {
        /// The limit.
        limit: usize,
    },
    /// Its name is not one for this kind of document.
    #[error("is not a file name for {0}")]
    Name(&'static str),
    /// The commit of the base branch does not contain it.
    #[error("is not in the base commit, and the work tree is not trusted")]
    Untrusted,
}

impl Error {
    pub(super) fn refused(key: Option<&str>, path: &Path, reason: Refusal) -> Self {
        Self::Refused { key: key.map(str::to_owned), path: path.to_owned(), reason }
    }

    pub(super) fn system(key: Option<&str>, verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self::System { key: key.map(str::to_owned), verb, path: path.to_owned(), source }
    }

    /// What to do next, if there is advice.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { reason, key, .. } => reason.hint(key.is_some()).map(str::to_owned),
            // The source is the operating system's own message.
            Self::System { .. } => None,
            Self::Git(error) => error.hint(),
        }
    }
}

impl Refusal {
    fn hint(&self, is_configured: bool) -> Option<&'static str> {
        match self {
            Self::Empty | Self::Absolute | Self::Outside { .. } | Self::InGit if is_configured => Some(
                "name a file inside the work tree; only the command line and TIDINGS_ variables may name files elsewhere",
            ),
            Self::Outside { .. } | Self::InGit => {
                Some("replace the symbolic link with a file, or with a link inside the work tree")
            }
            Self::Link { .. } => Some("name the target path itself, or remove the link"),
            Self::Character(_) => Some("separate path components with `/`"),
            Self::Name(_) => {
                Some("name a document, such as CHANGELOG.md; a path on the command line may name any file")
            }
            Self::Untrusted => {
                Some("name a file outside the work tree, or pass --trusted if you trust the work tree")
            }
            // The message names the limit or the kind of file; the file itself has to change.
            Self::Large { .. } | Self::Many { .. } | Self::Kind(_) | Self::Links => None,
            // The message is complete.
            Self::Empty | Self::Absolute | Self::Device => None,
        }
    }
}

fn prefix(key: Option<&str>) -> String {
    key.map(|key| format!("`{key}`: ")).unwrap_or_default()
}
