//! Renders the breaking note of a change below its entry.
//!
//! A note is text from a commit with several paragraphs, often with a list or a fenced code block. Those two are
//! preserved; other markup is escaped. An open fence is closed at the end, since it would otherwise contain the text
//! that follows.

use crate::model::Change;

use super::{escape, format::Markup, style::Style};

/// A line of a note.
enum Line<'a> {
    Blank,
    Prose(&'a str),
    Item { bullet: &'a str, text: &'a str },
    Open { fence: &'a str, language: &'a str },
    Close(&'a str),
    Code(&'a str),
}

/// The note in the markup, not indented; empty if it equals the title.
pub(super) fn below(note: &str, change: &Change, style: &Style<'_>) -> String {
    if note.trim().is_empty() || note.trim() == change.title.trim() {
        return String::new();
    }
    rendered(
        note,
        &|out, line, at_start| escape::push_line(out, line, &style.options.links, style.markup, at_start),
        style.markup,
        Language::Dropped,
    )
}

/// Whether the language of a code block is kept. Forges draw diagrams and maps for some languages, which the text of a
/// commit must not decide.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Kept,
    Dropped,
}

/// Appends the text of a line or of an item; `true` if it is at the start of a line.
pub(super) type PushLine<'a> = &'a dyn Fn(&mut String, &str, bool);

/// Lists, code blocks and paragraphs in the markup, not indented.
pub(super) fn rendered(note: &str, push_line: PushLine<'_>, markup: Markup, languages: Language) -> String {
    // Clean it before parsing: removing a character later could turn text into a fence.
    let note = note.lines().map(escape::clean).collect::<Vec<_>>().join("\n");
    let lines = parse(&note);
    if markup == Markup::Html {
        html(&lines, push_line)
    } else {
        text(&lines, push_line, (markup, languages))
    }
}

fn parse(note: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    for line in note.trim_matches(['\n', '\r']).lines() {
        let trimmed = line.trim();
        match fence {
            Some(open) if closes(trimmed, open) => {
                lines.push(Line::Close(open));
                fence = None;
            }
            Some(_) => lines.push(Line::Code(line.trim_end())),
            None => lines.push(match opening(trimmed) {
                Some((open, language)) => {
                    fence = Some(open);
                    Line::Open { fence: open, language }
                }
                None => prose(trimmed),
            }),
        }
    }
    if let Some(open) = fence {
        lines.push(Line::Close(open));
    }
    lines.dedup_by(|line, before| matches!((line, before), (Line::Blank, Line::Blank)));
    lines
}

fn prose(line: &str) -> Line<'_> {
    let bullet = ["- ", "* ", "+ "].into_iter().find(|bullet| line.starts_with(bullet));
    if let Some(text) = bullet.and_then(|bullet| line.strip_prefix(bullet)) {
        return Line::Item { bullet: "-", text };
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match (line.get(..digits + 1), line.get(digits + 1..)) {
        (Some(bullet), Some(text))
            if (1..=3).contains(&digits) && bullet.ends_with('.') && text.starts_with(' ') =>
        {
            Line::Item { bullet, text }
        }
        _ if line.is_empty() => Line::Blank,
        _ => Line::Prose(line),
    }
}

/// The fence and the language of a code block; no language if it is no plain word.
fn opening(line: &str) -> Option<(&str, &str)> {
    let fence = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == fence).count();
    let info = line.get(length..)?;
    if length < 3 || info.contains('`') {
        return None;
    }
    let word = info.split_whitespace().next().unwrap_or_default();
    let is_language =
        word.len() <= 30 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#-_.".contains(&byte));
    Some((line.get(..length)?, if is_language { word } else { "" }))
}

fn closes(line: &str, open: &str) -> bool {
    let fence = open.chars().next().unwrap_or('`');
    line.len() >= open.len() && line.chars().all(|c| c == fence)
}

