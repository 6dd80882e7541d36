//! Parses references to the issues that a message closes.
//!
//! The keywords and forms are those that the forges document: docs.github.com, "Linking a pull request to an issue";
//! docs.gitlab.com, "Default closing pattern"; docs.gitea.com, "Automatically Linked References";
//! support.atlassian.com, "Resolve issues automatically when users push code". Where the forges differ in what they
//! close, the text counts: `Fixes #1, #2` names both.

use std::{borrow::Cow, sync::LazyLock};

use memchr::memmem::Finder;
use regex::{Captures, Regex};
use thin_vec::ThinVec;

use crate::model::IssueRef;

use super::{body::BodyLine, options::Options, text};

// Names and numbers are ASCII on every forge. Compiling Unicode classes would take longer than parsing a small window.
const REFERENCE: &str = r"(?:(?:[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)?#[0-9]+\b|GH-[0-9]+\b|https?://[A-Za-z0-9_.:~/%-]+/(?:issues|work_items|_workitems/edit)/[0-9]+\b(?:[#?/][^\s,;)]*)?)";
static CLOSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const KEYWORD: &str =
        r"(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)";
    const BETWEEN: &str = r"(?:\s*,\s*(?:(?:and|&)[ \t]+)?|[ \t]+(?:(?:and|&)[ \t]+)?)";
    let noun = r"(?:(?:issues?|bugs?|tickets?)[ \t]+)?";
    Regex::new(&format!(
        r"(?i)(?:^|[^A-Za-z0-9_/-]){KEYWORD}(?::[ \t]*|[ \t]+){noun}(?<all>{REFERENCE}(?:{BETWEEN}{noun}{REFERENCE})*)"
    ))
    .ok()
});
static ISSUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?<url>https?://[^/\s]+/(?<path>[A-Za-z0-9_.~/%-]+?)(?:/-)?/(?:issues|work_items|_workitems/edit)/(?<u>[0-9]+))|(?<r>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)?#(?<n>[0-9]+)|GH-(?<g>[0-9]+)",
    )
    .ok()
});

