//! One line of text from people, taken apart: plain text, code spans, links by rule.
//!
//! What stands between two equal runs of backticks is code, as in Markdown, since people write subjects that way. No
//! other mark means anything. A mention (`@name`) or an address becomes code where the reader's program would make it
//! live; see `Markup::Markdown` in `escape`.

use std::borrow::Cow;

use regex::Regex;

/// A text that becomes a link: an issue tracker's `JIRA-123`, `#12`.
#[derive(Debug, Clone)]
pub struct LinkRule {
    /// What becomes a link.
    pub pattern: Regex,
    /// Where to; `$0`, `$1`, `${name}` are what the pattern captured.
    pub url: String,
    /// What is shown, with the same captures; what was matched where this is `None`.
    pub text: Option<String>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Code(Cow<'a, str>),
    Link { text: Cow<'a, str>, url: String },
}

/// Takes a line apart. With `mentions`, what would ping somebody becomes code. Adjacent code is one piece, since two
/// spans that touch cannot be written in Markdown.
pub(super) fn pieces<'a>(line: &'a str, rules: &[LinkRule], mentions: bool) -> Vec<Piece<'a>> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((before, inner, after)) = code_span(rest) {
        linked(before, rules, mentions, &mut found);
        push_code(inner, &mut found);
        rest = after;
    }
    linked(rest, rules, mentions, &mut found);
    found
}

/// The first balanced code span: what is before it, inside it, after it.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let (start, end) = backticks(text, from)?;
        let mut search = end;
        while let Some((close, close_end)) = backticks(text, search) {
            if close_end - close == end - start {
                return Some((text.get(..start)?, text.get(end..close)?, text.get(close_end..)?));
            }
            search = close_end;
        }
        from = end;
    }
}

fn backticks(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text.get(from..)?.find('`')?;
    let tail = text.get(start..)?;
    Some((start, start + tail.find(|c| c != '`').unwrap_or(tail.len())))
}

fn linked<'a>(text: &'a str, rules: &[LinkRule], mentions: bool, found: &mut Vec<Piece<'a>>) {
    let mut rest = text;
    while !rest.is_empty() {
        let first = rules
            .iter()
            .filter_map(|rule| Some((rule, rule.pattern.captures(rest)?)))
            .filter_map(|(rule, captures)| Some((rule, captures.get(0)?, captures)))
            .filter(|(_, whole, _)| !whole.is_empty())
            .min_by_key(|(_, whole, _)| whole.start());
        let Some((rule, whole, captures)) = first else { break };
        plain(rest.get(..whole.start()).unwrap_or_default(), mentions, found);
        let mut url = String::new();
        captures.expand(&rule.url, &mut url);
        let text = rule.text.as_ref().map_or(Cow::Borrowed(whole.as_str()), |shown| {
            let mut text = String::new();
            captures.expand(shown, &mut text);
            Cow::Owned(text)
        });
        found.push(Piece::Link { text, url });
        rest = rest.get(whole.end()..).unwrap_or_default();
    }
    plain(rest, mentions, found);
}

fn plain<'a>(text: &'a str, mentions: bool, found: &mut Vec<Piece<'a>>) {
    let mut rest = text;
    while mentions && let Some((before, mention, after)) = mention(rest) {
        push_text(before, found);
        push_code(mention, found);
        rest = after;
    }
    push_text(rest, found);
}

/// The first `@` that a name follows, with the name, and with what it is an address at: `@team/a`, `me@example.org`.
fn mention(text: &str) -> Option<(&str, &str, &str)> {
    let named = |(at, _): &(usize, &str)| {
        text.get(at + 1..).is_some_and(|tail| tail.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let (at, _) = text.match_indices('@').find(named)?;
    let (head, tail) = (text.get(..at)?, text.get(at + 1..)?);
    let local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let start = head.trim_end_matches(local).len();
    let part = |c: char| c.is_alphanumeric() || "._-/@+".contains(c);
    let name = tail.trim_start_matches(part);
    let taken = tail.get(..tail.len() - name.len())?.trim_end_matches(['.', '-', '/', '+', '@']);
    let end = at + 1 + taken.len();
    Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
}

fn push_text<'a>(text: &'a str, found: &mut Vec<Piece<'a>>) {
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
}

fn push_code<'a>(code: &'a str, found: &mut Vec<Piece<'a>>) {
    match found.last_mut() {
        Some(Piece::Code(before)) => before.to_mut().push_str(code),
        _ => found.push(Piece::Code(Cow::Borrowed(code))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Piece<'_> {
        Piece::Code(text.into())
    }

    #[test]
    fn only_balanced_backticks_are_code() {
        assert_eq!(pieces("a `b` c", &[], false), [Piece::Text("a "), code("b"), Piece::Text(" c")]);
        assert_eq!(pieces("a ` b", &[], false), [Piece::Text("a ` b")]);
        assert_eq!(pieces("``a`b``", &[], false), [code("a`b")]);
        assert_eq!(pieces("``a `b`", &[], false), [Piece::Text("``a "), code("b")]);
    }

    #[test]
    fn pitfall_23_mentions_and_addresses_are_code() {
        assert_eq!(
            pieces("thank @o/team.", &[], true),
            [Piece::Text("thank "), code("@o/team"), Piece::Text(".")]
        );
        assert_eq!(pieces("(me@x.org)", &[], true), [Piece::Text("("), code("me@x.org"), Piece::Text(")")]);
        assert_eq!(pieces("a @ b", &[], true), [Piece::Text("a @ b")]);
        assert_eq!(pieces("`a`@b", &[], true), [code("a@b")]);
        assert_eq!(pieces("@b", &[], false), [Piece::Text("@b")]);
    }

    #[test]
    fn rules_make_links_outside_of_code() {
        let rule = |pattern, url: &str, text: Option<&str>| LinkRule {
            pattern: Regex::new(pattern).unwrap(),
            url: url.into(),
            text: text.map(Into::into),
        };
        let rules =
            [rule("#([0-9]+)", "https://x/$1", None), rule("JIRA-[0-9]+", "https://j/$0", Some("<$0>"))];
        let link = |text: &'static str, url: &str| Piece::Link { text: text.into(), url: url.into() };
        assert_eq!(
            pieces("JIRA-1 and #2 `#3`", &rules, true),
            [
                link("<JIRA-1>", "https://j/JIRA-1"),
                Piece::Text(" and "),
                link("#2", "https://x/2"),
                Piece::Text(" "),
                code("#3")
            ]
        );
    }
}
