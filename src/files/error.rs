//! Why a file of the project is not read or written.

use std::{
    io,
    path::{Path, PathBuf},
};

/// A file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path may not be used, whatever lies there.
    #[error("{}`{}` {why}", prefix(key.as_deref()), path.display())]
    Refused {
        /// The key of the configuration that names it, if one does.
        key: Option<String>,
        /// As it was named.
        path: PathBuf,
        /// Why.
        why: Why,
    },
    /// The system refuses.
    #[error("{}cannot {verb} `{}`", prefix(key.as_deref()), path.display())]
    System {
        /// The key of the configuration that names it, if one does.
        key: Option<String>,
        /// `read` or `write`.
        verb: &'static str,
        /// As it was named.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The base commit cannot be read.
    #[error(transparent)]
    Git(#[from] crate::git::Error),
}

/// Why a path may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// There is no text.
    #[error("is empty")]
    Empty,
    /// It starts at a root.
    #[error("is an absolute path")]
    Absolute,
    /// It holds a character that systems read differently.
    #[error("contains {0:?}, which paths of a configuration may not contain")]
    Character(char),
    /// It is a device on Windows.
    #[error("is the name of a device")]
    Device,
    /// It leads out of the work tree.
    #[error("leads out of the repository, to `{}`", to.display())]
    Outside {
        /// Where it leads.
        to: PathBuf,
    },
    /// It leads into the git directory.
    #[error("leads into the git directory")]
    InGit,
    /// A link that comes with the repository leads it out.
    #[error("goes through the link `{}`, which comes with the repository and leads out of it, to `{}`", link.display(), to.display())]
    Link {
        /// The link, relative to the work tree.
        link: PathBuf,
        /// Where the path leads.
        to: PathBuf,
    },
    /// It goes through more links than a system follows.
    #[error("goes through too many links")]
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
    /// It holds more files than anybody writes by hand.
    #[error("holds more than {limit} files")]
    Many {
        /// The limit.
        limit: usize,
    },
    /// It is not where such a text is written.
    #[error("is not the name of {0}")]
    Name(&'static str),
    /// The base branch's commit does not have it.
    #[error("is not in the base commit, and the work tree is not trusted")]
    Untrusted,
}

impl Error {
    pub(super) fn refused(key: Option<&str>, path: &Path, why: Why) -> Self {
        Self::Refused { key: key.map(str::to_owned), path: path.to_owned(), why }
    }

    pub(super) fn system(key: Option<&str>, verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self::System { key: key.map(str::to_owned), verb, path: path.to_owned(), source }
    }

    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { why, key, .. } => why.hint(key.is_some()).map(str::to_owned),
            Self::System { .. } => None,
            Self::Git(error) => error.hint(),
        }
    }
}

impl Why {
    fn hint(&self, is_configured: bool) -> Option<&'static str> {
        match self {
            Self::Empty | Self::Absolute | Self::Outside { .. } | Self::InGit if is_configured => Some(
                "name a file inside the work tree; only the command line and TIDINGS_ variables may name others",
            ),
            Self::Outside { .. } | Self::InGit => {
                Some("replace the link by a file, or by a link inside the work tree")
            }
            Self::Link { .. } => Some("name the place that you mean itself, or remove the link"),
            Self::Character(_) => Some("write `/` between the names of a path"),
            Self::Name(_) => {
                Some("write to a document, as in CHANGELOG.md; a path on the command line may name any file")
            }
            Self::Untrusted => {
                Some("name a file outside the work tree, or pass --trusted if you trust the work tree")
            }
            Self::Large { .. } | Self::Many { .. } | Self::Kind(_) | Self::Links => None,
            Self::Empty | Self::Absolute | Self::Device => None,
        }
    }
}

fn prefix(key: Option<&str>) -> String {
    key.map(|key| format!("`{key}`: ")).unwrap_or_default()
}
