//! Takes off what stands around the sentence of a title: numbers of pull requests and issues, and the branch to which
//! the change is backported.
//!
//! `[ISSUE #7] Fix the crash (#12)`, `fix #7 - the crash`, `Fix the crash. Closes #7 (cherry-pick #12 for 4.1) (#13)`,
//! `[Backport 8-1-stable] Fix the crash`. A number inside the sentence stays, and so does a reference to another
//! repository.

use std::sync::LazyLock;

use regex::Regex;

use super::{references, wrapping};

/// A title without the references around it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TitleReferences<'t> {
    /// The title; empty only if it was.
    pub(super) title: &'t str,
    /// The pull requests at its end, in order.
    pub(super) pull_requests: Vec<u64>,
    /// The issues that it names, and the pull requests that it picks from another branch, in order.
    pub(super) issues: Vec<u64>,
    /// Whether it says that it fixes the first of them: `Fix #7: x`.
    pub(super) is_fix: bool,
}

/// What a text in brackets refers to.
#[derive(Debug, PartialEq, Eq)]
enum Reference {
    PullRequests(Vec<u64>),
    /// The issues, and whether it says that they are fixed.
    Issues(Vec<u64>, bool),
    /// A branch, by a word.
    Branch,
    /// A branch, only by the versions on it: after a title, the same is said of a dependency.
    Versions,
}

// Names and numbers are ASCII on every forge. Compiling Unicode classes would take longer than parsing a small window.
const NUMBERS: &str = r"(?<n>#+[0-9]+(?:(?:\s*[,&/+]\s*|\s+and\s+|\s+)#+[0-9]+)*|gh-[0-9]+)";
const WORD: &str = r"(?:(?<fix>fix(?:e[sd]|ing)?|bugs?|修复|修復)|clos(?:e[sd]?|ing)|resolv(?:e[sd]?|ing)|implement(?:s|ed)?|address(?:es)?|issues?|features?|tickets?|tasks?|refs?|references|re|see|for|(?:relate[sd]|related) to|part of|关闭|關閉|解决|解決|关联|關聯|问题|問題)";

static PULL_REQUESTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)^(?:(?:pull request|pr|merge request|mr)[\s:]*)?(?<n>[#!][0-9]+(?:(?:\s*[,&/+]\s*|\s+and\s+|\s+)[#!][0-9]+)*)$").ok()
});
static ISSUES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(?:(?:{WORD}[\s:-]*)*{NUMBERS}|issues?[\s/_:-]*(?<i>[0-9]+))$")).ok()
});
static PICKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)^(?:(?:(?:cherry[ -]?pick(?:ed|s)?|backport(?:s|ed)?)(?:\s+(?:of|from))?[\s:]*(?:pr\s*)?#(?<n>[0-9]+)(?:\s+(?:for|to|into|onto|in)\s+[!-~]+)?)|pr\s*#(?<b>[0-9]+)(?:/[0-9a-f]+)?\s+backport)$").ok()
});
static BRANCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i-u)^(?:(?:backport(?:ed)?|cherry[ -]pick(?:ed)?)(?:\s+(?:to|for|from|into|on))?(?:[\s:/]+[a-z0-9._/-]*[0-9][a-z0-9._/-]*)?|(?:releases?|stable|maint|maintenance|branch|rel|lts)[-/_ ]?v?[0-9]+(?:[._-](?:[0-9]+|x))*(?:[._-](?:stable|lts|branch))?|v?[0-9]+(?:[._-][0-9]+)*(?:[._-](?:x|stable|lts|branch|maint))?\s+backport|v?[0-9]+(?:[._-][0-9]+)*[._-](?:stable|lts|branch|maint))$").ok()
});
static VERSIONS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)^v?[0-9]+(?:[._-][0-9]+)*[._-]x$").ok());
/// Numbers that begin a title without brackets: `#7: x`, `Fixes #7, x`, `fix #7 - x`, `GH-7: x`, `#7 x`.
static BEGINNING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(?:(?:{WORD}[\s:-]*)*{NUMBERS}\s*(?:[:,：，]|\s[-–—]\s)|(?<only>#[0-9]+)\s)"))
        .ok()
});
/// A closing sentence at the end: `x. Fixes #7`, `x, closes #7 and #8`, `x - resolves #7`.
static ENDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(?:[.,;]\s+|[，。；]\s*|\s[-–—]\s+)(?:{WORD}[\s:-]*)+{NUMBERS}\.?$")).ok()
});

/// In bytes. Longer than any real title: of longer ones, only references in brackets are read, since each takes off
/// little and looks at the whole.
const MAX_LENGTH: usize = 1_000;

