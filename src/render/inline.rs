//! Splits one line of untrusted text into plain text, code spans and links by rule.
//!
//! Text between two equal runs of backticks is code, as in Markdown, since commit subjects use it. Other markup is
//! plain text. A mention (`@name`) or an email address becomes code if the markup would turn it into a link; see
//! `escape`.

use std::{borrow::Cow, collections::HashMap};

use regex::{Captures, Regex};

/// A rule that turns text into links, such as an issue tracker's `JIRA-123`.
#[derive(Debug, Clone)]
pub struct LinkRule {
    /// The text to turn into a link.
    pub pattern: Regex,
    /// The URL; `$0`, `$1` and `${name}` are replaced by captures.
    pub url: String,
    /// The link text, with the same replacements; the match if `None`.
    pub text: Option<String>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Code(Cow<'a, str>),
    Link { text: Cow<'a, str>, url: String },
}

/// Splits a line. With `mentions`, mentions and email addresses become code. Adjacent code is one piece, since Markdown
/// cannot express two adjacent spans.
pub(super) fn pieces<'a>(line: &'a str, rules: &[LinkRule], mentions: bool) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (start, inner, end) in code_spans(line) {
        push_with_links(line.get(from..start).unwrap_or_default(), rules, mentions, &mut pieces);
        push_code(inner, &mut pieces);
        from = end;
    }
    push_with_links(line.get(from..).unwrap_or_default(), rules, mentions, &mut pieces);
    pieces
}

/// The balanced code spans: start, content, end. A run of backticks is closed by the next run of the same length. The
/// closing runs are computed in one pass, since searching for each would take quadratic time.
fn code_spans(text: &str) -> Vec<(usize, &str, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    let mut next_of_length = HashMap::new();
    let mut closing = vec![None; runs.len()];
    for ((start, end), (at, slot)) in runs.iter().zip(closing.iter_mut().enumerate()).rev() {
        *slot = next_of_length.insert(end - start, at);
    }
    let (mut spans, mut at) = (Vec::new(), 0);
    while let Some((start, opened)) = runs.get(at) {
        let close = closing.get(at).copied().flatten();
        if let Some((close, (closes, end))) = close.and_then(|close| Some((close, runs.get(close)?))) {
            spans.push((*start, text.get(*opened..*closes).unwrap_or_default(), *end));
            at = close;
        }
        at += 1;
    }
    spans
}

/// Appends text with links. Each rule's next match is stored until the position has passed it, so that a rule without
/// further matches is not searched again after each match of another.
fn push_with_links<'a>(text: &'a str, rules: &[LinkRule], mentions: bool, pieces: &mut Vec<Piece<'a>>) {
    let next = |rule: &LinkRule, from: usize| {
        let captures = rule.pattern.captures_at(text, from)?;
        let whole = captures.get(0).filter(|whole| !whole.is_empty())?;
        Some((whole.start(), whole.end()))
    };
    let mut pending: Vec<_> =
        rules.iter().filter_map(|rule| next(rule, 0).map(|range| (rule, range))).collect();
    let mut from = 0;
    while let Some((rule, (start, end))) = pending.iter().min_by_key(|(_, (start, _))| *start).copied() {
        let Some(captures) = rule.pattern.captures_at(text, start) else { break };
        push_plain(text.get(from..start).unwrap_or_default(), mentions, pieces);
        let whole = text.get(start..end).unwrap_or_default();
        match link(rule, &captures, whole) {
            Some(link) => pieces.push(link),
            None => push_plain(whole, mentions, pieces),
        }
        from = end;
        pending.retain_mut(|(rule, range)| {
            let is_passed = range.0 < from;
            if is_passed {
                match next(rule, from) {
                    Some(later) => *range = later,
                    None => return false,
                }
            }
            true
        });
    }
    push_plain(text.get(from..).unwrap_or_default(), mentions, pieces);
}

/// The maximum length of a URL and of a link text in bytes. No browser accepts longer URLs.
const MAX_LINK_BYTES: usize = 64 << 10;

/// The link for a match; `None` if it would be too long.
fn link<'a>(rule: &LinkRule, captures: &Captures<'_>, whole: &'a str) -> Option<Piece<'a>> {
    let expand = |template: &str| {
        let max = template.matches('$').count().saturating_mul(whole.len()).saturating_add(template.len());
        let mut text = String::new();
        (max <= MAX_LINK_BYTES).then(|| captures.expand(template, &mut text))?;
        Some(text)
    };
    let text = match rule.text.as_deref() {
        Some(template) => Cow::Owned(expand(template)?),
        None => Cow::Borrowed(whole),
    };
    Some(Piece::Link { text, url: expand(&rule.url)? })
}

