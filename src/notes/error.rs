//! Why the repository cannot answer what was asked.

use crate::{
    git,
    model::{ObjectId, TooManyPathSets},
};

/// The repository cannot answer what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration has more path sets than can be told apart.
    #[error(transparent)]
    PathSets(#[from] TooManyPathSets),
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The window runs into the edge of a shallow clone.
    #[error("the clone is shallow: history ends at {} before the window does", edge.short())]
    Shallow {
        /// The commit at the edge.
        edge: ObjectId,
    },
    /// A version is named that no tag names.
    #[error("no tag names the version {version}")]
    NoSuchVersion {
        /// As it was given.
        version: String,
        /// The highest versions there are.
        highest: Vec<String>,
    },
    /// An environment is named, and nothing has been tagged for it.
    #[error("no version is tagged for the environment `{name}`")]
    NothingInEnvironment {
        /// The environment.
        name: String,
        /// What its tags end with.
        suffix: String,
    },
    /// The last version was asked for and there is none.
    #[error("there is no version yet: {} tag{} there, none of them a version that HEAD contains", tags, if *tags == 1 { " is" } else { "s are" })]
    NoVersion {
        /// How many tags there are.
        tags: usize,
    },
    /// The tags look like versions, but not in the form that is looked for.
    #[error("none of the {count} tags is a version under the tag pattern; there are: {}", examples.join(", "))]
    PatternMatchesNothing {
        /// How many tags there are.
        count: usize,
        /// Some of them.
        examples: Vec<String>,
    },
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::PathSets(_) => None,
            Self::Git(error) => error.hint(),
            Self::Shallow { .. } => Some(
                "`tidings --deepen` fetches the rest, or: git fetch --unshallow --tags (actions/checkout: fetch-depth: 0)"
                    .to_owned(),
            ),
            Self::NoSuchVersion { version, highest } => Some(format!(
                "to name what is unreleased: --as {version}{}",
                if highest.is_empty() {
                    "; there is no version yet".to_owned()
                } else {
                    format!("; the highest versions are {}", highest.join(", "))
                }
            )),
            Self::NothingInEnvironment { name, suffix } => Some(format!(
                "its tags end with `{suffix}`, as in `v1.2.0{suffix}`: tidings tag VERSION --environment {name}"
            )),
            Self::NoVersion { .. } => {
                Some("a clone in a pipeline often lacks tags: git fetch --tags (or `tidings --deepen`)".to_owned())
            }
            Self::PatternMatchesNothing { .. } => {
                Some("set `tag_pattern` (or `scheme`) in tidings.toml; `tidings init` proposes one".to_owned())
            }
        }
    }
}
