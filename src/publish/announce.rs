//! Comments "Released in v1.2.0" on the pull requests and issues of a release, once each.
//!
//! A comment contains a markerer with the tag. Threads with the markerer are skipped, so that a second run writes
//! nothing. The label is added before the comment, so that an interrupted run is completed by the next. Concurrent runs
//! may both comment: each reads the comments again after writing, and deletes its own unless it is the first.

use std::collections::BTreeSet;

use crate::{
    forge::{self, Forge, Thread},
    model::Notes,
};

use super::Error;

/// Maximum number of pull requests and issues per release. Each takes up to five requests.
const MAX_THREADS: usize = 200;
/// Stop after this many consecutive failures.
const MAX_FAILURES: usize = 3;

/// The content of the comments, and the threads to comment on.
#[derive(Debug, Clone)]
pub struct ThreadAnnouncement {
    /// The tag.
    pub tag: String,
    /// The URL of the release; may be empty.
    pub url: String,
    /// The label to add, if any.
    pub label: Option<String>,
    /// The threads.
    pub threads: Vec<Thread>,
}

/// The outcome of announcing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnnounceOutcome {
    /// The threads that were commented on (in a dry run: would be).
    pub announced: Vec<Thread>,
    /// The number of threads that had the comment already.
    pub already_announced: usize,
    /// The number of threads over the limit, which were skipped.
    pub skipped: usize,
}

/// The pull requests in the notes, and the issues of the same repository that the changes close.
#[must_use]
pub fn threads(notes: &Notes, with_bots: bool) -> Vec<Thread> {
    let sections = notes.releases.iter().flat_map(|release| &release.sections);
    let mut all = BTreeSet::new();
    for change in sections.flat_map(|section| &section.changes) {
        if change.pull_request.as_ref().is_some_and(|pull| pull.author_is_bot && !with_bots) {
            continue;
        }
        all.extend(change.pull_request.as_ref().map(|pull| Thread::PullRequest(pull.number)));
        let own = change.closes.iter().filter(|issue| issue.repository.is_none());
        all.extend(own.map(|issue| Thread::Issue(issue.number)));
    }
    let pulls: BTreeSet<u64> = all
        .iter()
        .filter_map(|thread| match thread {
            Thread::PullRequest(number) => Some(*number),
            Thread::Issue(_) => None,
        })
        .collect();
    // A commit may reference its pull request as an issue; comment once.
    all.into_iter()
        .filter(|thread| matches!(thread, Thread::PullRequest(_)) || !pulls.contains(&thread.number()))
        .collect()
}

/// Comments on every thread without the comment. With `dry`, reads but writes nothing; `report` is called after each
/// comment.
///
/// # Errors
/// If some threads failed; the others have the comment.
pub async fn announce(
    forge: &Forge,
    what: &ThreadAnnouncement,
    dry: bool,
    report: &dyn Fn(&str),
) -> Result<AnnounceOutcome, Error> {
    let skipped = what.threads.len().saturating_sub(MAX_THREADS);
    let mut outcome = AnnounceOutcome { skipped, ..AnnounceOutcome::default() };
    let (mut failed, mut consecutive, mut first) = (0, 0, None);
    let all = what.threads.len().min(MAX_THREADS);
    for (at, thread) in what.threads.iter().take(MAX_THREADS).enumerate() {
        match announce_in(forge, what, *thread, dry).await {
            Ok(true) => {
                consecutive = 0;
                outcome.announced.push(*thread);
                if !dry {
                    report(&format!("comment on {}: {} is released", thread.title(), what.tag));
                }
            }
            Ok(false) => (outcome.already_announced, consecutive) = (outcome.already_announced + 1, 0),
            // It was deleted or moved, or is in another repository.
            Err(forge::Error::Refused { status: 404 | 410, .. }) => consecutive = 0,
            Err(error) => {
                (failed, consecutive) = (failed + 1, consecutive + 1);
                first.get_or_insert(error);
                if consecutive == MAX_FAILURES {
                    failed += all - at - 1;
                    break;
                }
            }
        }
    }
    first.map_or(Ok(outcome), |source| Err(Error::Announcements { failed, all, source: Box::new(source) }))
}

/// Comments on one thread; `false` if it has the comment already.
async fn announce_in(
    forge: &Forge,
    what: &ThreadAnnouncement,
    thread: Thread,
    dry: bool,
) -> Result<bool, forge::Error> {
    let marker = format!("<!-- tidings:released {} -->", what.tag);
    if forge.comments(thread).await?.iter().any(|comment| comment.body.contains(&marker)) {
        return Ok(false);
    }
    if dry {
        return Ok(true);
    }
    if let Some(label) = &what.label {
        forge.label(thread, label).await?;
    }
    let name: String = what.tag.chars().filter(|c| !"[]()<>`\\*_".contains(*c)).collect();
    let text = if what.url.is_empty() { name } else { format!("[{name}]({})", what.url) };
    let own = forge.comment(thread, &format!("Released in {text}.\n\n{marker}")).await?;
    let comments = forge.comments(thread).await?;
    let first =
        |comment: &forge::Comment| forge::creation_order(&comment.id) < forge::creation_order(&own.id);
    if comments.iter().any(|comment| comment.body.contains(&marker) && first(comment)) {
        forge.delete_comment(thread, &own).await?;
        return Ok(false);
    }
    Ok(true)
}
