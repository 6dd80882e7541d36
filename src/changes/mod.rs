//! Changes: from the messages of a window to what a reader would call a change.
//!
//! What comes in: the commits of a window, newest first, with their messages; the [`ReleasedIndex`] of what other versions
//! released; what a forge knows of pull requests; and [`Lookups`], the few questions to the repository. What goes out is
//! [`Grouped`]: the changes, and for each commit that is in none its outcome with the reason.
//!
//! [`group()`] makes one value after another, each from the former ones:
//!
//! | value | says |
//! |---|---|
//! | `Lineage` | which merge introduced each commit |
//! | `Promotions` | which merges only move a long-lived branch on |
//! | `Reverts`, `duplicates` | what is undone in the window, what was released before |
//! | [`Outcomes`] | the first of these reasons for which a commit is in no change |
//! | `Leaders` | which commit leads those of a merged or rebased pull request |
//! | `Roles` | whether a commit is listed on its own, represents its pull request, or is not listed |
//! | changes | for each commit on its own, or for a pull request as a whole |
//!
//! [`settle()`] asks the same of windows that were grouped apart, each with what it has left.
//!
//! Nothing here knows of rules, sections or a network.

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
pub use roles::Unit;
pub use settle::settle;
