//! The inputs from which the changes of a window are built.

use std::collections::BTreeMap;

use crate::model::PullRequest;

use super::{
    leaders::Leaders, lookups::Lookups, outcomes::Outcomes, promotions::Promotions, reverts::Reverts,
    window_commits::WindowCommits,
};

/// The inputs from which the changes of a window are built.
pub(super) struct Sources<'a> {
    pub(super) window: WindowCommits<'a>,
    pub(super) leaders: &'a Leaders,
    pub(super) promotions: &'a Promotions,
    pub(super) outcomes: &'a Outcomes,
    pub(super) reverts: &'a Reverts,
    /// The forge's data, by number.
    pub(super) pull_requests: &'a BTreeMap<u64, PullRequest>,
    pub(super) lookups: Lookups<'a>,
}
