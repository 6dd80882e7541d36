//! `tidings publish`: creates or updates the release of a version on the forge.

mod access;
mod args;
mod body_from;
mod deployed;
mod desired;
mod rollback;
mod run;

pub(super) use args::Args;
pub(super) use run::run;
