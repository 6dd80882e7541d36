//! What can be wrong with a configuration, said so that the place is found at once.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::location::Location;

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
    /// The text is not of its format, or a value is not of its type.
    #[error("{at}: {message}{}", at.excerpt())]
    Invalid {
        /// Where.
        at: Location,
        /// What is wrong.
        message: String,
    },
    /// A key that there is not.
    #[error("{at}: unknown key `{key}`{}", at.excerpt())]
    UnknownKey {
        /// Where.
        at: Location,
        /// The key.
        key: String,
        /// The keys that there are at this place.
        known: Vec<String>,
    },
    /// A word that there is not.
    #[error("{at}: unknown value `{value}`{}", at.excerpt())]
    UnknownValue {
        /// Where.
        at: Location,
        /// The word.
        value: String,
        /// The words that there are.
        known: Vec<String>,
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
            Self::UnknownKey { key, known, .. } => Some(suggest(key, known)),
            Self::UnknownValue { value, known, .. } => Some(suggest(value, known)),
            Self::Senseless { hint, .. } | Self::Variable { hint, .. } => hint.clone(),
            Self::NoTable { .. } => Some("add it, or name another file".to_owned()),
            Self::Read { .. } | Self::Invalid { .. } => None,
        }
    }
}

/// The nearest of the known words, else all of them.
pub(super) fn suggest(word: &str, known: &[String]) -> String {
    let near = known.iter().map(|it| (strsim::damerau_levenshtein(&word.to_lowercase(), it), it)).min();
    let allowed = if word.chars().count() <= 4 { 1 } else { 3 };
    match near {
        Some((distance, it)) if distance <= allowed => format!("did you mean `{it}`?"),
        _ => format!("use one of: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_word_is_answered_with_all_that_there_are() {
        let known = ["newest".to_owned(), "oldest".to_owned()];
        assert_eq!(suggest("Newst", &known), "did you mean `newest`?");
        assert_eq!(suggest("alphabetical", &known), "use one of: newest, oldest");
    }
}
