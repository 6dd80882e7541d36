//! Recognises the items of a list: a bullet or a number, then text.

/// An item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListItem<'a> {
    /// The bullet; `#` for a number.
    pub(super) marker: char,
    /// The white space before it, in bytes.
    pub(super) indent: usize,
    /// The text after it, without the box of a task list.
    pub(super) text: &'a str,
}

impl<'a> ListItem<'a> {
    /// Parses a line as an item; `None` if it is not one, or is empty.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let rest = line.trim_start();
        let indent = line.len() - rest.len();
        let first = rest.chars().next()?;
        let (marker, after) = match first {
            '*' | '-' | '+' | '–' | '—' => (first, spaced(rest.get(first.len_utf8()..)?)?),
            '•' | '‣' | '◦' | '▪' | '●' | '○' | '·' | '・' => {
                (first, rest.get(first.len_utf8()..)?)
            }
            '0'..='9' => ('#', numbered(rest)?),
            _ => return None,
        };
        let text = without_box(after.trim());
        (!text.is_empty()).then_some(Self { marker, indent, text })
    }
}

/// The text after a number of at most three digits and its point or parenthesis.
fn numbered(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..).filter(|_| digits <= 3)?;
    after.strip_prefix('、').or_else(|| spaced(after.strip_prefix(['.', ')'])?))
}

/// The text, if it starts with white space: `-x` is an option, not an item.
fn spaced(text: &str) -> Option<&str> {
    text.starts_with([' ', '\t']).then_some(text)
}

fn without_box(text: &str) -> &str {
    let boxes = ["[ ] ", "[x] ", "[X] "];
    boxes.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_and_numbers_start_items() {
        let item = |line| ListItem::parse(line).map(|item| (item.marker, item.indent, item.text));
        for (line, expected) in [
            ("* fix: a", ('*', 0, "fix: a")),
            ("  -  fix: a", ('-', 2, "fix: a")),
            ("•fix: a", ('•', 0, "fix: a")),
            ("– fix: a", ('–', 0, "fix: a")),
            ("12. fix: a", ('#', 0, "fix: a")),
            ("\t1) fix: a", ('#', 1, "fix: a")),
            ("- [x] fix: a", ('-', 0, "fix: a")),
        ] {
            assert_eq!(item(line), Some(expected), "{line}");
        }
        for line in ["-Wall: x", "*fix*: a", "1.2.3", "2026. A year", "* ", "fix: a", "", "---"] {
            assert_eq!(item(line), None, "{line}");
        }
    }
}
