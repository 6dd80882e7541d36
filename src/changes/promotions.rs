//! Finds promotions: merges that advance a long-lived branch (`develop` into `staging`) and so are not changes
//! themselves.

use std::collections::BTreeSet;

use crate::messages::{LONG_LIVED_BRANCHES, MessageKind, PullRequestMention, is_promotion_title};

use super::{lineage::Lineage, window_commits::WindowCommits};

/// Which commits of a window are promotions.
pub(super) struct Promotions(Vec<bool>);

impl Promotions {
    pub(super) fn new(window: WindowCommits<'_>, lineage: &Lineage) -> Self {
        Self((0..window.len()).map(|at| window.is_merge(at) && is_promotion(at, window, lineage)).collect())
    }

    pub(super) fn contains(&self, at: usize) -> bool {
        self.0.get(at) == Some(&true)
    }

    /// The pull request of a commit's leader; `None` if the leader is a promotion.
    pub(super) fn pull_request_of<'a>(
        &self,
        leader: Option<usize>,
        window: WindowCommits<'a>,
    ) -> Option<&'a PullRequestMention> {
        window.pull_request(leader.filter(|leader| !self.contains(*leader))?)
    }
}

/// Whether a merge comes from a long-lived branch, or introduces other pull requests.
fn is_promotion(at: usize, window: WindowCommits<'_>, lineage: &Lineage) -> bool {
    let Some(message) = window.message(at) else { return false };
    let branch = match (&message.pull_request, &message.kind) {
        // The long-lived branch of a fork is a contribution.
        (Some(mention), _) if mention.from_fork => None,
        (Some(mention), _) => mention.source_branch.as_deref(),
        (None, MessageKind::BranchMerge(branches)) => branches.source.as_deref(),
        _ => None,
    };
    branch.is_some_and(is_long_lived)
        || introduces_pull_requests(at, message.pull_request.as_deref(), window, lineage)
}

/// Whether a merge, itself of the pull request `own`, introduces others. A merge inside it is one, and so is a number
/// that the forge has confirmed. Another number may be that of an issue: a commit `Fix the crash (#45)` does not make a
/// promotion of its pull request. Several pull requests have several numbers, and few commits without one.
fn introduces_pull_requests(
    at: usize,
    own: Option<&PullRequestMention>,
    window: WindowCommits<'_>,
    lineage: &Lineage,
) -> bool {
    let (mut numbers, mut numbered, mut plain) = (BTreeSet::new(), 0, 0);
    for member in lineage.members(at) {
        let is_merge = window.is_merge(member);
        match window.pull_request(member).filter(|it| own.is_none_or(|own| own.number != it.number)) {
            Some(mention) if own.is_none() || is_merge || mention.details.is_some() => return true,
            Some(mention) => {
                numbers.insert(mention.number);
                numbered += 1;
            }
            None => plain += usize::from(!is_merge),
        }
    }
    let title = own.and_then(|own| own.title.as_deref());
    match numbers.len() {
        0 => false,
        1 => title.is_some_and(is_promotion_title),
        _ => numbered >= plain,
    }
}

/// Whether a branch is long-lived by its name: it continues after it was merged.
fn is_long_lived(branch: &str) -> bool {
    let is_usual = |name: &str| name == "release" || LONG_LIVED_BRANCHES.contains(&name);
    let name = branch.rsplit_once(':').map_or(branch, |(_, name)| name);
    let name = name.strip_prefix("origin/").unwrap_or(name);
    let last = name.rsplit('/').next().unwrap_or(name);
    is_usual(name) || is_usual(last) && !name.starts_with("feature") || name.starts_with("release/")
}
