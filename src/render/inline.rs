//! One line of text from people, taken apart: plain text, code spans, links by rule.
//!
//! What stands between two equal runs of backticks is code, as in Markdown, since people write subjects that way. No
//! other mark means anything. A mention (`@name`) or an address becomes code where the reader's program would make it
//! live; see `Markup::Markdown` in `escape`.

use std::{borrow::Cow, collections::HashMap};

use regex::{Captures, Regex};

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
    let mut from = 0;
    for (start, inner, end) in code_spans(line) {
        linked(line.get(from..start).unwrap_or_default(), rules, mentions, &mut found);
        push_code(inner, &mut found);
        from = end;
    }
    linked(line.get(from..).unwrap_or_default(), rules, mentions, &mut found);
    found
}

/// The balanced code spans: where each starts, what is inside it, where it ends. Each run of backticks is closed by the
/// next of its length, which is looked up rather than looked for: runs of all lengths would take forever.
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

/// Each rule's next match is kept until it is passed, so that a rule that matches nowhere is not tried at each match of
/// another.
fn linked<'a>(text: &'a str, rules: &[LinkRule], mentions: bool, found: &mut Vec<Piece<'a>>) {
    let next = |rule: &LinkRule, from: usize| {
        let captures = rule.pattern.captures_at(text, from)?;
        let whole = captures.get(0).filter(|whole| !whole.is_empty())?;
        Some((whole.start(), whole.end()))
    };
    let mut waiting: Vec<_> =
        rules.iter().filter_map(|rule| next(rule, 0).map(|found| (rule, found))).collect();
    let mut from = 0;
    while let Some((rule, (start, end))) = waiting.iter().min_by_key(|(_, (start, _))| *start).copied() {
        let Some(captures) = rule.pattern.captures_at(text, start) else { break };
        plain(text.get(from..start).unwrap_or_default(), mentions, found);
        let whole = text.get(start..end).unwrap_or_default();
        match link(rule, &captures, whole) {
            Some(link) => found.push(link),
            None => plain(whole, mentions, found),
        }
        from = end;
        waiting.retain_mut(|(rule, place)| {
            let passed = place.0 < from;
            if passed {
                match next(rule, from) {
                    Some(later) => *place = later,
                    None => return false,
                }
            }
            true
        });
    }
    plain(text.get(from..).unwrap_or_default(), mentions, found);
}

/// An address has at most so many bytes in any browser, and what is shown of it no more.
const LONGEST: usize = 64 << 10;

/// What a rule makes of a match; `None` where it would be longer than any link.
fn link<'a>(rule: &LinkRule, captures: &Captures<'_>, whole: &'a str) -> Option<Piece<'a>> {
    let expanded = |form: &str| {
        let most = form.matches('$').count().saturating_mul(whole.len()).saturating_add(form.len());
        let mut text = String::new();
        (most <= LONGEST).then(|| captures.expand(form, &mut text))?;
        Some(text)
    };
    let text =
        rule.text.as_deref().map_or(Some(Cow::Borrowed(whole)), |form| Some(Cow::Owned(expanded(form)?)))?;
    Some(Piece::Link { text, url: expanded(&rule.url)? })
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

/// Whether a text begins with what GitHub takes for the host of an address: it may begin with `-` or `.`, unlike a host
/// (<https://github.github.com/gfm/#extended-email-autolink>).
fn is_host(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_alphanumeric() && !"._-".contains(c)).unwrap_or(text.len());
    let host = text.get(..end).unwrap_or_default();
    host.match_indices('.').any(|(at, _)| {
        host.get(at + 1..).is_some_and(|after| after.starts_with(|c: char| c.is_alphanumeric()))
    })
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

    /// In more than linear time, these are seen to hang.
    #[test]
    fn pitfall_18_megabytes_are_taken_apart_in_linear_time() {
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
    fn pitfall_23_mentions_and_addresses_are_code() {
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
    fn a_rule_makes_no_text_that_is_longer_than_any_link() {
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
