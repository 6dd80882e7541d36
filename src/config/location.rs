//! A location in a file, with an excerpt of its line for messages.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// A location in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line, without control characters.
    text: String,
    /// The length of the span in characters, within the line.
    length: usize,
}

/// In characters. Longer lines (a minified `package.json`) are not shown.
const MAX_EXCERPT: usize = 160;

impl Location {
    /// The location of a span of bytes in a text.
    pub(super) fn of_span(path: PathBuf, source: &str, span: Range<usize>) -> Self {
        let start = boundary(source, span.start);
        let before = source.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let text = source.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let column = source.get(line_start..start).map_or(0, |part| part.chars().count());
        let end = boundary(source, span.end.min(line_start + text.len()));
        let length = source.get(start..end).map_or(0, |part| part.chars().count());
        Self {
            path,
            line: before.matches('\n').count() + 1,
            column: column + 1,
            text: text.replace(char::is_control, " "),
            length,
        }
    }

    /// Replaces the path.
    pub(super) fn in_file(self, path: &Path) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The line that contains the location.
    pub(super) fn line_text(&self) -> &str {
        &self.text
    }

    /// The line with the span underlined, preceded by a line break; empty if the line is blank or too long.
    pub(super) fn excerpt(&self) -> String {
        if self.text.trim().is_empty() || self.text.chars().count() > MAX_EXCERPT {
            return String::new();
        }
        let Self { line, text, column, length, .. } = self;
        let gutter = " ".repeat(line.to_string().len());
        let (indent, underline) = (" ".repeat(column - 1), "^".repeat((*length).max(1)));
        format!("\n{line} | {text}\n{gutter} | {indent}{underline}")
    }
}

/// The start of the character that contains byte `at`, or the end of the text.
fn boundary(source: &str, at: usize) -> usize {
    let at = at.min(source.len());
    (0..=at).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_counts_characters_and_the_excerpt_underlines_the_span() {
        let source = "a = 1\r\n題 = \"é\" x\r\n";
        let at = Location::of_span("t.toml".into(), source, source.find('x').unwrap()..source.len());
        assert_eq!(at.to_string(), "t.toml:2:9");
        assert_eq!(at.excerpt(), "\n2 | 題 = \"é\" x\n  |         ^");
    }

    #[test]
    fn span_past_the_end_is_clamped() {
        assert_eq!(Location::of_span("t".into(), "a\n", 10..20).to_string(), "t:2:1");
        assert_eq!(Location::of_span("t".into(), "", 0..0).to_string(), "t:1:1");
    }
}
