//! Edits the text of a changelog: replaces byte ranges, detects line ends, counts blank lines.

use std::ops::Range;

use super::document::trim_blank_end;

/// Replaces the bytes `at..at + removed` with `text`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) removed: usize,
    pub(super) text: String,
}

/// The number of blank lines at the end of a text.
pub(super) fn blank_lines_at_end(text: &str) -> usize {
    let Some(closed) = text.strip_suffix('\n') else { return 0 };
    closed.rsplit('\n').take_while(|line| trim_blank_end(line).is_empty()).count()
}

/// The most frequent line end of the file.
pub(super) fn line_end(text: &str) -> &'static str {
    let windows = text.matches("\r\n").count();
    if windows * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}

/// Removes a section and leaves at least `blank` blank lines between its neighbours.
pub(super) fn without(text: &str, range: Range<usize>, blank: usize) -> String {
    let before = text.get(..range.start).unwrap_or("");
    let missing = blank.saturating_sub(blank_lines_at_end(before));
    let gap = if before.is_empty() { String::new() } else { line_end(text).repeat(missing) };
    apply(text, &[Edit { at: range.start, removed: range.len(), text: gap }])
}

/// Applies edits, which must be sorted and must not overlap.
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
