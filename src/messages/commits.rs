//! Parses the messages of many commits.

use std::{borrow::Borrow, thread};

use crate::model::Commit;

use super::{message::Message, options::Options, parse::parse_commit};

/// Below this number of messages, starting threads costs more than it saves.
const MIN_PARALLEL: usize = 2_000;

/// Parses the messages of commits and returns them in the same order. Uses all cores if there are many.
#[must_use]
pub fn parse_commits<C: Borrow<Commit> + Sync>(commits: &[C], options: &Options) -> Vec<Box<Message>> {
    let parse = |commit: &C| Box::new(parse_commit(commit.borrow(), options));
    if commits.len() < MIN_PARALLEL {
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
