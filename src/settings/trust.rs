//! Decides whether the work tree is trusted, and where the configuration is read from.
//!
//! In a pipeline of a pull request from a fork, the work tree is not trusted, and the configuration is read from the
//! base branch. Commits named by the pipeline come from the forge and are trusted. Branches of a remote are trusted
//! only if the remote is the project itself, because workflows often check out the fork.

use crate::{error::Error, files::Source, forge::locate, git::Repository, model::ObjectId};

use super::{
    overrides::Overrides,
    process::Process,
    untrusted_checkout::{UntrustedCheckout, VARIABLE},
};

/// The untrusted checkout, if the command line, the environment or the pipeline declares the work tree untrusted.
///
/// # Errors
/// If `TIDINGS_UNTRUSTED` has an invalid value.
fn untrusted_checkout(overrides: &Overrides, process: &Process) -> Result<Option<UntrustedCheckout>, Error> {
    let requested = |reason: &str| {
        let checkout = process.untrusted_checkout.clone().unwrap_or_default();
        Some(UntrustedCheckout { reason: reason.to_owned(), ..checkout })
    };
    if overrides.trusted {
        return Ok(None);
    }
    if overrides.untrusted || overrides.config_from.is_some() {
        return Ok(requested(if overrides.untrusted { "--untrusted" } else { "--config-from" }));
    }
    match process.untrusted_variable.as_deref().map(|value| value.trim().to_lowercase()).as_deref() {
        None => Ok(process.untrusted_checkout.clone()),
        Some("true" | "1") => Ok(requested(VARIABLE)),
        Some("false" | "0") => Ok(None),
        Some(other) => {
            let hint = "set it to true or false, or unset it";
            Err(Error::usage(format!("`{other}` is not a valid value of {VARIABLE}"), Some(hint)))
        }
    }
}

/// Refuses a command that publishes something, by its name: content of an untrusted work tree must not be published.
///
/// # Errors
/// If the work tree is not trusted.
pub fn refuse_publishing(overrides: &Overrides, process: &Process, name: &str) -> Result<(), Error> {
    let Some(UntrustedCheckout { reason, .. }) = untrusted_checkout(overrides, process)? else {
        return Ok(());
    };
    Err(Error::usage(
        format!("`tidings {name}` is refused: the work tree is not trusted ({reason})"),
        Some(
            "run the command on a branch of the repository; pass --dry-run to show what it would do, or --trusted to allow it",
        ),
    ))
}

/// Where files named by the repository are read from, with a notice if that is not the work tree.
///
/// # Errors
/// If `--config-from` is not a commit, or the commit cannot be read.
pub(super) fn source(
    overrides: &Overrides,
    process: &Process,
    repository: Option<&Repository>,
) -> Result<(Source, Option<String>), Error> {
    let Some(checkout) = untrusted_checkout(overrides, process)? else { return Ok((Source::WorkTree, None)) };
    let reason = &checkout.reason;
    let base = match (repository, &overrides.config_from) {
        (Some(repository), Some(revision)) => Some((repository.resolve(revision)?, revision.clone())),
        (Some(repository), None) => base_commit(repository, &checkout, process),
        (None, _) => None,
    };
    let (Some((commit, name)), Some(repository)) = (base, repository) else {
        let fetch = match (&checkout.commits.first(), &checkout.branch) {
            (Some(commit), _) => format!("run `git fetch origin {commit}`"),
            (None, Some(branch)) => format!("run `git fetch origin {branch}:refs/remotes/origin/{branch}`"),
            (None, None) => "pass --config-from REV".to_owned(),
        };
        return Ok((
            Source::Nowhere,
            Some(format!(
                "untrusted ({reason}): no configuration is read, because the commit of the base branch is not in this clone; {fetch}"
            )),
        ));
    };
    let tree = repository.tree_of(commit)?;
    let notice = format!("untrusted ({reason}): configuration from {} ({name})", commit.short());
    Ok((Source::Commit(Box::new(repository.fork()?), tree), Some(notice)))
}

/// The commit of the base branch, and the name of its source for the notice.
fn base_commit(
    repository: &Repository,
    checkout: &UntrustedCheckout,
    process: &Process,
) -> Option<(ObjectId, String)> {
    let named = checkout.commits.iter().find_map(|name| repository.has_commit(name));
    if let Some(commit) = named {
        return Some((commit, checkout.branch.clone().unwrap_or_else(|| "the event".to_owned())));
    }
    let at = |name: String| {
        let commit = repository.ref_commit(&name)?;
        let short = name.strip_prefix("refs/remotes/").or_else(|| name.strip_prefix("refs/heads/"));
        Some((commit, short.unwrap_or(&name).to_owned()))
    };
    let remotes = repository.remotes();
    if remotes.is_empty() {
        // Without remotes, all branches are the user's own.
        let branches = checkout.branch.iter().map(String::as_str).chain(default_branches(checkout));
        return branches.map(|branch| format!("refs/heads/{branch}")).find_map(at);
    }
    let is_known = process.untrusted_checkout.is_some();
    let is_project = |remote: &&String| {
        // A repository on this machine is not a fork.
        let url = repository.remote_url(remote).filter(|url| !url.starts_with("file:") && url.contains(':'));
        let located = url.map(|url| locate(&url, None));
        let owner = located.and_then(|found| Some(format!("{}/{}", found.owner?, found.name?)));
        match (&checkout.project, owner) {
            (Some(project), Some(owner)) => project.eq_ignore_ascii_case(&owner),
            (Some(_), None) | (None, _) => true,
        }
    };
    let mut trusted: Vec<&String> = remotes.iter().filter(is_project).collect();
    trusted.sort_by_key(|name| (name.as_str() != "origin", name.as_str() != "upstream"));
    trusted.into_iter().find_map(|remote| {
        let head = repository.remote_head(remote).filter(|_| checkout.branch.is_none() && !is_known);
        let usual = default_branches(checkout).into_iter().filter(|_| !is_known);
        let named = checkout.branch.iter().map(String::as_str).chain(usual);
        let named = named.map(|branch| format!("refs/remotes/{remote}/{branch}"));
        head.into_iter().chain(named).find_map(at)
    })
}

/// The usual names of a default branch, if the base branch is not known.
fn default_branches(checkout: &UntrustedCheckout) -> Vec<&'static str> {
    if checkout.branch.is_some() { Vec::new() } else { vec!["main", "master", "trunk"] }
}
