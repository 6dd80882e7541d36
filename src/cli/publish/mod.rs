//! `tidings publish`: a version's release on the forge.

mod args;
mod run;
mod wish;

pub(super) use args::Args;
pub(super) use run::run;
