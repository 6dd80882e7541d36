//! A text with its escapes undone, of which it is known where each byte stood.

use std::ops::Range;

/// How often escapes are undone: a server may escape what was escaped.
pub(super) const ROUNDS: usize = 3;

/// The text without percent, JSON, Markdown and HTML escapes, control characters and what has no width.
pub(super) struct Decoded {
    bytes: Vec<u8>,
    /// In order; each says for the bytes from `at` on where they stood.
    pieces: Vec<Piece>,
}

struct Piece {
    /// The first byte of the decoded text.
    at: usize,
    /// Where it stood.
    from: usize,
    /// How many bytes stood for each one: 1 in a run that is as it was.
    width: usize,
    /// Whether it is an escape: all of its bytes stood at one place.
    is_escape: bool,
}

/// One unit of a text.
struct Unit {
    /// What it stands for.
    value: [u8; 4],
    length: usize,
    /// How many bytes it takes.
    width: usize,
}

impl Decoded {
    /// Undoes one layer of escapes; `None` where there is none.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let first = text.iter().position(|byte| is_special(*byte))?;
        let mut decoded = Self { bytes: Vec::with_capacity(text.len()), pieces: Vec::new() };
        decoded.run(text, 0..first);
        let (mut at, mut changed) = (first, false);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            match unit(rest) {
                Some(unit) => {
                    changed = true;
                    decoded.escape(at, &unit);
                    at += unit.width;
                }
                None => {
                    let more = rest.iter().skip(1).position(|byte| is_special(*byte));
                    let end = more.map_or(text.len(), |more| at + 1 + more);
                    decoded.run(text, at..end);
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

    /// Where some of its bytes stood in the text that it was made of.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let last = range.end.max(range.start + 1) - 1;
        let (first, last) = (self.place(range.start), self.place(last));
        first.start..last.end
    }

    fn place(&self, at: usize) -> Range<usize> {
        let index = self.pieces.partition_point(|piece| piece.at <= at);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return at..at + 1;
        };
        let from = if piece.is_escape { piece.from } else { piece.from + (at - piece.at) };
        from..from + piece.width
    }

    fn run(&mut self, text: &[u8], range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.pieces.push(Piece { at: self.bytes.len(), from: range.start, width: 1, is_escape: false });
        self.bytes.extend_from_slice(text.get(range).unwrap_or_default());
    }

    fn escape(&mut self, from: usize, unit: &Unit) {
        let value = unit.value.get(..unit.length).unwrap_or_default();
        if !value.is_empty() {
            self.pieces.push(Piece { at: self.bytes.len(), from, width: unit.width, is_escape: true });
            self.bytes.extend_from_slice(value);
        }
    }
}

/// A value as it is found in a text whose escapes have been undone.
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

/// The escape or ignored character that a text begins with.
fn unit(text: &[u8]) -> Option<Unit> {
    let byte = |value: u8, width| Some(Unit { value: [value, 0, 0, 0], length: 1, width });
    let none = |width| Some(Unit { value: [0; 4], length: 0, width });
    match text {
        // A text that was broken over lines may be indented.
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
        // As git quotes paths.
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
    let is_right = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_right)?;
    u32::from_str_radix(text, 16).ok()
}

fn character(code: u32, width: usize) -> Option<Unit> {
    let mut value = [0; 4];
    let length = char::from_u32(code)?.encode_utf8(&mut value).len();
    Some(Unit { value, length, width })
}
