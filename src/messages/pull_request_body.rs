//! Parses the body of a pull request: overriding messages, a release note, a reason.
//!
//! - `BEGIN_COMMIT_OVERRIDE … END_COMMIT_OVERRIDE` contains messages that override the merged ones.
//! - A fenced block `release-note`, or a section with the heading "Release notes", contains the text for the notes;
//!   `NONE` keeps the pull request out of them.
//! - A section with a heading such as "Why" or "Motivation" contains the reason.
//!
//! HTML comments usually come from a template, and are ignored, except for overrides.

use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options as Markdown, Parser, Tag, TagEnd};
use regex::Regex;

use super::{body, options::Options, references, text};
use crate::model::{IssueRef, is_reason_heading};

/// A parsed body of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullRequestBody {
    /// Messages that override the merged ones.
    pub overrides: Vec<String>,
    /// The release note.
    pub release_note: Option<ReleaseNote>,
    /// The reason for the change.
    pub reason: Option<String>,
}

/// The release note of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseNote {
    /// The pull request opts out of release notes.
    None,
    /// The text; the first paragraph is the title.
    Text(String),
}

const NOTE_HEADINGS: [&str; 8] = [
    "release notes",
    "release note",
    "changelog",
    "changelog entry",
    "發布說明",
    "发布说明",
    "更新說明",
    "更新说明",
];
/// Values that mean that there is no note or reason.
const NOTHING: [&str; 5] = ["none", "n/a", "na", "無", "无"];

impl PullRequestBody {
    /// Parses a body.
    #[must_use]
    pub fn parse(body: &str) -> Self {
        let clean = text::clean(text::bounded(body));
        let plain = without_comments(&clean);
        Self {
            overrides: overrides(&clean),
            release_note: fenced_note(&plain).or_else(|| section(&plain, is_note_heading).map(note)),
            reason: section(&plain, is_reason_heading).filter(|text| !is_nothing(text)),
        }
    }
}

/// The issues that a title and a body close (`Closes #7`), ascending; for forges whose API does not return them.
#[must_use]
pub fn closed_issues(title: &str, body: &str, options: &Options) -> Vec<IssueRef> {
    let text = format!(
        "{}\n\n{}",
        text::clean(text::bounded(title)),
        without_comments(&text::clean(text::bounded(body)))
    );
    references::closes(&body::lines(&text), options).into()
}

fn note(text: String) -> ReleaseNote {
    if is_nothing(&text) { ReleaseNote::None } else { ReleaseNote::Text(text) }
}

fn is_note_heading(heading: &str) -> bool {
    NOTE_HEADINGS.contains(&heading)
}

fn is_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "`*_.-\"".contains(c)).to_lowercase();
    NOTHING.contains(&bare.as_str())
}

fn without_comments(body: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(body.len()), body);
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// The overriding messages: one, or several if further lines start with a conventional header. The block may be inside
/// an HTML comment, which hides it on the page.
fn overrides(body: &str) -> Vec<String> {
    static HEADER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[a-z]+(\([^()\n]*\))?!?: \S").ok());
    let inside =
        body.split_once("BEGIN_COMMIT_OVERRIDE").and_then(|(_, rest)| rest.split_once("END_COMMIT_OVERRIDE"));
    let Some((inside, _)) = inside else { return Vec::new() };
    let mut messages: Vec<String> = Vec::new();
    for line in inside.lines().filter(|line| !line.trim_start().starts_with("```")) {
        let is_header = HEADER.as_ref().is_some_and(|header| header.is_match(line));
        match messages.last_mut().filter(|_| !is_header) {
            Some(message) => {
                message.push('\n');
                message.push_str(line);
            }
            None if line.trim().is_empty() => {}
            None => messages.push(line.trim().to_owned()),
        }
    }
    messages.iter().map(|message| message.trim().to_owned()).collect()
}

/// The text of the first fenced block `release-note`; `None` if the block is missing or empty.
fn fenced_note(body: &str) -> Option<ReleaseNote> {
    let mut parser = Parser::new_ext(body, Markdown::ENABLE_TABLES);
    parser.find(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
            let word = info.split([' ', ',']).next().unwrap_or_default();
            matches!(word, "release-note" | "release-notes" | "releasenote")
        }
        _ => false,
    })?;
    let inside = parser.take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)));
    let text: String = inside
        .filter_map(|event| if let Event::Text(text) = event { Some(text.into_string()) } else { None })
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| note(text.to_owned()))
}

