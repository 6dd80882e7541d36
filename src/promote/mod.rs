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
mod planner;
mod record;
mod record_plan;
mod request;
mod source;
mod statement;
mod target;
mod versions;

pub use error::{Error, Refusal};
pub use notes::{AttachedNotes, NOTES, NotesFiles, NotesOrigin, artifact, find_notes};
pub use past::{PastImage, PastLocation, PastPromotion, PromotedImage, newest_record};
pub use perform::perform;
pub use plan::{Action, ImagePlan, Plan};
pub use plan_file::{PlanFile, PlannedEnds, PlannedImage};
pub use planner::plan;
pub use record::{AttachedRecord, PROMOTION, Previous, Record, RecordLocation, RecordedImage};
pub use request::{
    DeployedImage, EnvironmentImages, ImageLocation, ImagePair, PromotionRequest, ReferrerSelection,
    RunContext,
};
pub use statement::statement;
pub use versions::{Identity, ImageTag, Labels, identity, image_tag, labels, newest_first, version_at};
