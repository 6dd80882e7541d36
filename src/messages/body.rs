//! Parses the body of a message: prose, trailers, breaking notes, and which lines are quoted.
//!
//! Fenced and indented code, block quotes, `<details>` and the release notes that dependency bots paste are quoted: no
//! change, breaking note, reference or revert is ever read from them.

use super::text;
use crate::model::Trailer;

/// A line of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BodyLine<'a> {
    /// Without the line end.
    pub(super) text: &'a str,
    /// Whether it is empty or only white space.
    pub(super) blank: bool,
    /// Whether it is quoted.
    pub(super) quoted: bool,
    /// Whether it is quoted only because it is indented.
    pub(super) indented: bool,
}

/// Splits a body into lines and finds the quoted ones.
pub(super) fn lines(body: &str) -> Vec<BodyLine<'_>> {
    let (mut fence, mut folded, mut bot) = (None::<char>, 0usize, false);
    let mut found = Vec::with_capacity(body.len() / 32);
    for text in text::lines(body) {
        let trimmed = text.trim_start();
        let mark = ['`', '~'].into_iter().zip(["```", "~~~"]).find(|(_, three)| trimmed.starts_with(three));
        let mark = mark.map(|(mark, _)| mark);
        let was_fenced = fence.is_some();
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let opens = trimmed.starts_with("<details");
        folded += usize::from(opens);
        bot |= !was_fenced && is_pasted_notes(trimmed);
        let indented = text.starts_with("    ") || text.starts_with('\t');
        let inside = was_fenced || fence.is_some() || folded > 0 || bot || trimmed.starts_with('>');
        let quoted = inside || indented;
        found.push(BodyLine { text, blank: trimmed.is_empty(), quoted, indented: indented && !inside });
        if folded > 0 && trimmed.contains("</details>") {
            folded -= 1;
        }
    }
    found
}

/// Whether a line is the heading under which dependency bots paste a dependency's release notes, which then fill the
/// rest of the body.
fn is_pasted_notes(line: &str) -> bool {
    let heading = line.trim_start_matches('#');
    heading.len() < line.len() && heading.trim().eq_ignore_ascii_case("release notes")
}

/// Parses `Key: value`, where the key is one word. After a well-known key, the space behind the colon is optional.
pub(super) fn trailer(line: &str) -> Option<(&str, &str)> {
    // Most lines are prose: the first word is enough to reject them.
    let end = line.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'-' && byte != b'_')?;
    let (key, rest) = line.split_at_checked(end)?;
    let value = rest.strip_prefix(':').filter(|_| key.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let has_space = value.is_empty() || value.starts_with([' ', '\t']);
    let needs_no_space = || is_well_known(key) && !value.starts_with([':', '/']);
    (has_space || needs_no_space()).then(|| (key, value.trim()))
}

/// The text of the first line of a breaking footer; `None` if the line is not one.
pub(super) fn breaking(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("BREAKING CHANGE").or_else(|| line.strip_prefix("BREAKING-CHANGE"))?;
    let rest = rest.strip_prefix('S').unwrap_or(rest);
    rest.strip_prefix([':', '：']).or_else(|| rest.strip_prefix(" #")).map(str::trim)
}

/// Whether a line is a rule of dashes, below which forges write the trailers of a squash.
pub(super) fn is_rule(line: &BodyLine<'_>) -> bool {
    let text = line.text.trim_end();
    !line.quoted && text.len() >= 3 && text.bytes().all(|byte| byte == b'-')
}

/// Whether a trailer with this key ends a breaking note even inside its paragraph: a key with a hyphen, or a well-known
/// one. Prose such as `Migration: run it twice` continues the note.
fn is_well_known(key: &str) -> bool {
    const KNOWN: [&str; 14] = [
        "closes", "close", "fixes", "fix", "resolves", "refs", "ref", "issue", "issues", "cc", "link", "pr",
        "bug", "see",
    ];
    key.contains('-') || KNOWN.contains(&key.to_ascii_lowercase().as_str())
}

