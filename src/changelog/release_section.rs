//! The section of one release on its way into a changelog, and why it may not fit there.

use crate::model::Version;

/// A release to put in.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseSection<'a> {
    /// The version; `None` for what is not released yet.
    pub version: Option<&'a Version>,
    /// The section with its heading (`## [1.2.3](url) - date`), with LF, without a mark.
    pub markdown: &'a str,
    /// The version's tag, for the base of the `[Unreleased]` link definition.
    pub tag: Option<&'a str>,
    /// Where the version's link definition leads, in files that have such definitions.
    pub compare_url: Option<&'a str>,
}

/// Why a section cannot be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hidden {
    /// The section would lie in a block that begins above it.
    #[error("the block that begins at line {line} would hide the new section")]
    Block {
        /// The line, counted from 1.
        line: usize,
    },
    /// With the section, another one would not be read as it is now.
    #[error("a new section at line {line} would change how other sections are read")]
    Others {
        /// The line, counted from 1.
        line: usize,
    },
    /// The section's own text has no heading that is read as its version.
    #[error("the section has no heading that names its version")]
    Heading,
}

impl Hidden {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Block { .. } => "close that block, and put a blank line after it",
            Self::Others { .. } => "put blank lines around the headings there",
            Self::Heading => "a template of [changelog] must begin with a heading such as `## {{ version }}`",
        }
    }
}
