//! Detects from a pipeline's variables and event whether it has checked out an untrusted pull request.

use std::{fs::File, io::Read as _, path::Path};

use serde_json::Value;

/// The variable that declares the work tree untrusted (`true`) or trusted (`false`).
pub(super) const VARIABLE: &str = "TIDINGS_UNTRUSTED";
/// The maximum size of an event, in bytes: GitHub's payloads have at most 25 MB (docs.github.com, "Webhook events").
const EVENT_BYTES: u64 = 32 << 20;

/// A checked-out pull request that anyone may have written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UntrustedCheckout {
    /// Why it is not trusted.
    pub(super) reason: String,
    /// Full IDs of commits of the base branch, the most recent first.
    pub(super) commits: Vec<String>,
    /// The base branch.
    pub(super) branch: Option<String>,
    /// The project of the base branch, as `owner/name`.
    pub(super) project: Option<String>,
}

/// Reads an environment variable.
type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// The untrusted pull request that the pipeline has checked out, if any.
pub(super) fn untrusted_checkout(variable: Variables<'_>) -> Option<UntrustedCheckout> {
    github(variable).or_else(|| gitlab(variable)).or_else(|| others(variable))
}

/// GitHub Actions, and Gitea and Forgejo Actions, which set the same variables. Source: docs.github.com, "Events that
/// trigger workflows", "Variables reference".
fn github(variable: Variables<'_>) -> Option<UntrustedCheckout> {
    let path = variable("GITHUB_EVENT_PATH");
    let name = variable("GITHUB_EVENT_NAME").or_else(|| path.as_ref().map(|_| String::new()))?;
    // Only users with write access can trigger these events. Their payloads can be large, so they are not read.
    if matches!(&*name, "push" | "schedule" | "workflow_dispatch" | "repository_dispatch" | "release") {
        return None;
    }
    let about_pull_request =
        name.contains("pull_request") || name == "workflow_run" || name == "issue_comment";
    let event = path.and_then(|path| event(Path::new(&path)));
    let project = variable("GITHUB_REPOSITORY");
    let branch = variable("GITHUB_BASE_REF");
    // For these events, GITHUB_SHA is a commit of the base branch or the default branch, not of the pull request.
    let own = ["pull_request_target", "workflow_run", "issue_comment"].contains(&&*name);
    let sha = variable("GITHUB_SHA").filter(|_| own);
    let Some(event) = event else {
        let reason = format!("the event `{name}` cannot be read");
        let commits = sha.into_iter().collect();
        return about_pull_request.then_some(UntrustedCheckout { reason, commits, branch, project });
    };
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let checkout = |reason: &str, commit: Option<String>, branch: Option<String>| UntrustedCheckout {
        reason: reason.to_owned(),
        commits: commit.into_iter().chain(sha.clone()).collect(),
        branch: branch.or_else(|| text("/repository/default_branch")),
        project: project.clone().or_else(|| text("/repository/full_name")),
    };
    if event.get("pull_request").is_some_and(Value::is_object) {
        let is_own = same(&event, "/pull_request/head/repo", "/pull_request/base/repo");
        let is_target = name == "pull_request_target";
        let reason = if is_own { "pull_request_target" } else { "a pull request from a fork" };
        let branch = branch.or_else(|| text("/pull_request/base/ref"));
        return (!is_own || is_target).then(|| checkout(reason, text("/pull_request/base/sha"), branch));
    }
    if event.get("workflow_run").is_some_and(Value::is_object) {
        let is_own = same(&event, "/workflow_run/head_repository", "/repository");
        let is_target = text("/workflow_run/event").is_some_and(|name| name == "pull_request_target");
        return (!is_own || is_target).then(|| checkout("workflow_run for a fork", None, branch));
    }
    if event.pointer("/issue/pull_request").is_some_and(|found| !found.is_null()) {
        return Some(checkout("a comment on a pull request", None, branch));
    }
    // A comment on an issue checks out the default branch.
    (about_pull_request && name != "issue_comment")
        .then(|| checkout(&format!("the event `{name}` does not name its source repository"), None, branch))
}

/// Whether two repositories of an event are the same. A deleted fork is `null`.
pub(super) fn same(event: &Value, head: &str, base: &str) -> bool {
    let (Some(head), Some(base)) = (event.pointer(head), event.pointer(base)) else { return false };
    let equal = |key: &str| match (head.get(key), base.get(key)) {
        (Some(head), Some(base)) if !head.is_null() => Some(head == base),
        _ => None,
    };
    match (equal("id"), equal("full_name")) {
        (None, None) => false,
        (id, name) => id.unwrap_or(true) && name.unwrap_or(true),
    }
}

/// The payload of an event; `None` if it cannot be read.
pub(super) fn event(path: &Path) -> Option<Value> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(EVENT_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > EVENT_BYTES {
        return None;
    }
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}

/// GitLab. Source: docs.gitlab.com, "Predefined CI/CD variables".
fn gitlab(variable: Variables<'_>) -> Option<UntrustedCheckout> {
    let external = variable("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY");
    let head = variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID").or_else(|| external.clone());
    // A merge request has no source project ID if the project was deleted.
    let is_request = head.is_some() || variable("CI_MERGE_REQUEST_IID").is_some();
    let base = match external {
        Some(_) => variable("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"),
        None => variable("CI_MERGE_REQUEST_PROJECT_ID").or_else(|| variable("CI_PROJECT_ID")),
    };
    if !is_request || (head.is_some() && head == base) {
        return None;
    }
    // The first is the tip of the target branch, set only in merged results pipelines; the second is an ancestor of it.
    let commits = ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"];
    let branch = ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"];
    Some(UntrustedCheckout {
        reason: "a merge request from a fork".to_owned(),
        commits: commits.into_iter().filter_map(variable).collect(),
        branch: branch.into_iter().find_map(variable),
        project: variable("CI_MERGE_REQUEST_PROJECT_PATH"),
    })
}

/// Azure Pipelines (learn.microsoft.com, "Predefined variables"), Jenkins (branch-api plugin), CircleCI (circleci.com,
/// "Project values and variables"). Bitbucket runs no pipeline of a repository for pull requests from forks.
fn others(variable: Variables<'_>) -> Option<UntrustedCheckout> {
    let branch = |name: &str| {
        let branch = variable(name)?;
        Some(branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned())
    };
    let fork = |branch| {
        Some(UntrustedCheckout {
            reason: "a pull request from a fork".to_owned(),
            branch,
            ..UntrustedCheckout::default()
        })
    };
    if variable("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return fork(branch("SYSTEM_PULLREQUEST_TARGETBRANCH"));
    }
    if variable("CHANGE_FORK").is_some() {
        return fork(branch("CHANGE_TARGET"));
    }
    variable("CIRCLE_PR_REPONAME").and_then(|_| fork(None))
}
