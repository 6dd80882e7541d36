//! The text of a heading without markup: tags, links, images, emphasis, escapes, emoji names.

/// The text without markup. Links keep their label in brackets; brackets and colons of full width become those of
/// ASCII, and letters of other scripts are separated from numbers.
pub(super) fn plain_text(text: &str) -> String {
    let text = without_links(&without_tags(text));
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace().filter(|word| !is_emoji_name(word)) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.trim_matches('_').chars() {
            push(&mut plain, c);
        }
    }
    plain
}

/// Adds a character in its ASCII form.
fn push(plain: &mut String, c: char) {
    let c = match c {
        '*' | '~' | '`' | '\u{feff}' | '\u{200b}' => return,
        '（' => '(',
        '）' => ')',
        '［' | '【' | '「' | '『' | '〔' | '《' | '〈' => '[',
        '］' | '】' | '」' | '』' | '〕' | '》' | '〉' => ']',
        '：' => ':',
        '，' | '、' => ',',
        '／' => '/',
        '’' | '＇' => '\'',
        '－' | '‑' | '−' => '-',
        other => other,
    };
    let is_letter = |c: char| !c.is_ascii() && c.is_alphabetic();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, 'v' | 'V');
    let last = plain.chars().next_back();
    // `版本1.0.0` and `v1.0.0版本`; a date in Chinese stays together.
    let is_boundary = last.is_some_and(|last| {
        (is_letter(last) && is_number(c) && !matches!(last, '年' | '月'))
            || (last.is_ascii_digit() && is_letter(c) && !matches!(c, '年' | '月' | '日'))
    });
    if is_boundary {
        plain.push(' ');
    }
    plain.push(c);
}

/// Whether a word is an emoji by name: `:tada:`.
fn is_emoji_name(word: &str) -> bool {
    let name = word.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+-:".contains(c))
    })
}

/// Replaces links by their label in brackets, and removes images.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let is_image = before.ends_with('!');
        plain.push_str(before.strip_suffix('!').unwrap_or(before));
        let Some((label, target)) = after.split_once(']') else {
            plain.push('[');
            rest = after;
            continue;
        };
        rest = without_target(target);
        // The label of a linked image is the image.
        if is_image || label.starts_with('!') {
            rest = rest.strip_prefix(']').map_or(rest, without_target);
            continue;
        }
        plain.push('[');
        plain.push_str(label);
        plain.push(']');
    }
    plain.push_str(rest);
    plain
}

/// The text after the target of a link: `(url)` or `[reference]`.
fn without_target(text: &str) -> &str {
    let close = match text.chars().next() {
        Some('(') => ')',
        Some('[') => ']',
        _ => return text,
    };
    text.split_once(close).map_or(text, |(_, rest)| rest)
}

/// Removes HTML tags (`<small>`, `<a id="…">`) and backslash escapes, and replaces line ends with spaces.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((tag, tail)) if tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                rest = tail
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    unescaped(&plain.replace(['\r', '\n'], " ").replace("&nbsp;", " "))
}

/// Removes backslash escapes (CommonMark 0.31.2 §2.4).
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let escaped = rest.next_if(|next| c == '\\' && next.is_ascii_punctuation());
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_removed() {
        for (text, plain) in [
            ("[1.0.0](https://example.org) - **x**", "[1.0.0] - x"),
            ("[1.0.0][ref]", "[1.0.0]"),
            ("[![a](b)](c) 1.0.0", "1.0.0"),
            ("![a](b) 1.0.0", "1.0.0"),
            (":tada: 1.0.0 :tada:", "1.0.0"),
            ("1.0.0: x", "1.0.0: x"),
            ("版本1.0.0（2026年1月5日）", "版本 1.0.0(2026年1月5日)"),
            ("<a id=\"x\"></a>1.0.0&nbsp;x", "1.0.0 x"),
        ] {
            assert_eq!(plain_text(text), plain, "{text}");
        }
    }
}
