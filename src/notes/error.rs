//! Errors of selecting and reading windows.

use crate::{
    corrections, git,
    model::{ObjectId, TooManyPathSets, plural},
};

/// The windows cannot be selected or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration has too many path sets.
    #[error(transparent)]
    PathSets(#[from] TooManyPathSets),
    /// Corrections contradict one another.
    #[error(transparent)]
    Corrections(#[from] corrections::Error),
    /// The repository cannot be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The window extends beyond the boundary of a shallow clone.
    #[error("the clone is shallow: its history ends at {}, within the requested range", edge.short())]
    Shallow {
        /// The commit at the boundary.
        edge: ObjectId,
    },
    /// The named version has no tag.
    #[error("no tag found for version {version}")]
    NoSuchVersion {
        /// The version, as given.
        version: String,
        /// Up to three tags of the highest versions, highest first.
        highest: Vec<String>,
    },
    /// The named environment has no tag.
    #[error("no version is tagged for the environment `{name}`")]
    NothingInEnvironment {
        /// The environment.
        name: String,
        /// The suffix of its tags.
        suffix: String,
    },
    /// The latest version was requested, and HEAD contains none.
    #[error("HEAD contains no tagged version ({} in the repository)", plural(*tags, "tag", "tags"))]
    NoVersion {
        /// The number of tags in the repository.
        tags: usize,
    },
    /// There are tags that look like versions, but none matches the tag pattern.
    #[error(
        "no tag matches the tag pattern; found {}, for example {}",
        plural(*count, "tag", "tags"),
        examples.join(", ")
    )]
    PatternMatchesNothing {
        /// The number of tags.
        count: usize,
        /// Up to five of them, each in backticks.
        examples: Vec<String>,
    },
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            // The message names the limit: only fewer paths in the configuration help.
            Self::PathSets(_) => None,
            Self::Git(error) => error.hint(),
            Self::Corrections(error) => Some(error.hint()),
            Self::Shallow { .. } => Some(
                "fetch the rest with `tidings --deepen` or `git fetch --unshallow --tags` (actions/checkout: `fetch-depth: 0`)"
                    .to_owned(),
            ),
            Self::NoSuchVersion { version, highest } => Some(format!(
                "if the remote has the tag: git fetch --tags; for the notes of unreleased changes as this version: tidings notes --as {version}{}",
                match highest.as_slice() {
                    [] => "; no version is tagged yet".to_owned(),
                    [only] => format!("; the highest version is {only}"),
                    highest => format!("; the highest versions are {}", highest.join(", ")),
                }
            )),
            Self::NothingInEnvironment { name, suffix } => Some(format!(
                "its tags end with `{suffix}` (`v1.2.0{suffix}`); create one with `tidings tag VERSION --environment {name}`"
            )),
            Self::NoVersion { .. } => {
                Some("a clone in a pipeline often lacks tags: run `git fetch --tags`, or pass --deepen".to_owned())
            }
            Self::PatternMatchesNothing { .. } => {
                Some("set `tag_pattern` or `scheme` in tidings.toml; `tidings init` suggests a value".to_owned())
            }
        }
    }
}