/// The issues that these lines close, ascending: `Closes #7, #8`, `fixes: owner/name#9`. Code is not read.
pub(super) fn closes(lines: &[BodyLine<'_>], options: &Options) -> ThinVec<IssueRef> {
    let mut found = ThinVec::new();
    for paragraph in lines.split(|line| line.blank) {
        if paragraph.iter().any(|line| !line.quoted && may_close(line.text)) {
            let own = paragraph.iter().filter(|line| !line.quoted).map(|line| line.text.trim());
            found.extend(closes_in(&own.collect::<Vec<_>>().join("\n"), options));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The issues that a paragraph or title closes, in order.
pub(super) fn closes_in(text: &str, options: &Options) -> Vec<IssueRef> {
    let (Some(closing), Some(issue)) = (CLOSING.as_ref().filter(|_| may_close(text)), ISSUE.as_ref()) else {
        return Vec::new();
    };
    let text = without_code(text);
    let lists = closing.captures_iter(&text).filter_map(|found| found.name("all"));
    let found = lists.flat_map(|all| issue.captures_iter(all.as_str()));
    found.filter_map(|found| issue_ref(&found, options)).collect()
}

/// Whether a line does nothing but close issues: `Closes #7, #8.`
pub(super) fn is_closing(line: &str) -> bool {
    let Some(found) = CLOSING.as_ref().filter(|_| may_close(line)).and_then(|regex| regex.find(line)) else {
        return false;
    };
    found.start() == 0 && line.get(found.end()..).is_some_and(|rest| rest.trim_matches(['.', ' ']).is_empty())
}

/// Whether a text is nothing but references: `#12`, `#1, o/r#2`, the address of an issue.
pub(super) fn is_only_references(text: &str) -> bool {
    let Some(issue) = ISSUE.as_ref() else { return false };
    let rest = issue.replace_all(text, "");
    rest.len() < text.len()
        && rest.trim_matches(|c: char| ", .&".contains(c)).trim_end_matches("and").is_empty()
}

/// Whether a text has what every closing reference has; most have not.
fn may_close(text: &str) -> bool {
    static NEEDLES: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["/issues/", "work_items/", "_workitems/"].map(Finder::new));
    let is_any_in = |text: &str| NEEDLES.iter().any(|needle| needle.find(text.as_bytes()).is_some());
    // One search rejects most lines.
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'#', b'H', b':', rest.as_bytes()) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with('#') || rest.starts_with("H-") && text.contains("GH-") {
            return true;
        }
        if rest.starts_with("://") && is_any_in(rest) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

fn issue_ref(found: &Captures<'_>, options: &Options) -> Option<IssueRef> {
    let number = |name: &str| found.name(name)?.as_str().parse().ok();
    let is_other =
        |name: &&str| !options.repository.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    if let (Some(url), Some(path)) = (found.name("url"), found.name("path")) {
        let (url, path) = (url.as_str(), path.as_str().trim_matches('/'));
        let is_own = match options.url.as_deref() {
            Some(own) => is_below(url, own),
            None => !is_other(&path),
        };
        let repository = (!is_own).then(|| path.to_owned());
        return Some(IssueRef { number: number("u")?, repository, url: Some(url.to_owned()) });
    }
    let repository = found.name("r").map(|name| name.as_str()).filter(is_other).map(str::to_owned);
    Some(IssueRef { number: number("n").or_else(|| number("g"))?, repository, url: None })
}

/// Whether a URL is that of a page below another, whatever their schemes.
fn is_below(url: &str, base: &str) -> bool {
    let bare = |url: &'_ str| url.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
    let (url, base) = (url.get(bare(url)..).unwrap_or(url), base.get(bare(base)..).unwrap_or(base));
    let base = base.trim_end_matches('/');
    let starts = url.get(..base.len()).is_some_and(|start| start.eq_ignore_ascii_case(base));
    starts && url.get(base.len()..).is_some_and(|rest| rest.starts_with('/'))
}

/// The text with its code spans emptied. A span ends at a run of as many backticks as it started with.
fn without_code(text: &str) -> Cow<'_, str> {
    if !text::has(text, b'`') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    // A run without an end stays text; then no later run of its length has one either.
    let mut unclosed = std::collections::BTreeSet::new();
    while let Some(start) = rest.find('`') {
        let run = rest.get(start..).unwrap_or_default().bytes().take_while(|byte| *byte == b'`').count();
        let after = rest.get(start + run..).unwrap_or_default();
        out.push_str(rest.get(..start).unwrap_or_default());
        out.push('`');
        rest = match (!unclosed.contains(&run)).then(|| end_of_span(after, run)).flatten() {
            Some(end) => after.get(end..).unwrap_or_default(),
            None => {
                unclosed.insert(run);
                after
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The byte offset behind the first run of exactly `run` backticks.
fn end_of_span(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text.get(at..)?.find('`') {
        let found = text.get(at + start..)?.bytes().take_while(|byte| *byte == b'`').count();
        at += start + found;
        if found == run {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<String> {
        let options = Options {
            repository: Some("o/r".to_owned()),
            url: Some("https://forge.example/o/r".to_owned()),
            ..Options::default()
        };
        let all = closes(&super::super::body::lines(body), &options);
        all.into_iter().map(|it| format!("{}#{}", it.repository.unwrap_or_default(), it.number)).collect()
    }

    #[test]
    fn closing_keywords_of_every_forge_name_issues() {
        for (body, expected) in [
            ("Closes #7, #8 and #9", vec!["#7", "#8", "#9"]),
            ("fixes a/b#3; see #4", vec!["a/b#3"]),
            ("Fixes: #1, #2", vec!["#1", "#2"]),
            ("FIXED: #1", vec!["#1"]),
            ("Resolves #10, resolves #123, resolves a/b#100", vec!["#10", "a/b#100", "#123"]),
            ("Resolves GH-12", vec!["#12"]),
            ("fixing issue #5 & #6", vec!["#5", "#6"]),
            ("Implements group/sub/project#9, and #3", vec!["#3", "group/sub/project#9"]),
            ("Closes o/r#9", vec!["#9"]),
            ("Closes #4, #6, and https://forge.example/o/r/-/issues/11", vec!["#4", "#6", "#11"]),
            ("Closes: https://forge.example/O/R/issues/318#issuecomment-1", vec!["#318"]),
            ("Closes https://other.example/o/r/issues/318", vec!["o/r#318"]),
            ("Closes https://forge.example/o/rest/issues/1.", vec!["o/rest#1"]),
            ("Fixes #1,\n  #2", vec!["#1", "#2"]),
            ("- closes #1\n* fixes #2", vec!["#1", "#2"]),
            ("(fixes #1)", vec!["#1"]),
        ] {
            assert_eq!(found(body), expected, "{body}");
        }
    }

    #[test]
    fn code_and_other_words_close_nothing() {
        for body in [
            "> closes #1\n`prefixes #2`",
            "Write `Fixes #1` to close it",
            "Write ``a ` Fixes #1`` to close it",
            "a span `over\ntwo lines, fixes #1`",
            "```\ncloses #1\n```",
            "    closes #1",
            "prefixes #2",
            "auto-fix #2",
            "Refs #2",
            "fixed in #2",
            "Closes https://bugs.example/1234",
            "fix: #a",
        ] {
            assert_eq!(found(body), Vec::<String>::new(), "{body}");
        }
        assert_eq!(found("an open ` backtick, fixes #1"), ["#1"]);
    }

    #[test]
    fn lines_of_references_are_recognised() {
        for line in ["Closes #7, #8.", "fixes: a/b#1", "Closes https://forge.example/o/r/issues/318"] {
            assert!(is_closing(line), "{line}");
        }
        assert!(!is_closing("Closes #7 for good"));
        for text in ["#12", "#1, a/b#2 and #3", "https://forge.example/o/r/issues/318"] {
            assert!(is_only_references(text), "{text}");
        }
        for text in ["the crash in #12", "", "12"] {
            assert!(!is_only_references(text), "{text}");
        }
    }
}
