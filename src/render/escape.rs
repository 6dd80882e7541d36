//! Escapes untrusted text for a markup, so that it is displayed as written and has no other effect.
//!
//! In Markdown, special characters get a backslash. A backslash does not prevent a mention, since forges search for
//! `@name` after parsing the Markdown, but a code span does. So mentions and email addresses become code spans, which
//! are also readable in the source. Bare URLs do not become links.

use std::borrow::Cow;

use super::{
    format::Markup,
    inline::{LinkRule, Piece, pieces},
};

/// A line in the markup, with the links of `rules`. The result has no line breaks.
pub(super) fn line(text: &str, rules: &[LinkRule], markup: Markup) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_line(&mut out, text, rules, markup, true);
    if markup == Markup::Markdown {
        escape_closing_hashes(&mut out);
    }
    out
}

/// Escapes `#` at the end: in a heading it would be parsed as the closing sequence and not be displayed.
fn escape_closing_hashes(line: &mut String) {
    let text = line.trim_end_matches('#');
    if text.len() < line.len() && (text.is_empty() || text.ends_with(' ')) {
        line.insert(line.len() - 1, '\\');
    }
}

/// Appends a line. `at_start` is whether it is at the start of a line, where Markdown has more special characters.
pub(super) fn push_line(out: &mut String, text: &str, rules: &[LinkRule], markup: Markup, at_start: bool) {
    push_inline(out, clean(text).trim(), rules, markup, at_start);
}

/// As [`push_line`], for a part of a line that is clean. Spaces at its ends are kept.
pub(super) fn push_inline(out: &mut String, text: &str, rules: &[LinkRule], markup: Markup, at_start: bool) {
    if matches!(markup, Markup::Plain | Markup::Rpm) {
        return push_text(out, text, markup, at_start);
    }
    let mut at_start = at_start;
    for piece in pieces(text, rules, markup == Markup::Markdown) {
        match piece {
            Piece::Text(text) => push_text(out, text, markup, at_start),
            Piece::Code(inner) => push_code(out, &inner, markup),
            Piece::Link { text, url } => {
                if markup == Markup::Markdown && out.ends_with('!') {
                    // `![…](…)` would be an image.
                    out.insert(out.len() - 1, '\\');
                }
                push_link(out, &text, &url, markup);
            }
        }
        at_start = false;
    }
}

/// One line without control characters, bidirectional overrides and other invisible characters. Directional marks and
/// joiners are preserved, since scripts and emoji need them, and so are tag characters in a flag.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
            '\u{1f3f4}' => {
                out.push(c);
                if let Some((name, after)) = region_tag(rest.as_str()) {
                    out.push_str(name);
                    rest = after.chars();
                }
            }
            c if is_unsafe(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Splits off the tag sequence of a regional flag, after U+1F3F4: up to six tag letters and U+E007F (Unicode TR 51,
/// annex C).
fn region_tag(text: &str) -> Option<(&str, &str)> {
    let is_letter = |c: char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let letters = text.chars().take(7).take_while(|c| is_letter(*c)).count();
    let end = (letters + 1) * '\u{e007f}'.len_utf8();
    let (name, after) = text.split_at_checked(end).filter(|(name, _)| name.ends_with('\u{e007f}'))?;
    (1..=6).contains(&letters).then_some((name, after))
}

/// Appends text that is neither code nor a link.
pub(super) fn push_text(out: &mut String, text: &str, markup: Markup, at_start: bool) {
    match markup {
        Markup::Markdown => push_markdown(out, text, at_start),
        Markup::Html => push_html(out, text),
        Markup::Slack => replace(out, text, |c| match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            _ => None,
        }),
        Markup::Rpm => replace(out, text, |c| (c == '%').then_some("%%")),
        Markup::Plain => out.push_str(text),
    }
}

/// Appends a code span that displays `inner` unchanged.
pub(super) fn push_code(out: &mut String, inner: &str, markup: Markup) {
    match markup {
        Markup::Markdown => {
            let longest = inner.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest + 1);
            let blank = inner.chars().all(|c| c == ' ');
            let padded = inner.starts_with('`')
                || inner.ends_with('`')
                || (!blank && inner.starts_with(' ') && inner.ends_with(' '));
            let pad = if padded { " " } else { "" };
            out.extend([&fence, pad, inner, pad, &fence]);
        }
        Markup::Html => {
            out.push_str("<code>");
            push_html(out, inner);
            out.push_str("</code>");
        }
        Markup::Slack => {
            out.push('`');
            push_text(out, inner, markup, false);
            out.push('`');
        }
        Markup::Rpm | Markup::Plain => push_text(out, inner, markup, false),
    }
}

