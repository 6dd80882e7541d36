//! Template filters in addition to the engine's own.

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::{escape, format::Markup, inline::LinkRule};

/// Registers the filters; `code`, `link` and `links` write `markup`.
pub(super) fn register(tera: &mut Tera, markup: Markup, rules: &[LinkRule]) {
    let by_name = [
        ("md", Markup::Markdown),
        ("html", Markup::Html),
        ("slack", Markup::Slack),
        ("plain", Markup::Plain),
    ];
    for (name, markup) in by_name {
        tera.register_filter(name, move |text: &str, _: Kwargs, _: &State| {
            Value::safe_string(&escape::line(text, &[], markup))
        });
    }
    tera.register_filter("code", move |text: &str, _: Kwargs, _: &State| {
        let mut out = String::new();
        escape::push_code(&mut out, escape::clean(text).trim(), markup);
        Value::safe_string(&out)
    });
    tera.register_filter("link", move |text: &str, args: Kwargs, _: &State| -> TeraResult<Value> {
        let mut out = String::new();
        match args.get::<Value>("url")?.as_ref().and_then(Value::as_str) {
            Some(url) => escape::push_link(&mut out, text, url, markup),
            None => escape::push_text(&mut out, &escape::clean(text), markup, false),
        }
        Ok(Value::safe_string(&out))
    });
    tera.register_filter("address", |url: &str, _: Kwargs, _: &State| {
        Value::safe_string(&escape::encode_url(&escape::clean(url)))
    });
    let rules = rules.to_vec();
    tera.register_filter("links", move |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&escape::line(text, &rules, markup))
    });
    tera.register_filter("debian_name", debian_name);
    tera.register_filter("person", person);
    tera.register_filter("indent", indent);
    tera.register_filter("wrap", wrap);
    tera.register_filter("upper_first", upper_first);
    tera.register_filter("date", date);
}

/// Inserts `width` spaces (2) before each line except the first and empty ones.
fn indent(text: tera::StringInput, args: Kwargs, _: &State) -> TeraResult<Value> {
    let width = args.get::<usize>("width")?.unwrap_or(2);
    Ok(text.inherit_safety(indented(text.as_str(), &" ".repeat(width.min(80)))))
}

pub(super) fn indented(text: &str, indentation: &str) -> String {
    let mut out = String::with_capacity(text.len() + indentation.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(indentation);
            }
        }
        out.push_str(line);
    }
    out
}

/// Wraps at `width` columns (80); lines after the first get `indent` spaces (0).
fn wrap(text: tera::StringInput, args: Kwargs, _: &State) -> TeraResult<Value> {
    let width = args.get::<usize>("width")?.unwrap_or(80);
    let indent = args.get::<usize>("indent")?.unwrap_or(0).min(80);
    Ok(text.inherit_safety(wrapped(text.as_str(), width, "", &" ".repeat(indent))))
}

/// Wraps each line; text in scripts without spaces is broken between characters. Words wider than a line, such as names
/// and URLs, are not broken.
pub(super) fn wrapped(text: &str, width: usize, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        if line.trim().is_empty() {
            continue;
        }
        let start = if number == 0 { first } else { rest };
        let options = textwrap::Options::new(width.max(20))
            .initial_indent(start)
            .subsequent_indent(rest)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::Custom(pieces))
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        out.push_str(&textwrap::wrap(line, options).join("\n"));
    }
    out
}

/// A valid name of a source package (Debian policy §5.6.1): lower-case letters, digits, `+ - .`.
fn debian_name(text: &str, _: Kwargs, _: &State) -> String {
    let allowed =
        |c: char| if c.is_ascii_alphanumeric() || "+-.".contains(c) { c.to_ascii_lowercase() } else { '-' };
    text.chars().map(allowed).collect()
}

/// A name or an email address for `Name <address>`, without angle brackets.
fn person(text: &str, _: Kwargs, _: &State) -> String {
    text.chars().filter(|c| !matches!(c, '<' | '>')).collect()
}

/// The units between which a line may be broken: words, and characters of scripts without spaces.
fn pieces(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    use textwrap::core::Word;
    Box::new(textwrap::WordSeparator::AsciiSpace.find_words(line).flat_map(|word| {
        let mut parts: Vec<Word<'_>> = split(word.word).into_iter().map(Word::from).collect();
        if let Some(last) = parts.last_mut() {
            last.whitespace = word.whitespace;
        }
        parts
    }))
}

fn split(word: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for ((_, before), (at, after)) in word.char_indices().zip(word.char_indices().skip(1)) {
        let is_wide = is_wide(before) || is_wide(after);
        if is_wide && !NO_START.contains(after) && !NO_END.contains(before) {
            parts.extend(word.get(start..at));
            start = at;
        }
    }
    parts.extend(word.get(start..));
    parts
}

/// Characters that must not start and must not end a line (JIS X 4051; CLREQ §3.1.1).
const NO_START: &str = "、。，．・：；？！）」』】〕〉》］｝ー々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…—”’%‰℃)]}>,.:;!?'\"`";
const NO_END: &str = "（「『【〔〈《［｛“‘([{<$#@`'\"";

fn is_wide(c: char) -> bool {
    unicode_width::UnicodeWidthChar::width(c) == Some(2)
}

fn upper_first(text: tera::StringInput, _: Kwargs, _: &State) -> Value {
    let mut chars = text.as_str().chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    text.inherit_safety(first.chain(chars).collect())
}

/// Formats a date (`2026-01-31`) with the specifiers of strftime(3).
fn date(text: &str, args: Kwargs, _: &State) -> TeraResult<String> {
    use std::fmt::Write as _;
    let date: chrono::NaiveDate =
        text.parse().map_err(|_| Error::message(format!("`{text}` is not a date such as 2026-01-31")))?;
    let format = args.get::<&str>("format")?.unwrap_or("%Y-%m-%d");
    let mut out = String::new();
    write!(out, "{}", date.format(format))
        .map_err(|_| Error::message(format!("`{format}` is not a valid date format")))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_spaces_is_wrapped_between_characters() {
        let text = "api: 移除舊版介面，請改用 `v2`；所有呼叫端（含行動版）都必須重新編譯。";
        let lines = wrapped(text, 24, "", "  ");
        assert_eq!(
            lines,
            "api: 移除舊版介面，請改\n  用 `v2`；所有呼叫端\n  （含行動版）都必須重新\n  編譯。"
        );
        assert!(lines.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 24), "{lines}");
        assert_eq!(
            wrapped("a-very-long-host-name-of-a-server.example.org x", 20, "", ""),
            "a-very-long-host-name-of-a-server.example.org\nx"
        );
    }
}
