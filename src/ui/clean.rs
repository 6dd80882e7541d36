//! Escapes untrusted text for terminals, logs and messages of one line.
//!
//! Characters that control a terminal or reorder text become escapes such as `\u{1b}`: C0 except line ends and tabs,
//! DEL, C1, line and paragraph separators, bidirectional embeddings, overrides and isolates. Joiners, variation
//! selectors and marks (U+200C to U+200F, U+061C) that scripts and emoji need are kept.

use std::{borrow::Cow, fmt::Write as _};

/// Escapes the text and keeps its line ends; drops the `\r` of a `\r\n`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    escape(text, |rest| if rest.starts_with('\n') { 1 } else { 0 })
}

/// Escapes the text into one line: also escapes line ends.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escape(text, |_| 0)
}

/// Escapes the text and keeps its line ends and colors (SGR sequences; no other escape sequence).
pub(super) fn styled(text: &str) -> Cow<'_, str> {
    escape(text, |rest| match rest.strip_prefix("\u{1b}[") {
        Some(sequence) => {
            let length = sequence.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
            if sequence.as_bytes().get(length) == Some(&b'm') { length + 3 } else { 0 }
        }
        None => usize::from(rest.starts_with('\n')),
    })
}

/// Escapes the same characters in a JSON text, with JSON escapes; keeps its line ends.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) && !matches!(c, '\n' | '\r') {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Escapes workflow commands, which pipelines execute if they are in a log: `::name` at the start of a line, also after
/// white space (GitHub Actions), `##[name]` and `##vso[name]` anywhere (GitHub Actions, Azure Pipelines, TeamCity).
pub(super) fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let command = line.trim_start();
        let (indent, _) = line.split_at(line.len() - command.len());
        out.push_str(indent);
        let mut rest = command;
        if let Some(name) = command.strip_prefix("::") {
            out.push_str("\\u{3a}:");
            rest = name;
        }
        while let Some((before, after)) = rest.split_once("##") {
            out.push_str(before);
            let name = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            out.push_str(if name.starts_with('[') { "\\u{23}" } else { "#" });
            // The second `#` may start a command itself.
            rest = rest.get(before.len() + 1..).unwrap_or_default();
            if name.starts_with('[') {
                out.push('#');
                rest = after;
            }
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
}

/// Escapes unsafe characters. `allowed` gets the rest of the text from such a character on, and returns how many bytes
/// of it to keep.
fn escape(text: &str, allowed: impl Fn(&str) -> usize) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !is_unsafe(c) {
            let end = rest.find(is_unsafe).unwrap_or(rest.len());
            let (plain, more) = rest.split_at(end);
            out.push_str(plain);
            rest = more;
            continue;
        }
        let keep = allowed(rest);
        let (this, more) = rest.split_at(if keep > 0 { keep } else { c.len_utf8() });
        if keep > 0 {
            out.push_str(this);
        } else if !(c == '\r' && more.starts_with('\n') && allowed(more) > 0) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        rest = more;
    }
    Cow::Owned(out)
}

/// Whether a character must be escaped. Includes line ends, which callers may allow.
const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\n'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_controls_are_escaped() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}\u{9b}0m\u{7f}\t\n"), "a\\u{1b}[31mb\\u{7}\\u{9b}0m\\u{7f}\t\n");
        assert_eq!(clean("x\u{202e}y\u{2066}z\u{2069}\u{2028}"), "x\\u{202e}y\\u{2066}z\\u{2069}\\u{2028}");
        assert_eq!(clean("a\r\nb\rc\r"), "a\nb\\u{d}c\\u{d}");
        assert_eq!(line("a\r\nb\tc"), "a\\u{d}\\u{a}b\tc");
        assert_eq!(json("{\"a\":\"\u{202e}\u{9b}\u{7f}é\"}\n"), "{\"a\":\"\\u202e\\u009b\\u007fé\"}\n");
    }

    #[test]
    fn characters_of_scripts_and_emoji_are_kept() {
        let text = "👩\u{200d}💻 ❤\u{fe0f} می\u{200c}خواهم \u{200e}\u{200f}\u{61c} 🏴\u{e0067}\u{e007f} e\u{301} क्\u{200d}";
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        assert!(matches!(styled(text), Cow::Borrowed(_)) && matches!(line(text), Cow::Borrowed(_)));
        assert_eq!(json(text), text);
    }

    #[test]
    fn styled_keeps_only_colors() {
        assert_eq!(styled("\u{1b}[1;31mred\u{1b}[0m\r\n\u{1b}[m"), "\u{1b}[1;31mred\u{1b}[0m\n\u{1b}[m");
        for bad in [
            "\u{1b}[2J",
            "\u{1b}]8;;x\u{7}",
            "\u{1b}[",
            "\u{1b}[31",
            "\u{1b}c",
            "\u{1b}[?1m",
            "\u{1b}[1:2m",
            "\u{1b}",
        ] {
            assert!(!styled(bad).contains('\u{1b}'), "{bad:?}");
        }
    }

    #[test]
    fn workflow_commands_are_escaped() {
        for (text, shown) in [
            ("::set-output name=x::y", "\\u{3a}:set-output name=x::y"),
            ("a\n \t\u{a0}::error::x", "a\n \t\u{a0}\\u{3a}:error::x"),
            ("a::b ::c", "a::b ::c"),
            ("x ##[set-env name=y]z", "x \\u{23}#[set-env name=y]z"),
            ("##vso[task.setvariable]", "\\u{23}#vso[task.setvariable]"),
            ("####teamcity[x", "##\\u{23}#teamcity[x"),
            ("## Heading [1]", "## Heading [1]"),
            ("##", "##"),
        ] {
            assert_eq!(without_commands(text), shown);
        }
    }

    mod properties {
        use proptest::prelude::*;

        use super::super::*;

        proptest! {
            #[test]
            fn output_has_no_unsafe_character(text in "(\\PC|\\p{Cc}|\\p{Cf}|\u{1b}\\[[0-9;]{0,4}[mJ]|\r\n){0,30}") {
                prop_assert!(!line(&text).chars().any(is_unsafe));
                prop_assert!(!clean(&text).chars().any(|c| c != '\n' && is_unsafe(c)));
                let colours = styled(&text);
                let bad = colours.chars().any(|c| !matches!(c, '\n' | '\x1b') && is_unsafe(c));
                prop_assert!(!bad, "{:?}", colours);
                let once = clean(&text).into_owned();
                prop_assert_eq!(&*clean(&once), once.as_str());
                let quoted = serde_json::to_string(&text).unwrap();
                let shown = json(&quoted).into_owned();
                prop_assert!(!shown.chars().any(is_unsafe));
                prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
            }

            #[test]
            fn output_has_no_workflow_command(text in "([:#\\[a-z \n\t]){0,40}") {
                let out = without_commands(&text);
                prop_assert!(!out.lines().any(|line| line.trim().starts_with("::")), "{:?}", out);
                prop_assert!(!out.contains("##["), "{:?}", out);
            }
        }
    }
}
