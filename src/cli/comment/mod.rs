//! `tidings comment`: comments on a pull request.

mod args;
mod preview;
mod run;
mod target;

pub(super) use args::Args;
pub(super) use run::run;
