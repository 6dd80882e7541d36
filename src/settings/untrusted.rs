//! Whether the work tree is a stranger's: what a pipeline checks out for a pull request from a fork. Its configuration does not
//! count then, but that of the branch that the pull request is for.
//!
//! What the pipeline says comes from the forge, and is believed; what the clone says (branches of its remote) only where the
//! remote is the project itself, since workflows often check out the fork.

use crate::{error::Error, files::Source, forge::locate, git::Repository, model::ObjectId};

use super::{
    host::Host,
    overrides::Overrides,
    stranger::{Stranger, VARIABLE},
};

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
