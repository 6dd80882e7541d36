//! Errors of reading and writing a git repository, with their hints.

use std::path::PathBuf;

use super::format::Format;
use crate::model::ObjectId;

/// Reading or writing a repository failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No repository at the path or above it.
    #[error("no git repository at `{}` or in a parent directory", path.display())]
    NotARepository {
        /// The path where the search started.
        path: PathBuf,
    },
    /// The repository belongs to another user and is not in `safe.directory`.
    #[error("the repository at `{}` belongs to another user", path.display())]
    ForeignOwner {
        /// Path of the repository.
        path: PathBuf,
    },
    /// `GIT_DIR` is not the path of a git directory.
    #[error("GIT_DIR is `{}`, which is not a git directory", path.display())]
    NotAGitDirectory {
        /// The value of the variable.
        path: PathBuf,
    },
    /// The repository has a format or an extension that is not supported.
    #[error("the repository at `{}` {format}", path.display())]
    Format {
        /// Path of the repository.
        path: PathBuf,
        /// What is not supported.
        format: Format,
    },
    /// The repository has no commits.
    #[error("the repository at `{}` has no commits", path.display())]
    NoCommit {
        /// Path of the repository.
        path: PathBuf,
    },
    /// No object or ref matches the revision.
    #[error("no such revision: `{revision}`")]
    NoSuchRevision {
        /// As given by the user.
        revision: String,
    },
    /// An abbreviated object ID matches several objects.
    #[error("the revision `{revision}` is ambiguous")]
    Ambiguous {
        /// As given by the user.
        revision: String,
    },
    /// A revision names an object that is not a commit.
    #[error("the revision `{revision}` is not a commit")]
    NotACommit {
        /// As given by the user.
        revision: String,
    },
    /// An object is in no pack and not loose.
    #[error("{} {id} is missing{}", wanted.unwrap_or("object"), unusable(packs))]
    Missing {
        /// Its object ID.
        id: ObjectId,
        /// The expected type, if known.
        wanted: Option<&'static str>,
        /// Whether the repository is a partial clone (`git clone --filter`): the remote has promised the object.
        is_partial: bool,
        /// The pack indexes that cannot be used, and why.
        packs: Vec<(String, &'static str)>,
    },
    /// No copy of an object can be read.
    #[error("object {id} is damaged: `{file}`: {problem}")]
    Damaged {
        /// Its object ID.
        id: ObjectId,
        /// The pack or loose object file that contains it.
        file: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An object does not have the type that is expected where it is referenced.
    #[error("object {id} is a {kind}, not a {wanted}")]
    WrongKind {
        /// Its object ID.
        id: ObjectId,
        /// Its type.
        kind: &'static str,
        /// The expected type.
        wanted: &'static str,
    },
    /// An object's replacement (`git replace`) cannot be used.
    #[error("object {id} is replaced (`refs/replace/{id}`), but {problem}")]
    Replacement {
        /// The replaced object.
        id: ObjectId,
        /// Why the replacement cannot be used.
        problem: String,
    },
    /// Grafts or replacements make a commit its own ancestor.
    #[error("history has a cycle: commit {id} is its own ancestor")]
    Cycle {
        /// A commit of the cycle.
        id: ObjectId,
    },
    /// A ref does not lead to a readable object.
    #[error("the ref `{name}` is broken: {problem}")]
    BrokenRef {
        /// Its full name.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// What to do next.
        hint: String,
    },
    /// A file of the repository is damaged.
    #[error("`{}`{} is damaged: {problem}", path.display(), line.map(|line| format!(", line {line},")).unwrap_or_default())]
    DamagedFile {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: Option<usize>,
        /// What is wrong with it.
        problem: String,
    },
    /// The commit-graph file and a commit disagree on the commit's parents.
    #[error(
        "the commit-graph file is damaged: the parents of commit {id} differ from those in the commit object"
    )]
    CommitGraph {
        /// The commit.
        id: ObjectId,
    },
    /// A tree that is nested deeper, or has more paths, than any real repository: probably built to exhaust time or
    /// memory.
    #[error("tree {id} has too many {what}")]
    TreeTooLarge {
        /// The tree that exceeds the limit.
        id: ObjectId,
        /// What it has too many of.
        what: &'static str,
    },
    /// A revision syntax that is not supported.
    #[error("the syntax of revision `{revision}` is not supported")]
    Unsupported {
        /// As given by the user.
        revision: String,
    },
    /// A commit, tree or tag object cannot be parsed.
    #[error("object {id} is damaged: it is not a well-formed {what}")]
    Malformed {
        /// Its object ID.
        id: String,
        /// The expected type.
        what: &'static str,
    },
    /// A glob is not valid.
    #[error("the path pattern `{pattern}` is not valid")]
    Glob {
        /// As given by the user.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// No remote has this name.
    #[error("cannot run `{command}`: no git remote is named `{name}`")]
    NoSuchRemote {
        /// The command that was not run.
        command: &'static str,
        /// As given by the user.
        name: String,
    },
    /// The user's `git` could not be started, or failed.
    #[error("`{command}` failed: {message}")]
    Git {
        /// The command line.
        command: String,
        /// Its standard error, or why it could not be started.
        message: String,
    },
    /// Any other error of the git library.
    #[error("cannot read {what}")]
    Library {
        /// What was being read.
        what: String,
        /// The library's error.
        source: git2::Error,
    },
}

