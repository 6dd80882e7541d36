//! The selector of windows.

use crate::model::Version;

/// Which windows to select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The commits that no version contains, with the version to give to them, if any.
    Unreleased(Option<Version>),
    /// The commits that no final version contains: the window of the next final version, or of this version if its
    /// pre-releases are left out of account.
    SinceFinal(Option<Version>),
    /// The window of one version or commit.
    Target(String),
    /// The commits of a range; an empty start is the root of history, an empty end is HEAD.
    Range(String, String),
    /// The window of the highest version that HEAD contains.
    Latest,
    /// The windows of all versions and of the unreleased changes, with the version to give to the latter, if any.
    All(Option<Version>),
}

impl Selector {
    /// Parses a target as given on the command line.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once("...").or_else(|| text.split_once("..")) {
            Some((from, to)) => Self::Range(from.to_owned(), to.to_owned()),
            None => Self::Target(text.to_owned()),
        }
    }
}