/// Takes the references off the end of a title. `(owner/name#12)` counts if it names `repository`.
pub(super) fn trailing<'t>(title: &'t str, repository: Option<&str>) -> TitleReferences<'t> {
    let mut found = TitleReferences { title: title.trim_end(), ..TitleReferences::default() };
    while let Some(before) = last(&mut found, repository).filter(|before| is_title(before)) {
        found.title = before.trim_end();
    }
    found.pull_requests.reverse();
    found.issues.reverse();
    found
}

/// Adds the last reference, and returns the title before it.
fn last<'t>(found: &mut TitleReferences<'t>, repository: Option<&str>) -> Option<&'t str> {
    let title = found.title;
    if let Some((before, inner)) = last_brackets(title) {
        let reference = reference(own(inner, repository)).filter(|_| is_title(before))?;
        match reference {
            // Trackers of issues are named in square brackets.
            Reference::PullRequests(numbers) if !title.ends_with(']') => {
                found.pull_requests.extend(numbers.into_iter().rev());
            }
            Reference::PullRequests(numbers) | Reference::Issues(numbers, _) => {
                found.issues.extend(numbers.into_iter().rev());
            }
            Reference::Branch => {}
            Reference::Versions => return None,
        }
        return Some(before);
    }
    if title.len() > MAX_LENGTH || !title.contains('#') {
        return None;
    }
    if let Some(end) = ENDING.as_ref().and_then(|regex| regex.captures(title)) {
        let before = title.get(..end.get(0)?.start()).filter(|before| is_title(before))?;
        // One word is a type, as in `chore - fix #7`.
        if before.is_ascii() && !before.trim().contains(' ') {
            return None;
        }
        found.issues.extend(numbers(end.name("n")?.as_str()).into_iter().rev());
        return Some(before);
    }
    let (before, bare) = bare_numbers(title).filter(|_| !found.pull_requests.is_empty())?;
    found.issues.extend(bare.into_iter().rev());
    Some(before)
}

/// The numbers at the end of a sentence that is complete without them. Only beside the number of a pull request is it
/// sure that they are those of issues.
fn bare_numbers(title: &str) -> Option<(&str, Vec<u64>)> {
    let (mut before, mut numbers) = (title, Vec::new());
    while let Some((rest, number)) = before.rsplit_once(" #") {
        let Ok(number) = number.parse() else { break };
        before = rest.trim_end();
        numbers.push(number);
    }
    numbers.reverse();
    let word = before.split_whitespace().next_back()?;
    let is_sentence = before.split_whitespace().nth(2).is_some() && !needs_object(word);
    (is_sentence && !numbers.is_empty() && !before.contains("evert")).then_some((before, numbers))
}

/// Takes the references off the start of a title.
pub(super) fn leading(title: &str) -> TitleReferences<'_> {
    let mut found = TitleReferences { title: title.trim(), ..TitleReferences::default() };
    while let Some((issues, is_fix, after)) = first(found.title) {
        let after = after.trim_start_matches(|c: char| c.is_whitespace() || ":：,，".contains(c));
        let after = after.strip_prefix(['-', '–', '—']).filter(|it| it.starts_with(' ')).unwrap_or(after);
        let after = after.trim_start();
        if !is_title(after) {
            break;
        }
        found.is_fix |= is_fix;
        found.issues.extend(issues);
        found.title = after;
    }
    found
}

/// The issues that a scope names instead of an area: `fix(#7): x`; `None` if it does not.
pub(super) fn issues_of_scope(scope: &str) -> Option<Vec<u64>> {
    let bare = scope.trim();
    // One or two digits alone may be those of a version.
    let is_number = bare.len() > 2 && bare.bytes().all(|byte| byte.is_ascii_digit());
    match reference(bare) {
        _ if is_number => Some(numbers(bare)),
        Some(Reference::PullRequests(numbers) | Reference::Issues(numbers, _)) => Some(numbers),
        _ => None,
    }
}

/// The issues of the first reference, whether it fixes them, and the title after it.
fn first(title: &str) -> Option<(Vec<u64>, bool, &str)> {
    if let Some((inner, after)) = first_brackets(title) {
        return match reference(inner)? {
            Reference::PullRequests(numbers) => Some((numbers, false, after)),
            Reference::Issues(numbers, is_fix) => Some((numbers, is_fix, after)),
            Reference::Branch | Reference::Versions => Some((Vec::new(), false, after)),
        };
    }
    if !title.contains('#') && !title.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("gh-")) {
        return None;
    }
    let start = BEGINNING.as_ref()?.captures(title)?;
    let text = start.name("n").or_else(|| start.name("only"))?.as_str();
    Some((numbers(text), start.name("fix").is_some(), title.get(start.get(0)?.end()..)?))
}

