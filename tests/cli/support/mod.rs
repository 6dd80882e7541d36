//! The test harness: real repositories with fixed dates and identities, and the built program run on them in a clean
//! environment.
//!
//! The same calls give the same commit IDs on every machine.

mod commit;
pub(crate) mod forge;
mod history;
mod notes;
mod repo;
mod run;
pub(crate) mod schema;
mod self_test;

pub(crate) use commit::Commit;
pub(crate) use history::Id;
pub(crate) use notes::{Release, set};
pub(crate) use repo::Repo;
pub(crate) use run::Ran;
