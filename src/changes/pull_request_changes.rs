//! Builds the changes of a pull request that is represented by one commit: its merge, or the newest commit of a rebase.

use crate::{
    messages::{self, PullRequestMention, completed_title},
    model::{Change, Commit},
};

use super::{
    authors::authors,
    change::{add_pull_request, change, keep_own_reason, mark_revert},
    sources::Sources,
};

/// Completes a change whose pull request has no type, and perhaps no title, by its commits: without them a pull request
/// of features would be as important as one of notes.
fn add_type(change: &mut Change, is_titled: bool, members: &[usize], sources: &Sources<'_>) {
    let described = |member: &usize| sources.window.message(*member)?.changes.first();
    if let [only] = members
        && let Some(described) = described(only)
    {
        change.kind = described.kind.as_deref().map(str::to_owned);
        change.scope = described.scope.as_deref().map(str::to_owned);
        if !is_titled {
            change.title = described.title.to_string();
            change.description.clone_from(&described.description);
        }
        return;
    }
    let kinds = members.iter().map(|member| described(member)?.kind.as_deref());
    change.kind = messages::main_type(kinds).map(str::to_owned);
}

/// Completes a title that the forge cut, if it was that of a commit.
fn complete_title(change: &mut Change, members: &[usize], sources: &Sources<'_>) {
    let messages = members.iter().filter_map(|member| sources.window.message(*member));
    let mut titles = messages.flat_map(|message| message.changes.iter().map(|described| &described.title));
    if let Some(title) = titles.find_map(|title| completed_title(&change.title, title)) {
        change.title = title;
    }
}

/// Appends the changes of the pull request that the commit at position `at` represents: one for each change that the
/// pull request describes.
pub(super) fn pull_request_changes(at: usize, sources: &Sources<'_>, changes: &mut Vec<Change>) {
    let (window, outcomes) = (sources.window, sources.outcomes);
    let (Some(commit), Some(message)) = (window.commit(at), window.message(at)) else { return };
    let members = sources.leaders.members(at);
    let members: Vec<usize> =
        members.filter(|member| !window.is_merge(*member) && !outcomes.is_unlisted(*member)).collect();
    let mut commits: Vec<&Commit> = vec![commit];
    commits.extend(members.iter().filter_map(|member| window.commit(*member)));
    let own = message.pull_request.as_deref();
    let details = own.and_then(PullRequestMention::details_with_changes);
    let described = match details {
        Some(details) => details.changes.as_slice(),
        None if message.is_list => message.changes.as_slice(),
        None => message.changes.get(..1).unwrap_or_default(),
    };
    let (first, authors) = (changes.len(), authors(message, &commits, sources.lookups));
    for (nth, described) in described.iter().enumerate() {
        let mut change = change(described, &commits, authors.clone());
        change.other_references = message.other_references.to_vec();
        if let Some(mention) = own {
            add_pull_request(&mut change, mention, true, sources.pull_requests);
            if nth > 0 {
                keep_own_reason(&mut change, described.description.clone());
            }
        }
        changes.push(change);
    }
    let Some(change) = changes.get_mut(first) else { return };
    if change.kind.is_none() && own.is_some() {
        add_type(change, own.filter(|mention| mention.has_own_title()).is_some(), &members, sources);
    }
    complete_title(change, &members, sources);
    let is_revert = |at: &usize| sources.reverts.is_of_released(*at);
    if is_revert(&at) || !members.is_empty() && members.iter().all(is_revert) {
        mark_revert(change);
    }
    for message in members.into_iter().filter_map(|member| window.message(member)) {
        for described in &message.changes {
            if let Some(kind) =
                described.kind.as_deref().filter(|kind| !change.merged_types.iter().any(|it| it == kind))
            {
                change.merged_types.push(kind.to_owned());
            }
            change.breaking |= described.breaking;
            change.squashed_breaking.extend(described.squashed_breaking.iter().cloned());
            if change.breaking_note.is_none() {
                change.breaking_note.clone_from(&described.breaking_note);
            }
            change.closes.extend(described.closes.iter().cloned());
        }
    }
    change.closes.sort();
    change.closes.dedup_by(|a, b| (a.number, &a.repository) == (b.number, &b.repository));
}