fn reference(inner: &str) -> Option<Reference> {
    let inner = inner.trim();
    // Nearly all brackets are prose.
    if !inner.bytes().any(|byte| byte.is_ascii_digit()) && !inner.to_ascii_lowercase().contains("port") {
        return None;
    }
    let captures = |regex: &'static LazyLock<Option<Regex>>| regex.as_ref()?.captures(inner);
    let some = |numbers: Vec<u64>| (!numbers.is_empty()).then_some(numbers);
    if let Some(found) = captures(&PULL_REQUESTS) {
        return some(numbers(found.name("n")?.as_str())).map(Reference::PullRequests);
    }
    if let Some(found) = captures(&ISSUES) {
        let is_fix = found.name("fix").is_some();
        let text = found.name("n").or_else(|| found.name("i"))?.as_str();
        return some(numbers(text)).map(|numbers| Reference::Issues(numbers, is_fix));
    }
    if let Some(found) = captures(&PICKS) {
        let number = found.name("n").or_else(|| found.name("b"))?;
        return Some(Reference::Issues(vec![number.as_str().parse().ok()?], false));
    }
    let branch = captures(&BRANCH).map(|_| Reference::Branch);
    branch.or_else(|| captures(&VERSIONS).map(|_| Reference::Versions))
}

/// The numbers in a list of them; empty if one is too long.
fn numbers(text: &str) -> Vec<u64> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.map(|digits| digits.parse().ok()).collect::<Option<_>>().unwrap_or_default()
}

/// The text in brackets at the end, with the text before it.
fn last_brackets(title: &str) -> Option<(&str, &str)> {
    const BRACKETS: [(char, char); 3] = [('(', ')'), ('（', '）'), ('[', ']')];
    let (open, close) = BRACKETS.into_iter().find(|(_, close)| title.ends_with(*close))?;
    title.strip_suffix(close)?.rsplit_once(open)
}

/// The text in brackets at the start, with the text after it.
fn first_brackets(title: &str) -> Option<(&str, &str)> {
    const BRACKETS: [(char, char); 4] = [('[', ']'), ('【', '】'), ('(', ')'), ('（', '）')];
    let (open, close) = BRACKETS.into_iter().find(|(open, _)| title.starts_with(*open))?;
    title.strip_prefix(open)?.split_once(close)
}

/// A reference without the name of the own repository.
fn own<'t>(inner: &'t str, repository: Option<&str>) -> &'t str {
    repository.and_then(|repository| inner.strip_prefix(repository)).unwrap_or(inner)
}

/// Whether a text can be a title: it says something beside references, and does not begin in the middle.
fn is_title(text: &str) -> bool {
    if text.len() > MAX_LENGTH {
        return true;
    }
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "()[]（）".contains(c));
    bare.chars().any(char::is_alphanumeric)
        && !bare.starts_with(['&', '|', '/', '+', '.', ','])
        && !references::is_only_references(bare)
}

