//! "Released in v1.2.0" on the pull requests and issues of a release, once each.
//!
//! A comment holds a mark with the tag. Who has it is passed over, so that a second run writes nothing, and the label is given before
//! the comment, so that a run that was killed in between is completed by the next. Two runs at once may both write: each looks again
//! after writing, and all but the first comment are deleted by those who wrote them.

use std::collections::BTreeSet;

use crate::{
    forge::{self, Forge, Thread},
    model::Notes,
};

use super::Error;

/// The most pull requests and issues that one release is announced in. Each takes up to five requests.
const MOST: usize = 200;
/// After this many failures in a row the rest is not tried.
const GIVE_UP: usize = 3;

/// What is to be told, and where.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// The tag.
    pub tag: String,
    /// The page of the release.
    pub url: String,
    /// The label; none where it is `None`.
    pub label: Option<String>,
    /// Where.
    pub threads: Vec<Thread>,
}

/// What has come of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announced {
    /// Where it was told now (in a dry run: would be).
    pub now: Vec<Thread>,
    /// In how many it had been told already.
    pub before: usize,
    /// How many were not looked at, because there are so many.
    pub left_out: usize,
}

/// The pull requests of the notes, and the issues of the same repository that they close.
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
    // A commit may call its pull request an issue; they are told once.
    all.into_iter()
        .filter(|thread| matches!(thread, Thread::PullRequest(_)) || !pulls.contains(&thread.number()))
        .collect()
}

/// Tells it wherever it has not been told. `dry` looks and writes nothing; `tell` hears of each.
///
/// # Errors
/// When some could not be told; the others have been.
pub async fn announce(
    forge: &Forge,
    what: &Announcement,
    dry: bool,
    tell: &dyn Fn(&str),
) -> Result<Announced, Error> {
    let mut done = Announced { left_out: what.threads.len().saturating_sub(MOST), ..Announced::default() };
    let (mut failed, mut in_a_row, mut first) = (0, 0, None);
    let all = what.threads.len().min(MOST);
    for (at, thread) in what.threads.iter().take(MOST).enumerate() {
        match one(forge, what, *thread, dry).await {
            Ok(true) => {
                in_a_row = 0;
                done.now.push(*thread);
                if !dry {
                    tell(&format!("tell {} that {} is released", thread.title(), what.tag));
                }
            }
            Ok(false) => (done.before, in_a_row) = (done.before + 1, 0),
            // It was deleted, moved, or is another repository's after all: there is nobody to tell.
            Err(forge::Error::Refused { status: 404 | 410, .. }) => in_a_row = 0,
            Err(error) => {
                (failed, in_a_row) = (failed + 1, in_a_row + 1);
                first.get_or_insert(error);
                if in_a_row == GIVE_UP {
                    failed += all - at - 1;
                    break;
                }
            }
        }
    }
    first.map_or(Ok(done), |source| Err(Error::Announcing { failed, all, source: Box::new(source) }))
}

/// Whether it had to be told.
async fn one(forge: &Forge, what: &Announcement, thread: Thread, dry: bool) -> Result<bool, forge::Error> {
    let mark = format!("<!-- tidings:released {} -->", what.tag);
    if forge.comments(thread).await?.iter().any(|comment| comment.body.contains(&mark)) {
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
    let own = forge.comment(thread, &format!("Released in {text}.\n\n{mark}")).await?;
    let there = forge.comments(thread).await?;
    let first = |comment: &forge::Comment| forge::made_order(&comment.id) < forge::made_order(&own.id);
    if there.iter().any(|comment| comment.body.contains(&mark) && first(comment)) {
        forge.delete_comment(thread, &own).await?;
        return Ok(false);
    }
    Ok(true)
}
