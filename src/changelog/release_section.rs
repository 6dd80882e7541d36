//! The section of a release to insert into a changelog, and the errors of inserting it.

use crate::model::Version;

/// The section of a release to insert.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseSection<'a> {
    /// The version; `None` for unreleased changes.
    pub version: Option<&'a Version>,
    /// The section with its heading (`## [1.2.3](url) - date`), with LF line ends, without a marker.
    pub markdown: &'a str,
    /// The version's tag, for the base of the `[Unreleased]` link definition.
    pub tag: Option<&'a str>,
    /// The URL of the version's link definition, for files that have such definitions.
    pub compare_url: Option<&'a str>,
}

/// Why a section cannot be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The section would become part of a block that starts above it.
    #[error("the block that starts at line {line} would contain the new section")]
    Block {
        /// The line, from 1.
        line: usize,
    },
    /// Inserting the section would change how another section is parsed.
    #[error("a new section at line {line} would change how other sections are parsed")]
    Others {
        /// The line, from 1.
        line: usize,
    },
    /// The section's text has no heading with its version.
    #[error("the section has no heading with its version")]
    Heading,
}

impl InsertError {
    /// What to do next.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Block { .. } => "close that block and add a blank line after it",
            Self::Others { .. } => "add blank lines around the headings there",
            Self::Heading => "start the template of [changelog] with a heading such as `## {{ version }}`",
        }
    }
}
