//! Chooses the text that says why a change was made.

use crate::model::{Change, is_reason_heading};

use super::{
    blocks::{Block, blocks},
    noise,
    plain::{is_unspaced, joined, without_comments, without_markup},
    repetition::repeats,
    sentence::{sentences, shortened},
};

/// The reason of a change on one line, not escaped; `None` if no text says more than the title.
///
/// It is what stands below a heading such as "Why" or "Motivation", else the first paragraph, of the description or of
/// the body of the pull request.
pub(in crate::render) fn of_change(change: &Change) -> Option<String> {
    if let Some(known) = change.reason.as_deref() {
        return Some(known.to_owned());
    }
    // The text of a fragment is shown whole.
    if change.fragment.is_some() {
        return None;
    }
    let body = change.pull_request.as_ref().and_then(|pull_request| pull_request.body.as_deref());
    let texts = [change.description.as_deref(), body];
    let of_trailer = || {
        // In the last paragraph of a message, `Why: it was slow` is a trailer.
        let stated = change.trailers.iter().find(|trailer| is_reason_heading(&trailer.key))?;
        of_lines(&stated.value.lines().collect::<Vec<_>>(), &change.title).map(|text| capitalized(&text))
    };
    let of_texts = || texts.into_iter().flatten().find_map(|text| of_text(text, &change.title));
    let reason = of_trailer().or_else(of_texts)?;
    let note = change.breaking_note.as_deref().filter(|_| change.breaking);
    let is_in_note =
        |note: &str| without_markup(&joined(note.lines())).contains(reason.trim_end_matches(['.', '…']));
    (!note.is_some_and(is_in_note)).then_some(reason)
}

/// The most bytes of a text that are read: a reason stands at its start.
const MAX_BYTES: usize = 16 << 10;

fn of_text(text: &str, title: &str) -> Option<String> {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    let cleaned;
    let text = if text.contains("<!--") {
        cleaned = without_comments(text);
        &cleaned
    } else {
        text
    };
    if text.trim_start().lines().next().is_some_and(noise::starts_text_of_tool) {
        return None;
    }
    let blocks = blocks(text);
    stated(&blocks, title).or_else(|| first_paragraph(&blocks, title))
}

