//! Returns the originals that a message names: the commits of a cherry-pick, the pull requests of a backport.

use crate::{messages::Message, model::ObjectId};

/// The commits that a message was cherry-picked from.
pub(super) fn commits(message: &Message) -> impl Iterator<Item = ObjectId> {
    message.cherry_picked_from.iter().filter_map(|source| source.parse().ok())
}

/// The number of a message's own pull request, then those of the pull requests that it backports.
pub(super) fn pull_requests(message: &Message) -> impl Iterator<Item = u64> {
    let own = message.pull_request.as_deref().map(|mention| mention.number);
    own.into_iter().chain(message.backport_of.iter().copied())
}
