//! `tidings tag`: tags a version, with its notes as the message, or records a deployment.

mod args;
mod deployed;
mod environment;
mod run;

pub(super) use args::Args;
pub(super) use run::run;
