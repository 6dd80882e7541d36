//! Escapes control characters and bidirectional overrides in JSON.
//!
//! JSON output preserves the text of commits, but some characters would control a terminal that shows it or change the
//! displayed order. The escape `\u202e` is the same string and harmless. `serde_json` only escapes C0 controls. JSON
//! allows these characters only in strings, so the serialized bytes can be replaced without parsing.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Writes JSON with control characters and bidirectional overrides escaped.
pub(super) struct ControlEscaper<W> {
    out: W,
    /// The first bytes of a character that is not complete yet.
    partial: Vec<u8>,
}

impl<W: Write> ControlEscaper<W> {
    pub(super) const fn new(out: W) -> Self {
        Self { out, partial: Vec::new() }
    }

    /// Writes all complete characters, and buffers an incomplete one at the end.
    fn write_escaped(&mut self, text: &[u8]) -> io::Result<()> {
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
                self.partial.extend_from_slice(from);
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

impl<W: Write> Write for ControlEscaper<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if self.partial.is_empty() {
            self.write_escaped(text)?;
        } else {
            let mut buffered = std::mem::take(&mut self.partial);
            buffered.extend_from_slice(text);
            self.write_escaped(&buffered)?;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The code point of DEL, a C1 control, U+202A–202E or U+2066–2069; `None` for other characters.
fn code(character: &[u8]) -> Option<u16> {
    match *character {
        [0x7f] => Some(0x7f),
        [0xc2, last @ 0x80..=0x9f] => Some(u16::from(last)),
        [0xe2, 0x80, last @ 0xaa..=0xae] => Some(0x2000 | u16::from(last & 0x3f)),
        [0xe2, 0x81, last @ 0xa6..=0xa9] => Some(0x2040 | u16::from(last & 0x3f)),
        _ => None,
    }
}

/// A value as indented JSON with one final line feed, with the escapes of [`escaped`].
#[must_use]
pub fn pretty(value: &serde_json::Value) -> String {
    escaped(&format!("{value:#}\n")).into_owned()
}

/// A JSON text with DEL, C1 controls and bidirectional overrides escaped.
#[must_use]
pub fn escaped(json: &str) -> Cow<'_, str> {
    if memchr::memchr3(0x7f, 0xc2, 0xe2, json.as_bytes()).is_none() {
        return Cow::Borrowed(json);
    }
    let mut out = Vec::with_capacity(json.len() + 32);
    // Writing to memory cannot fail, and only complete characters are replaced.
    drop(ControlEscaper::new(&mut out).write_escaped(json.as_bytes()));
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
    fn only_controls_and_overrides_are_escaped() {
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
        fn chunk_boundaries_do_not_matter(text in "([a\u{7f}\u{85}\u{a0}é\u{2028}\u{202e}\u{2069}“中😀]){0,20}", size in 1usize..9) {
            let json = serde_json::to_string(&text).unwrap();
            let mut out = Vec::new();
            let mut writer = ControlEscaper::new(&mut out);
            for part in json.as_bytes().chunks(size) {
                writer.write_all(part).unwrap();
            }
            prop_assert_eq!(String::from_utf8(out).unwrap(), escaped(&json));
        }
    }
}
