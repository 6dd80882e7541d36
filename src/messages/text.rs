//! Cleans untrusted text: removes characters that could attack a terminal or hide content.

use std::borrow::Cow;

use crate::model::MESSAGE_BYTES;

/// Removes control characters, terminal escapes and bidirectional overrides; line ends become `\n`. Tabs stay.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\u{1b}' => skip_escape(&mut chars),
            '\n' | '\t' => out.push(c),
            // A flag encodes its region in tag characters, which are invisible anywhere else.
            '\u{1f3f4}' => {
                out.push(c);
                let rest = chars.clone();
                let letters = rest.take(7).take_while(|c| is_region(*c)).count();
                if (1..=6).contains(&letters) && chars.clone().nth(letters) == Some('\u{e007f}') {
                    out.extend(chars.by_ref().take(letters + 1));
                }
            }
            c if is_unsafe(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The text, cut to the size at which messages are cut.
pub(super) fn bounded(text: &str) -> &str {
    if text.len() <= MESSAGE_BYTES {
        return text;
    }
    (0..4).find_map(|back| text.get(..MESSAGE_BYTES - back)).unwrap_or_default()
}

/// Whether a text has only printable ASCII, white space, and characters whose first two UTF-8 bytes are not those of an
/// unsafe one. May be false for safe text, never true for unsafe text. Free of branches, so that the compiler can use
/// SIMD.
fn is_plain(text: &str) -> bool {
    let printable = |byte: u8| (byte.wrapping_sub(b' ') < 0x5f) | (byte == b'\n') | (byte == b'\t');
    let control = |byte: u8| (byte < b' ') & (byte != b'\n') & (byte != b'\t') | (byte == 0x7f);
    let may_be_unsafe = |first: u8, second: u8| {
        control(first)
            | (first == 0xc2) & (second < 0xa0)
            | (first == 0xe2) & (second | 1 == 0x81)
            | (first == 0xef) & (second == 0xbb)
            | (first == 0xf3) & (second == 0xa0)
    };
    let Some((last, firsts)) = text.as_bytes().split_last() else { return true };
    let seconds = text.as_bytes().get(1..).unwrap_or_default();
    let mut chunks = firsts.chunks(256).zip(seconds.chunks(256));
    let plain = |(firsts, seconds): (&[u8], &[u8])| {
        let pairs = || firsts.iter().zip(seconds);
        firsts.iter().fold(true, |all, byte| all & printable(*byte))
            || !pairs().fold(false, |any, (first, second)| any | may_be_unsafe(*first, *second))
    };
    chunks.all(plain) && !control(*last)
}

/// Whether a character is removed or replaced.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The letters and digits of a text in lower case, by which titles and names are compared.
#[must_use]
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a text contains an ASCII character. Like `str::contains`, but faster for many short texts.
pub(super) fn has(text: &str, character: u8) -> bool {
    memchr::memchr(character, text.as_bytes()).is_some()
}

/// The lines of a cleaned text, without their ends. Like `str::lines`, but faster for many short lines.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes());
    let last = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    let mut from = 0;
    ends.chain(last).filter_map(move |end| text.get(std::mem::replace(&mut from, end + 1)..end))
}

/// Cleans a text and collapses each run of white space to one space.
pub(super) fn line(text: &str) -> String {
    one_line(&clean(text))
}

/// Like [`line`], for text that is clean already.
pub(super) fn one_line(clean: &str) -> String {
    if is_line(clean) {
        return clean.to_owned();
    }
    let mut line = String::with_capacity(clean.len());
    let mut add = |text: &str| {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(text);
    };
    for part in lines(clean).map(str::trim).filter(|part| !part.is_empty()) {
        if part.is_ascii() && is_line(part) {
            add(part);
        } else {
            part.split_whitespace().for_each(&mut add);
        }
    }
    line
}

/// Whether the only white space is single spaces between words.
fn is_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let broken = bytes.iter().fold(false, |any, byte| any | (*byte == b'\n') | (*byte == b'\t'));
    let mut pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !broken && pairs.all(|pair| pair != (&b' ', &b' ')) && text.trim().len() == text.len()
}

/// Skips the rest of an escape sequence: `[` with parameters up to a letter, `]` up to its terminator, or one
/// character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next_if(|c| matches!(c, '[' | ']')) {
        Some('[') => {
            while chars.next_if(|c| !c.is_alphabetic() && *c != '~' && *c != '\n').is_some() {}
            chars.next_if(|c| c.is_alphabetic() || *c == '~');
        }
        Some(_) => while chars.next_if(|c| !matches!(c, '\u{7}' | '\u{1b}' | '\n')).is_some() {},
        None => {
            chars.next_if(|c| !c.is_whitespace());
        }
    }
}

/// A tag letter or digit of a region, as it follows a black flag (Unicode TR 51, annex C).
fn is_region(c: char) -> bool {
    matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}')
}

/// Whether a character changes the direction of text or is invisible.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_unsafe_character() {
        for c in ('\0'..=char::MAX).filter(|c| is_unsafe(*c)) {
            assert!(!is_plain(&c.to_string()) && !is_plain(&format!("新{c}增")), "{c:?}");
        }
        for text in ["two\n\tlines", "新增：é ü ж あ（「」）！", "👩‍💻", "“” –…"] {
            assert!(matches!(clean(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn lines_equal_those_of_the_standard_library() {
        for text in ["", "\n", "a", "a\n", "a\n\nb", "\na\n\n", "é\n新\n"] {
            assert!(lines(text).eq(text.lines()), "{text:?}");
        }
    }

    #[test]
    fn control_and_bidi_characters_are_removed() {
        assert_eq!(line("fix: \u{1b}[31mred\u{1b}[0m \u{202e}txet\u{0} x"), "fix: red txet x");
        assert_eq!(clean("a\r\nb\rc\u{85}d"), "a\nb\nc\nd");
        assert_eq!(line("a\u{1b}]0;title\u{7}b"), "ab");
        assert_eq!(line("  two   spaces\t"), "two spaces");
        assert_eq!(line("👩‍💻 é 新增"), "👩‍💻 é 新增", "joined emoji stay joined");
        let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        assert_eq!(line(&format!("a\u{e0061} {england} b\u{202e}")), format!("a {england} b"));
        assert_eq!(line(&format!("\u{1f3f4}{}\u{e007f}x", "\u{e0061}".repeat(7))), "\u{1f3f4}x");
    }
}