/// Appends a link, or only the text if the URL is not http or https or the markup has no links.
pub(super) fn push_link(out: &mut String, text: &str, url: &str, markup: Markup) {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let text = clean(text);
    match markup {
        _ if !is_web => push_text(out, &text, markup, false),
        Markup::Rpm | Markup::Plain => push_text(out, &text, markup, false),
        Markup::Html => {
            out.push_str("<a href=\"");
            push_html(out, &encode_url(url));
            out.push_str("\">");
            push_html(out, &text);
            out.push_str("</a>");
        }
        Markup::Slack => {
            out.push('<');
            push_text(out, &encode_url(url), markup, false);
            out.push('|');
            push_text(out, &text.replace('|', "¦"), markup, false);
            out.push('>');
        }
        Markup::Markdown => {
            out.push('[');
            push_markdown(out, &text, false);
            out.extend(["](", &encode_url(url), ")"]);
        }
    }
}

/// Percent-encodes the characters of a URL that could end a link, and invisible ones.
pub(super) fn encode_url(url: &str) -> Cow<'_, str> {
    let needs_encoding = |c: char| c <= ' ' || "()<>\"'\\|`".contains(c) || c.is_whitespace() || is_unsafe(c);
    if !url.contains(needs_encoding) {
        return Cow::Borrowed(url);
    }
    let mut out = String::with_capacity(url.len() + 8);
    for c in url.chars() {
        if needs_encoding(c) {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn push_html(out: &mut String, text: &str) {
    replace(out, text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    });
}

fn replace(out: &mut String, text: &str, by: impl Fn(char) -> Option<&'static str>) {
    for c in text.chars() {
        match by(c) {
            Some(replacement) => out.push_str(replacement),
            None => out.push(c),
        }
    }
}

/// Escapes only the characters that could be markup where they are, so that the source stays readable. CommonMark
/// (§2.4) allows a backslash before any ASCII punctuation.
fn push_markdown(out: &mut String, text: &str, at_start: bool) {
    if text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ') {
        return out.push_str(text);
    }
    let block_marker = if at_start { block_marker(text) } else { None };
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        let escaped = match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => true,
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '<' => !matches!(after, ' ' | '=' | '0'..='9'),
            '&' => after == '#' || after.is_ascii_alphanumeric(),
            ':' => after == '/' && before.is_ascii_alphanumeric(),
            '.' => text.get(..at).is_some_and(ends_with_www),
            _ => false,
        };
        if escaped || block_marker == Some(at) {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
}

/// Whether the text ends with `www`: GitHub turns a bare `www.` into a link.
fn ends_with_www(head: &str) -> bool {
    head.len() >= 3 && head.as_bytes().iter().rev().take(3).all(|byte| byte.eq_ignore_ascii_case(&b'w'))
}

