//! `tidings changelog`: creates the changelog file from history, or inserts one version into an existing file.

mod args;
mod run;

pub(super) use args::Args;
pub(super) use run::run;
