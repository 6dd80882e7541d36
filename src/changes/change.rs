//! Builds one change from a change described in a message, its commits and its pull request.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    messages::{DescribedChange, PullRequestMention},
    model::{Change, Commit, IssueRef, ObjectId, PathSetId, Person, PullRequest},
};

/// The change that `described` and these commits make, without its pull request.
pub(super) fn change(described: &DescribedChange, commits: &[&Commit], authors: Vec<Arc<Person>>) -> Change {
    let title =
        if described.title.is_empty() { "(no message)".to_owned() } else { described.title.to_string() };
    let mut touches: Vec<PathSetId> =
        commits.iter().flat_map(|commit| commit.touches.iter().copied()).collect();
    touches.sort_unstable();
    touches.dedup();
    Change {
        title,
        description: described.description.clone(),
        reason: None,
        kind: described.kind.as_deref().map(str::to_owned),
        has_squashed_kind: described.has_squashed_kind,
        merged_types: Vec::new(),
        scope: described.scope.as_deref().map(str::to_owned),
        breaking: described.breaking,
        squashed_breaking: described.squashed_breaking.to_vec(),
        breaking_note: described.breaking_note.clone(),
        commits: commits.iter().map(|commit| commit.id).collect::<Vec<ObjectId>>(),
        pull_request: None,
        other_references: Vec::new(),
        issues: described
            .issues
            .iter()
            .map(|number| IssueRef { number: *number, repository: None, url: None })
            .collect(),
        authors,
        closes: described.closes.to_vec(),
        trailers: described.trailers.clone(),
        touches,
        only_touches: Vec::new(),
        files: None,
        reading: None,
        components: Vec::new(),
        areas: Vec::new(),
        reverts_released: false,
        also_in: Vec::new(),
        scope_repeats_section: false,
        joined: None,
        names_version: false,
        fragment: None,
        unlisted: None,
        ordinal: 1,
        correction: None,
        corrected: Vec::new(),
        written: None,
        merged: Vec::new(),
    }
}

/// Adds a pull request to a change. If it is the change's `own`, the issues that it closes and its reason are added
/// too.
pub(super) fn add_pull_request(
    change: &mut Change,
    mention: &PullRequestMention,
    own: bool,
    pull_requests: &BTreeMap<u64, PullRequest>,
) {
    let mut from_forge =
        pull_requests.get(&mention.number).map(|pull_request| Box::new(pull_request.clone()));
    let details = mention.details_with_changes().filter(|_| own);
    if let Some(reason) = details.and_then(|details| details.reason.clone()) {
        change.description = Some(reason);
    }
    if let Some(pull_request) = from_forge.as_mut().filter(|_| !own) {
        // The body of a promotion says nothing about one of its changes.
        pull_request.body = None;
    }
    if let Some(pull_request) = from_forge.as_ref().filter(|_| own) {
        // Prefer the forge's references: they have URLs, those of the message only numbers.
        for issue in &pull_request.closes {
            change.closes.retain(|own| (own.number, &own.repository) != (issue.number, &issue.repository));
            change.closes.push(issue.clone());
        }
        change.closes.sort();
    }
    change.pull_request = Some(from_forge.unwrap_or_else(|| mentioned(mention)));
}

/// Of several changes of one pull request, the first has its reason: the others keep their own `description`.
pub(super) fn keep_own_reason(change: &mut Change, description: Option<Arc<str>>) {
    change.description = description;
    if let Some(pull_request) = &mut change.pull_request {
        pull_request.body = None;
    }
}

/// Marks a change as the revert of something that was released. The heading of the section says that it was reverted,
/// so the title is the subject inside git's `Revert "…"`.
pub(super) fn mark_revert(change: &mut Change) {
    change.reverts_released = true;
    let inner = change.title.strip_prefix("Revert \"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
        change.title = inner.to_owned();
    }
}

/// Removes the issues that are the change's pull request, or one of the further ones.
pub(super) fn drop_repeated_issues(change: &mut Change) {
    let own = change.pull_request.as_ref().map(|pull_request| pull_request.number);
    let (issues, others) = (&mut change.issues, &change.other_references);
    issues.retain(|issue| Some(issue.number) != own && !others.contains(&issue.number));
}

/// A pull request of which only the number is known.
pub(super) fn numbered(number: u64) -> Box<PullRequest> {
    Box::new(PullRequest { number, ..PullRequest::default() })
}

/// A pull request with what its message says about it.
fn mentioned(mention: &PullRequestMention) -> Box<PullRequest> {
    Box::new(PullRequest {
        number: mention.number,
        title: mention.title.clone(),
        source_branch: mention.source_branch.clone(),
        target_branch: mention.target_branch.clone(),
        ..PullRequest::default()
    })
}
