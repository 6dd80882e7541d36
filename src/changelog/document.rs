//! Parses a changelog into segments: the range of each release, and of the text before and after them.

use std::ops::Range;

use crate::model::{Scheme, Version};
use chrono::NaiveDate;

use super::{
    blocks::{Blocks, RawHeading, bom, trim_blank_end},
    date,
    heading::Title,
    levels::{release_levels, unclear, unknown_form},
    marker,
    options::Options,
    titles::{ReadTitle, titles},
};

/// A release heading of a changelog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The version; `None` for "Unreleased".
    pub version: Option<Version>,
    /// The heading's source text, without `#` or underline.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
    /// The level, 1 to 6.
    pub level: u8,
}

impl Heading {
    /// The first date in the heading.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        date::find(&self.text).map(|found| found.date)
    }
}

/// The release headings of a changelog, in file order.
#[must_use]
pub fn versions(text: &str, options: &Options) -> Vec<Heading> {
    let document = Document::parse(text, &options.scheme);
    let (mut line, mut counted) = (1, 0);
    let mut headings = Vec::new();
    for segment in &document.segments {
        let version = match &segment.title {
            Title::Version(release) => Some(release.version.clone()),
            Title::Unreleased => None,
            Title::Other => continue,
        };
        let between = text.get(counted..segment.heading).unwrap_or("");
        line += between.bytes().filter(|byte| *byte == b'\n').count();
        counted = segment.heading;
        headings.push(Heading { version, text: segment.text.clone(), line, level: segment.level });
    }
    headings
}

/// A parsed changelog. All ranges are in bytes of `text`; preamble, segments and trailer cover it without gaps.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    /// A BOM, the title, and any other text before the first release.
    pub(super) preamble: Range<usize>,
    pub(super) segments: Vec<Segment>,
    /// Link definitions and comments at the end.
    pub(super) trailer: Range<usize>,
    /// The levels of release headings, that of the first release first; empty if there is no release.
    pub(super) levels: Vec<u8>,
    /// The start offsets of headings, and of lines that look like one, that may be releases but could not be parsed.
    pub(super) unclear: Vec<usize>,
    /// If no heading is a release: the start of the first heading after the title, or of a line with a version.
    pub(super) unknown_form: Option<usize>,
}

/// A heading at the release level and the text up to the next one.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) title: Title,
    pub(super) text: String,
    pub(super) level: u8,
    /// From the heading (or the anchor before it) to the next segment.
    pub(super) range: Range<usize>,
    /// The start of the heading.
    pub(super) heading: usize,
    /// The marker of tidings, without its line end.
    pub(super) marker: Option<Range<usize>>,
}

/// The origin of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Written by tidings and not edited since.
    Ours,
    /// Written by tidings and edited since.
    Edited,
    /// Written by hand or by another tool.
    Foreign,
}

impl Document<'_> {
    pub(super) fn parse<'a>(text: &'a str, scheme: &Scheme) -> Document<'a> {
        let blocks = Blocks::parse(text);
        let read = titles(blocks.headings.iter().map(|it| (it.text.as_str(), it.level)), scheme);
        let levels = release_levels(&blocks.headings, &read);
        let unclear = unclear(text, &blocks, &read, scheme, &levels);
        let unknown_form = if levels.is_empty() { unknown_form(text, &blocks, &read, scheme) } else { None };
        let trailer = trailer_start(text, blocks.content_end);
        let top = levels.iter().copied().min().unwrap_or(0);
        let mut segments: Vec<Segment> = Vec::new();
        for (heading, ReadTitle { title, .. }) in blocks.headings.into_iter().zip(read) {
            let is_release = match &title {
                Title::Version(release) => {
                    levels.contains(&heading.level)
                        && (heading.level < 3 || top >= 3 || release.linked_and_dated)
                }
                Title::Unreleased => levels.contains(&heading.level),
                Title::Other => false,
            };
            if !is_release && (heading.level > top || segments.is_empty()) {
                continue;
            }
            let floor = segments.last().map_or(bom(text), |before| before.heading);
            let start = anchor_start(text, heading.start, floor);
            if let Some(before) = segments.last_mut() {
                before.range.end = start;
            }
            let title = if is_release { title } else { Title::Other };
            let RawHeading { text, level, start: heading } = heading;
            segments.push(Segment { title, text, level, range: start..trailer, heading, marker: None });
        }
        assign_markers(&mut segments, &blocks.markers);
        exclude_foreign_anchors(text, &mut segments);
        let preamble = 0..segments.first().map_or(trailer, |first| first.range.start);
        Document { text, preamble, segments, trailer: trailer..text.len(), levels, unclear, unknown_form }
    }

    /// The origin of the segment. It is ours if it ends with a marker whose digest matches its text.
    pub(super) fn owner(&self, segment: &Segment) -> Owner {
        let Some(marker) = &segment.marker else { return Owner::Foreign };
        let section = self.text.get(segment.range.start..marker.start).unwrap_or("");
        let after = self.text.get(marker.end..segment.range.end).unwrap_or("");
        let digest = self.text.get(marker.clone()).and_then(marker::parse);
        if trim_blank_end(after).is_empty() && digest == Some(marker::digest(section)) {
            Owner::Ours
        } else {
            Owner::Edited
        }
    }
}

/// The start of the link definitions and comments at the end.
fn trailer_start(text: &str, content_end: usize) -> usize {
    let rest = text.get(content_end..).unwrap_or("");
    let same_line = match text.get(..content_end) {
        Some(before) if before.is_empty() || before.ends_with('\n') || before == "\u{feff}" => 0,
        _ => rest.find('\n').map_or(rest.len(), |at| at + 1),
    };
    let rest = rest.get(same_line..).unwrap_or("");
    let blank: usize =
        rest.split_inclusive('\n').take_while(|line| trim_blank_end(line).is_empty()).map(str::len).sum();
    content_end + same_line + blank
}

/// The start of an `<a name="1.2.3"></a>` line directly above the heading, or the start of the heading.
fn anchor_start(text: &str, heading: usize, floor: usize) -> usize {
    let before = text.get(floor..heading).unwrap_or("").trim_end();
    let line_at = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(line_at..).unwrap_or("").trim();
    let attributes = line.strip_prefix("<a ").and_then(|rest| rest.strip_suffix("></a>"));
    match attributes {
        Some(inner) if !inner.contains(['<', '>']) => floor + line_at,
        _ => heading,
    }
}

/// Excludes an anchor above a section of ours if the marker's digest starts at the heading: tidings did not write it.
fn exclude_foreign_anchors(text: &str, segments: &mut [Segment]) {
    let mut next_start = None;
    for segment in segments.iter_mut().rev() {
        if let Some(start) = next_start.take() {
            segment.range.end = start;
        }
        let Some(marker) = segment.marker.as_ref().filter(|_| segment.range.start < segment.heading) else {
            continue;
        };
        let digest = text.get(marker.clone()).and_then(marker::parse);
        let from_heading = text.get(segment.heading..marker.start).unwrap_or("");
        if digest == Some(marker::digest(from_heading)) {
            segment.range.start = segment.heading;
            next_start = Some(segment.heading);
        }
    }
}

/// Assigns the last marker in each segment to it. Both lists are in file order.
fn assign_markers(segments: &mut [Segment], markers: &[Range<usize>]) {
    let mut markers = markers.iter().peekable();
    for segment in segments {
        while let Some(marker) = markers.next_if(|marker| marker.start < segment.range.end) {
            if marker.start > segment.heading {
                segment.marker = Some(marker.clone());
            }
        }
    }
}
