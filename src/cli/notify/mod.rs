//! `tidings notify`: announces a deployment.

mod args;
mod messages;
mod run;

pub(super) use args::Args;
pub(super) use run::run;
