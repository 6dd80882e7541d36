//! What can go wrong between us and a repository.

use std::path::PathBuf;

/// A repository could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no repository at or above the path.
    #[error("no git repository at `{}` or in a folder above it", path.display())]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The repository belongs to somebody else, and git's protection against that is in force.
    #[error("the repository at `{}` belongs to another user", path.display())]
    ForeignOwner {
        /// Where it is.
        path: PathBuf,
    },
    /// The repository uses SHA-256 names.
    #[error("the repository at `{}` uses the SHA-256 object format, which is not supported", path.display())]
    Sha256 {
        /// Where it is.
        path: PathBuf,
    },
    /// It has no commit yet.
    #[error("the repository at `{}` has no commit yet", path.display())]
    NoCommit {
        /// Where it is.
        path: PathBuf,
    },
    /// A revision names nothing.
    #[error("no such revision: `{revision}`")]
    NoSuchRevision {
        /// As it was given.
        revision: String,
    },
    /// An abbreviated id names several objects.
    #[error("the revision `{revision}` is ambiguous")]
    Ambiguous {
        /// As it was given.
        revision: String,
    },
    /// A revision names something that is no commit.
    #[error("the revision `{revision}` is not a commit")]
    NotACommit {
        /// As it was given.
        revision: String,
    },
    /// An object is missing or damaged.
    #[error("cannot read the object {id} of the repository")]
    Object {
        /// Its name.
        id: String,
        /// What the git library says.
        source: git2::Error,
    },
    /// An object has not the form of a commit or tree.
    #[error("the object {id} is damaged: it is not a well-formed {what}")]
    Malformed {
        /// Its name.
        id: String,
        /// What it should have been.
        what: &'static str,
    },
    /// A glob cannot be read.
    #[error("the path pattern `{pattern}` is not valid")]
    Glob {
        /// As it was given.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// There is no remote of a name.
    #[error("cannot run `{command}`: no git remote is called `{name}`")]
    NoSuchRemote {
        /// What was to be run.
        command: &'static str,
        /// As it was given.
        name: String,
    },
    /// The user's `git` could not be run, or said no.
    #[error("`{command}` failed: {message}")]
    Git {
        /// The command line.
        command: String,
        /// What it said, or why it could not be started.
        message: String,
    },
    /// Anything else that the git library says.
    #[error("cannot read {what}")]
    Library {
        /// What was being read.
        what: String,
        /// What the git library says.
        source: git2::Error,
    },
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotARepository { .. } => {
                Some("run it inside a clone, or name one with `--repo DIR`".to_owned())
            }
            Self::ForeignOwner { path } => Some(format!(
                "if you trust it: git config --global --add safe.directory '{}'",
                path.display()
            )),
            Self::NoCommit { .. } => Some("make a first commit; notes are made of commits".to_owned()),
            Self::NoSuchRevision { .. } => Some(
                "`git tag` and `git branch --all` tell what there is; a clone in a pipeline often lacks tags: git fetch --tags"
                    .to_owned(),
            ),
            Self::NoSuchRemote { .. } => {
                Some("`git remote` lists what there is; `remote` under [repository] names another".to_owned())
            }
            Self::Ambiguous { .. } => Some("give more digits".to_owned()),
            Self::Object { .. } | Self::Malformed { .. } => Some(
                "`git fsck` tells what is damaged; in a partial or shallow clone: git fetch --unshallow".to_owned(),
            ),
            _ => None,
        }
    }

    pub(super) fn library(what: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let what = what.into();
        move |source| Self::Library { what, source }
    }
}
