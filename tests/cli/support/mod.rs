//! What the end-to-end tests stand on: real repositories made with fixed dates and identities, and the built
//! program run over them in an environment that holds nothing of the machine's.
//!
//! The same calls give the same commit names on every machine.

mod commit;
pub(crate) mod forge;
mod history;
mod notes;
mod repo;
mod run;
mod self_test;

pub(crate) use commit::Commit;
pub(crate) use history::Id;
pub(crate) use notes::{Release, set};
pub(crate) use repo::Repo;
pub(crate) use run::Ran;
