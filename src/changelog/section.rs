//! Prepares a section for insertion: moves it to the file's heading level, closes open blocks, appends the marker.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options as Syntax, Parser, Tag};

use super::marker;

/// The section with its marker, with LF line ends and a final one. `level` is the new level of its first heading;
/// `None` leaves it as it is.
pub(super) fn with_marker(markdown: &str, level: Option<u8>) -> String {
    let section = prepared(markdown, level);
    let marker = marker::for_section(&section);
    format!("{section}\n\n{marker}\n")
}

/// As [`with_marker`], for a section with text written by hand. The marker is that of `generated`, the section without
/// that text, so that the section counts as edited.
pub(super) fn with_marker_of(markdown: &str, generated: &str, level: Option<u8>) -> String {
    let marker = marker::for_section(&prepared(generated, level));
    format!("{}\n\n{marker}\n", prepared(markdown, level))
}

fn prepared(markdown: &str, level: Option<u8>) -> String {
    // A lone carriage return also ends a line in Markdown, and would become CRLF before a line end of the file.
    let mut section = at_level(&markdown.replace("\r\n", "\n").replace('\r', "\n"), level);
    section.truncate(section.trim_end().len());
    if let Some(closing) = closing(&section) {
        section.push('\n');
        section.push_str(&closing);
    }
    section
}

/// The level of the first heading.
pub(super) fn level(markdown: &str) -> Option<u8> {
    headings(markdown).first().map(|(level, _)| *level)
}

/// The first heading's line, without `#`.
pub(super) fn first_heading(markdown: &str) -> &str {
    markdown.trim_start().lines().next().unwrap_or("").trim_matches('#').trim()
}

/// Shifts the headings so that the first is at `level`. All later headings end up below it, since one at the same level
/// would be parsed as another release.
pub(super) fn at_level(markdown: &str, level: Option<u8>) -> String {
    let markdown = markdown.trim_start_matches('\n');
    let headings = headings(markdown);
    let Some((old, _)) = headings.first() else { return markdown.to_owned() };
    let new = level.unwrap_or(*old);
    let mut shifted = String::with_capacity(markdown.len());
    let mut copied = 0;
    for (index, (from, range)) in headings.iter().enumerate() {
        let to =
            if index == 0 { new } else { (from + new).saturating_sub(*old).clamp(new + 1, 6.max(new + 1)) };
        let source = markdown.get(range.clone()).unwrap_or("");
        shifted.push_str(markdown.get(copied..range.start).unwrap_or(""));
        shifted.push_str(&"#".repeat(to.min(6).into()));
        if source.starts_with('#') {
            shifted.push_str(source.trim_start_matches('#'));
        } else {
            let text = source.trim_end().rsplit_once('\n').map_or("", |(text, _underline)| text);
            shifted.push(' ');
            shifted.push_str(&text.lines().map(str::trim).collect::<Vec<_>>().join(" "));
            shifted.push('\n');
        }
        copied = range.end;
    }
    shifted.push_str(markdown.get(copied..).unwrap_or(""));
    shifted
}

/// The top-level headings with their levels.
pub(super) fn headings(markdown: &str) -> Vec<(u8, Range<usize>)> {
    top_level(markdown)
        .into_iter()
        .filter_map(|(tag, range)| match tag {
            Tag::Heading { level, .. } => Some((level as u8, range)),
            _ => None,
        })
        .collect()
}

/// The headings below the first one, without `#`.
pub(super) fn subheadings(markdown: &str) -> Vec<String> {
    let title = |range: Range<usize>| {
        markdown.get(range).unwrap_or("").trim_matches(['#', ' ', '\n', '\r']).to_owned()
    };
    headings(markdown)
        .into_iter()
        .skip(1)
        .map(|(_, range)| title(range))
        .filter(|it| !it.contains('\n'))
        .collect()
}

/// The bullet of each top-level list.
pub(super) fn bullets(markdown: &str) -> Vec<char> {
    let bullet = |range: Range<usize>| markdown.get(range)?.chars().next().filter(|c| "-*+".contains(*c));
    let lists = top_level(markdown).into_iter().filter(|(tag, _)| matches!(tag, Tag::List(None)));
    lists.filter_map(|(_, range)| bullet(range)).collect()
}

