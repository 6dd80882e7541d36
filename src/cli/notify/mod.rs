//! `tidings notify`: announces a deployment.

mod args;
mod deliver;
mod deployment;
mod messages;
mod notes;
mod run;
mod title;

pub(super) use args::Args;
pub(super) use run::run;
