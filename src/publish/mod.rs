//! Publishes a release on a forge: plans the actions from the desired and the current state, and runs them.
//!
//! [`fetch_state`] reads the current state from the forge, [`plan`] computes the actions without I/O, [`perform`] runs
//! them. A dry run prints the same plan that a run performs. A release is created as a draft, gets its files, and is
//! published last, so that pipelines that publication starts see it complete; after an interrupted run, the next one
//! continues with the draft.

mod action;
mod announce;
mod body;
mod error;
mod perform;
mod plan;
mod rollback;
mod shorten;
mod state;

pub use action::{Action, Plan};
pub use announce::{AnnounceOutcome, ThreadAnnouncement, announce, threads};
pub use body::{Mode, compose, with_notice, without_markers};
pub use error::Error;
pub use perform::{perform, wait_for_first};
pub use plan::{DesiredRelease, Latest, plan};
pub use rollback::{Rollback, rollback};
pub use shorten::shorten;
pub use state::{RemoteState, fetch_state};