/// Whether there is text other than headings and comments.
pub(super) fn has_text(markdown: &str) -> bool {
    top_level(markdown).into_iter().any(|(tag, range)| match tag {
        Tag::Heading { .. } => false,
        Tag::HtmlBlock => {
            let source = markdown.get(range).unwrap_or("").trim();
            !(source.starts_with("<!--") && source.ends_with("-->"))
        }
        _ => true,
    })
}

fn top_level(markdown: &str) -> Vec<(Tag<'_>, Range<usize>)> {
    let mut depth = 0_usize;
    let mut blocks = Vec::new();
    for (event, range) in Parser::new_ext(markdown, Syntax::empty()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    blocks.push((tag, range));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    blocks
}

/// Whether the text's last block is raw HTML other than a marker.
pub(super) fn ends_with_html(text: &str) -> bool {
    match top_level(text).pop() {
        Some((Tag::HtmlBlock, range)) => text
            .get(range)
            .is_some_and(|source| source.lines().last().is_none_or(|line| marker::parse(line).is_none())),
        _ => false,
    }
}

/// The line (from 1) at which the top-level block that contains `offset` starts.
pub(super) fn block_line(text: &str, offset: usize) -> usize {
    // The parser would read a byte order mark as text of the first block.
    let (text, offset) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, offset.saturating_sub('\u{feff}'.len_utf8())),
        None => (text, offset),
    };
    let blocks = top_level(text).into_iter().rev();
    let start = blocks.map(|(_, range)| range.start).find(|start| *start <= offset).unwrap_or(0);
    1 + text.get(..start).unwrap_or("").bytes().filter(|byte| *byte == b'\n').count()
}

/// The line that closes an open fence or HTML block at the end, which would otherwise contain the text after it.
pub(super) fn closing(section: &str) -> Option<String> {
    let section = section.strip_prefix('\u{feff}').unwrap_or(section);
    let probe = format!("{section}\n\n<!-- -->\n");
    let (tag, range) = top_level(&probe).pop()?;
    let inside = range.start < section.len();
    let source = probe.get(range)?;
    match tag {
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) if inside => {
            let fence = source.trim_start().chars().next()?;
            Some(source.trim_start().chars().take_while(|c| *c == fence).collect())
        }
        Tag::HtmlBlock if inside => html_closing(source).map(str::to_owned),
        _ => None,
    }
}

/// The end condition of an HTML block that does not end at a blank line (CommonMark 0.31.2 §4.6, kinds 1 to 5).
fn html_closing(source: &str) -> Option<&'static str> {
    let start = source.trim_start().chars().take(12).collect::<String>().to_ascii_lowercase();
    let kinds = [
        ("<!--", "-->"),
        ("<?", "?>"),
        ("<![cdata[", "]]>"),
        ("<!", ">"),
        ("<script", "</script>"),
        ("<pre", "</pre>"),
        ("<style", "</style>"),
        ("<textarea", "</textarea>"),
    ];
    kinds.iter().find(|(open, _)| start.starts_with(open)).map(|(_, close)| *close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_shift_together_and_fences_are_unchanged() {
        let section = "## [1.0.0]\n\n### Fixed\n\n```sh\n## comment\n```\n\n#### API\n";
        assert_eq!(
            at_level(section, Some(1)),
            "# [1.0.0]\n\n## Fixed\n\n```sh\n## comment\n```\n\n### API\n"
        );
        assert_eq!(
            at_level(section, Some(3)),
            "### [1.0.0]\n\n#### Fixed\n\n```sh\n## comment\n```\n\n##### API\n"
        );
    }

    #[test]
    fn later_headings_are_moved_below_the_first() {
        assert_eq!(
            at_level("## 1.0.0\n\n## 9.9.9\n\n8.8.8\n=====\n\n- x", None),
            "## 1.0.0\n\n### 9.9.9\n\n### 8.8.8\n\n- x"
        );
    }

    #[test]
    fn open_blocks_are_closed_before_the_marker() {
        for (open, close) in [
            ("````\ncode", "````"),
            ("~~~\ncode", "~~~"),
            ("<!-- x", "-->"),
            ("<!--\n    éé", "-->"),
            ("<pre>\nx", "</pre>"),
        ] {
            let section = format!("## 1.0.0\n\n{open}");
            assert_eq!(closing(&section).as_deref(), Some(close), "{open}");
        }
        for closed in ["```\ncode\n```", "<!-- x -->", "<details>\nx", "- item\n  ```\n  code", "text"] {
            assert_eq!(closing(&format!("## 1.0.0\n\n{closed}")), None, "{closed}");
        }
    }
}
