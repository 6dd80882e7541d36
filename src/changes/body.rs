//! The body of a message: paragraphs, trailers, breaking notes; and what in it is only quoted.
//!
//! Code fences, indented code, block quotes, folded details and the release notes that dependency bots paste are
//! somebody else's text: no entry, breaking note, reference or revert is ever read from them.

use crate::model::Trailer;

/// A line of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without its line end.
    pub(super) text: &'a str,
    /// Whether it is somebody else's text.
    pub(super) quoted: bool,
}

/// The lines of a body, told apart.
pub(super) fn lines(body: &str) -> Vec<Line<'_>> {
    let (mut fence, mut folded, mut bot) = (None::<char>, 0usize, false);
    let mut found = Vec::new();
    for text in body.lines() {
        let trimmed = text.trim_start();
        let mark =
            ['`', '~'].into_iter().find(|mark| trimmed.chars().take(3).filter(|c| c == mark).count() == 3);
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
        let quoted =
            was_fenced || fence.is_some() || folded > 0 || bot || indented || trimmed.starts_with('>');
        found.push(Line { text, quoted });
        if folded > 0 && trimmed.contains("</details>") {
            folded -= 1;
        }
    }
    found
}

/// The heading under which a dependency bot pastes the notes of a dependency; they go on to the end.
fn is_pasted_notes(line: &str) -> bool {
    let heading = line.trim_start_matches('#');
    heading.len() < line.len() && heading.trim().eq_ignore_ascii_case("release notes")
}

/// `Key: value`, where the key is one word.
pub(super) fn trailer(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let apart = value.is_empty() || value.starts_with([' ', '\t']);
    (is_key && apart).then(|| (key, value.trim()))
}

/// The text of a breaking footer's first line.
pub(super) fn breaking(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("BREAKING CHANGE").or_else(|| line.strip_prefix("BREAKING-CHANGE"))?;
    let rest = rest.strip_prefix('S').unwrap_or(rest);
    rest.strip_prefix([':', '：']).or_else(|| rest.strip_prefix(" #")).map(str::trim)
}

/// Whether a trailer ends a breaking note even inside its paragraph: a key of several words, or a well-known one. Prose
/// such as `Migration: run it twice` goes on.
fn is_sure(key: &str) -> bool {
    const KNOWN: [&str; 14] = [
        "closes", "close", "fixes", "fix", "resolves", "refs", "ref", "issue", "issues", "cc", "link", "pr",
        "bug", "see",
    ];
    key.contains('-') || KNOWN.contains(&key.to_ascii_lowercase().as_str())
}

/// What a body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// The prose, without what follows.
    pub(super) description: Option<String>,
    /// The paragraphs of all breaking footers.
    pub(super) breaking_note: Option<String>,
    /// The trailers.
    pub(super) trailers: Vec<Trailer>,
}

/// Takes a body apart. Lines in `left_out` (boilerplate of a forge) belong to nothing.
pub(super) fn parts(lines: &[Line<'_>], left_out: &dyn Fn(&str) -> bool) -> Parts {
    let last = trailer_block(lines);
    let tail = tail(lines);
    let mut parts = Parts::default();
    let (mut prose, mut note): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut in_note = false;
    for (at, line) in lines.iter().enumerate() {
        let text = line.text.trim_end();
        if !line.quoted && left_out(text) {
            continue;
        }
        if let Some(first) = breaking(text).filter(|_| !line.quoted) {
            in_note = true;
            if !note.is_empty() {
                note.push("");
            }
            note.push(first);
            continue;
        }
        let may_be = !line.quoted && (at >= last || at >= tail);
        let found = if may_be { trailer(text).filter(|(key, _)| at >= last || is_sure(key)) } else { None };
        if let Some((key, value)) = found.filter(|(key, _)| !in_note || is_sure(key) || at > last) {
            in_note = false;
            parts.trailers.push(Trailer { key: key.to_owned(), value: value.to_owned() });
        } else if at >= last && !in_note && text.starts_with([' ', '\t']) && !parts.trailers.is_empty() {
            if let Some(open) = parts.trailers.last_mut() {
                open.value.push('\n');
                open.value.push_str(text.trim());
            }
        } else if in_note {
            note.push(text);
        } else {
            prose.push(text);
        }
    }
    parts.description = joined(&prose);
    parts.breaking_note = joined(&note);
    parts
}

fn joined(lines: &[&str]) -> Option<String> {
    let text = lines.join("\n");
    let text = text.trim_matches('\n').trim_end();
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// Where the lines at the end start that are nothing but trailers and breaking notes, in one paragraph or several.
fn tail(lines: &[Line<'_>]) -> usize {
    let is_other = |line: &Line<'_>| {
        let text = line.text.trim();
        !text.is_empty() && trailer(text).is_none() && breaking(text).is_none()
    };
    lines.iter().rposition(is_other).map_or(0, |at| at + 1)
}

/// Where the last paragraph starts, if it holds nothing but trailers; else behind the end.
fn trailer_block(lines: &[Line<'_>]) -> usize {
    let end = lines.iter().rposition(|line| !line.text.trim().is_empty()).map_or(0, |at| at + 1);
    let body = lines.get(..end).unwrap_or_default();
    let start = body.iter().rposition(|line| line.text.trim().is_empty()).map_or(0, |at| at + 1);
    let block = body.get(start..).unwrap_or_default();
    let fits = |line: &Line<'_>| {
        let text = line.text;
        trailer(text).is_some()
            || breaking(text).is_some()
            || text.starts_with([' ', '\t'])
            || text.starts_with("(cherry")
    };
    let starts =
        block.first().is_some_and(|line| trailer(line.text).is_some() || breaking(line.text).is_some());
    let sure = block.iter().any(|line| trailer(line.text).is_some_and(|(key, _)| is_sure(key)));
    let all = starts && block.iter().all(fits);
    // A breaking note may run on below its first line and still have trailers behind it in the same paragraph.
    if all || (starts && sure && block.iter().any(|line| breaking(line.text).is_some())) {
        start
    } else {
        lines.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Parts {
        parts(&lines(body), &|_| false)
    }

    #[test]
    fn a_breaking_note_keeps_all_its_paragraphs() {
        let parts = read(
            "Why.\n\nBREAKING CHANGE: the key `a` is gone.\nUse `b`.\n\nMigration: run it twice.\n\nReviewed-by: Z\nRefs: #12",
        );
        assert_eq!(parts.description.as_deref(), Some("Why."));
        assert_eq!(
            parts.breaking_note.as_deref(),
            Some("the key `a` is gone.\nUse `b`.\n\nMigration: run it twice.")
        );
        assert_eq!(parts.trailers.len(), 2);
        let same = read("BREAKING CHANGE: gone\nand on\nCo-authored-by: A <a@b>");
        assert_eq!(same.breaking_note.as_deref(), Some("gone\nand on"));
        assert_eq!(same.trailers.len(), 1);
    }

    #[test]
    fn pitfall_14_prose_and_quotes_break_nothing() {
        for body in [
            "breaking change in the API",
            "This is a BREAKING CHANGE: not a footer",
            "> BREAKING CHANGE: quoted",
            "```\nBREAKING CHANGE: fenced\n```",
            "<details>\n\nBREAKING CHANGE: folded\n\n</details>",
            "### Release Notes\n\nBREAKING CHANGE: of a dependency",
            "    BREAKING CHANGE: indented",
        ] {
            assert_eq!(read(body).breaking_note, None, "{body}");
        }
        assert!(read("BREAKING-CHANGE: x").breaking_note.is_some());
    }
}
