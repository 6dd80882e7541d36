//! Text as people wrote it, without what could harm a terminal or hide what is there.

use std::borrow::Cow;

/// Takes out control characters, terminal escapes and bidirectional overrides; line ends become `\n`. Tabs stay.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
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
            c if c.is_control() || is_invisible(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether there is nothing but printable ASCII and line ends. Counting, not searching, lets the compiler look at many
/// bytes at once.
fn is_plain(text: &str) -> bool {
    text.as_bytes().chunks(256).all(|chunk| {
        let odd = |byte: &u8| u32::from(!(b' '..0x7f).contains(byte) & (*byte != b'\n'));
        chunk.iter().map(odd).sum::<u32>() == 0
    })
}

/// The lines of a text that has been cleaned, without their ends; as `str::lines`, but for many short ones.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes());
    let last = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    let mut from = 0;
    ends.chain(last).filter_map(move |end| text.get(std::mem::replace(&mut from, end + 1)..end))
}

/// One line: cleaned, with every run of white space as one space.
pub(super) fn line(text: &str) -> String {
    let clean = clean(text);
    if is_line(&clean) {
        return clean.into_owned();
    }
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the only white space is single spaces inside.
fn is_line(text: &str) -> bool {
    let mut last = b'x';
    let fits = |byte: u8| {
        let doubled = std::mem::replace(&mut last, byte) == b' ' && byte == b' ';
        !doubled && byte != b'\n' && byte != b'\t'
    };
    text.bytes().all(fits) && text.trim().len() == text.len()
}

/// What follows an escape character: `[` with parameters up to a letter, `]` up to its end, or one character.
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

/// Characters that turn the direction of text around, or that nobody sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_standard_library() {
        for text in ["", "\n", "a", "a\n", "a\n\nb", "\na\n\n", "é\n新\n"] {
            assert!(lines(text).eq(text.lines()), "{text:?}");
        }
    }

    #[test]
    fn pitfall_18_control_and_bidi_characters_are_taken_out() {
        assert_eq!(line("fix: \u{1b}[31mred\u{1b}[0m \u{202e}txet\u{0} x"), "fix: red txet x");
        assert_eq!(clean("a\r\nb\rc\u{85}d"), "a\nb\nc\nd");
        assert_eq!(line("a\u{1b}]0;title\u{7}b"), "ab");
        assert_eq!(line("  two   spaces\t"), "two spaces");
        assert_eq!(line("👩‍💻 é 新增"), "👩‍💻 é 新增", "joined emoji stay joined");
    }
}
