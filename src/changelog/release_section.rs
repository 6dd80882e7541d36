//! The section of a release to insert into a changelog, and the errors of inserting it.

use crate::model::Version;

/// The section of a release to insert.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReleaseSection<'a> {
    /// The version; `None` for unreleased changes.
    pub version: Option<&'a Version>,
    /// The section with its heading (`## [1.2.3](url) - date`), with LF line ends, without a marker.
    pub markdown: &'a str,
    /// The version's tag, for the base of the `[Unreleased]` link definition.
    pub tag: Option<&'a str>,
    /// The URL of the version's link definition, for files that have such definitions: a comparison with the version
    /// before, or the page of the first version.
    pub url: Option<&'a str>,
    /// The URL that compares the version with HEAD, for a file that has no definition of `[Unreleased]` yet.
    pub head_url: Option<&'a str>,
    /// The pre-releases that the version contains; with [`Options::collapse`](super::Options::collapse), their sections
    /// are removed.
    pub prereleases: &'a [Version],
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
    /// A heading next to the section may be a release, so that the order is not known.
    #[error("line {line} may be the heading of a release, but its version is not recognised")]
    Unclear {
        /// The line, from 1.
        line: usize,
    },
    /// The file has sections, but none has a heading with a version.
    #[error("the file has sections, but no heading with a version (line {line})")]
    UnknownForm {
        /// The line of the first of them, from 1.
        line: usize,
    },
}

impl InsertError {
    /// What to do next.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Block { .. } => "close that block and add a blank line after it",
            Self::Others { .. } => "add blank lines around the headings there",
            Self::Heading => "start the template of [changelog] with a heading such as `## {{ version }}`",
            Self::Unclear { .. } => {
                "write the version there as in `## 1.2.0`, or move the heading one level down"
            }
            Self::UnknownForm { .. } => {
                "use headings such as `## 1.2.0`; or add the heading `## [Unreleased]` above the newest section: new sections are inserted below it"
            }
        }
    }
}
