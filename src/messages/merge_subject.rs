//! Parses the subjects that git and forges write for merges: the pull request or the branches that they name.

use std::sync::LazyLock;

use regex::Regex;

use super::message::PullRequestMention;

/// The parsed subject of a merge or squash.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merge {
    /// The pull request.
    pub(super) mention: Option<PullRequestMention>,
    /// The source and target branch of a merge without a pull request.
    pub(super) branches: Option<(Option<String>, Option<String>)>,
    /// Whether the title of the pull request is the first paragraph of the body.
    pub(super) title_in_body: bool,
}

// Names and numbers are ASCII on every forge. Compiling Unicode classes would take longer than parsing a small window.
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

/// The forms of each forge: prefix, pattern, and whether the title is the first paragraph of the body.
static FORGES: &[(&str, &LazyLock<Option<Regex>>, bool)] = &[
    ("Merge pull request '", &GITEA, false),
    ("Merge pull request #", &GITHUB, true),
    ("Merged in ", &BITBUCKET, true),
    ("Merged PR", &TITLED, false),
    ("Pull request", &TITLED, false),
];

/// Parses the subject of a merge or squash commit.
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
        // GitHub writes `user/branch`: the user is not part of the branch name.
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
            details: None,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(subject: &str) -> (u64, Option<String>, Option<String>, Option<String>) {
        let found = merge(subject).mention.unwrap_or_else(|| panic!("{subject}"));
        (found.number, found.title, found.source_branch, found.target_branch)
    }

    #[test]
    fn merge_subjects_of_every_forge_are_parsed() {
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
}
