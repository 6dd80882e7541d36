//! Parses the blocks of a changelog that are of interest: headings, markers, and lines that may be headings to readers.

use std::ops::Range;

use pulldown_cmark::{Event, Options as Syntax, Parser, Tag};

use super::marker;

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

/// A heading at the top level.
pub(super) struct RawHeading {
    /// Its source, without `#` or underline.
    pub(super) text: String,
    pub(super) level: u8,
    /// The start of its line, in bytes.
    pub(super) start: usize,
}

/// A line that is no heading to the parser.
pub(super) struct RawLine {
    pub(super) range: Range<usize>,
    /// Whether readers see a heading: the whole line is bold, or an HTML heading.
    pub(super) looks_like_heading: bool,
}

/// The CommonMark blocks at the top level.
pub(super) struct Blocks {
    pub(super) headings: Vec<RawHeading>,
    pub(super) markers: Vec<Range<usize>>,
    /// The first lines of paragraphs and list items, and the lines of HTML blocks: a version there may be a heading to
    /// readers.
    pub(super) lines: Vec<RawLine>,
    /// The end of the last block that is neither a comment (other than a marker) nor a link definition.
    pub(super) content_end: usize,
    /// Whether the parser is inside a comment that is not a marker.
    in_comment: bool,
}

impl Blocks {
    pub(super) fn parse(text: &str) -> Self {
        let from = bom(text);
        let body = text.get(from..).unwrap_or("");
        let mut blocks = Self {
            headings: Vec::new(),
            markers: Vec::new(),
            lines: Vec::new(),
            content_end: from,
            in_comment: false,
        };
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
        if matches!(tag, Tag::Paragraph if top) || matches!(tag, Tag::Item) {
            let first =
                text.get(range.clone()).and_then(|source| source.split(LINE_ENDS).next()).unwrap_or("");
            self.line(first, range.start);
        }
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
                if self.in_comment {
                    0
                } else {
                    self.lines_in(text, line_start(text, range.start)..range.end);
                    range.end
                }
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

    fn line(&mut self, line: &str, start: usize) {
        let trimmed = line.trim();
        let start = start + (line.len() - line.trim_start().len());
        let is_bold = ["**", "__"].iter().any(|mark| trimmed.starts_with(mark));
        let is_html = trimmed
            .strip_prefix("<h")
            .or_else(|| trimmed.strip_prefix("<H"))
            .is_some_and(|rest| rest.starts_with(|c: char| ('1'..='6').contains(&c)));
        if !trimmed.is_empty() {
            let range = start..start + trimmed.len();
            self.lines.push(RawLine { range, looks_like_heading: is_bold || is_html });
        }
    }

    fn lines_in(&mut self, text: &str, range: Range<usize>) {
        let mut at = range.start;
        for line in text.get(range).unwrap_or("").split_inclusive(LINE_ENDS) {
            self.line(line, at);
            at += line.len();
        }
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

fn line_start(text: &str, at: usize) -> usize {
    let start = text.get(..at).and_then(|before| before.rfind(LINE_ENDS)).map_or(0, |at| at + 1);
    start.max(bom(text))
}

/// The line (from 1) of an offset.
pub(super) fn line_number(text: &str, offset: usize) -> usize {
    1 + text.get(..offset).unwrap_or("").bytes().filter(|byte| *byte == b'\n').count()
}