fn push_plain<'a>(text: &'a str, mentions: bool, pieces: &mut Vec<Piece<'a>>) {
    let mut rest = text;
    while mentions && let Some((before, mention, after)) = mention(rest) {
        push_text(before, pieces);
        push_code(mention, pieces);
        rest = after;
    }
    push_text(rest, pieces);
}

/// Splits at the first mention or email address: `@team/a`, `me@example.org`.
fn mention(text: &str) -> Option<(&str, &str, &str)> {
    let local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let is_named = |(at, _): &(usize, &str)| {
        let (head, tail) = (text.get(..*at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        tail.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            || (head.ends_with(local) && is_host(tail))
    };
    let (at, _) = text.match_indices('@').find(is_named)?;
    let (head, tail) = (text.get(..at)?, text.get(at + 1..)?);
    let start = head.trim_end_matches(local).len();
    let part = |c: char| c.is_alphanumeric() || "._-/@+".contains(c);
    let name = tail.trim_start_matches(part);
    let taken = tail.get(..tail.len() - name.len())?.trim_end_matches(['.', '-', '/', '+', '@']);
    let end = at + 1 + taken.len();
    Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
}

/// Whether a text starts with a host as in GitHub's email autolinks. Unlike a real host, it may start with `-` or `.`
/// (<https://github.github.com/gfm/#extended-email-autolink>).
fn is_host(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphanumeric() && !"._-".contains(c)).unwrap_or(text.len());
    let host = text.get(..end).unwrap_or_default();
    host.match_indices('.').any(|(at, _)| {
        host.get(at + 1..).is_some_and(|after| after.starts_with(|c: char| c.is_alphanumeric()))
    })
}

fn push_text<'a>(text: &'a str, pieces: &mut Vec<Piece<'a>>) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

fn push_code<'a>(code: &'a str, pieces: &mut Vec<Piece<'a>>) {
    match pieces.last_mut() {
        Some(Piece::Code(before)) => before.to_mut().push_str(code),
        _ => pieces.push(Piece::Code(Cow::Borrowed(code))),
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

    /// In quadratic time, this test would not finish.
    #[test]
    fn megabytes_are_split_in_linear_time() {
        let all_lengths: String = (1..1_500).map(|length| format!("{} ", "`".repeat(length))).collect();
        assert_eq!(pieces(&all_lengths, &[], true), [Piece::Text(&all_lengths)]);
        assert_eq!(pieces(&"`a` ".repeat(250_000), &[], true).len(), 500_000);
        let rule = |pattern| LinkRule { pattern: Regex::new(pattern).unwrap(), url: "$0".into(), text: None };
        let rules = [rule("#[0-9]+"), rule("[A-Z]+-[0-9]+"), rule("never")];
        let text = format!("{}A-1", "#1 ".repeat(300_000));
        assert_eq!(pieces(&text, &rules, true).len(), 600_001);
        for hostile in ["@", "@a", "@a/", "a@", "@a.", "@.a@", "a@-", "a@-.", "a@-.b", "[(<", "(#1"] {
            assert!(!pieces(&hostile.repeat(300_000), &rules, true).is_empty());
        }
    }

    #[test]
    fn mentions_and_email_addresses_are_code() {
        assert_eq!(
            pieces("thank @o/team.", &[], true),
            [Piece::Text("thank "), code("@o/team"), Piece::Text(".")]
        );
        assert_eq!(pieces("(me@x.org)", &[], true), [Piece::Text("("), code("me@x.org"), Piece::Text(")")]);
        assert_eq!(pieces("a @ b", &[], true), [Piece::Text("a @ b")]);
        assert_eq!(pieces("to a@-b.c", &[], true), [Piece::Text("to "), code("a@-b.c")]);
        assert_eq!(pieces("xmpp:a@.b/c", &[], true), [Piece::Text("xmpp:"), code("a@.b/c")]);
        assert_eq!(pieces("-x@- @.b a@..", &[], true), [Piece::Text("-x@- @.b a@..")]);
        assert_eq!(pieces("`a`@b", &[], true), [code("a@b")]);
        assert_eq!(pieces("@b", &[], false), [Piece::Text("@b")]);
    }

    #[test]
    fn rule_does_not_create_overlong_links() {
        let rule = |url: &str, text: Option<String>| LinkRule {
            pattern: Regex::new("a+").unwrap(),
            url: url.into(),
            text,
        };
        let name = "a".repeat(60_000);
        assert!(matches!(pieces(&name, &[rule("x/$0", None)], true)[..], [Piece::Link { .. }]));
        for rule in [rule("x/$0$0", None), rule("x", Some("$0".repeat(100_000)))] {
            assert_eq!(pieces(&name, &[rule], true), [Piece::Text(&name)]);
        }
    }

    #[test]
    fn rules_create_links_outside_of_code() {
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
