//! Messages to changes: conventional form, pull request references, squash bodies, reverts, backports.
//!
//! What comes in: the commits of a window, newest first. What goes out: [`group::Grouped`]: changes, and for each commit
//! that makes none what became of it. No network is asked: pull requests are known here by what messages say of them.

mod body;
mod conventional;
pub mod duplicates;
mod entries;
mod gist;
pub mod group;
mod kind;
pub mod merges;
pub mod message;
mod references;
mod reverted;
mod reverts;
mod roles;
mod squash;
mod text;
pub mod told;

use std::{borrow::Borrow, thread};

use crate::model::Commit;

/// Below this many messages a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 2_000;

/// Reads the messages of commits, on several threads where there are many.
#[must_use]
pub fn read<C: Borrow<Commit> + Sync>(
    commits: &[C],
    options: &message::Options,
) -> Vec<Box<message::Message>> {
    let parse = |commit: &C| Box::new(message::of(commit.borrow(), options));
    if commits.len() < WORTH_A_THREAD {
        return commits.iter().map(parse).collect();
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let parts = commits.chunks(commits.len().div_ceil(threads));
        let workers: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(parse).collect::<Vec<_>>())).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined.flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