/// Whether a word goes with the number after it: `the fix for #7`, `revert #7`.
fn needs_object(word: &str) -> bool {
    const WORDS: [&str; 34] = [
        "after", "before", "bug", "bugs", "case", "close", "closes", "closing", "color", "colour", "feature",
        "fix", "fixed", "fixes", "fixing", "issue", "issues", "level", "like", "number", "part", "phase",
        "pr", "ref", "refs", "resolve", "resolves", "revert", "reverts", "rule", "see", "step", "task",
        "ticket",
    ];
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    wrapping::is_open_word(word) || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(title: &str) -> (&str, Vec<u64>, Vec<u64>) {
        let found = trailing(title, Some("o/r"));
        (found.title, found.pull_requests, found.issues)
    }

    #[test]
    fn trailing_references_are_taken_off_the_title() {
        for (title, rest, pull_requests, issues) in [
            ("fix: x (#1546) (#1595)", "fix: x", vec![1546, 1595], vec![]),
            ("fix: x (o/r#12)", "fix: x", vec![12], vec![]),
            ("fix: x (!12)", "fix: x", vec![12], vec![]),
            ("fix: x (#1, #2)", "fix: x", vec![1, 2], vec![]),
            ("修复 x（#12）", "修复 x", vec![12], vec![]),
            ("x (PR #12)", "x", vec![12], vec![]),
            ("x (pull request #12)", "x", vec![12], vec![]),
            ("x (closes #7) (#12)", "x", vec![12], vec![7]),
            ("x (fixes #7, #8) (#12)", "x", vec![12], vec![7, 8]),
            ("x (#12) [#7]", "x", vec![12], vec![7]),
            ("修复 x（issue#7）", "修复 x", vec![], vec![7]),
            ("修复 x（修复 #7）", "修复 x", vec![], vec![7]),
            ("fix x. Fixes #7 (cherry-pick #11 for 4.1) (#12)", "fix x", vec![12], vec![7, 11]),
            ("x (backport #11) (#12)", "x", vec![12], vec![11]),
            ("x (backport of #11 to release-4.1)", "x", vec![], vec![11]),
            ("x (release-4.1) (#12)", "x", vec![12], vec![]),
            ("x (7-1-stable) (#12)", "x", vec![12], vec![]),
            ("x [7-1 backport]", "x", vec![], vec![]),
            ("add x, closes #7 and #8", "add x", vec![], vec![7, 8]),
            ("修复，修复 #7", "修复", vec![], vec![7]),
            ("hide them from the output #7 (#12)", "hide them from the output", vec![12], vec![7]),
            ("hide them from the output #7 #8 (#12)", "hide them from the output", vec![12], vec![7, 8]),
        ] {
            assert_eq!(at_end(title), (rest, pull_requests, issues), "{title}");
        }
    }

    #[test]
    fn numbers_inside_the_sentence_stay() {
        for title in [
            "fix #12",
            "(#12)",
            "fix: x (other/repo#12)",
            "hide them from the output #7",
            "Attempt to fix #12",
            "docs: fix #12",
            "fix(api): closes #12",
            "chore - fix #12",
            "x (see the docs)",
            "x (2)",
            "x (issue#7@Gitee)",
            "Update y to v1.2 [security]",
            "x (backport tool)",
            "x (v2)",
            "Support Spring (2.x)",
            "Fix \"x\" (o/x#7)",
            "x (#99999999999999999999999)",
            "",
        ] {
            assert_eq!(at_end(title), (title, vec![], vec![]), "{title}");
        }
        for title in ["Follow up to #7", "Add a test for issue #7", "Fix issue #7 #8", "Use color #333"] {
            assert_eq!(at_end(&format!("{title} (#12)")), (title, vec![12], vec![]), "{title}");
        }
    }

    #[test]
    fn scope_may_name_an_issue() {
        for (scope, issues) in [
            ("#7", vec![7]),
            ("#7,#8", vec![7, 8]),
            ("issue #7", vec![7]),
            ("GH-7", vec![7]),
            ("1234", vec![1234]),
        ] {
            assert_eq!(issues_of_scope(scope), Some(issues), "{scope}");
        }
        for scope in ["api", "v2", "10", "http2", "JIRA-7"] {
            assert_eq!(issues_of_scope(scope), None, "{scope}");
        }
    }

    #[test]
    fn leading_references_are_taken_off_the_title() {
        for (title, rest, issues) in [
            ("[ISSUE #7] x", "x", vec![7]),
            ("[ISSUE#7]feat: x", "feat: x", vec![7]),
            ("[ISSUE ##7] x", "x", vec![7]),
            ("[ISSUE: #7] x", "x", vec![7]),
            ("[#7] x", "x", vec![7]),
            ("[issue-7]x", "x", vec![7]),
            ("【issues/7】x", "x", vec![7]),
            ("[#7][#8]: x", "x", vec![7, 8]),
            ("(#7) x", "x", vec![7]),
            ("【Fix issue #7】 x", "x", vec![7]),
            ("[#7, #8] x", "x", vec![7, 8]),
            ("#7: x", "x", vec![7]),
            ("#7 x", "x", vec![7]),
            ("#7: --x is read", "--x is read", vec![7]),
            ("Fixes #7: x", "x", vec![7]),
            ("fix #7 - x", "x", vec![7]),
            ("For #7, fix x", "fix x", vec![7]),
            ("GH-7: x", "x", vec![7]),
            ("[PR #7/abc1234 backport][9.1.x] x", "x", vec![7]),
            ("[9.0.x] x", "x", vec![]),
            ("[8-1-stable] x", "x", vec![]),
            ("[Backport 8-1-stable] x", "x", vec![]),
            ("[backport release/1.2] x", "x", vec![]),
            ("[release-4.1] x", "x", vec![]),
        ] {
            let found = leading(title);
            assert_eq!((found.title, found.issues), (rest, issues), "{title}");
        }
        for title in [
            "Fix #7 on resume",
            "[o/x#7] x",
            "[JIRA-7] x",
            "[v2] x",
            "[1.2.3] x",
            "[web] x",
            "[#7]",
            "#7",
            "#include x",
            "#7 (o/x#8)",
            "#7 && fix: o/x#8",
            "(re)start x",
            "fix: x",
            "",
        ] {
            let found = leading(title);
            assert_eq!((found.title, found.issues), (title, vec![]), "{title}");
        }
    }
}