/// The parts of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// The prose, without breaking footers and trailers.
    pub(super) description: Option<String>,
    /// The paragraphs of all breaking footers.
    pub(super) breaking_note: Option<String>,
    /// The trailers.
    pub(super) trailers: Vec<Trailer>,
}

/// Splits a body into its parts. Lines for which `is_boilerplate` is true are dropped, unless they are trailers.
pub(super) fn parts(lines: &[BodyLine<'_>], is_boilerplate: &dyn Fn(&str) -> bool) -> Parts {
    let last = trailer_block(lines);
    let tail = tail(lines);
    let mut parts = Parts::default();
    let (mut prose, mut note): (Vec<&str>, Vec<&str>) = (Vec::with_capacity(lines.len()), Vec::new());
    let (mut in_note, mut in_trailer) = (false, false);
    for (at, line) in lines.iter().enumerate() {
        let text = line.text.trim_end();
        if let Some(first) = breaking(text).filter(|_| !line.quoted) {
            (in_note, in_trailer) = (true, false);
            if !note.is_empty() {
                note.push("");
            }
            note.push(first);
            continue;
        }
        let may_be = !line.quoted && (at >= last || at >= tail);
        let found =
            if may_be { trailer(text).filter(|(key, _)| at >= last || is_well_known(key)) } else { None };
        if let Some((key, value)) = found.filter(|(key, _)| !in_note || is_well_known(key) || at > last) {
            (in_note, in_trailer) = (false, true);
            parts.trailers.push(Trailer { key: key.to_owned(), value: value.to_owned() });
            continue;
        }
        if !line.quoted && is_boilerplate(text) {
            continue;
        }
        if in_trailer && text.starts_with([' ', '\t']) {
            if let Some(open) = parts.trailers.last_mut() {
                open.value.push('\n');
                open.value.push_str(text.trim());
            }
        } else if in_note {
            note.push(text);
        } else {
            in_trailer = false;
            prose.push(text);
        }
    }
    parts.description = joined(&prose);
    parts.breaking_note = joined(&note);
    parts
}

fn joined(lines: &[&str]) -> Option<String> {
    let is_text = |line: &&str| !line.trim_start().is_empty();
    let (first, last) = (lines.iter().position(is_text)?, lines.iter().rposition(is_text)?);
    let text = lines.get(first..=last)?.join("\n");
    Some(text)
}

/// The index of the first line from which on there are only trailers and breaking footers, in one or more paragraphs.
fn tail(lines: &[BodyLine<'_>]) -> usize {
    let is_other = |line: &BodyLine<'_>| {
        let text = line.text.trim();
        !line.blank && trailer(text).is_none() && breaking(text).is_none() && !is_rule(line)
    };
    lines.iter().rposition(is_other).map_or(0, |at| at + 1)
}

/// The index of the first line of the last paragraph if that is a trailer block, else the number of lines. As in
/// `git interpret-trailers`, a trailer block has nothing but trailers, or has one that tools write and is at least 25 %
/// trailers.
fn trailer_block(lines: &[BodyLine<'_>]) -> usize {
    let ends_paragraph = |line: &BodyLine<'_>| line.blank || is_rule(line);
    let end = lines.iter().rposition(|line| !ends_paragraph(line)).map_or(0, |at| at + 1);
    let body = lines.get(..end).unwrap_or_default();
    let start = body.iter().rposition(ends_paragraph).map_or(0, |at| at + 1);
    let block = body.get(start..).unwrap_or_default();
    let is_pick = |line: &BodyLine<'_>| line.text.starts_with("(cherry");
    let is_footer = |line: &BodyLine<'_>| trailer(line.text).is_some() || breaking(line.text).is_some();
    let is_continuation = |line: &BodyLine<'_>| line.text.starts_with([' ', '\t']);
    let starts = block.first().is_some_and(|line| is_footer(line) || is_pick(line));
    let has_well_known =
        block.iter().any(|line| trailer(line.text).is_some_and(|(key, _)| is_well_known(key)));
    let all = starts
        && block.iter().any(is_footer)
        && block.iter().all(|line| is_footer(line) || is_pick(line) || is_continuation(line));
    let count = |fits: &dyn Fn(&BodyLine<'_>) -> bool| block.iter().filter(|line| fits(line)).count();
    let written_by_tools = |line: &BodyLine<'_>| {
        let is_person = |key: &str| key.len() > 3 && key.to_ascii_lowercase().ends_with("-by");
        is_pick(line) || trailer(line.text).is_some_and(|(key, _)| is_person(key))
    };
    let others = count(&|line| !is_footer(line) && !is_pick(line) && !is_continuation(line));
    let mixed = block.iter().any(written_by_tools) && count(&is_footer) * 3 >= others;
    // A breaking note may continue below its first line and be followed by trailers in the same paragraph.
    if all || mixed || (starts && has_well_known && block.iter().any(|line| breaking(line.text).is_some())) {
        start
    } else {
        lines.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Parts {
        parts(&lines(body), &|_| false)
    }

    #[test]
    fn breaking_note_has_all_its_paragraphs() {
        let parts = parse(
            "Why.\n\nBREAKING CHANGE: the key `a` is gone.\nUse `b`.\n\nMigration: run it twice.\n\nReviewed-by: Z\nRefs: #12",
        );
        assert_eq!(parts.description.as_deref(), Some("Why."));
        assert_eq!(
            parts.breaking_note.as_deref(),
            Some("the key `a` is gone.\nUse `b`.\n\nMigration: run it twice.")
        );
        assert_eq!(parts.trailers.len(), 2);
        let same = parse("BREAKING CHANGE: gone\nand more\nCo-authored-by: A <a@b>");
        assert_eq!(same.breaking_note.as_deref(), Some("gone\nand more"));
        assert_eq!(same.trailers.len(), 1);
    }

    #[test]
    fn trailers_are_found_as_git_and_forges_write_them() {
        let keys = |body: &str| {
            let found = parse(body).trailers;
            found.into_iter().map(|it| format!("{}={}", it.key, it.value)).collect::<Vec<_>>()
        };
        for (body, expected) in [
            (
                "Why.\n\nReviewed-by: A\n[b: a note]\nSigned-off-by: B",
                vec!["Reviewed-by=A", "Signed-off-by=B"],
            ),
            ("Why.\n\n(cherry picked from commit aaa)\nTicket: 7", vec!["Ticket=7"]),
            ("Why.\n\nSigned-off-by:A\nRefs:#7", vec!["Signed-off-by=A", "Refs=#7"]),
            (
                "Why.\n\nNote: one\n  and two\n\tand three\nCc: b",
                vec!["Note=one\nand two\nand three", "Cc=b"],
            ),
            ("Signed-off-by: A\n\nReviewed-by: B", vec!["Signed-off-by=A", "Reviewed-by=B"]),
            ("Refs: #7\n\n---------\n\nCo-authored-by: B", vec!["Refs=#7", "Co-authored-by=B"]),
            ("Why.\n---------\nTicket: 7\nCo-authored-by: B", vec!["Ticket=7", "Co-authored-by=B"]),
            ("BREAKING-CHANGE: x\nReviewed-by: B", vec!["Reviewed-by=B"]),
            ("See: this\nis prose", vec![]),
            ("https://example.org/a\nstd::mem", vec![]),
            ("a\nb\nTicket: 7", vec![]),
        ] {
            assert_eq!(keys(body), expected, "{body}");
        }
    }

    #[test]
    fn prose_and_quoted_lines_are_not_breaking_footers() {
        for body in [
            "breaking change in the API",
            "This is a BREAKING CHANGE: not a footer",
            "> BREAKING CHANGE: quoted",
            "```\nBREAKING CHANGE: fenced\n```",
            "<details>\n\nBREAKING CHANGE: folded\n\n</details>",
            "### Release Notes\n\nBREAKING CHANGE: of a dependency",
            "    BREAKING CHANGE: indented",
        ] {
            assert_eq!(parse(body).breaking_note, None, "{body}");
        }
        assert!(parse("BREAKING-CHANGE: x").breaking_note.is_some());
    }
}
