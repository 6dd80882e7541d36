//! The changelog as segments: where each release begins and ends, and what stands before and after them.

use std::ops::Range;

use pulldown_cmark::{Event, Options as Syntax, Parser, Tag};

use super::{
    heading::{self, Title},
    mark,
    options::Options,
};
use crate::model::{Scheme, Version};

/// A release heading of a changelog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The version; `None` for "Unreleased".
    pub version: Option<Version>,
    /// The heading's text as it stands, without `#` or underline.
    pub text: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The level, 1 to 6.
    pub level: u8,
}

/// The release headings in the file's order.
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

/// A changelog in parts. All ranges are bytes of `text`; preamble, segments and trailer cover it without a gap.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    /// A BOM, the title, and what else stands before the first release.
    pub(super) preamble: Range<usize>,
    pub(super) segments: Vec<Segment>,
    /// Link definitions and comments at the end.
    pub(super) trailer: Range<usize>,
    /// The levels of release headings, that of the first release first; empty where there is no release.
    pub(super) levels: Vec<u8>,
}

/// A heading at the release level, with all that follows it up to the next one.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) title: Title,
    pub(super) text: String,
    pub(super) level: u8,
    /// From the heading (or the anchor before it) to the next segment.
    pub(super) range: Range<usize>,
    /// Where the heading itself begins.
    pub(super) heading: usize,
    /// Our mark, without its line end.
    pub(super) mark: Option<Range<usize>>,
}

/// Whose a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Ours,
    Edited,
    Foreign,
}

impl Document<'_> {
    pub(super) fn parse<'a>(text: &'a str, scheme: &Scheme) -> Document<'a> {
        let blocks = Blocks::read(text);
        let titles: Vec<_> =
            blocks.headings.iter().map(|found| heading::title(&found.text, scheme)).collect();
        let levels = release_levels(&blocks.headings, &titles);
        let trailer = trailer_start(text, blocks.content_end);
        let top = levels.iter().copied().min().unwrap_or(0);
        let mut segments: Vec<Segment> = Vec::new();
        for (found, title) in blocks.headings.into_iter().zip(titles) {
            let release = match &title {
                Title::Version(version) => {
                    levels.contains(&found.level) && (found.level < 3 || top == 3 || version.linked_and_dated)
                }
                Title::Unreleased => levels.contains(&found.level),
                Title::Other => false,
            };
            if !release && (found.level > top || segments.is_empty()) {
                continue;
            }
            let floor = segments.last().map_or(bom(text), |before| before.heading);
            let start = anchor_start(text, found.start, floor);
            if let Some(before) = segments.last_mut() {
                before.range.end = start;
            }
            let title = if release { title } else { Title::Other };
            let Found { text, level, start: heading } = found;
            segments.push(Segment { title, text, level, range: start..trailer, heading, mark: None });
        }
        place_marks(&mut segments, &blocks.marks);
        leave_anchors(text, &mut segments);
        let preamble = 0..segments.first().map_or(trailer, |first| first.range.start);
        Document { text, preamble, segments, trailer: trailer..text.len(), levels }
    }

    /// Whose the segment is: a mark that fits the text and stands last makes it ours.
    pub(super) fn owner(&self, segment: &Segment) -> Owner {
        let Some(mark) = &segment.mark else { return Owner::Foreign };
        let section = self.text.get(segment.range.start..mark.start).unwrap_or("");
        let behind = self.text.get(mark.end..segment.range.end).unwrap_or("");
        let digest = self.text.get(mark.clone()).and_then(mark::read);
        if blank_end(behind).is_empty() && digest == Some(mark::digest(section)) {
            Owner::Ours
        } else {
            Owner::Edited
        }
    }
}

/// What ends a line for CommonMark; a carriage return may stand alone.
const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// The text without the blanks at its end. Other white space than CommonMark's is text (U+2028 among it).
pub(super) fn blank_end(text: &str) -> &str {
    text.trim_end_matches([' ', '\t', '\r', '\n'])
}

/// Length of the byte order mark, if there is one.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

struct Found {
    text: String,
    level: u8,
    start: usize,
}

/// What CommonMark sees at the top level.
struct Blocks {
    headings: Vec<Found>,
    marks: Vec<Range<usize>>,
    /// The end of the last block that is neither a comment of others nor a link definition.
    content_end: usize,
    /// Inside a comment of others.
    in_comment: bool,
}

