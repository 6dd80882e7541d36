//! References to pull requests, issues and commits in a message, in the forms that forges and git write.

use std::sync::LazyLock;

use regex::Regex;

use super::{body::Line, message::PullRequestMention, text};
use thin_vec::ThinVec;

use crate::model::IssueRef;

/// What the subject of a merge or squash tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merge {
    /// The pull request.
    pub(super) mention: Option<PullRequestMention>,
    /// The branches of a merge without one.
    pub(super) branches: Option<(Option<String>, Option<String>)>,
    /// Whether the title is the body's first paragraph.
    pub(super) title_in_body: bool,
}

// Names and numbers are ASCII on every forge; the classes of Unicode would take longer to build than a small window to read.
static GITHUB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^Merge pull request #(?<n>[0-9]+) (?:from (?<s>\S+)|in \S+ from (?<s2>\S+)(?: to (?<t>\S+))?)",
    )
    .ok()
});
static GITEA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^Merge pull request '(?<title>.*)' \(#(?<n>[0-9]+)\)(?: from (?<s>\S+))?(?: into (?<t>\S+))?$",
    )
    .ok()
});
static BITBUCKET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^Merged in (?<s>.+?) \(pull request #(?<n>[0-9]+)\)$").ok());
static TITLED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:Merged PR|Pull request #?) ?(?<n>[0-9]+): (?<title>.+)$").ok());
static BRANCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^Merge (?:remote-tracking )?(?:branch(?:es)?|tag|commit) '?(?<s>[^' ]+)'?(?: of \S+)?(?: into '?(?<t>[^' ]+)'?)?").ok()
});
static CLOSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?<all>(?:(?:[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+)?#[0-9]+(?:\s*,\s*(?:and\s+)?|\s+and\s+)?)+)").ok()
});
static ISSUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?<r>[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]*[A-Za-z0-9_-])?#(?<n>[0-9]+)").ok());

/// The forms of forges: how each begins, and whether the title is the body's first paragraph.
static FORGES: &[(&str, &LazyLock<Option<Regex>>, bool)] = &[
    ("Merge pull request '", &GITEA, false),
    ("Merge pull request #", &GITHUB, true),
    ("Merged in ", &BITBUCKET, true),
    ("Merged PR", &TITLED, false),
    ("Pull request", &TITLED, false),
];

/// Reads the subject of a merge or squash commit.
pub(super) fn merge(subject: &str) -> Merge {
    if !subject.starts_with("Merge") && !subject.starts_with("Pull request") {
        return Merge::default();
    }
    let captured =
        |regex: &'static LazyLock<Option<Regex>>| regex.as_ref().and_then(|regex| regex.captures(subject));
    for (_, regex, title_in_body) in FORGES.iter().copied().filter(|(start, ..)| subject.starts_with(start)) {
        let Some(found) = captured(regex) else { continue };
        let text = |name: &str| found.name(name).map(|text| text.as_str().to_owned());
        let Some(number) = text("n").and_then(|number| number.parse().ok()) else { continue };
        let owned_branch = text("s").or_else(|| text("s2"));
        // GitHub writes `user/branch`: the user is no part of the branch's name.
        let source_branch = match owned_branch {
            Some(branch) if title_in_body && subject.contains(" from ") && !subject.contains(" in ") => {
                Some(branch.split_once('/').map_or(branch.clone(), |(_, name)| name.to_owned()))
            }
            other => other,
        };
        let mention = PullRequestMention {
            number,
            title: text("title"),
            source_branch,
            target_branch: text("t"),
            heard: None,
        };
        return Merge { mention: Some(mention), branches: None, title_in_body };
    }
    let branches = captured(&BRANCH).map(|found| {
        let text = |name: &str| found.name(name).map(|text| text.as_str().to_owned());
        (text("s"), text("t"))
    });
    Merge { branches, ..Merge::default() }
}

