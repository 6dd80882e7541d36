//! What can go wrong between us and a repository.

use std::path::PathBuf;

use crate::model::ObjectId;

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
    /// An object is in none of the places where objects are.
    #[error("the object {id} is missing{}", unusable(packs))]
    Missing {
        /// Its name.
        id: ObjectId,
        /// The pack indices that cannot be used, and why.
        packs: Vec<(String, &'static str)>,
    },
    /// An object cannot be read, wherever it is.
    #[error("the object {id} is damaged: `{file}`: {problem}")]
    Damaged {
        /// Its name.
        id: ObjectId,
        /// The pack or loose object that holds it.
        file: String,
        /// What is wrong there.
        problem: &'static str,
    },
    /// An object is of another kind than what refers to it says.
    #[error("the object {id} is a {kind}, not a {wanted}")]
    Kind {
        /// Its name.
        id: ObjectId,
        /// What it is.
        kind: &'static str,
        /// What it should have been.
        wanted: &'static str,
    },
    /// What `git replace` put in an object's place cannot be used.
    #[error("the object {id} is replaced (`refs/replace/{id}`), but {problem}")]
    Replacement {
        /// The object that is replaced.
        id: ObjectId,
        /// Why the replacement cannot be used.
        problem: String,
    },
    /// Grafts or replacements make a commit its own ancestor.
    #[error("history goes in a circle: the commit {id} is its own ancestor")]
    Circle {
        /// A commit in the circle.
        id: ObjectId,
    },
    /// A reference names no object that can be read.
    #[error("the reference `{name}` is broken: {problem}")]
    Reference {
        /// Its full name.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        hint: String,
    },
    /// A file of the repository is damaged.
    #[error("`{}`{} is damaged: {problem}", path.display(), line.map(|line| format!(", line {line},")).unwrap_or_default())]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: Option<usize>,
        /// What is wrong there.
        problem: String,
    },
    /// The commit-graph file says something else of a commit than the commit itself.
    #[error("the commit-graph file is damaged: it gives other parents for {id} than the commit itself")]
    CommitGraph {
        /// The commit.
        id: ObjectId,
    },
    /// A tree that is made to cost time: more folders inside one another, or more paths, than any honest one has.
    #[error("the tree {id} has too many {what}")]
    Tree {
        /// The tree at the limit.
        id: ObjectId,
        /// What it has too many of.
        what: &'static str,
    },
    /// A form of revision that is read by nobody here.
    #[error("the revision `{revision}` has an unsupported form")]
    Unsupported {
        /// As it was given.
        revision: String,
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
            Self::Missing { .. } => Some(
                "`git fetch --refetch --no-filter --tags` downloads what is missing (in a shallow clone: git fetch --unshallow), `git fsck` lists it"
                    .to_owned(),
            ),
            Self::Damaged { file, .. } if file.starts_with("objects/") => {
                Some(format!("delete `{file}` in the git directory, then: git fetch --refetch --tags"))
            }
            Self::Damaged { .. } | Self::Malformed { .. } | Self::Kind { .. } => {
                Some("`git fsck` lists what is damaged; a new clone replaces it".to_owned())
            }
            Self::Tree { .. } => Some("`git ls-tree -r -t` lists them; a commit or pull request made it".to_owned()),
            Self::Replacement { id, .. } => {
                Some(format!("if it is not meant to be replaced: git replace --delete {id}"))
            }
            Self::Circle { .. } => Some(
                "see `git replace --list` and `info/grafts` in the git directory; `git fsck` checks the rest".to_owned(),
            ),
            Self::CommitGraph { .. } => Some("git commit-graph write --reachable writes it anew".to_owned()),
            Self::Reference { hint, .. } => Some(hint.clone()),
            Self::File { path, .. } => Some(file_hint(path)),
            Self::Library { source, .. } if source.class() == git2::ErrorClass::Config => {
                Some("correct the file that it names; `git config --list` reads it too".to_owned())
            }
            Self::Unsupported { revision } => Some(format!("git rev-parse '{revision}' gives the commit's name")),
            _ => None,
        }
    }

    /// The error about a reference whose own file is damaged.
    pub(super) fn reference(name: &str, problem: impl Into<String>) -> Self {
        let hint = match name {
            "HEAD" => "`git reflog` lists where it pointed; git symbolic-ref HEAD refs/heads/BRANCH mends it"
                .to_owned(),
            name => format!("delete `{name}` in the git directory, then: git fetch --tags"),
        };
        Self::Reference { name: name.to_owned(), problem: problem.into(), hint }
    }

    /// The error about a reference to what cannot be read.
    pub(super) fn unreadable(name: &str, error: &Self) -> Self {
        let hint = match (name.strip_prefix("refs/tags/"), error) {
            (Some(tag), Self::Missing { .. }) => {
                Some(format!("git tag --delete {tag}, then: git fetch --tags"))
            }
            _ => error.hint(),
        };
        let hint = hint.unwrap_or_else(|| "`git fsck` lists what is damaged".to_owned());
        Self::Reference { name: name.to_owned(), problem: error.to_string(), hint }
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

fn file_hint(path: &std::path::Path) -> String {
    let advice = match path.file_name().and_then(std::ffi::OsStr::to_str) {
        Some("packed-refs") => {
            "remove or correct the line, then restore what it named: git fetch --tags --force"
        }
        Some("shallow") => "remove or correct the line, then: git fetch --unshallow",
        Some("grafts") => "remove or correct the line; `git replace --graft` is what git recommends instead",
        _ => "`git fsck` checks the rest of the repository",
    };
    advice.to_owned()
}
