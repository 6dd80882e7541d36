//! One message to what it says: header, body, trailers, squashed entries, references, reverts, the body of a pull request.
//!
//! What comes in is text that anyone may have written; what goes out are the values of [`message`]. Nothing here knows of any
//! other message, of a window or of a rule.

mod body;
mod conventional;
pub mod description;
mod entries;
mod gist;
mod kind;
pub mod message;
pub(crate) mod references;
mod revert;
mod squash;
mod text;

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
