//! Maps items on several threads.

use std::thread;

use super::Error;

/// With more threads, lock contention outweighs the gain.
const MAX_THREADS: usize = 8;

/// Number of threads that read a history.
pub(super) fn thread_count() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// Applies `work` to the items, one chunk for each thread; returns the results in the order of the items.
///
/// # Errors
/// The first error of `work`.
pub(super) fn map_chunks<I, T, W>(items: &[I], work: &W) -> Result<Vec<T>, Error>
where
    I: Sync,
    T: Send,
    W: Fn(&[I]) -> Result<Vec<T>, Error> + Sync,
{
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(thread_count()).max(1));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let mut results = Vec::with_capacity(items.len());
        for worker in workers {
            results.append(&mut worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(results)
    })
}
