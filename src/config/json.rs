//! Locates a value in a JSON text: `serde_json` only reports the position of syntax errors.
//!
//! The text must be valid JSON; otherwise the result is an arbitrary range or `None`.

use std::ops::Range;

use super::key_path::KeySegment;

/// The bytes of the value at `key_path`, or of its closest existing ancestor; `None` if the first segment does not
/// exist.
pub(super) fn span(text: &str, key_path: &[KeySegment<'_>]) -> Option<Range<usize>> {
    let mut cursor = Cursor { text, at: 0 };
    let mut found = None;
    for segment in key_path {
        match cursor.enter(segment) {
            Some(()) => found = Some(cursor.at),
            None => break,
        }
    }
    let start = found?;
    let mut end = Cursor { text, at: start };
    end.skip_value()?;
    Some(start..end.at)
}

/// The bytes of a key, with its quotes, in the object at `key_path`; `None` if it does not exist.
pub(super) fn key_span(text: &str, key_path: &[KeySegment<'_>], key: &str) -> Option<Range<usize>> {
    let mut cursor = Cursor { text, at: 0 };
    key_path.iter().try_for_each(|segment| cursor.enter(segment))?;
    cursor.skip_space();
    cursor.take('{')?;
    cursor.find_key(key)
}

/// A position in the text.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// Moves from the start of a value to the start of one inside it. If there is none, the cursor is left at an
    /// unspecified position.
    fn enter(&mut self, segment: &KeySegment<'_>) -> Option<()> {
        self.skip_space();
        match segment {
            KeySegment::Key(key) => {
                self.take('{')?;
                self.find_key(key).map(drop)
            }
            KeySegment::Index(index) => {
                self.take('[')?;
                for _ in 0..*index {
                    self.skip_value()?;
                    self.take(',')?;
                }
                self.skip_space();
                (!self.rest().starts_with(']')).then_some(())
            }
        }
    }

    /// Moves from after the brace of an object, or after a comma in it, to the value of a key; returns the bytes of the
    /// key.
    fn find_key(&mut self, key: &str) -> Option<Range<usize>> {
        loop {
            let name = self.string()?;
            let span = self.at - name.len()..self.at;
            self.skip_space();
            self.take(':')?;
            self.skip_space();
            if serde_json::from_str::<String>(name).is_ok_and(|name| name == *key) {
                return Some(span);
            }
            self.skip_value()?;
            self.take(',')?;
        }
    }

    /// Moves past the value at the cursor.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.skip_space();
            match self.rest().chars().next()? {
                '"' => drop(self.string()?),
                '{' | '[' => {
                    depth += 1;
                    self.at += 1;
                }
                '}' | ']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                ',' | ':' => self.at += 1,
                _ => {
                    let rest = self.rest();
                    self.at += rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Returns the string at the cursor with its quotes and moves past it.
    fn string(&mut self) -> Option<&'t str> {
        self.skip_space();
        let (start, rest) = (self.at, self.rest());
        let mut escaped = false;
        let end = rest.strip_prefix('"')?.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        self.at += end + 2;
        self.text.get(start..self.at)
    }

    fn take(&mut self, c: char) -> Option<()> {
        self.skip_space();
        self.rest().starts_with(c).then(|| self.at += c.len_utf8())
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use KeySegment::{Index, Key};

    fn at<'t>(text: &'t str, key_path: &[KeySegment<'_>]) -> Option<&'t str> {
        span(text, key_path).map(|span| &text[span])
    }

    #[test]
    fn values_are_found_by_their_key_path() {
        let text = r#"{ "a\"}": [1, {"x": "},]"}], "b" : {"c": [true , [ "d" ],{}]} }"#;
        assert_eq!(at(text, &[Key("b"), Key("c"), Index(1), Index(0)]), Some("\"d\""));
        assert_eq!(at(text, &[Key("b"), Key("c"), Index(0)]), Some("true"));
        assert_eq!(at(text, &[Key("a\"}"), Index(1), Key("x")]), Some("\"},]\""));
        assert_eq!(at(text, &[Key("b"), Key("c"), Index(2), Key("no")]), Some("{}"), "the nearest one");
        assert_eq!(at(text, &[Key("b"), Key("c"), Index(3)]), Some("[true , [ \"d\" ],{}]"));
        assert_eq!(at(text, &[Key("no")]), None);
    }

    proptest! {
        #[test]
        fn locating_never_panics(text in "[a\\[\\]{}\":,\\\\ \u{e9}]{0,40}", index in 0_usize..3) {
            for key_path in [&[Key("a"), Index(index)][..], &[Index(index), Key("a")]] {
                if let Some(span) = span(&text, key_path) {
                    prop_assert!(text.get(span).is_some());
                }
            }
        }
    }
}
