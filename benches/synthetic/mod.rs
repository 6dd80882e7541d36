//! Repositories made up for measuring: as large as one likes, shaped like those of teams that work with Git-flow, and
//! the same to the byte wherever they are made.
//!
//! The history goes to git as one `git fast-import` stream while it is thought up, so a million commits need no more
//! memory here than a thousand; git itself takes about a gigabyte for a million, for its table of objects.

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

/// What a made-up repository is to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// How many commits, merges too.
    pub(crate) commits: u64,
    /// About how many commits lie between two versions.
    pub(crate) tag_every: u64,
    /// Another seed gives another repository of the same kind.
    pub(crate) seed: u64,
}

impl Plan {
    /// A repository of this many commits.
    pub(crate) fn new(commits: u64) -> Self {
        Self { commits, tag_every: 100, seed: 1 }
    }
}

/// Makes the repository, a bare one, in a folder that does not exist yet or is empty.
///
/// # Errors
/// Where the folder holds something, or git is missing or fails.
pub(crate) fn create(plan: Plan, folder: &Path) -> io::Result<()> {
    let mut import = Import::begin(folder)?;
    Flow::new(plan, &mut import)?.run()?;
    import.finish(folder)
}
