//! Groups the commits of a window into changes.
//!
//! Input: the commits of a window, newest first, with their messages; the [`ReleasedIndex`] of commits that other
//! versions released; pull requests as the forge returned them; and [`Lookups`], a few callbacks to the repository.
//! Output: [`Grouped`], the changes and, for each commit that is in no change, its outcome with the reason.
//!
//! [`group()`] computes these values in order, each from the ones before it:
//!
//! | value | content |
//! |---|---|
//! | `Lineage` | which merge introduced each commit |
//! | `Promotions` | which merges only advance a long-lived branch |
//! | `Reverts`, `duplicates` | the commits reverted in the window, and those released before |
//! | [`Outcomes`] | the first of these reasons that keeps a commit out of all changes |
//! | `Leaders` | the leading commit of each merged or rebased pull request |
//! | `Roles` | whether a commit is listed on its own, represents its pull request, or is not listed |
//! | changes | one or more for a commit on its own, or for a pull request as a whole |
//!
//! [`settle()`] finds reverts and duplicates across windows that were grouped separately, [`revert_pairs()`] which
//! commits of a whole history revert which.
//!
//! This module must not depend on rules, sections or the network.

mod authors;
mod change;
mod commit_changes;
mod duplicates;
mod group;
mod leaders;
mod lineage;
mod lookups;
mod opt_outs;
mod originals;
mod outcomes;
mod outlined_commit;
mod possible_duplicates;
mod promotions;
mod pull_request_changes;
mod reachability;
mod released_index;
mod revert_pairs;
mod revert_targets;
mod reverts;
mod roles;
mod settle;
mod sources;
mod window_commits;

pub use group::{Grouped, group};
pub use lineage::introducing_merges;
pub use lookups::Lookups;
pub use outcomes::{Outcomes, Unlisted};
pub use outlined_commit::OutlinedCommit;
pub use released_index::{Rank, Released, ReleasedIndex};
pub use revert_pairs::{RevertPairs, revert_pairs};
pub use roles::Unit;
pub use settle::settle;