/// The text below the first heading that is wanted, up to the next heading of its level or above; `None` if it is
/// empty.
fn section(body: &str, is_wanted: fn(&str) -> bool) -> Option<String> {
    let mut open: Option<(HeadingLevel, usize)> = None;
    let (mut level, mut title, mut end) = (None, String::new(), body.len());
    for (event, range) in Parser::new_ext(body, Markdown::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level: found, .. }) => {
                if open.is_some_and(|(own, _)| found <= own) {
                    end = range.start;
                    break;
                }
                (level, title) = (Some(found), String::new());
            }
            Event::Text(text) | Event::Code(text) if level.is_some() => title.push_str(&text),
            Event::End(TagEnd::Heading(found)) => {
                level = None;
                let bare = title.trim().trim_end_matches([':', '：']).to_lowercase();
                if open.is_none() && is_wanted(&bare) {
                    open = Some((found, range.end));
                }
            }
            _ => {}
        }
    }
    let text = body.get(open?.1..end)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note_of(body: &str) -> Option<String> {
        match PullRequestBody::parse(body).release_note? {
            ReleaseNote::None => Some("(none)".to_owned()),
            ReleaseNote::Text(text) => Some(text),
        }
    }

    #[test]
    fn release_note_is_read_from_a_block_or_a_section() {
        let block = "Fixes it.\n\n```release-note\nLog in with a *key*.\n```\n";
        assert_eq!(note_of(block).as_deref(), Some("Log in with a *key*."));
        assert_eq!(note_of("```release-note\r\nNONE\r\n```").as_deref(), Some("(none)"));
        assert_eq!(note_of("```release-note\n```"), None, "left empty");
        assert_eq!(note_of("```rust\nNONE\n```"), None);
        let section = "## What\nx\n\n### Release Notes:\n\n- Faster\n- Smaller\n\n## Tests\ny";
        assert_eq!(note_of(section).as_deref(), Some("- Faster\n- Smaller"));
        assert_eq!(note_of("# Release note\n<!-- describe -->\n\n# Next"), None, "the template's comment");
        assert_eq!(note_of("## Release notes\nN/A").as_deref(), Some("(none)"));
        assert_eq!(note_of("## 发布说明\n\n修复登录").as_deref(), Some("修复登录"));
        assert_eq!(note_of("```\n## Release notes\nquoted\n```"), None);
    }

    #[test]
    fn reason_is_read_from_its_section() {
        let body = "### Motivation\n\nIt was slow.\n\n#### Figures\n\n2 s\n\n### How\n\nx";
        assert_eq!(
            PullRequestBody::parse(body).reason.as_deref(),
            Some("It was slow.\n\n#### Figures\n\n2 s")
        );
        assert_eq!(PullRequestBody::parse("Why we did it: x").reason, None);
        assert_eq!(PullRequestBody::parse("## Why\n\nnone").reason, None);
    }

    #[test]
    fn overrides_are_split_into_messages() {
        let body = "x\n<!--\nBEGIN_COMMIT_OVERRIDE\nfeat(api)!: new\n\nbody\n\nBREAKING CHANGE: gone\nfix: other\nEND_COMMIT_OVERRIDE\n-->";
        assert_eq!(
            PullRequestBody::parse(body).overrides,
            ["feat(api)!: new\n\nbody\n\nBREAKING CHANGE: gone", "fix: other"]
        );
        assert_eq!(
            PullRequestBody::parse("BEGIN_COMMIT_OVERRIDE\nfix: x").overrides,
            Vec::<String>::new(),
            "not closed"
        );
        assert_eq!(
            PullRequestBody::parse("BEGIN_COMMIT_OVERRIDE\nBetter words\nEND_COMMIT_OVERRIDE").overrides,
            ["Better words"]
        );
    }

    proptest! {
        #[test]
        fn any_body_is_parsed(body in "(?s)(.|## Why\n|```release-note\n|<!--|-->|BEGIN_COMMIT_OVERRIDE|END_COMMIT_OVERRIDE){0,60}") {
            prop_assert!(PullRequestBody::parse(&body).overrides.len() <= body.len());
        }
    }
}
