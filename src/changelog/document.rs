//! Parses a changelog into segments: the range of each release, and of the text before and after them.

use std::ops::Range;

use chrono::NaiveDate;
use pulldown_cmark::{Event, Options as Syntax, Parser, Tag};

use crate::model::{Scheme, Version};

use super::{
    heading::{self, Title},
    marker,
    options::Options,
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
    /// The first date in the heading, as YYYY-MM-DD.
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        let words = self.text.split(|c: char| !c.is_ascii_digit() && c != '-');
        words.filter(|word| word.len() == 10).find_map(|word| word.parse().ok())
    }
}

/// Whether a changelog names versions at the start of lines, but in no heading that parses as one.
#[must_use]
pub fn has_unparsed_versions(text: &str, options: &Options) -> bool {
    let is_version = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        Version::parse(word.strip_prefix('v').unwrap_or(word), &options.scheme).is_some()
    };
    // Prose names versions too; a line that begins with one looks like a heading.
    let names = |line: &str| line.split_whitespace().take(3).any(is_version);
    versions(text, options).is_empty() && text.lines().any(names)
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
        let titles: Vec<_> =
            blocks.headings.iter().map(|heading| heading::title(&heading.text, scheme)).collect();
        let levels = release_levels(&blocks.headings, &titles);
        let trailer = trailer_start(text, blocks.content_end);
        let top = levels.iter().copied().min().unwrap_or(0);
        let mut segments: Vec<Segment> = Vec::new();
        for (heading, title) in blocks.headings.into_iter().zip(titles) {
            let is_release = match &title {
                Title::Version(release) => {
                    levels.contains(&heading.level)
                        && (heading.level < 3 || top == 3 || release.linked_and_dated)
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
        Document { text, preamble, segments, trailer: trailer..text.len(), levels }
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

/// In CommonMark a lone carriage return also ends a line.
const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// Trims trailing white space as CommonMark defines it; other white space, such as U+2028, is text.
pub(super) fn trim_blank_end(text: &str) -> &str {
    text.trim_end_matches([' ', '\t', '\r', '\n'])
}

/// The length of the byte order mark in bytes; 0 without one.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

struct RawHeading {
    text: String,
    level: u8,
    start: usize,
}

/// The CommonMark blocks at the top level.
struct Blocks {
    headings: Vec<RawHeading>,
    markers: Vec<Range<usize>>,
    /// The end of the last block that is neither a comment (other than a marker) nor a link definition.
    content_end: usize,
    /// Whether the parser is inside a comment that is not a marker.
    in_comment: bool,
}

impl Blocks {
    fn parse(text: &str) -> Self {
        let from = bom(text);
        let body = text.get(from..).unwrap_or("");
        let mut blocks =
            Self { headings: Vec::new(), markers: Vec::new(), content_end: from, in_comment: false };
        let mut depth = 0_usize;
        for (event, range) in Parser::new_ext(body, Syntax::empty()).into_offset_iter() {
            let range = range.start + from..range.end + from;
            match event {
                Event::Start(tag) => {
                    blocks.block(&tag, text, range, depth == 0);
                    depth += 1;
                }
                Event::End(_) => depth = depth.saturating_sub(1),
                _ if blocks.in_comment && depth == 1 => {}
                _ => blocks.content_end = blocks.content_end.max(range.end),
            }
        }
        blocks
    }

    fn block(&mut self, tag: &Tag<'_>, text: &str, range: Range<usize>, top: bool) {
        self.in_comment = false;
        let end = match tag {
            Tag::Heading { level, .. } if top => {
                let start = line_start(text, range.start);
                let source = text.get(range.clone()).unwrap_or("");
                self.headings.push(RawHeading { text: heading_text(source), level: *level as u8, start });
                range.end
            }
            Tag::HtmlBlock if top => {
                let markers = self.markers.len();
                self.markers_in(text, line_start(text, range.start)..range.end);
                let block = text.get(range.clone()).unwrap_or("").trim();
                let is_comment = block.starts_with("<!--") && block.ends_with("-->");
                self.in_comment = is_comment && self.markers.len() == markers;
                if self.in_comment { 0 } else { range.end }
            }
            Tag::CodeBlock(_) => range.end,
            // The range of a container may include link definitions after it, so only its first character counts here;
            // the blocks and text inside it are visited later.
            _ => {
                range.start
                    + text
                        .get(range.clone())
                        .and_then(|source| source.chars().next())
                        .map_or(0, char::len_utf8)
            }
        };
        self.content_end = self.content_end.max(end);
    }

    fn markers_in(&mut self, text: &str, range: Range<usize>) {
        let mut at = range.start;
        for line in text.get(range).unwrap_or("").split_inclusive(LINE_ENDS) {
            if marker::parse(line).is_some() {
                self.markers.push(at..at + line.trim_end().len());
            }
            at += line.len();
        }
    }
}

/// The text of an ATX or setext heading, from its source.
fn heading_text(source: &str) -> String {
    let source = source.trim();
    if source.starts_with('#') {
        let text = source.trim_start_matches('#').trim();
        let without_closing = text.trim_end_matches('#');
        let has_closing = without_closing.is_empty() || without_closing.ends_with([' ', '\t']);
        return if has_closing { without_closing.trim_end().to_owned() } else { text.to_owned() };
    }
    source.rsplit_once(LINE_ENDS).map_or("", |(text, _underline)| text.trim()).to_owned()
}

/// The levels of release headings: level 1 and 2 if they have versions, that of the first version first. Level 3 if
/// only it has versions, or for linked and dated versions: standard-version writes patch releases so.
fn release_levels(headings: &[RawHeading], titles: &[Title]) -> Vec<u8> {
    let mut levels: Vec<u8> = Vec::new();
    let mut add = |is_release: &dyn Fn(&Title, u8) -> bool| {
        for (heading, title) in headings.iter().zip(titles) {
            if is_release(title, heading.level) && !levels.contains(&heading.level) {
                levels.push(heading.level);
            }
        }
        levels.is_empty()
    };
    let none = add(&|title, level| matches!(title, Title::Version(_)) && level < 3)
        && add(&|title, level| matches!(title, Title::Version(_)) && level == 3)
        && add(&|title, level| matches!(title, Title::Unreleased) && level < 3);
    if !none {
        add(&|title, level| {
            matches!(title, Title::Version(release) if release.linked_and_dated) && level == 3
        });
    }
    levels
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

fn line_start(text: &str, at: usize) -> usize {
    let start = text.get(..at).and_then(|before| before.rfind(LINE_ENDS)).map_or(0, |at| at + 1);
    start.max(bom(text))
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
