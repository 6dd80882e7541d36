//! A release on a forge: from what is wanted and what is there to a list of actions, and then the actions.
//!
//! [`look`] asks the forge how things stand, [`plan`] decides without any world what must be done, [`perform`] does it. A dry run
//! prints the same plan that a run performs. A release is made as a draft, gets its files, and is published last, so that whatever
//! its publication starts never sees half of it; where a run was killed in between, the next one goes on with the draft.

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
pub use announce::{Announced, Announcement, announce, threads};
pub use body::{Mode, compose, unmarked, with_notice};
pub use error::Error;
pub use perform::{perform, wait_for_first};
pub use plan::{Latest, Wish, plan};
pub use rollback::rollback;
pub use shorten::shorten;
pub use state::{RemoteState, look};
