//! `tidings edit`: corrects the notes before a release, in an editor or from a list.

mod args;
mod list_file;
mod run;

pub(super) use args::Args;
pub(super) use run::run;
