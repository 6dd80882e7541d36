//! Changes to the text of a changelog: their bytes, its line ends, its blank lines.

use std::ops::Range;

use super::document::blank_end;

/// A change to the text: the bytes `at..at + removed` give way to `text`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) removed: usize,
    pub(super) text: String,
}

/// How many blank lines a text ends with.
pub(super) fn blank_lines_at_end(text: &str) -> usize {
    let Some(closed) = text.strip_suffix('\n') else { return 0 };
    closed.rsplit('\n').take_while(|line| blank_end(line).is_empty()).count()
}

/// The file's line end: that of most lines.
pub(super) fn line_end(text: &str) -> &'static str {
    let windows = text.matches("\r\n").count();
    if windows * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}

/// The text without a section, whose neighbours are kept apart by at least `blank` blank lines.
pub(super) fn without(text: &str, range: Range<usize>, blank: usize) -> String {
    let before = text.get(..range.start).unwrap_or("");
    let missing = blank.saturating_sub(blank_lines_at_end(before));
    let apart = if before.is_empty() { String::new() } else { line_end(text).repeat(missing) };
    apply(text, &[Edit { at: range.start, removed: range.len(), text: apart }])
}

/// Applies edits that are in order and do not overlap.
pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut changed =
        String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut copied = 0;
    for edit in edits {
        changed.push_str(text.get(copied..edit.at).unwrap_or(""));
        changed.push_str(&edit.text);
        copied = edit.at + edit.removed;
    }
    changed.push_str(text.get(copied..).unwrap_or(""));
    changed
}
