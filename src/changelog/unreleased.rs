//! Finds text under "Unreleased" that tidings did not write.

use std::{borrow::Cow, ops::Range};

use super::{
    blocks::line_number,
    document::{Document, Owner, Segment},
    heading::Title,
    options::Options,
    section,
};

/// The line (from 1) of an "Unreleased" heading with text that was written or edited by hand.
#[must_use]
pub fn unreleased_text(text: &str, options: &Options) -> Option<usize> {
    let document = Document::parse(text, &options.scheme);
    written_by_hand(&document).map(|segment| line_number(text, segment.heading))
}

/// The "Unreleased" section with text that was written or edited by hand.
pub(super) fn written_by_hand<'d>(document: &'d Document<'_>) -> Option<&'d Segment> {
    let is_written = |segment: &&Segment| {
        segment.title == Title::Unreleased
            && document.owner(segment) != Owner::Ours
            && section::has_text(&without_marker(document, segment))
    };
    document.segments.iter().find(is_written)
}

/// The text of a section without its marker.
pub(super) fn without_marker<'a>(document: &Document<'a>, segment: &Segment) -> Cow<'a, str> {
    let text = |range: Range<usize>| document.text.get(range).unwrap_or("");
    match &segment.marker {
        None => text(segment.heading..segment.range.end).into(),
        Some(marker) => {
            let before = text(segment.heading..marker.start);
            match text(marker.end..segment.range.end).trim_end() {
                "" => before.into(),
                after => format!("{before}{after}\n").into(),
            }
        }
    }
}
