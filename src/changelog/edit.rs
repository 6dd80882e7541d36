//! Edits the text of a changelog: replaces byte ranges, detects line ends, counts blank lines.

use super::blocks::trim_blank_end;

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