/// The text below the first heading, or behind the first label, that announces the reason.
fn stated(blocks: &[Block<'_>], title: &str) -> Option<String> {
    for (at, block) in blocks.iter().enumerate() {
        let below = blocks.get(at + 1..).unwrap_or_default();
        let found = match block {
            Block::Heading(heading) if is_reason_heading(heading) => below_heading(below, title),
            Block::Paragraph(lines) => match lines.as_slice() {
                [only] if label(only).is_some_and(|(_, rest)| rest.is_empty()) => below_heading(below, title),
                lines => labelled(lines, title),
            },
            Block::List(items) => items.iter().find_map(|item| labelled(&[item], title)),
            Block::Heading(_) | Block::Other => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The first paragraph up to the next heading; else a short list.
fn below_heading(blocks: &[Block<'_>], title: &str) -> Option<String> {
    let own: Vec<_> = blocks.iter().take_while(|block| !matches!(block, Block::Heading(_))).collect();
    let paragraph = own.iter().find_map(|block| match block {
        Block::Paragraph(lines) => of_lines(lines, title),
        Block::List(_) | Block::Heading(_) | Block::Other => None,
    });
    paragraph.or_else(|| {
        own.iter().find_map(|block| match block {
            Block::List(items) => items.iter().find_map(|item| of_lines(&[item], title)),
            Block::Paragraph(_) | Block::Heading(_) | Block::Other => None,
        })
    })
}

/// Headings below which the first paragraph describes the change, lower case.
const NEUTRAL: [&str; 24] = [
    "description",
    "summary",
    "what",
    "overview",
    "abstract",
    "details",
    "introduction",
    "about",
    "proposed changes",
    "proposed change",
    "change description",
    "pr description",
    "brief description",
    "what changed",
    "changes",
    "tl;dr",
    "說明",
    "说明",
    "描述",
    "概述",
    "简介",
    "簡介",
    "概要",
    "beschreibung",
];

/// The first paragraph that has something to say, before any list.
fn first_paragraph(blocks: &[Block<'_>], title: &str) -> Option<String> {
    let mut is_neutral = true;
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(heading) => {
                let bare = heading.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
                is_neutral = NEUTRAL.contains(&bare.as_str())
                    || bare.starts_with("what ")
                    || bare.starts_with("description")
                    || (at == 0 && repeats(heading, title));
            }
            // What commits did is listed, not why.
            Block::List(_) if is_neutral => return None,
            Block::Paragraph(lines) if is_neutral => {
                if lines.first().is_some_and(|line| noise::starts_text_of_tool(line)) {
                    return None;
                }
                let found = of_lines(lines, title);
                if found.is_some() {
                    return found;
                }
            }
            Block::Paragraph(_) | Block::List(_) | Block::Other => {}
        }
    }
    None
}

/// The label before the colon of a line that announces the reason, and the rest: `Why: it was slow`.
fn label(line: &str) -> Option<(&str, &str)> {
    let bracketed = line.strip_prefix('【').and_then(|line| line.split_once('】'));
    let (label, rest) = bracketed.or_else(|| line.split_once([':', '：']))?;
    let rest = rest.trim_start_matches([':', '：']);
    let rest = rest.trim_start_matches(['*', '_']).trim_start();
    (label.split_whitespace().count() <= 6 && is_reason_heading(label)).then_some((label, rest))
}

/// The text behind the first label in lines, up to another label.
fn labelled(lines: &[&str], title: &str) -> Option<String> {
    let start = lines.iter().position(|line| label(line).is_some())?;
    let (_, first) = label(lines.get(start)?)?;
    let is_label = |line: &&&str| {
        let starts_label = |c: char| c.is_uppercase() || is_unspaced(c);
        let names = line.split_once([':', '：']).filter(|(label, _)| label.starts_with(starts_label));
        let is_short = |label: &str| label.split_whitespace().count() <= 2 && label.chars().count() <= 20;
        line.starts_with('【') || names.is_some_and(|(label, _)| is_short(label))
    };
    let rest = lines.get(start + 1..).unwrap_or_default().iter().take_while(|line| !is_label(line));
    let own: Vec<&str> = std::iter::once(first).chain(rest.copied()).collect();
    of_lines(&own, title).map(|text| capitalized(&text))
}

/// Text behind a label starts a line of its own in the notes. Only a plain word gets a capital letter: `npm-install`
/// and `iOS` keep their form.
fn capitalized(text: &str) -> String {
    let word = text.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    if word.is_empty() || !word.chars().all(|c| c.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().into_iter().map(|c| c.to_ascii_uppercase()).chain(chars).collect()
}

/// The most lines of a paragraph that are read: more do not fit.
const MAX_LINES: usize = 24;

/// The sentences of a paragraph that say something, shortened. One that introduces what follows is dropped.
fn of_lines(lines: &[&str], title: &str) -> Option<String> {
    let prose = lines.iter().take(MAX_LINES).copied().filter(|line| !noise::is_line(line));
    let line = without_markup(&joined(prose));
    let mut own = sentences(&line);
    if own.last().is_some_and(|last| last.ends_with([':', '：'])) {
        own.pop();
    }
    let is_nothing = |sentence: &&str| noise::is_sentence(sentence);
    let start = own.iter().position(|it| !is_nothing(it) && !repeats(it, title))?;
    let is_continued = start > 0;
    let own = own.get(start..).unwrap_or_default();
    let text = shortened(own.iter().copied().take_while(|it| !is_nothing(it)));
    let text = if is_continued { without_connective(&text) } else { text };
    is_worth_reading(&text).then_some(text)
}

/// The text without a word that ties it to the sentence before, which is not shown.
fn without_connective(text: &str) -> String {
    const WORDS: [&str; 9] = [
        "Namely",
        "In particular",
        "Specifically",
        "However",
        "Also",
        "Additionally",
        "Therefore",
        "Moreover",
        "Thus",
    ];
    let rest = WORDS.iter().find_map(|word| text.strip_prefix(word)?.strip_prefix(", "));
    rest.map_or_else(|| text.to_owned(), capitalized)
}

/// The fewest words of a reason; a character of a script without spaces counts as half a word.
const MIN_WORDS: usize = 3;

fn is_worth_reading(text: &str) -> bool {
    let wide = text.chars().filter(|c| is_unspaced(*c)).count();
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    words + wide / 2 >= MIN_WORDS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{PullRequest, Trailer};

    fn change(title: &str, description: &str) -> Change {
        Change { title: title.into(), description: Some(description.into()), ..Change::default() }
    }

    fn reason(title: &str, description: &str) -> Option<String> {
        of_change(&change(title, description))
    }

    #[test]
    fn reason_is_what_the_body_says_is_one() {
        for (body, expected) in [
            (
                "Does x and y.\n\n## Why\n\nIt was slow for\nmany users.\n\n## How\n\nz",
                "It was slow for many users.",
            ),
            ("Motivation:\n\nThe list was empty.\n\nModifications:\n\n- a\n- b", "The list was empty."),
            ("**Motivation**\nThe list was empty.", "The list was empty."),
            ("What: adds a key\nWhy: customers asked for it\nHow: with care", "Customers asked for it"),
            ("- 做了什麼：加上索引\n- 原因：查詢太慢，使用者抱怨", "查詢太慢，使用者抱怨"),
            ("### 背景\n\n舊的介面\n不支援分頁。", "舊的介面不支援分頁。"),
            ("# Why?\n- users were logged out\n- and more", "users were logged out"),
            (
                "【修改描述】改用索引\n【修改原因】查詢太慢，使用者抱怨\n【修改人】彦林",
                "查詢太慢，使用者抱怨",
            ),
            ("Warum: Die Liste war immer leer.", "Die Liste war immer leer."),
        ] {
            assert_eq!(reason("Add a thing", body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn first_paragraph_is_the_reason_if_it_says_more_than_the_title() {
        for (body, expected) in [
            ("The parser read the\nlast line twice.\n\nMore.", "The parser read the last line twice."),
            ("Fixes #12\n\nThe parser read it twice. See #13.", "The parser read it twice."),
            ("![shot](https://x/y.png)\n\nThe parser read it twice.", "The parser read it twice."),
            ("## Description\n<!-- what? -->\nThe parser read it twice.", "The parser read it twice."),
            (
                "This PR adds a thing. However, the old one was broken on Windows.",
                "The old one was broken on Windows.",
            ),
            (
                "This PR adds a thing. The old one was broken on Windows.",
                "The old one was broken on Windows.",
            ),
            ("The old one was broken. It did this:\n\n    code", "The old one was broken."),
            (
                "This reverts commit abcdef0. It broke\nthe build on Windows.",
                "It broke the build on Windows.",
            ),
        ] {
            assert_eq!(reason("Add a thing", body).as_deref(), Some(expected), "{body}");
        }
        for body in [
            "Adds the thing.",
            "* fix: typo\n\n* review\n\nSome text of a commit.",
            "- [x] I have read the guide\n- [ ] tests",
            "Bumps [x](https://y) from 1 to 2.\n\nThe release notes say a lot of things.",
            "```\ncode that is long enough to be read\n```",
            "> quoted text that is long enough to be read",
            "<!-- Please write why you made the change -->",
            "Signed-off-by: A <a@b>\nCo-authored-by: B <b@c>",
            "## How to test\n\nRun the program and look at the list.",
            "N/A",
            "",
            "https://example.com/a/b",
        ] {
            assert_eq!(reason("Add a thing", body), None, "{body}");
        }
    }

    #[test]
    fn pull_request_is_read_after_the_commit() {
        let mut own = change("Add a thing", "Fixes #1");
        let body = Some("### Summary\nUsers asked for it last year.\n\n### Testing\nx".into());
        own.pull_request = Some(Box::new(PullRequest { body, ..PullRequest::default() }));
        assert_eq!(of_change(&own).as_deref(), Some("Users asked for it last year."));
        own.description = Some("It was often asked for.".into());
        assert_eq!(of_change(&own).as_deref(), Some("It was often asked for."));
    }

    #[test]
    fn trailer_may_state_the_reason() {
        let mut own = change("Add a thing", "Some prose about the thing and its parts.");
        own.trailers = vec![Trailer { key: "Why".into(), value: "users asked\nfor it".into() }];
        assert_eq!(of_change(&own).as_deref(), Some("Users asked for it"));
    }

    #[test]
    fn breaking_note_is_not_repeated() {
        let mut own = change("Drop v1", "Clients stopped calling it in May.");
        own.breaking = true;
        own.breaking_note = Some("Clients stopped calling\nit in May. Use v2.".into());
        assert_eq!(of_change(&own), None);
        own.breaking_note = Some("Use v2.".into());
        assert!(of_change(&own).is_some());
    }

    proptest! {
        #[test]
        fn any_text_gives_one_line(title in ".{0,20}", body in "(?s)(.|Why: |## Why\n|\n\n|- |```\n|<!--|-->|`|\\*\\*|慢。){0,60}") {
            if let Some(reason) = reason(&title, &body) {
                prop_assert!(!reason.contains('\n') && !reason.trim().is_empty());
            }
        }
    }
}
