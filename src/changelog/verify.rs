//! Parses a changelog again after an insertion: the section must be found exactly once, and all others as before.
//!
//! Whether a line is parsed as a heading depends on the text before it (an open fence, a comment, a tight
//! `</details>`). Comparing the parsed new text with the old avoids handling each such block.

use std::ops::Range;

use super::{
    document::{Document, Owner, Segment},
    heading::Title,
    links,
};
use crate::model::{Scheme, Version};

/// The expected result of an insertion.
pub(super) struct Expected<'a> {
    /// The new section, in bytes of the new text.
    pub(super) section: Range<usize>,
    /// Its version; `None` for "Unreleased".
    pub(super) version: Option<&'a Version>,
    /// Its package.
    pub(super) package: Option<&'a str>,
    /// The start offsets of the sections of the old text that are removed or replaced.
    pub(super) replaced: Vec<usize>,
    /// Whether the file must contain the version's link definition.
    pub(super) defined: bool,
    /// Whether the section has text that was written by hand, so that it counts as edited.
    pub(super) adopts: bool,
}

/// A difference from the expected result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The section is not parsed as one of ours.
    Hidden,
    /// Another section is parsed differently or not at all.
    Others,
    /// The link definition is not parsed as one.
    Definition,
}

/// Parses the new text and compares it with the old document.
pub(super) fn verify(
    old: &Document<'_>,
    text: &str,
    expected: &Expected<'_>,
    scheme: &Scheme,
) -> Result<(), Fault> {
    let new = Document::parse(text, scheme);
    let is_inserted = |segment: &&Segment| expected.section.contains(&segment.heading);
    let ours: Vec<_> = new.segments.iter().filter(is_inserted).collect();
    let [ours] = ours.as_slice() else { return Err(Fault::Hidden) };
    let is_ours = match new.owner(ours) {
        Owner::Ours => true,
        Owner::Edited => expected.adopts,
        Owner::Foreign => false,
    };
    if !matches_version(&ours.title, expected) || !is_ours {
        return Err(Fault::Hidden);
    }
    let before = old.segments.iter().filter(|segment| !expected.replaced.contains(&segment.range.start));
    let after = new.segments.iter().filter(|segment| !is_inserted(segment));
    if !releases(before).eq(releases(after)) {
        return Err(Fault::Others);
    }
    match expected.version {
        Some(version) if expected.defined && !links::has_definition(&new, version, scheme) => {
            Err(Fault::Definition)
        }
        _ => Ok(()),
    }
}

fn matches_version(title: &Title, expected: &Expected<'_>) -> bool {
    match (title, expected.version) {
        (Title::Version(release), Some(version)) => {
            release.version == *version && release.same_package(expected.package)
        }
        (Title::Unreleased, None) => true,
        _ => false,
    }
}

/// The text and level of each release heading.
fn releases<'s>(segments: impl Iterator<Item = &'s Segment>) -> impl Iterator<Item = (&'s str, u8)> {
    segments
        .filter(|segment| segment.title != Title::Other)
        .map(|segment| (segment.text.as_str(), segment.level))
}