impl Error {
    /// What to do next, if there is something.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotARepository { .. } => {
                Some("run the command inside a clone, or pass its path: --repo DIR".to_owned())
            }
            Self::ForeignOwner { path } => Some(format!(
                "if you trust its owner: git config --global --add safe.directory '{}'",
                path.display()
            )),
            Self::NoCommit { .. } => Some("create a commit first; notes are generated from commits".to_owned()),
            Self::NoSuchRevision { .. } => Some(
                "list tags and branches: git tag, git branch --all; if tags are missing (common in CI): git fetch --tags"
                    .to_owned(),
            ),
            Self::NoSuchRemote { .. } => {
                Some("list the remotes: git remote; to use another one, set `remote` under [repository]".to_owned())
            }
            Self::Ambiguous { .. } => Some("use more hex digits".to_owned()),
            Self::Missing { wanted, is_partial, .. } => Some(missing_hint(*wanted, *is_partial).to_owned()),
            Self::Damaged { file, .. } if file.starts_with("objects/") => {
                Some(format!("delete `{file}` in the git directory, then: git fetch --refetch --tags"))
            }
            Self::Damaged { .. } | Self::Malformed { .. } | Self::WrongKind { .. } => {
                Some("list damaged objects: git fsck; to repair them, clone the repository again".to_owned())
            }
            Self::TreeTooLarge { id, .. } => Some(format!(
                "inspect the tree: git ls-tree -r -t {id}; find the commit that added it: git log --all --find-object={id}"
            )),
            Self::Replacement { id, .. } => {
                Some(format!("to remove the replacement: git replace --delete {id}"))
            }
            Self::Cycle { .. } => Some(
                "check `git replace --list` and `info/grafts` in the git directory, then run: git fsck".to_owned(),
            ),
            Self::CommitGraph { .. } => Some("rewrite it: git commit-graph write --reachable".to_owned()),
            Self::BrokenRef { hint, .. } => Some(hint.clone()),
            Self::DamagedFile { path, .. } => Some(file_hint(path)),
            Self::Library { source, .. } if source.class() == git2::ErrorClass::Config => {
                Some("correct the file named in the error, then check it: git config --list".to_owned())
            }
            Self::Unsupported { revision } => Some(format!("use the commit ID that git prints: git rev-parse '{revision}'")),
            Self::NotACommit { revision } => {
                Some(format!("name a commit, tag or branch; to see what it is: git cat-file -t '{revision}'"))
            }
            Self::NotAGitDirectory { .. } => Some("unset GIT_DIR, or pass the path of the clone: --repo DIR".to_owned()),
            Self::Format { path, format } => format.hint(path),
            // The source says what is wrong with the pattern, and `git` what it could not do.
            Self::Glob { .. } | Self::Git { .. } | Self::Library { .. } => None,
        }
    }

    /// A ref whose own file is damaged.
    pub(super) fn broken_ref(name: &str, problem: impl Into<String>) -> Self {
        let hint = match name {
            "HEAD" => "list its previous values: git reflog; then repair it: git symbolic-ref HEAD refs/heads/BRANCH"
                .to_owned(),
            name => format!("delete `{name}` in the git directory, then: git fetch --tags"),
        };
        Self::BrokenRef { name: name.to_owned(), problem: problem.into(), hint }
    }

    /// A ref whose object cannot be read.
    pub(super) fn unreadable_ref(name: &str, error: &Self) -> Self {
        let hint = match (name.strip_prefix("refs/tags/"), error) {
            (Some(tag), Self::Missing { .. }) => Some(format!(
                "delete the tag and fetch it again: git tag --delete {tag}, then: git fetch --tags"
            )),
            _ => error.hint(),
        };
        let hint = hint.unwrap_or_else(|| "list damaged objects: git fsck".to_owned());
        Self::BrokenRef { name: name.to_owned(), problem: error.to_string(), hint }
    }

    /// Adds the expected type to the error about a missing object.
    pub(super) fn while_reading(self, kind: &'static str) -> Self {
        match self {
            Self::Missing { id, is_partial, packs, .. } => {
                Self::Missing { id, wanted: Some(kind), is_partial, packs }
            }
            other => other,
        }
    }

    pub(super) fn library(what: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let what = what.into();
        move |source| Self::Library { what, source }
    }
}

fn unusable(packs: &[(String, &'static str)]) -> String {
    let each = packs.iter().map(|(index, problem)| format!("; `{index}` cannot be used: {problem}"));
    each.collect()
}

/// How to download a missing object of the expected type.
fn missing_hint(wanted: Option<&str>, is_partial: bool) -> &'static str {
    match (wanted, is_partial) {
        // Notes need commits and trees, and hardly any blobs, which are most of a repository.
        (Some("commit" | "tree" | "tag"), true) => {
            "this is a partial clone; to download all commits and trees: git fetch --refetch --filter=blob:none --tags, or pass --deepen"
        }
        (_, true) => {
            "this is a partial clone; to download all objects: git fetch --refetch --no-filter --tags"
        }
        (Some("tree" | "blob"), false) => {
            "to download missing objects: git fetch --refetch --no-filter --tags; to list them: git fsck"
        }
        (_, false) => {
            "to download missing objects: git fetch --refetch --no-filter --tags (in a shallow clone: git fetch --unshallow); to list them: git fsck"
        }
    }
}

fn file_hint(path: &std::path::Path) -> String {
    let advice = match path.file_name().and_then(std::ffi::OsStr::to_str) {
        Some("packed-refs") => "remove or correct the line, then restore the ref: git fetch --tags --force",
        Some("shallow") => "remove or correct the line, then: git fetch --unshallow",
        Some("grafts") => "remove or correct the line; grafts are deprecated, use: git replace --graft",
        _ => "check the repository: git fsck",
    };
    advice.to_owned()
}
