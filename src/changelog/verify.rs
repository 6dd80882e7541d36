//! Reads a changelog again after a section was put in: the section must be found once, and all others as before.
//!
//! Whether a heading is read as one depends on what stands before it (an open fence, a comment, a tight `</details>`). Instead of
//! knowing all such blocks, the new text is parsed and compared with the old.

use std::ops::Range;

use super::{
    document::{Document, Owner, Segment},
    heading::Title,
    links,
};
use crate::model::{Scheme, Version};

/// What must hold of the new text.
pub(super) struct Expected<'a> {
    /// Where the new section stands, bytes of the new text.
    pub(super) section: Range<usize>,
    /// Its version; `None` for "Unreleased".
    pub(super) version: Option<&'a Version>,
    /// Its package.
    pub(super) package: Option<&'a str>,
    /// The sections of the old text that the new one takes the place of, by where they begin.
    pub(super) replaced: Vec<usize>,
    /// Whether the version's link definition must be among those of the file.
    pub(super) defined: bool,
}

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The section is not read as one of ours.
    Hidden,
    /// Another section is not read as it was.
    Others,
    /// The link definition is not read as one.
    Definition,
}

/// Compares the new text with the old.
pub(super) fn verify(
    old: &Document<'_>,
    text: &str,
    expected: &Expected<'_>,
    scheme: &Scheme,
) -> Result<(), Fault> {
    let new = Document::parse(text, scheme);
    let is_in_place = |segment: &&Segment| expected.section.contains(&segment.heading);
    let ours: Vec<_> = new.segments.iter().filter(is_in_place).collect();
    let [ours] = ours.as_slice() else { return Err(Fault::Hidden) };
    if !names(&ours.title, expected) || new.owner(ours) != Owner::Ours {
        return Err(Fault::Hidden);
    }
    let kept = old.segments.iter().filter(|segment| !expected.replaced.contains(&segment.range.start));
    let rest = new.segments.iter().filter(|segment| !is_in_place(segment));
    if !releases(kept).eq(releases(rest)) {
        return Err(Fault::Others);
    }
    match expected.version {
        Some(version) if expected.defined && !links::has_definition(&new, version, scheme) => {
            Err(Fault::Definition)
        }
        _ => Ok(()),
    }
}

fn names(title: &Title, expected: &Expected<'_>) -> bool {
    match (title, expected.version) {
        (Title::Version(release), Some(version)) => {
            release.version == *version && release.same_package(expected.package)
        }
        (Title::Unreleased, None) => true,
        _ => false,
    }
}

/// The headings of releases, by what they say.
fn releases<'s>(segments: impl Iterator<Item = &'s Segment>) -> impl Iterator<Item = (&'s str, u8)> {
    segments
        .filter(|segment| segment.title != Title::Other)
        .map(|segment| (segment.text.as_str(), segment.level))
}
