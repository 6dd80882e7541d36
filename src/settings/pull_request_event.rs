//! Reads from a pipeline's variables and event which pull request it runs for.

use std::path::Path;

use serde_json::Value;

use super::{process::Process, untrusted_checkout};

/// The pull request that a pipeline runs for, as its event names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequestEvent {
    /// Its number; `None` if the event names only a commit (`workflow_run`).
    pub number: Option<u64>,
    /// Its newest commit at the time of the event.
    pub head: Option<String>,
    /// The full name of the repository of its source branch.
    pub head_repository: Option<String>,
    /// The source branch.
    pub source_branch: Option<String>,
    /// The target branch.
    pub target_branch: Option<String>,
    /// A commit of the target branch.
    pub base: Option<String>,
    /// The branch whose workflow runs, and its newest commit, if that is not the pull request's.
    pub workflow_branch: Option<(String, String)>,
    /// The commit that the forge created to test the merge, if the pipeline has checked it out.
    pub merge: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its labels.
    pub labels: Option<Vec<String>>,
    /// Whether its source branch is in another repository.
    pub is_from_fork: bool,
}

/// The pull request that the pipeline runs for; `None` outside of such a pipeline.
#[must_use]
pub fn pull_request_event(process: &Process) -> Option<PullRequestEvent> {
    let variable = |name: &str| process.pipeline(name).map(str::to_owned);
    github(&variable).or_else(|| gitlab(&variable)).or_else(|| bitbucket(&variable))
}

/// Reads an environment variable.
type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// GitHub Actions, and Gitea and Forgejo Actions. Source: docs.github.com, "Webhook events and payloads".
fn github(variable: Variables<'_>) -> Option<PullRequestEvent> {
    let event = untrusted_checkout::event(Path::new(&variable("GITHUB_EVENT_PATH")?))?;
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let is_from_fork = |head: &str, base: &str| !untrusted_checkout::same(&event, head, base);
    let sha = variable("GITHUB_SHA");
    let workflow_branch = text("/repository/default_branch").zip(sha.clone());
    if let Some(pull_request) = event.get("pull_request").filter(|it| it.is_object()) {
        let labels = pull_request.get("labels").and_then(Value::as_array).map(|labels| {
            let names = labels.iter().filter_map(|label| label.get("name")?.as_str());
            names.map(str::to_owned).collect()
        });
        let is_target = variable("GITHUB_EVENT_NAME").is_some_and(|name| name == "pull_request_target");
        return Some(PullRequestEvent {
            number: pull_request.get("number").and_then(Value::as_u64),
            head: text("/pull_request/head/sha"),
            head_repository: text("/pull_request/head/repo/full_name"),
            source_branch: text("/pull_request/head/ref"),
            target_branch: text("/pull_request/base/ref"),
            base: text("/pull_request/base/sha"),
            workflow_branch: text("/pull_request/base/ref").zip(sha.clone()).filter(|_| is_target),
            merge: sha.filter(|_| !is_target),
            title: text("/pull_request/title"),
            labels,
            is_from_fork: is_from_fork("/pull_request/head/repo", "/pull_request/base/repo"),
        });
    }
    if event.get("workflow_run").is_some_and(Value::is_object) {
        return Some(PullRequestEvent {
            head: text("/workflow_run/head_sha"),
            head_repository: text("/workflow_run/head_repository/full_name"),
            source_branch: text("/workflow_run/head_branch"),
            workflow_branch,
            is_from_fork: is_from_fork("/workflow_run/head_repository", "/repository"),
            ..PullRequestEvent::default()
        });
    }
    let issue = event.get("issue").filter(|issue| issue.get("pull_request").is_some_and(|it| !it.is_null()));
    Some(PullRequestEvent {
        number: Some(issue?.get("number")?.as_u64()?),
        workflow_branch,
        ..PullRequestEvent::default()
    })
}

