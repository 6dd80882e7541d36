//! What the changes of a window are made from.

use std::collections::BTreeMap;

use crate::model::PullRequest;

use super::{
    leaders::Leaders, lookups::Lookups, outcomes::Outcomes, promotions::Promotions, reverts::Reverts,
    window_commits::WindowCommits,
};

/// What the changes of a window are made from.
pub(super) struct Sources<'a> {
    pub(super) window: WindowCommits<'a>,
    pub(super) leaders: &'a Leaders,
    pub(super) promotions: &'a Promotions,
    pub(super) outcomes: &'a Outcomes,
    pub(super) reverts: &'a Reverts,
    /// What a forge knows, by number.
    pub(super) pull_requests: &'a BTreeMap<u64, PullRequest>,
    pub(super) lookups: Lookups<'a>,
}
