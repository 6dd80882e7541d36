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
    /// Whether the title of the pull request is the first line of the body.
    pub(super) title_in_body: bool,
    /// Whether it is GitHub's merge of the private fork in which a vulnerability was fixed.
    pub(super) of_advisory_fork: bool,
}

// Names and numbers are ASCII on every forge. Compiling Unicode classes would take longer than parsing a small window.
static GITHUB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^Merge pull request [#!](?<n>[0-9]+) (?:from (?<s>\S+)|in \S+ from (?<s2>\S+)(?: to (?<t>\S+))?)",
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
static GITEE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^!(?<n>[0-9]+)(?:[ \t]+|[:：][ \t]*)(?<title>.+)$").ok());
static BRANCH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^Merge (?:remote-tracking )?(?:branch(?:es)?|tag|commit) '?(?<s>[^' ]+)'?(?: of \S+)?(?: into '?(?<t>[^' ]+)'?)?").ok()
});

/// The forms of each forge: prefix, pattern, and whether the title is the first paragraph of the body.
static FORGES: [(&str, &LazyLock<Option<Regex>>, bool); 7] = [
    ("Merge pull request '", &GITEA, false),
    ("Merge pull request #", &GITHUB, true),
    ("Merge pull request !", &GITHUB, true),
    ("Merged in ", &BITBUCKET, true),
    ("Merged PR", &TITLED, false),
    ("Pull request", &TITLED, false),
    ("!", &GITEE, false),
];

/// Parses the subject of a merge or squash commit. `repository` is `owner/name` of the repository, if known.
pub(super) fn merge(subject: &str, repository: Option<&str>) -> Merge {
    if !["Merge", "Pull request", "!"].iter().any(|start| subject.starts_with(start)) {
        return Merge::default();
    }
    if subject == "Merge commit from fork" {
        return Merge { title_in_body: true, of_advisory_fork: true, ..Merge::default() };
    }
    let captured =
        |regex: &'static LazyLock<Option<Regex>>| regex.as_ref().and_then(|regex| regex.captures(subject));
    for (_, regex, title_in_body) in FORGES.into_iter().filter(|(start, ..)| subject.starts_with(start)) {
        let Some(found) = captured(regex) else { continue };
        let text = |name: &str| found.name(name).map(|text| text.as_str().to_owned());
        let Some(number) = text("n").and_then(|number| number.parse().ok()) else { continue };
        let mut mention = PullRequestMention {
            number,
            title: text("title"),
            target_branch: text("t"),
            ..PullRequestMention::default()
        };
        let writes_owner = title_in_body && subject.contains(" from ") && !subject.contains(" in ");
        if let Some(source) = text("s").or_else(|| text("s2")) {
            add_source(&mut mention, &source, writes_owner, repository);
        }
        return Merge { mention: Some(mention), title_in_body, ..Merge::default() };
    }
    let branches = captured(&BRANCH).map(|found| {
        let text = |name: &str| found.name(name).map(|text| text.as_str().to_owned());
        (text("s"), text("t"))
    });
    Merge { branches, ..Merge::default() }
}

/// Adds the source branch of a pull request. GitHub and Gitee write `user/branch` (`writes_owner`), other forges
/// `user/repository:branch` if the branch is in a fork.
fn add_source(mention: &mut PullRequestMention, source: &str, writes_owner: bool, repository: Option<&str>) {
    let owned = source.split_once('/').filter(|_| writes_owner);
    let owner = repository.and_then(|repository| repository.split('/').next());
    mention.from_fork = match owned {
        Some((user, _)) => owner.is_some_and(|owner| !owner.eq_ignore_ascii_case(user)),
        None => source.contains(':'),
    };
    mention.source_branch = Some(owned.map_or(source, |(_, branch)| branch).to_owned());
}

/// Adds the source branch that Gitee writes below its subject: `Merge pull request !12 from user/branch`.
pub(super) fn add_gitee_source(mention: &mut PullRequestMention, line: &str, repository: Option<&str>) {
    let found = line.trim().strip_prefix("Merge pull request !").and_then(|rest| rest.split_once(" from "));
    if let Some((_, source)) = found.filter(|(number, _)| number.parse() == Ok(mention.number)) {
        add_source(mention, source.split(' ').next().unwrap_or(source), true, repository);
    }
}

/// The usual names of branches that continue after they were merged.
pub const LONG_LIVED_BRANCHES: [&str; 14] = [
    "main",
    "master",
    "trunk",
    "develop",
    "development",
    "dev",
    "next",
    "staging",
    "stage",
    "production",
    "prod",
    "preprod",
    "uat",
    "qa",
];

