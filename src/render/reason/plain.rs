//! Turns a paragraph of Markdown into one line of plain text.

use std::sync::LazyLock;

use regex::Regex;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The text without HTML comments; one that is not closed ends it.
pub(super) fn without_comments(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// The lines as one: joined by a space, or by nothing between characters of scripts without spaces.
pub(super) fn joined<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let (mut out, mut line_width) = (String::new(), 0);
    for line in lines {
        let line = line.trim().trim_end_matches('\\').trim_end();
        let (last, first) = (out.chars().next_back(), line.chars().next());
        if let (Some(last), Some(first)) = (last, first) {
            let is_tight =
                (is_unspaced(last) && is_unspaced(first)) || is_wide_mark(last) || is_wide_mark(first);
            if line_width < SHORT_LINE && is_sentence_end(&out, line) {
                // Each line is a sentence of its own.
                out.push('.');
            }
            if !is_tight {
                out.push(' ');
            }
        }
        out.push_str(line);
        line_width = line.width();
    }
    out
}

/// Whether one line ends a sentence without a stop: the next line starts with a capitalized word, and the last word is
/// none that goes on, most of which are short (`when`, `with`, `the`).
fn is_sentence_end(before: &str, next: &str) -> bool {
    let mut first = next.chars();
    let is_capitalized =
        first.next().is_some_and(char::is_uppercase) && first.next().is_some_and(char::is_lowercase);
    let last = before.rsplit(' ').next().unwrap_or_default();
    let is_word = last.chars().all(char::is_alphanumeric) && !last.chars().any(is_unspaced);
    is_capitalized && is_word && last.chars().count() >= 5
}

/// A line below this width, in columns, was not wrapped before a capital letter.
const SHORT_LINE: usize = 50;

/// Whether a character is of a script that is written without spaces: Chinese and Japanese, not Korean.
pub(super) fn is_unspaced(c: char) -> bool {
    let is_hangul = matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}');
    !is_hangul && c.is_alphabetic() && c.width() == Some(2)
}

/// Whether a character is a full-width punctuation mark.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// The replacements that take off markup, in order: footnotes, images, links, tags, emphasis.
static MARKUP: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let patterns = [
        (r"\[([^\[\]]*[^\[\]\d^][^\[\]]*)\]\[[^\[\]]*\]", "$1"),
        // A footnote that is a noun, as in `since [1]`, is kept: its sentence says nothing without it.
        (
            r"(?i)\b(in|by|from|see|of|to|since|with|at|per|and|or|via|on|as|commit)\s\[\^?(\d{1,2})\]",
            "$1 [#$2]",
        ),
        (r"\s?\[\^?\d{1,2}\]", ""),
        (r"!\[[^\]]*\](\([^()\s]*(\s[^()]*)?\)|\[[^\]]*\])", ""),
        (r"\[\s*\]\([^()\s]*\)", ""),
        (r"\[([^\[\]]+)\]\([^()\s]*(\([^()\s]*\)[^()\s]*)?(\s[^()]*)?\)", "$1"),
        (r"<(https?://[^<>\s]+)>", "$1"),
        (
            r"(?i)</?(a|b|i|u|p|br|hr|em|strong|div|span|img|picture|source|sub|sup|kbd|center|h[1-6])(\s[^<>]*)?/?>",
            "",
        ),
        // Git's way to name a commit: `a1b2c3d (subject, 2026-01-31)`.
        (r#"\b([0-9a-f]{7,40}) \("?[^()]*(\([^()]*\)[^()]*)*,\s\d{4}-\d\d-\d\d\)"#, "$1"),
        (r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*", "$1"),
        (r"(^|[\s(])[*]([^*\s](?:[^*]*[^*\s])?)[*]($|[\s).,;:!?])", "$1$2$3"),
        (r"(^|[\s(])_([^_\s](?:[^_]*[^_\s])?)_($|[\s).,;:!?])", "$1$2$3"),
        (r"(?i)(^|\s+)/?cc:? (@[\w/-]+[,.\s]*)+$", ""),
        (r"(?i)\[(ci skip|skip ci|no ci|skip actions)\]", ""),
    ];
    patterns.into_iter().filter_map(|(pattern, by)| Some((Regex::new(pattern).ok()?, by))).collect()
});

/// Characters without which nothing is replaced.
const MARKS: [char; 6] = ['[', '<', '*', '_', '(', '@'];

/// One line without the markup of links, images, emphasis and known HTML tags; code spans are kept as they are.
pub(super) fn without_markup(line: &str) -> String {
    if !line.contains(MARKS) {
        return spaced(line);
    }
    let mut out = String::with_capacity(line.len());
    for (nth, part) in line.split('`').enumerate() {
        if nth > 0 {
            out.push('`');
        }
        if nth % 2 == 1 || !part.contains(MARKS) {
            out.push_str(part);
            continue;
        }
        let mut part = part.to_owned();
        for (pattern, by) in MARKUP.iter() {
            if pattern.is_match(&part) {
                part = pattern.replace_all(&part, *by).into_owned();
            }
        }
        out.push_str(&part);
    }
    // The text of a link may be code, and then the link is in several parts.
    static CODE_LINK: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[(`[^`]+`)\](\([^()\s]*\)|\[[^\[\]]*\])").ok());
    let out = CODE_LINK.as_ref().map_or_else(|| out.clone(), |it| it.replace_all(&out, "$1").into_owned());
    spaced(&out)
}

/// Runs of white space as one space.
fn spaced(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_wraps_are_joined_as_the_script_writes_words() {
        assert_eq!(joined(["It was", "slow."]), "It was slow.");
        assert_eq!(joined(["因為查詢", "太慢，", "Redis 也", "滿了"]), "因為查詢太慢，Redis 也滿了");
        assert_eq!(joined(["使用", "Redis"]), "使用 Redis");
        assert_eq!(joined(["검색이", "느리다"]), "검색이 느리다");
        assert_eq!(joined(["a\\", "b"]), "a b");
        let lines = ["is completed only when", "GIT_X or when", "Linux is used"];
        assert_eq!(joined(lines), lines.join(" "));
        assert_eq!(
            joined(["an option, not an adjective", "Mark it so"]),
            "an option, not an adjective. Mark it so"
        );
    }

    #[test]
    fn only_text_and_code_are_left_of_markup() {
        for (source, plain) in [
            ("See [the docs](https://x/y_(z) \"t\") now", "See the docs now"),
            ("![shot](https://x/a.png) Slow", "Slow"),
            ("[![b](https://x/b.svg)](https://x) Slow", "Slow"),
            ("a **bold _x_ word** and *that*.", "a bold x word and that."),
            (
                "keep `**a** [b](c)` and Vec<T>, snake_case_name, 2*3*4",
                "keep `**a** [b](c)` and Vec<T>, snake_case_name, 2*3*4",
            ),
            ("line<br/>break <b>x</b> <img src=\"a\">", "linebreak x"),
            ("as in [`Foo`](https://x) and [bar][1] [2]", "as in `Foo` and bar"),
            ("a hook[1][2] and so [3]. In [4] it", "a hook and so. In [#4] it"),
            ("It was slow. cc @ann, @o/team", "It was slow."),
            ("<https://x.org/a>", "https://x.org/a"),
            ("since a1b2c3d4e5 (x: do (y), 2024-01-31) it", "since a1b2c3d4e5 it"),
        ] {
            assert_eq!(without_markup(source), plain);
        }
        assert_eq!(without_comments("a<!-- b -->c<!-- d"), "ac");
    }
}