/// The position of the character that makes a line a heading, a quote, a list item, a thematic break, a setext
/// underline or the delimiter row of a table, which needs no `|` if the table has one column.
fn block_marker(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| matches!(byte, b':' | b'-' | b'|' | b' ')) {
        return Some(0);
    }
    let follows = |at: usize, more: &[u8]| {
        text.as_bytes().get(at).is_none_or(|next| *next == b' ' || more.contains(next))
    };
    let first = text.as_bytes().first()?;
    match first {
        b'>' | b'=' => Some(0),
        b'#' => follows(text.bytes().take_while(|byte| *byte == b'#').count(), b"").then_some(0),
        b'-' | b'+' => follows(1, b"-").then_some(0),
        b'0'..=b'9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            (matches!(text.as_bytes().get(digits), Some(b'.' | b')')) && follows(digits + 1, b""))
                .then_some(digits)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    fn markdown(text: &str) -> String {
        line(text, &[], Markup::Markdown)
    }

    /// The displayed text of a list with one item; panics on anything except text and code.
    fn displayed(source: &str) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        let (mut text, mut items) = (String::new(), 0);
        for event in Parser::new_ext(source, options) {
            match event {
                Event::Start(Tag::Item) => items += 1,
                Event::Start(Tag::List(None)) | Event::End(_) => {}
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                other => panic!("{other:?} in {source:?}"),
            }
        }
        assert_eq!(items, 1, "{source:?}");
        text
    }

    /// The expected display: the subject without the backticks of its code spans.
    fn expected(subject: &str) -> String {
        let subject = clean(subject);
        let text = |piece: Piece<'_>| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Code(text) | Piece::Link { text, .. } => text.into_owned(),
        };
        pieces(subject.trim(), &[], true).into_iter().map(text).collect()
    }

    #[test]
    fn markdown_displays_the_subject_as_written() {
        for (subject, escaped) in [
            ("parse Vec<T>", r"parse Vec\<T>"),
            ("a < b && c > d", "a < b && c > d"),
            ("snake_case and *args", r"snake_case and \*args"),
            ("_private_", r"\_private\_"),
            ("- not a list", r"\- not a list"),
            (":-:", r"\:-:"),
            ("-:", r"\-:"),
            (":- x", ":- x"),
            ("a@-b.c", "`a@-b.c`"),
            ("1. not a list", r"1\. not a list"),
            ("1.2.0 is out", "1.2.0 is out"),
            ("# no heading", r"\# no heading"),
            ("#12 stays", "#12 stays"),
            ("a | b", r"a \| b"),
            ("[x](http://e.vil)", r"\[x\](http\://e.vil)"),
            ("![x](y)", r"!\[x\](y)"),
            ("&lt; and &#1; & co", r"\&lt; and \&#1; & co"),
            ("<!-- gone", r"\<!-- gone"),
            ("``` opens", r"\`\`\` opens"),
            ("keep `a_b <T>` so", "keep `a_b <T>` so"),
            ("$HOME and `$`", r"\$HOME and `$`"),
            ("one ` alone", r"one \` alone"),
            ("{{ data }} {% raw %}", "{{ data }} {% raw %}"),
        ] {
            assert_eq!(markdown(subject), escaped);
        }
    }

    #[test]
    fn mentions_do_not_notify_users() {
        assert_eq!(markdown("bump @types/node, thanks @ann"), "bump `@types/node`, thanks `@ann`");
        assert_eq!(line("<!channel> & <@U1>", &[], Markup::Slack), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
    }

    #[test]
    fn control_and_bidi_characters_are_removed_in_every_markup() {
        let hostile = "a\u{1b}[31m\u{202e}b\u{7}\nc\u{9b}d";
        for markup in [Markup::Plain, Markup::Rpm, Markup::Html, Markup::Slack] {
            assert_eq!(line(hostile, &[], markup), "a[31mb cd");
        }
        assert_eq!(markdown(hostile), r"a\[31mb cd");
    }

    #[test]
    fn directional_marks_and_joiners_are_preserved() {
        let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        for text in ["👩‍💻 ❤️", "می\u{200c}خواهم", "a\u{200e}b\u{200f}c\u{61c}d", england] {
            let bare = format!("{text}\u{202e}");
            for markup in [Markup::Plain, Markup::Rpm, Markup::Html, Markup::Slack, Markup::Markdown] {
                assert_eq!(line(&bare, &[], markup), text);
            }
        }
        assert_eq!(clean(&format!("{england}\u{e0041}")), england, "other tag characters are removed");
        assert_eq!(clean(&format!("\u{1f3f4}{}\u{e007f}", "\u{e0061}".repeat(7))), "\u{1f3f4}");
    }

    #[test]
    fn hash_at_the_end_of_a_heading_is_preserved() {
        assert_eq!((markdown("C#").as_str(), markdown("in C #").as_str()), ("C#", r"in C \#"));
        assert_eq!((markdown("a ##").as_str(), markdown("#").as_str()), (r"a #\#", r"\#"));
    }

    #[test]
    fn invisible_characters_in_a_url_are_encoded() {
        assert_eq!(encode_url("https://x/\u{202e}\u{85}\u{a0}é"), "https://x/%E2%80%AE%C2%85%C2%A0é");
    }

    #[test]
    fn html_and_rpm_are_escaped() {
        let subject = r#"<img src=x onerror="a('b')"> & `c<d>`"#;
        let html = "&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; <code>c&lt;d&gt;</code>";
        assert_eq!(line(subject, &[], Markup::Html), html);
        assert_eq!(line("100% of %{nil}", &[], Markup::Rpm), "100%% of %%{nil}");
    }

    #[test]
    fn link_text_and_url_cannot_end_a_link_early() {
        let link = |url, markup| {
            let mut out = String::new();
            push_link(&mut out, "a]b", url, markup);
            out
        };
        assert_eq!(link("https://x/(a) b", Markup::Markdown), r"[a\]b](https://x/%28a%29%20b)");
        assert_eq!(link("javascript:alert(1)", Markup::Html), "a]b");
        assert_eq!(link("https://x/\"><b>", Markup::Html), r#"<a href="https://x/%22%3E%3Cb%3E">a]b</a>"#);
        assert_eq!(link("https://x/|y>", Markup::Slack), "<https://x/%7Cy%3E|a]b>");
    }

    proptest! {
        #[test]
        fn any_subject_is_displayed_as_written_in_one_item(subject in "[ -~\t\n`*_<@é中]{0,40}|\\PC{0,30}|[-+#>=0-9.) `~*_$]{1,12}") {
            prop_assume!(!expected(&subject).trim().is_empty());
            prop_assert_eq!(displayed(&format!("- {}", markdown(&subject))), expected(&subject));
        }
    }
}