/// Whether a subject only says which branch was merged into which: `develop -> staging`, `Merge develop into main`,
/// `Promote staging to production`, `Develop`.
pub(super) fn is_promotion(subject: &str) -> bool {
    const VERBS: [&str; 6] = ["merge", "promote", "release", "deploy", "sync", "merged"];
    const ARROWS: [&str; 3] = ["->", "=>", "→"];
    let is_branch = |word: &str| LONG_LIVED_BRANCHES.contains(&word.strip_prefix("origin/").unwrap_or(word));
    // Nearly all subjects are longer.
    if subject.split_whitespace().nth(4).is_some() {
        return false;
    }
    let lower = subject.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().map(|word| word.trim_matches(['\'', '"', '`'])).collect();
    let (has_verb, words) = match words.as_slice() {
        [verb, rest @ ..] if VERBS.contains(verb) => (true, rest),
        all => (false, all),
    };
    match words {
        [branch] => is_branch(branch),
        [source, between, target] if has_verb || ARROWS.contains(between) => {
            (ARROWS.contains(between) || ["into", "to"].contains(between))
                && (is_branch(source) || is_branch(target))
        }
        [source, "into" | "to", target] => is_branch(source) && is_branch(target),
        _ => false,
    }
}

/// The number in GitLab's `See merge request group/project!12`; `None` if it names another project than `repository`.
pub(super) fn merge_request(line: &str, repository: Option<&str>) -> Option<u64> {
    let reference = line.trim().strip_prefix("See merge request ")?;
    let (project, number) = reference.rsplit_once('!')?;
    let is_own = project.is_empty() || repository.is_none_or(|own| own.eq_ignore_ascii_case(project));
    number.parse().ok().filter(|_| is_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(subject: &str) -> (u64, Option<String>, Option<String>, Option<String>) {
        let found = merge(subject, Some("o/r")).mention.unwrap_or_else(|| panic!("{subject}"));
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
        let request = "See merge request group/sub/project!8";
        assert_eq!(merge_request(request, None), Some(8));
        assert_eq!(merge_request(request, Some("Group/sub/project")), Some(8));
        assert_eq!(merge_request(request, Some("project")), None);
        assert_eq!(merge_request("See merge request !8", Some("group/project")), Some(8));
        let branches = |subject| merge(subject, None).branches.unwrap();
        assert_eq!(branches("Merge branch 'develop' into 'main'"), (some("develop"), some("main")));
        assert_eq!(branches("Merge branch 'main' of github.com:o/r"), (some("main"), None));
        assert_eq!(
            branches("Merge remote-tracking branch 'origin/main' into x"),
            (some("origin/main"), some("x"))
        );
        assert_eq!(merge("Merge the two lists", None), Merge::default());
        assert_eq!(mention("!1279 Add x"), (1279, some("Add x"), None, None));
        assert_eq!(mention("!12：修复登录"), (12, some("修复登录"), None, None));
        assert_eq!(mention("Merge pull request !12 from u/b"), (12, None, some("b"), None));
        assert_eq!(merge("!important: x", None), Merge::default());
        assert!(merge("Merge commit from fork", None).of_advisory_fork);
    }

    #[test]
    fn source_in_a_fork_is_recognised() {
        let is_fork = |subject| merge(subject, Some("acme/shop")).mention.map(|mention| mention.from_fork);
        for (subject, expected) in [
            ("Merge pull request #12 from user/main", true),
            ("Merge pull request #12 from Acme/main", false),
            ("Merge pull request 'x' (#4) from user/shop:main into main", true),
            ("Merge pull request 'x' (#4) from develop into main", false),
            ("Merge pull request #3 in PROJ/repo from ~USER/repo:main to main", true),
            ("Merge pull request !12 from user/master", true),
        ] {
            assert_eq!(is_fork(subject), Some(expected), "{subject}");
        }
        let unknown = merge("Merge pull request #12 from user/main", None).mention.unwrap();
        assert!(!unknown.from_fork);
        let mut gitee = merge("!12 Add x", None).mention.unwrap();
        add_gitee_source(&mut gitee, "Merge pull request !12 from user/main", Some("acme/shop"));
        assert_eq!((gitee.source_branch.as_deref(), gitee.from_fork), (Some("main"), true));
    }

    #[test]
    fn promotions_are_recognised_by_their_subject() {
        for subject in [
            "develop -> staging",
            "Merge develop into main",
            "Promote staging to production",
            "Develop",
            "dev → main",
        ] {
            assert!(is_promotion(subject), "{subject}");
        }
        for subject in ["Add main", "Merge x into y", "Move to main", "fix: develop", "Release 1.2.3", ""] {
            assert!(!is_promotion(subject), "{subject}");
        }
    }
}
