//! `tidings promote`: copies an image with its notes from one environment to the next.

mod args;
mod describe;
mod request;
mod run;

pub(super) use args::Args;
pub(super) use request::{PromotionEnds, request};
pub(super) use run::{run, write_plan};
