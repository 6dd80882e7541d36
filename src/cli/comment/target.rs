//! Finds the pull request, and the commits to compare, from the options, the pipeline and the forge.

use crate::{
    comment,
    error::Error,
    forge::{Forge, HeadQuery, PullRequestHead},
    git::Repository,
    model::ObjectId,
    session::Session,
    settings::PullRequestEvent,
};

use super::args::Args;

/// The pull request and its commits.
pub(super) struct Target {
    /// Its number, if known.
    pub(super) number: Option<u64>,
    /// Its title, if known.
    pub(super) title: Option<String>,
    pub(super) source_branch: Option<String>,
    pub(super) target_branch: Option<String>,
    pub(super) is_from_fork: bool,
    /// Its labels; `None` if they are not known.
    pub(super) labels: Option<Vec<String>>,
    /// Its newest commit.
    pub(super) head: ObjectId,
    /// The commit that it is compared with.
    pub(super) base: ObjectId,
}

/// The event of the pipeline, unless the options name another pull request.
pub(super) fn own_event(args: &Args, event: Option<PullRequestEvent>) -> Option<PullRequestEvent> {
    let is_named = |event: &PullRequestEvent| args.pull_request.is_none_or(|it| Some(it) == event.number);
    event.filter(|event| args.head.is_none() && is_named(event))
}

/// The pull request as the forge has it now.
///
/// # Errors
/// If a request fails, or there is not exactly one such pull request, open and without a newer commit.
pub(super) async fn read(
    forge: &Forge,
    session: &Session,
    (args, event): (&Args, Option<&PullRequestEvent>),
) -> Result<PullRequestHead, Error> {
    let named = args.head.as_deref().map(|head| commit(&session.repository, head)).transpose()?;
    let of_event = event.and_then(|event| event.head.clone());
    let head = named.map(|head| head.to_string()).or(of_event);
    let number = args.pull_request.or(event.and_then(|event| event.number));
    let found = match (number, &head) {
        (Some(number), _) => {
            let found = forge.pull_request_head(number).await.map_err(comment::Error::from)?;
            found.ok_or(comment::Error::NoNumber { forge: forge.kind(), number })?
        }
        (None, Some(head)) => by_head(forge, head, event).await?,
        (None, None) => return Err(unnamed()),
    };
    let number = found.number;
    if !found.is_open && !args.dry_run {
        return Err(comment::Error::NotOpen { number }.into());
    }
    match head {
        Some(head) if !found.is_at(&head) => Err(comment::Error::Outdated { number }.into()),
        _ => Ok(found),
    }
}

async fn by_head(
    forge: &Forge,
    commit: &str,
    event: Option<&PullRequestEvent>,
) -> Result<PullRequestHead, comment::Error> {
    let query = HeadQuery {
        commit: commit.to_owned(),
        repository: event.and_then(|event| event.head_repository.clone()),
        branch: event.and_then(|event| event.source_branch.clone()),
    };
    let mut found = forge.pull_requests_at(&query).await?;
    let commit = commit.to_owned();
    match found.len() {
        0 => Err(comment::Error::NoHead { commit }),
        1 => Ok(found.remove(0)),
        _ => {
            let sign = forge.kind().pull_request_sign();
            let numbers: Vec<String> = found.iter().map(|it| format!("{sign}{}", it.number)).collect();
            Err(comment::Error::Several { commit, numbers: numbers.join(", ") })
        }
    }
}

/// The error if nothing names a pull request.
pub(super) fn unnamed() -> Error {
    let hint = "pass --pull-request NUMBER or --head COMMIT, or run it in a pipeline of a pull request";
    Error::usage("no pull request is given", Some(hint))
}