/// The number in GitLab's `See merge request group/project!12`.
pub(super) fn merge_request(line: &str) -> Option<u64> {
    let reference = line.trim().strip_prefix("See merge request ")?;
    reference.rsplit_once('!')?.1.parse().ok()
}

/// A title without the references at its end, and those references' numbers in their order. `(owner/name#12)` is ours
/// where it names `repository`; another repository's stays in the title.
pub(super) fn trailing<'t>(title: &'t str, repository: Option<&str>) -> (&'t str, Vec<u64>) {
    let (mut rest, mut numbers) = (title.trim_end(), Vec::new());
    while let Some((before, inner)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        let inner = inner.strip_prefix("pull request ").unwrap_or(inner);
        let reference = match repository.and_then(|repository| inner.strip_prefix(repository)) {
            Some(own) => own,
            None => inner,
        };
        let number = reference.strip_prefix(['#', '!']).and_then(|digits| digits.parse().ok());
        let Some(number) = number.filter(|_| !before.trim().is_empty()) else { break };
        numbers.push(number);
        rest = before.trim_end();
    }
    numbers.reverse();
    (rest, numbers)
}

/// A subject without the `(#12)` that a forge adds when it squashes.
pub(crate) fn without_reference(subject: &str) -> &str {
    let mut rest = subject.trim_end();
    while let Some((before, inner)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        let number = inner.strip_prefix('#').unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        // `(cherry-pick #12 for 4.1)` names the original as `(#12)` would.
        let is_backport = || {
            let lower = inner.to_ascii_lowercase();
            inner.contains('#')
                && !before.trim().is_empty()
                && ["cherry-pick", "cherry pick", "backport"].iter().any(|word| lower.starts_with(word))
        };
        if !is_number && !is_backport() {
            break;
        }
        rest = before.trim_end();
    }
    rest
}

