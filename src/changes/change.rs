//! One change, from an entry of a message, commits and a pull request.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    messages::{Entry, PullRequestMention},
    model::{Change, Commit, ObjectId, PathSetId, Person, PullRequest},
};

/// The change that an entry makes, of these commits.
pub(super) fn change(entry: &Entry, commits: &[&Commit], authors: Vec<Arc<Person>>) -> Change {
    let title = if entry.title.is_empty() { "(no message)".to_owned() } else { entry.title.to_string() };
    let mut touches: Vec<PathSetId> =
        commits.iter().flat_map(|commit| commit.touches.iter().copied()).collect();
    touches.sort_unstable();
    touches.dedup();
    Change {
        title,
        description: entry.description.clone(),
        kind: entry.kind.as_deref().map(str::to_owned),
        scope: entry.scope.as_deref().map(str::to_owned),
        breaking: entry.breaking,
        breaking_note: entry.breaking_note.clone(),
        commits: commits.iter().map(|commit| commit.id).collect::<Vec<ObjectId>>(),
        pull_request: None,
        other_references: Vec::new(),
        authors,
        closes: entry.closes.to_vec(),
        trailers: entry.trailers.clone(),
        touches,
        components: Vec::new(),
        reverts_released: false,
        names_version: false,
    }
}

/// Adds the pull request to a change; where it is the change's `own`, also the issues that it closes and its reason.
pub(super) fn add_pull_request(
    change: &mut Change,
    mention: &PullRequestMention,
    own: bool,
    pull_requests: &BTreeMap<u64, PullRequest>,
) {
    let known = pull_requests.get(&mention.number).map(|known| Box::new(known.clone()));
    let details = mention.details_with_entries().filter(|_| own);
    if let Some(reason) = details.and_then(|details| details.reason.clone()) {
        change.description = Some(reason);
    }
    if let Some(known) = known.as_ref().filter(|_| own) {
        // The forge names the page of an issue that the message only numbers.
        for issue in &known.closes {
            change.closes.retain(|own| (own.number, &own.repository) != (issue.number, &issue.repository));
            change.closes.push(issue.clone());
        }
        change.closes.sort();
    }
    change.pull_request = Some(known.unwrap_or_else(|| mentioned(mention)));
}

/// A pull request of which only the number is known.
pub(super) fn numbered(number: u64) -> Box<PullRequest> {
    Box::new(PullRequest { number, ..PullRequest::default() })
}

/// A pull request as a message names it.
fn mentioned(mention: &PullRequestMention) -> Box<PullRequest> {
    Box::new(PullRequest {
        number: mention.number,
        title: mention.title.clone(),
        source_branch: mention.source_branch.clone(),
        target_branch: mention.target_branch.clone(),
        ..PullRequest::default()
    })
}
