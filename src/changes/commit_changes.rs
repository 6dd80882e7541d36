//! The changes of a commit that is listed on its own.

use crate::{
    messages::{Entry, Message, PullRequestDetails, PullRequestMention},
    model::Change,
};

use super::{
    authors::authors,
    change::{add_pull_request, change, numbered},
    sources::Sources,
};

/// What the entries of one message share is copied to each. Where entries times people and references are more than
/// this, which no honest message comes near, only the first entry has it all.
const MOST_SHARED: usize = 100_000;

/// Adds the changes of the commit at this position: one for each entry.
pub(super) fn commit_changes(at: usize, sources: &Sources<'_>, changes: &mut Vec<Change>) {
    let window = sources.window;
    let (Some(commit), Some(message)) = (window.commit(at), window.message(at)) else { return };
    let own = message.pull_request.as_deref();
    let leader = sources.leaders.leader_of(at);
    let mention = own.or_else(|| sources.promotions.pull_request_of(leader, window));
    let reverts_released = sources.reverts.is_of_released(at);
    let entries = entries(at, message, sources);
    let authors = authors(message, &[commit], sources.lookups);
    let shared = authors.len() + message.other_references.len() + mention.map_or(0, title_cost);
    let is_crowd = shared.saturating_mul(entries.len()) > MOST_SHARED;
    for (nth, entry) in entries.iter().enumerate() {
        let is_bare = is_crowd && nth > 0;
        let named = if is_bare { authors.get(..1).unwrap_or_default() } else { &authors };
        let mut change = change(entry, &[commit], named.to_vec());
        if !is_bare {
            change.other_references = message.other_references.to_vec();
        }
        change.reverts_released = reverts_released;
        if let Some(undone) = reverted_title(&change.title).filter(|_| reverts_released) {
            change.title = undone;
        }
        match (entry.pull_request, mention) {
            (Some(number), _) if mention.is_none_or(|mention| mention.number != number) => {
                let known = sources.pull_requests.get(&number).cloned().map(Box::new);
                change.pull_request = Some(known.unwrap_or_else(|| numbered(number)));
            }
            (_, Some(mention)) if is_bare => change.pull_request = Some(numbered(mention.number)),
            (_, Some(mention)) => {
                add_pull_request(&mut change, mention, own.is_some(), sources.pull_requests);
            }
            (_, None) => {}
        }
        changes.push(change);
    }
}

/// The entries of the message, or of its pull request where that has one commit only and better entries.
fn entries<'a>(at: usize, message: &'a Message, sources: &Sources<'_>) -> &'a [Entry] {
    let details = message.pull_request.as_deref().and_then(PullRequestMention::details_with_entries);
    match details.filter(|details| is_only_commit(at, sources) && is_better(details, message)) {
        Some(details) => &details.entries,
        None => &message.entries,
    }
}

/// Whether a commit is all that its pull request introduced.
fn is_only_commit(at: usize, sources: &Sources<'_>) -> bool {
    let number = |at: usize| sources.window.pull_request(at).map(|mention| mention.number);
    let leader = sources.leaders.leader_of(at);
    let is_led = leader.is_some_and(|leader| number(leader) == number(at));
    !is_led && sources.leaders.members(at).next().is_none()
}

/// Whether the pull request says better than the message what was done: it corrects it, or it alone is conventional.
fn is_better(details: &PullRequestDetails, message: &Message) -> bool {
    let is_conventional = |entries: &[Entry]| entries.iter().any(|entry| entry.kind.is_some());
    details.overrides_commits || (is_conventional(&details.entries) && !is_conventional(&message.entries))
}

/// The subject in git's own `Revert "…"`: the section says already that it is a revert.
fn reverted_title(title: &str) -> Option<String> {
    let inner = title.strip_prefix("Revert \"")?.strip_suffix('"')?;
    (!inner.is_empty()).then(|| inner.to_owned())
}

/// How many authors the title of a pull request counts for, in what is copied to each entry of a message.
fn title_cost(mention: &PullRequestMention) -> usize {
    mention.title.as_ref().map_or(0, |title| title.len() / 32)
}
