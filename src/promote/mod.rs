//! Promotes images from one environment to the next, with their notes.
//!
//! An **environment** is an image repository with a **moving tag** on the deployed image (`staging`, `prod`) and a
//! suffix of version tags (`v1.2.0-prod`). [`plan`] reads the registries, checks all conditions and returns the actions
//! in order; [`perform`] runs them; a dry run prints the same plan. Actions are idempotent, so that a run after an
//! interrupted one completes it. Reads neither the clock nor a git repository.

mod error;
mod notes;
mod past;
mod perform;
mod plan;
mod plan_file;
mod record;
mod request;
mod source;
mod statement;
mod versions;

pub use error::{Error, Refusal};
pub use notes::{AttachedNotes, NOTES, NotesFiles, NotesOrigin, artifact, find_notes};
pub use past::{PastImage, PastLocation, PastPromotion, newest_record};
pub use perform::perform;
pub use plan::{Action, Plan, plan};
pub use plan_file::{PlanFile, PlannedImage};
pub use record::{PROMOTION, Previous, Record, RecordLocation};
pub use request::{DeployedImage, ImageLocation, PromotionRequest, ReferrerSelection, RunContext};
pub use statement::statement;
pub use versions::{Identity, ImageTag, Labels, identity, image_tag, labels, newest_first, version_at};
