//! Builds releases in several threads and returns them in order.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

use crate::{history::Window, model::Release, notes::error::Error};

/// Releases, or the values they were converted to, in order. They are built in runs: if one fails, its run yields only
/// the error, and later items must be ignored.
pub type Releases<'r, M = Release, E = Error> = &'r mut dyn Iterator<Item = Result<M, E>>;

/// The size of a run in commits. Small runs are not worth the synchronisation, and neighbouring windows share objects
/// in the caches of a thread.
const RUN: RangeInclusive<usize> = 256..=2048;
/// The number of runs to aim for: enough that threads finish at about the same time.
const RUNS: usize = 256;

/// The releases of a run, or the error of one of them.
type RunResult<M, E> = Result<Vec<M>, E>;

/// Consecutive windows, each with its index among all.
pub(super) type Run<'w> = Vec<(usize, &'w Window)>;

/// Splits the windows into runs.
pub(super) fn runs(windows: &[Window]) -> Vec<Run<'_>> {
    let all: usize = windows.iter().map(|window| window.commits.len() + 1).sum();
    let enough = (all / RUNS).clamp(*RUN.start(), *RUN.end());
    let (mut runs, mut run, mut commits) = (Vec::new(), Vec::new(), 0);
    for (at, window) in windows.iter().enumerate() {
        run.push((at, window));
        commits += window.commits.len() + 1;
        if commits >= enough {
            runs.push(std::mem::take(&mut run));
            commits = 0;
        }
    }
    runs.push(run);
    runs
}

/// The queue from which the threads take runs.
pub(super) struct RunQueue<'r, 'w, M, E> {
    runs: &'r [Run<'w>],
    next: &'r AtomicUsize,
    results: SyncSender<(usize, RunResult<M, E>)>,
}

impl<'w, M, E> RunQueue<'_, 'w, M, E> {
    /// Takes and builds one run after another until none is left, or the receiver is dropped.
    pub(super) fn each(self, mut build: impl FnMut(&Run<'w>) -> RunResult<M, E>) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(run) = self.runs.get(at) else { return };
            if self.results.send((at, build(run))).is_err() {
                return;
            }
        }
    }
}

/// Runs `work` for each of `workers` in a thread of its own, and passes the results to `take` in the order of the runs.
/// Threads that are far ahead of `take` wait.
pub(super) fn in_order<W: Send, M: Send, T, E: Send>(
    runs: &[Run<'_>],
    workers: Vec<W>,
    work: &(dyn Fn(W, RunQueue<'_, '_, M, E>) + Sync),
    take: impl FnOnce(Releases<'_, M, E>) -> T,
) -> T {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(workers.len() * 2);
        for worker in workers {
            let queue = RunQueue { runs, next: &next, results: sender.clone() };
            scope.spawn(move || work(worker, queue));
        }
        drop(sender);
        // The receiver is dropped at the end of this line, which ends the threads that are still working.
        take(&mut flatten_runs(OrderedResults { receiver, early: BTreeMap::new(), next: 0 }))
    })
}

/// The results of the runs, in order.
struct OrderedResults<M, E> {
    receiver: Receiver<(usize, RunResult<M, E>)>,
    /// Results received before those of earlier runs.
    early: BTreeMap<usize, RunResult<M, E>>,
    next: usize,
}

impl<M, E> Iterator for OrderedResults<M, E> {
    type Item = RunResult<M, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = loop {
            if let Some(result) = self.early.remove(&self.next) {
                break result;
            }
            let (at, result) = self.receiver.recv().ok()?;
            self.early.insert(at, result);
        };
        self.next += 1;
        Some(result)
    }
}

/// The releases of the runs one by one; of a run that failed, the error.
pub(super) fn flatten_runs<M, E>(
    runs: impl Iterator<Item = RunResult<M, E>>,
) -> impl Iterator<Item = Result<M, E>> {
    runs.flat_map(|run| {
        let (releases, error) = match run {
            Ok(releases) => (releases, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        releases.into_iter().map(Ok).chain(error.map(Err))
    })
}
