//! Quotes untrusted text as a TOML string on one line.

use std::fmt::Write as _;

/// A basic string. Line breaks, invisible characters and bidirectional controls are escaped.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// An array of strings on one line.
pub(super) fn quote_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(quote).collect();
    format!("[{}]", texts.join(", "))
}

/// Line separators, bidirectional controls and joiners: all below U+10000, so four hex digits suffice.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(quote("a\"b\\c\nd\u{7}\u{202e}"), r#""a\"b\\c\nd\u0007\u202E""#);
        assert_eq!(quote_all(["a", "b\"]"]), r#"["a", "b\"]"]"#);
    }

    proptest! {
        #[test]
        fn quoted_text_round_trips(text in any::<String>()) {
            let quoted = quote(&text);
            prop_assert!(!quoted.contains(['\n', '\r']));
            prop_assert_eq!(quoted.parse::<toml::Value>().unwrap(), toml::Value::String(text));
        }
    }
}
