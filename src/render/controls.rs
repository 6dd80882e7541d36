//! Control characters and overrides of direction in JSON, written as escapes.
//!
//! A JSON text keeps what people wrote. Of its characters some would act on a terminal that shows it, or show another
//! text than there is; `\u202e` reads as the same string and does nothing. `serde_json` escapes C0 and no others.
//! Outside of strings none of them can stand, so the bytes of a finished text are enough to go by.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Passes JSON on, with escapes for what acts on a terminal.
pub(super) struct Controls<W> {
    out: W,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Controls<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }

    /// Writes all whole characters, and keeps the beginning of one that is not.
    fn pass(&mut self, text: &[u8]) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = memchr::memchr3(0x7f, 0xc2, 0xe2, rest) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            self.out.write_all(before)?;
            let length = match from.first() {
                Some(0x7f) => 1,
                Some(0xc2) => 2,
                _ => 3,
            };
            let Some((character, after)) = from.split_at_checked(length) else {
                self.begun.extend_from_slice(from);
                return Ok(());
            };
            match code(character) {
                Some(code) => write!(self.out, "\\u{code:04x}")?,
                None => self.out.write_all(character)?,
            }
            rest = after;
        }
        self.out.write_all(rest)
    }
}

impl<W: Write> Write for Controls<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.begun.is_empty() {
            self.pass(text)?;
        } else {
            let mut whole = std::mem::take(&mut self.begun);
            whole.extend_from_slice(text);
            self.pass(&whole)?;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// DEL, C1, U+202A–202E and U+2066–2069, of the characters that begin with these bytes.
fn code(character: &[u8]) -> Option<u16> {
    match *character {
        [0x7f] => Some(0x7f),
        [0xc2, last @ 0x80..=0x9f] => Some(u16::from(last)),
        [0xe2, 0x80, last @ 0xaa..=0xae] => Some(0x2000 | u16::from(last & 0x3f)),
        [0xe2, 0x81, last @ 0xa6..=0xa9] => Some(0x2040 | u16::from(last & 0x3f)),
        _ => None,
    }
}

/// A value as JSON for people too: indented, with one final line feed, and with escapes for what acts on a terminal.
#[must_use]
pub fn pretty(value: &serde_json::Value) -> String {
    escaped(&format!("{value:#}\n")).into_owned()
}

/// A JSON text with escapes for what acts on a terminal: DEL, C1, and what overrides the direction of text.
#[must_use]
pub fn escaped(json: &str) -> Cow<'_, str> {
    if memchr::memchr3(0x7f, 0xc2, 0xe2, json.as_bytes()).is_none() {
        return Cow::Borrowed(json);
    }
    let mut out = Vec::with_capacity(json.len() + 32);
    // Writing to memory does not fail, and what is taken out and put in are whole characters.
    drop(Controls::new(&mut out).pass(json.as_bytes()));
    String::from_utf8(out).map_or(Cow::Borrowed(json), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_escaped(c: char) -> bool {
        matches!(c, '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    }

    #[test]
    fn every_control_and_override_is_an_escape_and_nothing_else_is() {
        for c in '\0'..=char::MAX {
            let json = serde_json::to_string(&c).unwrap();
            let escaped = escaped(&json);
            assert!(!escaped.chars().any(|c| c.is_control() || is_escaped(c)), "{c:?}");
            assert_eq!(escaped == json, !is_escaped(c), "{c:?}");
            assert_eq!(serde_json::from_str::<char>(&escaped).unwrap(), c);
        }
    }

    proptest! {
        #[test]
        fn wherever_the_text_is_cut_it_is_the_same(text in "([a\u{7f}\u{85}\u{a0}é\u{2028}\u{202e}\u{2069}“中😀]){0,20}", size in 1usize..9) {
            let json = serde_json::to_string(&text).unwrap();
            let mut out = Vec::new();
            let mut writer = Controls::new(&mut out);
            for part in json.as_bytes().chunks(size) {
                writer.write_all(part).unwrap();
            }
            prop_assert_eq!(String::from_utf8(out).unwrap(), escaped(&json));
        }
    }
}
