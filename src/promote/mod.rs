//! Images on their way from one environment to the next, with their notes.
//!
//! An **environment** here is a repository of images with a **moving tag** on what runs there (`staging`, `prod`) and a suffix
//! of version tags (`v1.2.0-prod`). [`plan`] asks the registries all that can be asked, refuses what must not go on, and gives
//! the actions in order; [`perform`] does them; a dry run shows the same plan. Each action may be done again, so that a run after one
//! that broke off completes what is missing. Nothing here reads a clock or a repository of git.

mod error;
mod notes;
mod perform;
mod plan;
mod record;
mod source;
mod versions;
mod wish;

pub use error::{Error, Refusal};
pub use notes::{Found, NOTES, Texts, artifact, find};
pub use perform::perform;
pub use plan::{Action, Plan, plan};
pub use record::{End, PROMOTION, Previous, Record};
pub use versions::{ImageTag, Labels, image_tag, labels, newest_first, version_at};
pub use wish::{Carried, Circumstances, Place, Running, Wish};
