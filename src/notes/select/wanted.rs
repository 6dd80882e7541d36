//! What was asked for.

use crate::model::Version;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What no version contains; the version that it will have, where that is known.
    Unreleased(Option<Version>),
    /// What no final version contains: what the next final version would bring.
    SinceFinal,
    /// One version or commit.
    Target(String),
    /// From one to another; an empty end is the beginning of history, or HEAD.
    Range(String, String),
    /// The highest version that HEAD contains.
    Latest,
    /// Every version and what is unreleased; the version that the latter will have, where that is known.
    All(Option<Version>),
}

impl Wanted {
    /// Reads a target as it is given on the command line.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once("...").or_else(|| text.split_once("..")) {
            Some((from, to)) => Self::Range(from.to_owned(), to.to_owned()),
            None => Self::Target(text.to_owned()),
        }
    }
}