/// The issues that lines close: `Closes #7, #8`, `fixes owner/name#9`.
pub(super) fn closes(lines: &[Line<'_>]) -> ThinVec<IssueRef> {
    let mut found = ThinVec::new();
    let (Some(closing), Some(issue)) = (CLOSING.as_ref(), ISSUE.as_ref()) else { return found };
    for line in lines.iter().filter(|line| !line.quoted && text::has(line.text, b'#')) {
        for all in closing.captures_iter(line.text).filter_map(|found| found.name("all")) {
            found.extend(issue.captures_iter(all.as_str()).filter_map(|issue| {
                let number = issue.name("n")?.as_str().parse().ok()?;
                let repository = issue.name("r").map(|repository| repository.as_str().to_owned());
                Some(IssueRef { number, repository, url: None })
            }));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a line does nothing but close issues: `Closes #7, #8.`
pub(super) fn is_closing(line: &str) -> bool {
    let Some(found) = CLOSING.as_ref().filter(|_| text::has(line, b'#')).and_then(|regex| regex.find(line))
    else {
        return false;
    };
    found.start() == 0 && line.get(found.end()..).is_some_and(|rest| rest.trim_matches(['.', ' ']).is_empty())
}

/// The commits that `git cherry-pick -x` named, the closest last.
pub(super) fn picks(lines: &[Line<'_>]) -> ThinVec<String> {
    let name = |line: &Line<'_>| {
        let rest = line.text.trim().strip_prefix("(cherry picked from commit ")?;
        let name: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        (name.len() == 40).then(|| name.to_ascii_lowercase())
    };
    lines.iter().filter(|line| !line.quoted).filter_map(name).collect()
}

/// The pull requests that a backport says it brings: `(cherry-pick #12 for 4.1)`, `backport of #12`.
pub(super) fn backports(subject: &str, lines: &[Line<'_>]) -> ThinVec<u64> {
    let mut numbers = ThinVec::new();
    let texts =
        std::iter::once(subject).chain(lines.iter().filter(|line| !line.quoted).map(|line| line.text));
    for text in
        texts.filter(|text| text::has(text, b'#') && (text.contains("ackport") || text.contains("herry")))
    {
        let lower = text.to_ascii_lowercase();
        for word in [
            "cherry-pick #",
            "cherry-pick: #",
            "backport of #",
            "backport #",
            "backports #",
            "cherry-picked from #",
        ] {
            let digits = lower
                .split_once(word)
                .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            numbers.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(subject: &str) -> (u64, Option<String>, Option<String>, Option<String>) {
        let found = merge(subject).mention.unwrap_or_else(|| panic!("{subject}"));
        (found.number, found.title, found.source_branch, found.target_branch)
    }

    #[test]
    fn pitfall_18_references_without_end_are_taken_off() {
        let title = |end: &str| format!("x {}", end.repeat(100_000));
        for end in ["(#1) ", "(backport #1) ", "(#1) (cherry-pick #2 for 3) "] {
            assert_eq!(without_reference(&title(end)), "x", "{end}");
        }
        assert_eq!(without_reference("x (#a)"), "x (#a)");
        assert_eq!(without_reference("(backport #1)"), "(backport #1)");
    }

    #[test]
    fn merges_of_every_forge() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            mention("Merge pull request #12 from user/feature/x"),
            (12, None, some("feature/x"), None)
        );
        assert_eq!(
            mention("Merge pull request #3 in PROJ/repo from feature/x to develop"),
            (3, None, some("feature/x"), some("develop"))
        );
        assert_eq!(
            mention("Merge pull request 'Add x' (#4) from feature into main"),
            (4, some("Add x"), some("feature"), some("main"))
        );
        assert_eq!(mention("Merged in feature/x (pull request #5)"), (5, None, some("feature/x"), None));
        assert_eq!(mention("Merged PR 6: Add x"), (6, some("Add x"), None, None));
        assert_eq!(mention("Pull request #7: Add x"), (7, some("Add x"), None, None));
        assert_eq!(merge_request("See merge request group/sub/project!8"), Some(8));
        let branches = |subject| merge(subject).branches.unwrap();
        assert_eq!(branches("Merge branch 'develop' into 'main'"), (some("develop"), some("main")));
        assert_eq!(branches("Merge branch 'main' of github.com:o/r"), (some("main"), None));
        assert_eq!(
            branches("Merge remote-tracking branch 'origin/main' into x"),
            (some("origin/main"), some("x"))
        );
        assert_eq!(merge("Merge the two lists"), Merge::default());
    }

    #[test]
    fn pitfall_19_which_number_is_the_pull_request() {
        assert_eq!(trailing("fix: x (#1546) (#1595)", None), ("fix: x", vec![1546, 1595]));
        assert_eq!(trailing("fix: x (other/repo#12)", Some("o/r")), ("fix: x (other/repo#12)", vec![]));
        assert_eq!(trailing("fix: x (o/r#12)", Some("o/r")), ("fix: x", vec![12]));
        assert_eq!(trailing("fix #12", None), ("fix #12", vec![]));
        assert_eq!(trailing("(#12)", None), ("(#12)", vec![]), "a title is never emptied");
    }

    #[test]
    fn closing_words() {
        let found = |body| {
            closes(&super::super::body::lines(body))
                .into_iter()
                .map(|issue| (issue.number, issue.repository))
                .collect::<Vec<_>>()
        };
        assert_eq!(found("Closes #7, #8 and #9"), [(7, None), (8, None), (9, None)]);
        assert_eq!(found("fixes o/r#3; see #4"), [(3, Some("o/r".to_owned()))]);
        assert_eq!(found("> closes #1\n`prefixes #2`"), []);
    }

    #[test]
    fn pitfall_17_backports() {
        let lines =
            super::super::body::lines("(cherry picked from commit AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)");
        assert_eq!(picks(&lines), ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]);
        assert_eq!(backports("fix: x (cherry-pick #12 for 4.1)", &[]), [12]);
    }
}