fn text(lines: &[Line<'_>], push_line: PushLine<'_>, (markup, languages): (Markup, Language)) -> String {
    let mut out = String::new();
    for line in lines {
        match line {
            Line::Blank => {}
            Line::Prose(text) => push_line(&mut out, text, true),
            Line::Item { bullet, text } => {
                out.extend([bullet, " "]);
                push_line(&mut out, text, true);
            }
            Line::Open { fence, language } if markup == Markup::Markdown => {
                out.push_str(fence);
                if languages == Language::Kept {
                    out.push_str(language);
                }
            }
            Line::Close(fence) if markup == Markup::Markdown => out.push_str(fence),
            Line::Open { .. } | Line::Close(_) if markup == Markup::Slack => out.push_str("```"),
            Line::Open { .. } | Line::Close(_) => continue,
            Line::Code(code) => match markup {
                Markup::Markdown => out.push_str(code),
                markup => escape::push_text(&mut out, code, markup, false),
            },
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

fn html(lines: &[Line<'_>], push_line: PushLine<'_>) -> String {
    let mut out = String::new();
    let mut open = "";
    for line in lines {
        let tag = match line {
            Line::Blank => "",
            Line::Prose(_) => "p",
            Line::Item { .. } => "ul",
            Line::Close(_) => "",
            Line::Open { .. } | Line::Code(_) => "pre",
        };
        let blank_in_list = open == "ul" && matches!(line, Line::Blank);
        if tag != open && !blank_in_list {
            push_tag(&mut out, "</", open);
            push_tag(&mut out, "<", tag);
            open = tag;
        } else if matches!(line, Line::Prose(_)) {
            out.push('\n');
        }
        match line {
            Line::Blank | Line::Open { .. } | Line::Close(_) => {}
            Line::Prose(text) => push_line(&mut out, text, false),
            Line::Item { text, .. } => {
                out.push_str("<li>");
                push_line(&mut out, text, false);
                out.push_str("</li>");
            }
            Line::Code(code) => {
                escape::push_text(&mut out, code, Markup::Html, false);
                out.push('\n');
            }
        }
    }
    push_tag(&mut out, "</", open);
    out
}

fn push_tag(out: &mut String, start: &str, name: &str) {
    if !name.is_empty() {
        out.extend([start, name, ">"]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;
    use crate::{
        model::RepositoryInfo,
        render::{Format, Options, filters},
    };

    fn of_note(note: &str, format: Format) -> String {
        let (options, repository) = (Options::new(format), RepositoryInfo::default());
        below(note, &Change::default(), &Style::new(&options, &repository))
    }

    #[test]
    fn only_lists_and_code_blocks_are_preserved() {
        let note = "Run:\n\n* a_b\n2. `c`\n\n~~~\ndrop *;\n~~~\n# x\n<b>";
        assert_eq!(
            of_note(note, Format::Markdown),
            "Run:\n\n- a_b\n2. `c`\n\n~~~\ndrop *;\n~~~\n\\# x\n\\<b>"
        );
        assert_eq!(
            of_note(note, Format::Html),
            "<p>Run:</p><ul><li>a_b</li><li><code>c</code></li></ul><pre>drop *;\n</pre><p># x\n&lt;b&gt;</p>"
        );
    }

    #[test]
    fn dashes_and_colons_do_not_create_a_table() {
        let note = "head\n:-:\n-:\n- x\n:-\n: - :";
        assert_eq!(of_note(note, Format::Markdown), "head\n\\:-:\n\\-:\n- x\n\\:-\n\\: - :");
    }

    #[test]
    fn removed_character_does_not_create_a_fence() {
        assert_eq!(of_note("```\n``\u{202e}`\n<b>", Format::Markdown), "```\n```\n\\<b>");
    }

    proptest! {
        #[test]
        fn text_after_a_note_is_not_part_of_it(note in "([-`~#>*_|<a \u{202e}\r\n=1.\\[\\]]{0,4}(```|~~~|- |1\\. )?\n?){0,12}") {
            let source = format!("- a\n\n  {}\n\n### Next\n", filters::indented(&of_note(&note, Format::Markdown), "  "));
            let mut headings = 0;
            for event in Parser::new(&source) {
                match event {
                    Event::Start(Tag::Heading { .. }) => headings += 1,
                    Event::Html(_) | Event::InlineHtml(_) | Event::Rule
                    | Event::Start(Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. } | Tag::BlockQuote(_) | Tag::Emphasis | Tag::Strong) => {
                        prop_assert!(false, "{event:?} in {source:?}");
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(headings, 1, "{:?}", source);
        }
    }
}
