//! Builds the changes of a commit that is listed on its own.

use crate::{
    messages::{DescribedChange, Message, PullRequestDetails, PullRequestMention},
    model::Change,
};

use super::{
    authors::authors,
    change::{add_pull_request, change, keep_own_reason, mark_revert, numbered},
    sources::Sources,
};

/// Authors and references of a message are copied to each of its changes. If changes times copies exceeds this limit,
/// far above any real message, only the first change gets all of them.
const MAX_SHARED: usize = 100_000;

/// Appends the changes of the commit at position `at`: one for each change that its message describes.
pub(super) fn commit_changes(at: usize, sources: &Sources<'_>, changes: &mut Vec<Change>) {
    let window = sources.window;
    let (Some(commit), Some(message)) = (window.commit(at), window.message(at)) else { return };
    let own = message.pull_request.as_deref();
    let leader = sources.leaders.leader_of(at);
    let mention = own.or_else(|| sources.promotions.pull_request_of(leader, window));
    let reverts_released = sources.reverts.is_of_released(at);
    let described = described_changes(at, message, sources);
    let authors = authors(message, &[commit], sources.lookups);
    let shared = authors.len() + message.other_references.len() + mention.map_or(0, title_cost);
    let exceeds_limit = shared.saturating_mul(described.len()) > MAX_SHARED;
    for (nth, described) in described.iter().enumerate() {
        let is_bare = exceeds_limit && nth > 0;
        let copied = if is_bare { authors.get(..1).unwrap_or_default() } else { &authors };
        let mut change = change(described, &[commit], copied.to_vec());
        if !is_bare {
            change.other_references = message.other_references.to_vec();
        }
        if reverts_released {
            mark_revert(&mut change);
        }
        match (described.pull_request, mention) {
            (Some(number), _) if mention.is_none_or(|mention| mention.number != number) => {
                let from_forge = sources.pull_requests.get(&number).cloned().map(Box::new);
                change.pull_request = Some(from_forge.unwrap_or_else(|| numbered(number)));
            }
            (_, Some(mention)) if is_bare => change.pull_request = Some(numbered(mention.number)),
            (_, Some(mention)) => {
                let description = change.description.clone();
                add_pull_request(&mut change, mention, own.is_some(), sources.pull_requests);
                if nth > 0 {
                    keep_own_reason(&mut change, description);
                }
            }
            (_, None) => {}
        }
        changes.push(change);
    }
}

/// The changes described by the message, or by its pull request if that has this one commit only and describes them
/// better.
fn described_changes<'a>(at: usize, message: &'a Message, sources: &Sources<'_>) -> &'a [DescribedChange] {
    let details = message.pull_request.as_deref().and_then(PullRequestMention::details_with_changes);
    match details.filter(|details| is_only_commit(at, sources) && is_better(details, message)) {
        Some(details) => &details.changes,
        None => &message.changes,
    }
}

/// Whether a commit is the only one of its pull request.
fn is_only_commit(at: usize, sources: &Sources<'_>) -> bool {
    let number = |at: usize| sources.window.pull_request(at).map(|mention| mention.number);
    let leader = sources.leaders.leader_of(at);
    let is_led = leader.is_some_and(|leader| number(leader) == number(at));
    !is_led && sources.leaders.members(at).next().is_none()
}

/// Whether to prefer the pull request's description to the message: it overrides the message, or is the only one of the
/// two in conventional form.
fn is_better(details: &PullRequestDetails, message: &Message) -> bool {
    let is_conventional = |changes: &[DescribedChange]| changes.iter().any(|change| change.kind.is_some());
    details.overrides_commits || (is_conventional(&details.changes) && !is_conventional(&message.changes))
}

/// The weight of a pull request's title against [`MAX_SHARED`]: 32 bytes count as one author.
fn title_cost(mention: &PullRequestMention) -> usize {
    mention.title.as_ref().map_or(0, |title| title.len() / 32)
}
