//! Errors of the configuration, with the location in the file.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{location::Location, value_error::ValueError};

/// An invalid or unreadable configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's `hosts.toml` cannot be read.
    #[error("cannot read the configuration `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The text is not valid TOML.
    #[error("{at}: {message}{}", at.excerpt())]
    Syntax {
        /// The location of the error.
        at: Location,
        /// The parser's message.
        message: String,
    },
    /// The text is not valid JSON.
    #[error("cannot parse `{}` as JSON", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause, with line and column.
        source: serde_json::Error,
    },
    /// The file is larger than a configuration may be.
    #[error("the configuration `{}` is larger than {} KiB", path.display(), limit >> 10)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: usize,
    },
    /// An unknown key, a missing key, or a value of the wrong type.
    #[error("{at}: {problem}{}", at.excerpt())]
    Mismatch {
        /// The location of the key or value.
        at: Box<Location>,
        /// What is wrong.
        problem: ValueError,
    },
    /// A key or entry that has the right type but an invalid value.
    #[error("{}: {entry}: {problem}{}", position(path, at.as_deref()), at.as_deref().map(Location::excerpt).unwrap_or_default())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The location of the entry, where it is known.
        at: Option<Box<Location>>,
        /// The key or entry, as in `` `scheme` `` or `rule 3`.
        entry: String,
        /// What is wrong with it.
        problem: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// A `Cargo.toml`, `pyproject.toml` or `package.json` named on the command line has no table for tidings.
    #[error("{} has no {tables}", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
        /// The expected tables.
        tables: &'static str,
    },
    /// An environment variable with an unknown key or an invalid value.
    #[error("environment variable `{name}`: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// What to do next.
        hint: Option<String>,
    },
}

/// `path:line:column`, or the path alone.
fn position(path: &Path, at: Option<&Location>) -> String {
    at.map_or_else(|| path.display().to_string(), Location::to_string)
}

impl Error {
    /// What to do next, if known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Mismatch { problem, .. } => problem.hint(),
            Self::Invalid { hint, .. } | Self::Variable { hint, .. } => hint.clone(),
            Self::NoTable { .. } => Some("add it, or pass another file to --config".to_owned()),
            // The message, or its cause, shows the line and what is wrong with it.
            Self::Read { .. } | Self::Syntax { .. } | Self::Json { .. } | Self::TooLarge { .. } => None,
        }
    }
}