/// The pull request and its commits. `found` is the pull request on the forge, if it was read.
///
/// # Errors
/// If a commit is not in the clone, or the repository cannot be read.
pub(super) fn target(
    session: &Session,
    args: &Args,
    event: Option<&PullRequestEvent>,
    found: Option<PullRequestHead>,
) -> Result<Target, Error> {
    let repository = &session.repository;
    let event = event.cloned().unwrap_or_default();
    let found = found.unwrap_or_else(|| PullRequestHead {
        number: args.pull_request.or(event.number).unwrap_or_default(),
        title: event.title.clone().unwrap_or_default(),
        head: event.head.clone().unwrap_or_default(),
        source_branch: event.source_branch.clone(),
        target_branch: event.target_branch.clone(),
        base: event.base.clone(),
        is_from_fork: event.is_from_fork,
        labels: event.labels.clone(),
        ..PullRequestHead::default()
    });
    let head = match &args.head {
        Some(head) => commit(repository, head)?,
        None if found.head.is_empty() => checked_out(repository)?,
        None => fetched(repository, &found.head, "the newest commit of the pull request")?,
    };
    let base = base(session, args, (&event, &found), head)?;
    Ok(Target {
        number: Some(found.number).filter(|number| *number > 0),
        title: Some(found.title).filter(|title| !title.trim().is_empty()),
        source_branch: found.source_branch,
        target_branch: found.target_branch,
        is_from_fork: found.is_from_fork,
        labels: found.labels,
        head,
        base,
    })
}

fn checked_out(repository: &Repository) -> Result<ObjectId, Error> {
    let none = || crate::git::Error::NoCommit { path: repository.path().to_owned() };
    Ok(repository.head()?.ok_or_else(none)?.commit)
}

/// A commit that the user names.
fn commit(repository: &Repository, revision: &str) -> Result<ObjectId, Error> {
    Ok(repository.resolve(revision)?)
}

/// A commit that the forge or the event names, by its ID or the first digits of it.
fn fetched(repository: &Repository, digits: &str, what: &str) -> Result<ObjectId, Error> {
    match repository.commit_of_prefix(&digits.to_ascii_lowercase())? {
        Some(commit) => Ok(commit),
        None => Err(comment::Error::NoCommit {
            what: format!("{what}, {digits}"),
            fetch: format!("git fetch origin {digits}"),
        }
        .into()),
    }
}

/// The commit to compare with. A branch of a remote counts only if the work tree is trusted: the remote may be the
/// fork.
fn base(
    session: &Session,
    args: &Args,
    (event, found): (&PullRequestEvent, &PullRequestHead),
    head: ObjectId,
) -> Result<ObjectId, Error> {
    let repository = &session.repository;
    if let Some(revision) = &args.base {
        return commit(repository, revision);
    }
    if let Some(base) = merged_into(repository, event.merge.as_deref(), head)? {
        return Ok(base);
    }
    let of_workflow = event.workflow_branch.as_ref();
    let of_workflow = of_workflow.filter(|(branch, _)| Some(branch) == found.target_branch.as_ref());
    if let Some(base) = of_workflow.and_then(|(_, commit)| repository.has_commit(commit)) {
        return Ok(base);
    }
    let remote = &session.settings.remote;
    let is_trusted = session.settings.files.is_work_tree_trusted();
    let of_remote = found.target_branch.as_ref().filter(|_| is_trusted);
    let of_remote = of_remote.map(|branch| format!("refs/remotes/{remote}/{branch}"));
    if let Some(base) = of_remote.and_then(|name| repository.ref_commit(&name)) {
        return Ok(base);
    }
    if let Some(base) = found.base.as_deref().or(event.base.as_deref()) {
        return fetched(repository, base, "the base of the pull request");
    }
    let usual = ["main", "master", "trunk"];
    let names = match &found.target_branch {
        Some(branch) => vec![format!("refs/heads/{branch}")],
        None => {
            let of_remote = usual.iter().map(|name| format!("refs/remotes/{remote}/{name}"));
            let own = usual.iter().map(|name| format!("refs/heads/{name}"));
            repository.remote_head(remote).into_iter().chain(of_remote).chain(own).collect()
        }
    };
    let found = names.iter().filter(|_| is_trusted).find_map(|name| repository.ref_commit(name));
    found.ok_or_else(|| {
        let hint = "pass --base REV, the branch that the pull request is merged into";
        Error::usage("the target branch of the pull request is not known", Some(hint))
    })
}

/// The first parent of the merge that the forge created to test the pull request, if that is checked out.
fn merged_into(
    repository: &Repository,
    merge: Option<&str>,
    head: ObjectId,
) -> Result<Option<ObjectId>, Error> {
    let Some(merge) = merge.and_then(|merge| repository.has_commit(merge)) else { return Ok(None) };
    let parents = repository.commits()?.node(merge)?.parents;
    Ok(match parents.as_slice() {
        [base, other] if *other == head => Some(*base),
        _ => None,
    })
}
