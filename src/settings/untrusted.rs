//! Whether the work tree is a stranger's: what a pipeline checks out for a pull request from a fork. Its configuration does not
//! count then, but that of the branch that the pull request is for.
//!
//! What the pipeline says comes from the forge, and is believed; what the clone says (branches of its remote) only where the
//! remote is the project itself, since workflows often check out the fork.

use std::{fs::File, io::Read as _, path::Path};

use serde_json::Value;

use super::{Host, Overrides};
use crate::{error::Error, files::Source, forge::locate, git::Repository, model::ObjectId};

/// The variable that says whether the work tree is untrusted: `true` or `false`.
pub(super) const VARIABLE: &str = "TIDINGS_UNTRUSTED";
/// The most that is read of an event, in bytes: GitHub's payloads have at most 25 MB (docs.github.com, "Webhook events").
const EVENT_BYTES: u64 = 32 << 20;

/// A pull request that a pipeline runs for, from whom anybody may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stranger {
    /// Why it is taken for a stranger's.
    why: String,
    /// Commits of the branch that it is for, the best first, by their full names.
    commits: Vec<String>,
    /// The branch that it is for.
    branch: Option<String>,
    /// The project that it is for, as in `owner/name`.
    project: Option<String>,
}

/// What the environment says.
type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// The pull request of a stranger that the pipeline runs for, if it does.
pub(super) fn stranger(variable: Variables<'_>) -> Option<Stranger> {
    github(variable).or_else(|| gitlab(variable)).or_else(|| others(variable))
}

/// GitHub Actions, and Gitea and Forgejo Actions, which set the same variables. Source: docs.github.com, "Events that trigger
/// workflows", "Variables reference".
fn github(variable: Variables<'_>) -> Option<Stranger> {
    let path = variable("GITHUB_EVENT_PATH");
    let name = variable("GITHUB_EVENT_NAME").or_else(|| path.as_ref().map(|_| String::new()))?;
    // These are started by people who may write to the repository, and their payloads can be large.
    if matches!(&*name, "push" | "schedule" | "workflow_dispatch" | "repository_dispatch" | "release") {
        return None;
    }
    let about_pull_request =
        name.contains("pull_request") || name == "workflow_run" || name == "issue_comment";
    let event = path.and_then(|path| event(Path::new(&path)));
    let project = variable("GITHUB_REPOSITORY");
    let branch = variable("GITHUB_BASE_REF");
    // In these, GITHUB_SHA is a commit of the base or the default branch, not of the pull request.
    let own = ["pull_request_target", "workflow_run", "issue_comment"].contains(&&*name);
    let sha = variable("GITHUB_SHA").filter(|_| own);
    let Some(event) = event else {
        let why = format!("the event `{name}` cannot be read");
        let commits = sha.into_iter().collect();
        return about_pull_request.then_some(Stranger { why, commits, branch, project });
    };
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let stranger = |why: &str, commit: Option<String>, branch: Option<String>| Stranger {
        why: why.to_owned(),
        commits: commit.into_iter().chain(sha.clone()).collect(),
        branch: branch.or_else(|| text("/repository/default_branch")),
        project: project.clone().or_else(|| text("/repository/full_name")),
    };
    if event.get("pull_request").is_some_and(Value::is_object) {
        let is_own = same(&event, "/pull_request/head/repo", "/pull_request/base/repo");
        let is_target = name == "pull_request_target";
        let why = if is_own { "pull_request_target" } else { "a pull request from a fork" };
        let branch = branch.or_else(|| text("/pull_request/base/ref"));
        return (!is_own || is_target).then(|| stranger(why, text("/pull_request/base/sha"), branch));
    }
    if event.get("workflow_run").is_some_and(Value::is_object) {
        let is_own = same(&event, "/workflow_run/head_repository", "/repository");
        let is_target = text("/workflow_run/event").is_some_and(|name| name == "pull_request_target");
        return (!is_own || is_target).then(|| stranger("workflow_run for a fork", None, branch));
    }
    if event.pointer("/issue/pull_request").is_some_and(|found| !found.is_null()) {
        return Some(stranger("a comment on a pull request", None, branch));
    }
    // A comment on an issue checks out the default branch.
    (about_pull_request && name != "issue_comment")
        .then(|| stranger(&format!("the event `{name}` does not say where it comes from"), None, branch))
}

