//! Parses references to issues and pull requests in a message: those at the end of a title, and those after a closing
//! keyword.

use std::sync::LazyLock;

use regex::Regex;
use thin_vec::ThinVec;

use crate::model::IssueRef;

use super::{body::BodyLine, text};

// Names and numbers are ASCII on every forge. Compiling Unicode classes would take longer than parsing a small window.
static CLOSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?<all>(?:(?:[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+)?#[0-9]+(?:\s*,\s*(?:and\s+)?|\s+and\s+)?)+)").ok()
});
static ISSUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?<r>[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]*[A-Za-z0-9_-])?#(?<n>[0-9]+)").ok());

/// A title without the references at its end, and the numbers of these references in order. `(owner/name#12)` counts if
/// it names `repository`; a reference to another repository stays in the title.
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

/// The issues that these lines close, ascending: `Closes #7, #8`, `fixes owner/name#9`.
pub(super) fn closes(lines: &[BodyLine<'_>]) -> ThinVec<IssueRef> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_references_are_taken_off_the_title() {
        assert_eq!(trailing("fix: x (#1546) (#1595)", None), ("fix: x", vec![1546, 1595]));
        assert_eq!(trailing("fix: x (other/repo#12)", Some("o/r")), ("fix: x (other/repo#12)", vec![]));
        assert_eq!(trailing("fix: x (o/r#12)", Some("o/r")), ("fix: x", vec![12]));
        assert_eq!(trailing("fix #12", None), ("fix #12", vec![]));
        assert_eq!(trailing("(#12)", None), ("(#12)", vec![]), "a title is never emptied");
    }

    #[test]
    fn closing_keywords_name_issues() {
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
}
