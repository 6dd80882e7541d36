//! What can be wrong with a configuration, said so that the place is found at once.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{location::Location, value_error::ValueError};

/// A configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the user cannot be read.
    #[error("cannot read the configuration `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is no TOML.
    #[error("{at}: {message}{}", at.excerpt())]
    Syntax {
        /// Where.
        at: Location,
        /// What is wrong.
        message: String,
    },
    /// The text is no JSON.
    #[error("cannot read `{}` as JSON", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why, and where.
        source: serde_json::Error,
    },
    /// A key that there is not, or a value that a key cannot have.
    #[error("{at}: {problem}{}", at.excerpt())]
    Mismatch {
        /// Where.
        at: Box<Location>,
        /// What is wrong.
        problem: ValueError,
    },
    /// The text is well formed, and makes no sense.
    #[error("{}: {entry}: {problem}{}", place(path, at.as_deref()), at.as_deref().map(Location::excerpt).unwrap_or_default())]
    Senseless {
        /// The file.
        path: PathBuf,
        /// Where, in a file that tells.
        at: Option<Box<Location>>,
        /// Which entry or key, as in `[[rules]] number 3`.
        entry: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        hint: Option<String>,
    },
    /// A file of another tool, named on the command line, holds nothing for tidings.
    #[error("{} has no {tables}", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        tables: &'static str,
    },
    /// An environment variable names a key that there is not, or gives it a value that it cannot have.
    #[error("the environment variable `{name}`: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// The way out.
        hint: Option<String>,
    },
}

fn place(path: &Path, at: Option<&Location>) -> String {
    at.map_or_else(|| path.display().to_string(), Location::to_string)
}

impl Error {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Mismatch { problem, .. } => problem.hint(),
            Self::Senseless { hint, .. } | Self::Variable { hint, .. } => hint.clone(),
            Self::NoTable { .. } => Some("add it, or name another file".to_owned()),
            Self::Read { .. } | Self::Syntax { .. } | Self::Json { .. } => None,
        }
    }
}
