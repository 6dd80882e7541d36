//! Determines the role of each commit within its pull request.
//!
//! A merge represents the whole pull request if the title of the pull request is known. Otherwise a merge, or the
//! newest commit of a rebase, represents it if none of its commits is conventional; if one is, each commit is listed on
//! its own, and the merge is not listed. The merge that publishes the fix of a vulnerability always represents its
//! commits.

use serde::{Deserialize, Serialize};

use crate::messages::PullRequestMention;

use super::{leaders::Leaders, outcomes::Outcomes, promotions::Promotions, window_commits::WindowCommits};

/// The unit of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A merged pull request. If its title is not known, or it was merged by rebasing: each commit, if they are
    /// conventional.
    #[default]
    Auto,
    /// Always a merged pull request.
    PullRequest,
    /// Always a commit.
    Commit,
}

/// The role of a commit within its pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Listed on its own, unless its leader represents it.
    Own,
    /// Represents the commits that it leads.
    Representative,
    /// A merge that is not listed because the commits that it introduced are.
    Transparent,
}

/// The role of each commit of a window.
pub(super) struct Roles(Vec<Role>);

impl Roles {
    pub(super) fn new(
        window: WindowCommits<'_>,
        leaders: &Leaders,
        promotions: &Promotions,
        outcomes: &Outcomes,
        unit: Unit,
    ) -> Self {
        Self((0..window.len()).map(|at| role(at, window, leaders, promotions, outcomes, unit)).collect())
    }

    pub(super) fn of(&self, at: usize) -> Option<Role> {
        self.0.get(at).copied()
    }

    /// The merges that are not listed, each with the reason.
    pub(super) fn transparent_merges(
        &self,
        window: WindowCommits<'_>,
        leaders: &Leaders,
    ) -> impl Iterator<Item = (usize, String)> {
        let merges = self.0.iter().enumerate().filter(|(_, role)| **role == Role::Transparent);
        merges.map(move |(at, _)| {
            let count = leaders.members(at).filter(|member| !window.is_merge(*member)).count();
            let reason = match count {
                0 => "merge commit: introduces no commits of its own".to_owned(),
                1 => "merge commit: the commit it introduces is classified on its own".to_owned(),
                _ => format!("merge commit: the {count} commits it introduces are classified on their own"),
            };
            (at, reason)
        })
    }
}

fn role(
    at: usize,
    window: WindowCommits<'_>,
    leaders: &Leaders,
    promotions: &Promotions,
    outcomes: &Outcomes,
    unit: Unit,
) -> Role {
    let Some(message) = window.message(at) else { return Role::Own };
    let is_merge = window.is_merge(at);
    let leads = leaders.members(at).any(|member| !window.is_merge(member) && !outcomes.is_unlisted(member));
    if !is_merge && !leads {
        return Role::Own;
    }
    // Not representing: the newest commit of a rebase is listed like the others, a merge is not.
    let otherwise = if is_merge { Role::Transparent } else { Role::Own };
    let may_represent =
        message.pull_request.is_some() || message.fixes_advisory || window.is_conventional(at);
    if !may_represent || !leads || promotions.contains(at) {
        return otherwise;
    }
    let conventional = || {
        (!is_merge && window.is_conventional(at))
            || leaders.members(at).any(|member| !window.is_merge(member) && window.is_conventional(member))
    };
    let is_titled = is_merge && window.pull_request(at).is_some_and(PullRequestMention::has_own_title);
    let details = window.pull_request(at).and_then(|mention| mention.details_with_changes());
    let must_represent = message.fixes_advisory || details.is_some_and(|details| details.overrides_commits);
    match unit {
        Unit::Commit => otherwise,
        Unit::PullRequest => Role::Representative,
        Unit::Auto if !must_represent && !is_titled && conventional() => otherwise,
        Unit::Auto => Role::Representative,
    }
}