impl Blocks {
    fn read(text: &str) -> Self {
        let from = bom(text);
        let body = text.get(from..).unwrap_or("");
        let mut blocks =
            Self { headings: Vec::new(), marks: Vec::new(), content_end: from, in_comment: false };
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
                self.headings.push(Found { text: heading_text(source), level: *level as u8, start });
                range.end
            }
            Tag::HtmlBlock if top => {
                let marks = self.marks.len();
                self.marks_in(text, line_start(text, range.start)..range.end);
                let block = text.get(range.clone()).unwrap_or("").trim();
                let comment = block.starts_with("<!--") && block.ends_with("-->");
                self.in_comment = comment && self.marks.len() == marks;
                if self.in_comment { 0 } else { range.end }
            }
            Tag::CodeBlock(_) => range.end,
            // The range of a container may reach over link definitions behind it, so that only its first letter counts,
            // and then the blocks and words in it.
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

    fn marks_in(&mut self, text: &str, range: Range<usize>) {
        let mut at = range.start;
        for line in text.get(range).unwrap_or("").split_inclusive(LINE_ENDS) {
            if mark::read(line).is_some() {
                self.marks.push(at..at + line.trim_end().len());
            }
            at += line.len();
        }
    }
}

/// A heading's text from its source, ATX or setext.
fn heading_text(source: &str) -> String {
    let source = source.trim();
    if source.starts_with('#') {
        let text = source.trim_start_matches('#').trim();
        let open = text.trim_end_matches('#');
        let closed = open.is_empty() || open.ends_with([' ', '\t']);
        return if closed { open.trim_end().to_owned() } else { text.to_owned() };
    }
    source.rsplit_once(LINE_ENDS).map_or("", |(text, _underline)| text.trim()).to_owned()
}

/// Level 1 or 2, wherever the first version stands, and the other if versions stand there too; level 3 where all
/// versions stand there, or for the writing that standard-version gives to patches.
fn release_levels(headings: &[Found], titles: &[Title]) -> Vec<u8> {
    let mut levels: Vec<u8> = Vec::new();
    let mut add = |wanted: &dyn Fn(&Title, u8) -> bool| {
        for (found, title) in headings.iter().zip(titles) {
            if wanted(title, found.level) && !levels.contains(&found.level) {
                levels.push(found.level);
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

/// Where the link definitions and comments at the end begin.
fn trailer_start(text: &str, content_end: usize) -> usize {
    let rest = text.get(content_end..).unwrap_or("");
    let same_line = match text.get(..content_end) {
        Some(before) if before.is_empty() || before.ends_with('\n') || before == "\u{feff}" => 0,
        _ => rest.find('\n').map_or(rest.len(), |at| at + 1),
    };
    let rest = rest.get(same_line..).unwrap_or("");
    let blank: usize =
        rest.split_inclusive('\n').take_while(|line| blank_end(line).is_empty()).map(str::len).sum();
    content_end + same_line + blank
}

/// The start of an `<a name="1.2.3"></a>` line just before the heading, or the heading's own start.
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

/// An anchor of somebody else's that happens to stand above a section of ours is no part of it: the mark covers the
/// heading onwards.
fn leave_anchors(text: &str, segments: &mut [Segment]) {
    let mut next_start = None;
    for segment in segments.iter_mut().rev() {
        if let Some(start) = next_start.take() {
            segment.range.end = start;
        }
        let Some(mark) = segment.mark.as_ref().filter(|_| segment.range.start < segment.heading) else {
            continue;
        };
        let digest = text.get(mark.clone()).and_then(mark::read);
        let from_heading = text.get(segment.heading..mark.start).unwrap_or("");
        if digest == Some(mark::digest(from_heading)) {
            segment.range.start = segment.heading;
            next_start = Some(segment.heading);
        }
    }
}

/// Gives each segment the last mark that stands in it. Both lists are in the file's order.
fn place_marks(segments: &mut [Segment], marks: &[Range<usize>]) {
    let mut marks = marks.iter().peekable();
    for segment in segments {
        while let Some(mark) = marks.next_if(|mark| mark.start < segment.range.end) {
            if mark.start > segment.heading {
                segment.mark = Some(mark.clone());
            }
        }
    }
}
