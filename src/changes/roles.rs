//! Who speaks for whom: what a commit is among those that its pull request brought in.
//!
//! A merge, or the newest commit of a rebase, may speak for all that came with it; or each speaks for itself. A pull request may also say
//! that it is to stay out of the notes.

use std::collections::BTreeMap;

use crate::model::Outcome;

use super::{
    group::{Fate, Grouping, Unit},
    merges,
};
use crate::messages::{Entry, Message, MessageKind, PullRequestDetails, PullRequestMention};

/// What a commit is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Makes changes of its own.
    Own,
    /// A merge that speaks for what it brings in.
    Speaker,
    /// A merge whose commits speak for themselves.
    Silent,
}

impl Grouping<'_> {
    /// Takes out the pull requests that say of themselves that they need no note.
    pub(super) fn silence(&mut self) {
        for at in 0..self.commits.len() {
            let message = self.messages.get(at);
            let own = message.and_then(|message| message.pull_request.as_deref());
            let mention = own.or_else(|| self.bringing_pull_request(at));
            let silent =
                mention.filter(|mention| mention.details.as_ref().is_some_and(|heard| heard.needs_no_note));
            if let (Some(mention), false) = (silent, self.is_out(at)) {
                let reason =
                    format!("the pull request #{} says that it needs no release note", mention.number);
                if let Some(fate) = self.fates.get_mut(at) {
                    *fate = Some(Fate { outcome: Outcome::Hidden, reason: reason.into() });
                }
            }
        }
    }

    /// Puts the commits of a pull request that was merged by rebasing under the newest of them, as those of a merge are under the merge.
    pub(super) fn gather_rebased(&mut self) {
        let mut rebased: BTreeMap<(u64, Option<u32>), Vec<usize>> = BTreeMap::new();
        for (at, message) in self.messages.iter().enumerate() {
            let mention = message.pull_request.as_deref().filter(|mention| {
                mention.details.as_ref().is_some_and(|heard| heard.known_by_forge_only)
                    && !self.is_merge(at)
                    && !self.is_out(at)
            });
            if let Some(mention) = mention {
                let owner = self.brought_by.get(at).copied().flatten();
                rebased.entry((mention.number, owner)).or_default().push(at);
            }
        }
        for (first, others) in rebased.values().filter_map(|commits| commits.split_first()) {
            let leader = u32::try_from(*first).ok();
            for other in others {
                if let (Some(owner), Some(members), Ok(member)) =
                    (self.brought_by.get_mut(*other), self.members.get_mut(*first), u32::try_from(*other))
                {
                    *owner = leader;
                    members.push(member);
                }
            }
        }
    }

    pub(super) fn role(&self, at: usize) -> Role {
        let Some(message) = self.messages.get(at) else { return Role::Own };
        let is_merge = self.is_merge(at);
        let brings = self.members(at).any(|member| !self.is_merge(member) && !self.is_out(member));
        if !is_merge && !brings {
            return Role::Own;
        }
        // The commits of a rebase speak for themselves, the newest among them; a merge then has nothing to say.
        let otherwise = if is_merge { Role::Silent } else { Role::Own };
        let may_speak = message.pull_request.is_some() || self.is_conventional(at);
        if !may_speak || !brings || self.trains.get(at) == Some(&true) {
            return otherwise;
        }
        let conventional = || {
            (!is_merge && self.is_conventional(at))
                || self.members(at).any(|member| !self.is_merge(member) && self.is_conventional(member))
        };
        let must_speak = heard(message.pull_request.as_deref()).is_some_and(|heard| heard.overrides_commits);
        match self.around.unit {
            Unit::Commit => otherwise,
            Unit::PullRequest => Role::Speaker,
            Unit::Auto if !must_speak && conventional() => otherwise,
            Unit::Auto => Role::Speaker,
        }
    }

    /// Whether a merge moves a long-lived branch on (`develop` into `staging`), so that it is no change itself.
    pub(super) fn is_train(&self, at: usize) -> bool {
        let Some(message) = self.messages.get(at) else { return false };
        let branch = match (&message.pull_request, &message.kind) {
            (Some(mention), _) => mention.source_branch.as_deref(),
            (None, MessageKind::BranchMerge(branches)) => branches.source.as_deref(),
            _ => None,
        };
        let carries_pull_requests = self
            .members(at)
            .any(|member| self.messages.get(member).is_some_and(|message| message.pull_request.is_some()));
        branch.is_some_and(merges::is_long_lived) || carries_pull_requests
    }

    /// The pull request that brought a commit in by a merge that is silent for its sake.
    pub(super) fn bringing_pull_request(&self, at: usize) -> Option<&PullRequestMention> {
        let owner = self.brought_by.get(at).copied().flatten()? as usize;
        let is_train = self.trains.get(owner) == Some(&true);
        self.messages.get(owner).filter(|_| !is_train)?.pull_request.as_deref()
    }

    pub(super) fn speaker(&self, at: usize) -> Option<usize> {
        let owner = self.brought_by.get(at).copied().flatten()? as usize;
        (self.roles.get(owner) == Some(&Role::Speaker) && !self.is_out(owner)).then_some(owner)
    }

    /// Whether a commit is all that its pull request brought in.
    pub(super) fn stands_alone(&self, at: usize) -> bool {
        let number = |at: usize| Some(self.messages.get(at)?.pull_request.as_ref()?.number);
        let leader = self.brought_by.get(at).copied().flatten();
        let is_led = leader.is_some_and(|leader| number(leader as usize) == number(at));
        !is_led && self.members(at).next().is_none()
    }
}

/// What the forge says about a pull request, where that has words for the notes.
pub(super) fn heard(mention: Option<&PullRequestMention>) -> Option<&PullRequestDetails> {
    mention?.details_with_entries()
}

/// Whether the pull request says better than the message what was done: it corrects it, or it alone is conventional.
pub(super) fn is_better(told: &[Entry], message: &Message, heard: &PullRequestDetails) -> bool {
    let is_conventional = |entries: &[Entry]| entries.iter().any(|entry| entry.kind.is_some());
    heard.overrides_commits || (is_conventional(told) && !is_conventional(&message.entries))
}
