//! One thing done to many, by several threads.

use std::thread;

use super::Error;

/// More threads than this wait for one another more than they read.
const MAX_THREADS: usize = 8;

/// How many threads read a history.
pub(super) fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// What `work` makes of the items, in their order. Each thread does one part of them.
///
/// # Errors
/// The first of `work`.
pub(super) fn map_chunks<I, T, W>(items: &[I], work: &W) -> Result<Vec<T>, Error>
where
    I: Sync,
    T: Send,
    W: Fn(&[I]) -> Result<Vec<T>, Error> + Sync,
{
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(thread_count()).max(1));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut made = Vec::with_capacity(items.len());
        for worker in workers {
            made.append(&mut worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(made)
    })
}
