//! Decodes escapes in text, with a map from decoded bytes to their original positions.

use std::ops::Range;

/// How many layers of escapes are decoded: a server may escape text that is already escaped.
pub(super) const ROUNDS: usize = 3;

/// Text without percent, JSON, Markdown and HTML escapes, control characters and zero-width characters.
pub(super) struct Decoded {
    bytes: Vec<u8>,
    /// Ascending by `at`; each maps the decoded bytes from `at` on to the original text.
    segments: Vec<Segment>,
}

struct Segment {
    /// The offset in the decoded text.
    at: usize,
    /// The offset in the original text.
    from: usize,
    /// The number of original bytes per decoded byte: 1 in a verbatim run.
    width: usize,
    /// Whether it is an escape, whose decoded bytes all map to the same original bytes.
    is_escape: bool,
}

/// One escape or ignored character.
struct Escape {
    /// The decoded bytes; the first `length` of them are used.
    value: [u8; 4],
    length: usize,
    /// The length in the original text, in bytes.
    width: usize,
}

impl Decoded {
    /// Decodes one layer of escapes; `None` if there is none.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let first = text.iter().position(|byte| is_special(*byte))?;
        let mut decoded = Self { bytes: Vec::with_capacity(text.len()), segments: Vec::new() };
        decoded.push_run(text, 0..first);
        let (mut at, mut changed) = (first, false);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            match parse_escape(rest) {
                Some(escape) => {
                    changed = true;
                    decoded.push_escape(at, &escape);
                    at += escape.width;
                }
                None => {
                    let more = rest.iter().skip(1).position(|byte| is_special(*byte));
                    let end = more.map_or(text.len(), |more| at + 1 + more);
                    decoded.push_run(text, at..end);
                    at = end;
                }
            }
        }
        changed.then_some(decoded)
    }

    /// The decoded text.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The range in the original text that a range of decoded bytes comes from.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end.max(range.start + 1) - 1;
        let (first, last) = (self.original_byte(range.start), self.original_byte(last));
        first.start..last.end
    }

    fn original_byte(&self, at: usize) -> Range<usize> {
        let index = self.segments.partition_point(|segment| segment.at <= at);
        let Some(segment) = index.checked_sub(1).and_then(|index| self.segments.get(index)) else {
            return at..at + 1;
        };
        let from = if segment.is_escape { segment.from } else { segment.from + (at - segment.at) };
        from..from + segment.width
    }

    fn push_run(&mut self, text: &[u8], range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.segments.push(Segment { at: self.bytes.len(), from: range.start, width: 1, is_escape: false });
        self.bytes.extend_from_slice(text.get(range).unwrap_or_default());
    }

    fn push_escape(&mut self, from: usize, escape: &Escape) {
        let value = escape.value.get(..escape.length).unwrap_or_default();
        if !value.is_empty() {
            self.segments.push(Segment { at: self.bytes.len(), from, width: escape.width, is_escape: true });
            self.bytes.extend_from_slice(value);
        }
    }
}

/// A value as it occurs in decoded text.
pub(super) fn plain(value: &[u8]) -> Vec<u8> {
    let mut bytes = value.to_vec();
    for _ in 0..ROUNDS {
        match Decoded::of(&bytes) {
            Some(decoded) => bytes = decoded.bytes,
            None => break,
        }
    }
    bytes
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | b'%' | b'&' | b'\\' | 0x7f | 0xc2 | 0xe2 | 0xef)
}

/// The escape or ignored character at the start of a text.
fn parse_escape(text: &[u8]) -> Option<Escape> {
    let byte = |value: u8, width| Some(Escape { value: [value, 0, 0, 0], length: 1, width });
    let none = |width| Some(Escape { value: [0; 4], length: 0, width });
    match text {
        // Wrapped text may be indented.
        [b'\n' | b'\r', rest @ ..] => none(1 + indent(rest)),
        [0..=0x1f | 0x7f, ..] => none(1),
        [b'%', b'u', rest @ ..] => character(hexadecimal(rest.get(..4)?)?, 6),
        [b'%', high, low, ..] => byte(hexadecimal(&[*high, *low])?.try_into().ok()?, 3),
        [b'\\', b'x', high, low, ..] => byte(hexadecimal(&[*high, *low])?.try_into().ok()?, 4),
        [b'\\', b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(9).position(|byte| *byte == b'}')?;
            character(hexadecimal(rest.get(..end)?)?, end + 4)
        }
        [b'\\', b'u', rest @ ..] => character(hexadecimal(rest.get(..4)?)?, 6),
        [b'\\', b'n' | b'r', rest @ ..] => none(2 + indent(rest)),
        [b'\\', b't' | b'b' | b'f', ..] => none(2),
        // As in paths quoted by git.
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            byte((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), 4)
        }
        [b'\\', mark, ..] if mark.is_ascii_punctuation() => byte(*mark, 2),
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().take(9).position(|byte| *byte == b';')?;
            let digits = std::str::from_utf8(rest.get(..end)?).ok()?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => hexadecimal(digits.as_bytes())?,
                None => digits.parse().ok()?,
            };
            character(code, end + 3)
        }
        [b'&', rest @ ..] => {
            let names: [(&[u8], u8); 5] =
                [(b"amp;", b'&'), (b"lt;", b'<'), (b"gt;", b'>'), (b"quot;", b'"'), (b"apos;", b'\'')];
            let (name, value) = names.into_iter().find(|(name, _)| rest.starts_with(name))?;
            byte(value, name.len() + 1)
        }
        // Soft hyphen; zero width and bidirectional characters; the byte order mark.
        [0xc2, 0xad, ..] => none(2),
        [0xe2, 0x80, 0x8b..=0x8f | 0xaa..=0xae, ..] | [0xe2, 0x81, 0xa0..=0xaf, ..] => none(3),
        [0xef, 0xbb, 0xbf, ..] => none(3),
        _ => None,
    }
}

fn indent(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let is_hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(text, 16).ok()
}

fn character(code: u32, width: usize) -> Option<Escape> {
    let mut value = [0; 4];
    let length = char::from_u32(code)?.encode_utf8(&mut value).len();
    Some(Escape { value, length, width })
}
