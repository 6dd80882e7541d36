//! Generates synthetic repositories for benchmarks: of any size, with the history of a team that uses Git-flow, and
//! byte-for-byte the same on every machine.
//!
//! The history is generated while it is streamed to `git fast-import`, so that memory use does not depend on the number
//! of commits; git itself needs about a gigabyte for a million commits, for its object table.

mod flow;
mod import;
mod message;
mod paths;
mod random;
mod words;

use std::io;
use std::path::Path;

use flow::Flow;
use import::Import;

/// The parameters of a synthetic repository.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The number of commits, including merges.
    pub(crate) commits: u64,
    /// The approximate number of commits between two versions.
    pub(crate) tag_every: u64,
    /// A different seed gives a different repository of the same kind.
    pub(crate) seed: u64,
}

impl Plan {
    /// A plan with this many commits and default values.
    pub(crate) fn new(commits: u64) -> Self {
        Self { commits, tag_every: 100, seed: 1 }
    }
}

/// Creates a bare repository in a folder that does not exist yet or is empty.
///
/// # Errors
/// If the folder is not empty, or git is missing or fails.
pub(crate) fn create(plan: Plan, folder: &Path) -> io::Result<()> {
    let mut import = Import::begin(folder)?;
    Flow::new(plan, &mut import)?.run()?;
    import.finish(folder)
}