/// GitLab. Source: docs.gitlab.com, "Predefined CI/CD variables".
fn gitlab(variable: Variables<'_>) -> Option<PullRequestEvent> {
    let number = variable("CI_MERGE_REQUEST_IID")?.parse().ok()?;
    // Set only in merged results pipelines, which check out a merge.
    let source = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
    let commit = variable("CI_COMMIT_SHA");
    let labels = variable("CI_MERGE_REQUEST_LABELS").unwrap_or_default();
    Some(PullRequestEvent {
        number: Some(number),
        merge: commit.clone().filter(|_| source.is_some()),
        head: source.or(commit),
        source_branch: variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
        target_branch: variable("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        base: variable("CI_MERGE_REQUEST_TARGET_BRANCH_SHA")
            .or_else(|| variable("CI_MERGE_REQUEST_DIFF_BASE_SHA")),
        title: variable("CI_MERGE_REQUEST_TITLE"),
        labels: Some(
            labels.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        ),
        is_from_fork: variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
            != variable("CI_MERGE_REQUEST_PROJECT_ID"),
        ..PullRequestEvent::default()
    })
}

/// Bitbucket Pipelines. Source: support.atlassian.com, "Variables and secrets".
fn bitbucket(variable: Variables<'_>) -> Option<PullRequestEvent> {
    Some(PullRequestEvent {
        number: Some(variable("BITBUCKET_PR_ID")?.parse().ok()?),
        head: variable("BITBUCKET_COMMIT"),
        source_branch: variable("BITBUCKET_BRANCH"),
        target_branch: variable("BITBUCKET_PR_DESTINATION_BRANCH"),
        base: variable("BITBUCKET_PR_DESTINATION_COMMIT"),
        ..PullRequestEvent::default()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<PullRequestEvent> {
        let all: BTreeMap<&str, &str> = variables.iter().copied().collect();
        let variable = |name: &str| all.get(name).map(|value| (*value).to_owned());
        github(&variable).or_else(|| gitlab(&variable)).or_else(|| bitbucket(&variable))
    }

    fn of_event(name: &str, payload: &Value) -> Option<PullRequestEvent> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), payload.to_string()).unwrap();
        let path = file.path().display().to_string();
        of(&[("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", &path), ("GITHUB_SHA", "feed")])
    }

    #[test]
    fn pull_request_event_names_both_ends() {
        let repo = |name: &str| serde_json::json!({ "full_name": name });
        let payload = serde_json::json!({ "pull_request": {
            "number": 12, "title": "feat: x", "labels": [{ "name": "feature" }],
            "head": { "sha": "aa", "ref": "topic", "repo": repo("fork/r") },
            "base": { "sha": "bb", "ref": "main", "repo": repo("o/r") },
        }});
        let found = of_event("pull_request", &payload).unwrap();
        assert_eq!((found.number, found.is_from_fork), (Some(12), true));
        assert_eq!((found.head.as_deref(), found.base.as_deref()), (Some("aa"), Some("bb")));
        assert_eq!((found.merge.as_deref(), found.labels), (Some("feed"), Some(vec!["feature".to_owned()])));
        // GITHUB_SHA is then a commit of the base branch.
        let target = of_event("pull_request_target", &payload).unwrap();
        assert_eq!(target.merge, None);
        assert_eq!(target.workflow_branch, Some(("main".to_owned(), "feed".to_owned())));
        assert_eq!(found.workflow_branch, None);
    }

    #[test]
    fn workflow_run_names_a_commit_and_no_number() {
        let payload = serde_json::json!({ "workflow_run": {
            "head_sha": "aa", "head_branch": "topic", "head_repository": { "full_name": "fork/r" },
            "pull_requests": [{ "number": 99 }],
        }, "repository": { "full_name": "o/r", "default_branch": "main" }});
        let found = of_event("workflow_run", &payload).unwrap();
        assert_eq!((found.number, found.head.as_deref(), found.is_from_fork), (None, Some("aa"), true));
        assert_eq!(found.workflow_branch, Some(("main".to_owned(), "feed".to_owned())));
    }

    #[test]
    fn comment_on_an_issue_is_no_pull_request() {
        let issue = serde_json::json!({ "issue": { "number": 3 } });
        assert_eq!(of_event("issue_comment", &issue), None);
        let pull_request = serde_json::json!({ "issue": { "number": 3, "pull_request": { "url": "x" } } });
        assert_eq!(of_event("issue_comment", &pull_request).unwrap().number, Some(3));
        assert_eq!(of_event("push", &serde_json::json!({ "ref": "refs/heads/main" })), None);
    }

    #[test]
    fn variables_of_gitlab_and_bitbucket_are_read() {
        let found = of(&[
            ("CI_MERGE_REQUEST_IID", "4"),
            ("CI_COMMIT_SHA", "merge"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "aa"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_LABELS", "a,b"),
        ]);
        let found = found.unwrap();
        assert_eq!(
            (found.number, found.head.as_deref(), found.merge.as_deref()),
            (Some(4), Some("aa"), Some("merge"))
        );
        assert_eq!(found.labels.unwrap(), ["a", "b"]);
        let found = of(&[("BITBUCKET_PR_ID", "7"), ("BITBUCKET_COMMIT", "aa")]).unwrap();
        assert_eq!((found.number, found.head.as_deref()), (Some(7), Some("aa")));
        assert_eq!(of(&[]), None);
    }
}
