//! Options for parsing and updating a changelog.

use crate::model::Scheme;

/// How to parse a changelog, and what to replace in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The scheme of the versions in headings. Versions of another scheme with at least two numbers are recognized too,
    /// because projects change their scheme.
    pub scheme: Scheme,
    /// Replace a section even if it was written or edited by hand.
    pub replace: bool,
    /// Write URLs as link definitions at the end, even if the file has none yet. A file that has some always gets them.
    pub definitions: bool,
    /// Move the text that was written by hand under "Unreleased" into the section.
    pub adopt: bool,
    /// Remove our own unedited sections of the pre-releases that the version contains.
    pub collapse: bool,
}