/// Whether two repositories of an event are one. A deleted fork is `null`.
fn same(event: &Value, head: &str, base: &str) -> bool {
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

fn event(path: &Path) -> Option<Value> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(EVENT_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > EVENT_BYTES {
        return None;
    }
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}

/// GitLab. Source: docs.gitlab.com, "Predefined CI/CD variables".
fn gitlab(variable: Variables<'_>) -> Option<Stranger> {
    let external = variable("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY");
    let head = variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID").or_else(|| external.clone());
    // A merge request whose source project was deleted has no id.
    let is_request = head.is_some() || variable("CI_MERGE_REQUEST_IID").is_some();
    let base = match external {
        Some(_) => variable("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"),
        None => variable("CI_MERGE_REQUEST_PROJECT_ID").or_else(|| variable("CI_PROJECT_ID")),
    };
    if !is_request || (head.is_some() && head == base) {
        return None;
    }
    // The target's tip is known in pipelines for merged results; the other is an ancestor of it.
    let commits = ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"];
    let branch = ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"];
    Some(Stranger {
        why: "a merge request from a fork".to_owned(),
        commits: commits.into_iter().filter_map(variable).collect(),
        branch: branch.into_iter().find_map(variable),
        project: variable("CI_MERGE_REQUEST_PROJECT_PATH"),
    })
}

/// Azure Pipelines (learn.microsoft.com, "Predefined variables"), Jenkins (branch-api plugin), CircleCI (circleci.com, "Project values
/// and variables"). Bitbucket runs no pipeline of a repository for pull requests from forks.
fn others(variable: Variables<'_>) -> Option<Stranger> {
    let branch = |name: &str| {
        let branch = variable(name)?;
        Some(branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned())
    };
    let fork = |branch| {
        Some(Stranger { why: "a pull request from a fork".to_owned(), branch, ..Stranger::default() })
    };
    if variable("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|said| said.eq_ignore_ascii_case("true")) {
        return fork(branch("SYSTEM_PULLREQUEST_TARGETBRANCH"));
    }
    if variable("CHANGE_FORK").is_some() {
        return fork(branch("CHANGE_TARGET"));
    }
    variable("CIRCLE_PR_REPONAME").and_then(|_| fork(None))
}

/// What the command line, the environment and the pipeline say of the work tree: why it is a stranger's, where it is.
fn untrusted(overrides: &Overrides, host: &Host) -> Result<Option<Stranger>, Error> {
    let asked =
        |why: &str| Some(Stranger { why: why.to_owned(), ..host.stranger.clone().unwrap_or_default() });
    if overrides.trusted {
        return Ok(None);
    }
    if overrides.untrusted || overrides.config_from.is_some() {
        return Ok(asked(if overrides.untrusted { "--untrusted" } else { "--config-from" }));
    }
    match host.untrusted.as_deref().map(|said| said.trim().to_lowercase()).as_deref() {
        None => Ok(host.stranger.clone()),
        Some("true" | "1") => Ok(asked(VARIABLE)),
        Some("false" | "0") => Ok(None),
        Some(other) => {
            let hint = "set it to true or false, or unset it";
            Err(Error::usage(format!("`{VARIABLE}` is `{other}`"), Some(hint)))
        }
    }
}

/// Refuses a command, by its name, that reaches others than who runs the pipeline: what a stranger wrote is not published.
///
/// # Errors
/// When the work tree is a stranger's.
pub fn refuse_publishing(overrides: &Overrides, host: &Host, name: &str) -> Result<(), Error> {
    let Some(Stranger { why, .. }) = untrusted(overrides, host)? else { return Ok(()) };
    Err(Error::usage(
        format!("`tidings {name}` is refused: the work tree is not trusted ({why})"),
        Some("run it for a branch of the repository; --dry-run shows what it would do, --trusted allows it"),
    ))
}

/// Where files that the repository names are read from, and a sentence about it where it is not the work tree.
///
/// # Errors
/// When `--config-from` names no commit.
pub(super) fn source(
    overrides: &Overrides,
    host: &Host,
    repository: Option<&Repository>,
) -> Result<(Source, Option<String>), Error> {
    let Some(stranger) = untrusted(overrides, host)? else { return Ok((Source::WorkTree, None)) };
    let why = &stranger.why;
    let found = match (repository, &overrides.config_from) {
        (Some(repository), Some(revision)) => Some((repository.resolve(revision)?, revision.clone())),
        (Some(repository), None) => base(repository, &stranger, host),
        (None, _) => None,
    };
    let (Some((commit, name)), Some(repository)) = (found, repository) else {
        let fetch = match (&stranger.commits.first(), &stranger.branch) {
            (Some(commit), _) => format!("git fetch origin {commit}"),
            (None, Some(branch)) => format!("git fetch origin {branch}:refs/remotes/origin/{branch}"),
            (None, None) => "--config-from REV names it".to_owned(),
        };
        return Ok((
            Source::Nowhere,
            Some(format!(
                "untrusted ({why}): no configuration, since the base branch's commit is not in this clone: {fetch}"
            )),
        ));
    };
    let tree = repository.tree_of(commit)?;
    let told = format!("untrusted ({why}): configuration from {} ({name})", commit.short());
    Ok((Source::Commit(Box::new(Repository::open(repository.path())?), tree), Some(told)))
}

/// The commit of the base branch, and how it was found.
fn base(repository: &Repository, stranger: &Stranger, host: &Host) -> Option<(ObjectId, String)> {
    let known = stranger.commits.iter().find_map(|name| repository.has_commit(name));
    if let Some(commit) = known {
        return Some((commit, stranger.branch.clone().unwrap_or_else(|| "the event".to_owned())));
    }
    let at = |name: String| {
        let commit = repository.reference_commit(&name)?;
        let short = name.strip_prefix("refs/remotes/").or_else(|| name.strip_prefix("refs/heads/"));
        Some((commit, short.unwrap_or(&name).to_owned()))
    };
    let remotes = repository.remotes();
    if remotes.is_empty() {
        // Nothing was cloned: branches are the user's own.
        let branches = stranger.branch.iter().map(String::as_str).chain(usual(stranger));
        return branches.map(|branch| format!("refs/heads/{branch}")).find_map(at);
    }
    let is_known = host.stranger.is_some();
    let is_project = |remote: &&String| {
        // What lies on this machine is nobody's fork.
        let address =
            repository.remote_url(remote).filter(|url| !url.starts_with("file:") && url.contains(':'));
        let address = address.map(|address| locate(&address, None));
        let owner = address.and_then(|found| Some(format!("{}/{}", found.owner?, found.name?)));
        match (&stranger.project, owner) {
            (Some(project), Some(owner)) => project.eq_ignore_ascii_case(&owner),
            (Some(_), None) | (None, _) => true,
        }
    };
    let mut trusted: Vec<&String> = remotes.iter().filter(is_project).collect();
    trusted.sort_by_key(|name| (name.as_str() != "origin", name.as_str() != "upstream"));
    trusted.into_iter().find_map(|remote| {
        let head = repository.remote_head(remote).filter(|_| stranger.branch.is_none() && !is_known);
        let usual = usual(stranger).into_iter().filter(|_| !is_known);
        let named = stranger.branch.iter().map(String::as_str).chain(usual);
        let named = named.map(|branch| format!("refs/remotes/{remote}/{branch}"));
        head.into_iter().chain(named).find_map(at)
    })
}

/// The branches that a project mostly has, where none is known.
fn usual(stranger: &Stranger) -> Vec<&'static str> {
    if stranger.branch.is_some() { Vec::new() } else { vec!["main", "master", "trunk"] }
}
