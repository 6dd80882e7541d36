//! Releases made by several threads, given out in their order.

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

/// Releases, or what was made of them, in their order. They are made in runs; where one of a run cannot be made, none of that
/// run come, and none behind it that count.
pub type Releases<'r, M = Release, E = Error> = &'r mut dyn Iterator<Item = Result<M, E>>;

/// Windows are handed out in runs of so many commits: fewer are not worth the handing, and neighbours have much in common
/// that is known by the thread that made the one before.
const RUN: RangeInclusive<usize> = 256..=2048;
/// Where there can be, there are so many runs: in the end one thread works on when the others have nothing left.
const RUNS: usize = 256;

/// What was made of the windows of a run, or why it cannot be.
type Made<M, E> = Result<Vec<M>, E>;

/// Windows with their places among all.
pub(super) type Run<'w> = Vec<(usize, &'w Window)>;

/// The windows in runs.
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

/// The runs that no thread has taken yet.
pub(super) struct Taken<'r, 'w, M, E> {
    runs: &'r [Run<'w>],
    next: &'r AtomicUsize,
    made: SyncSender<(usize, Made<M, E>)>,
}

impl<'w, M, E> Taken<'_, 'w, M, E> {
    /// Makes one run after another until none is left, or nobody wants them any more.
    pub(super) fn each(self, mut make: impl FnMut(&Run<'w>) -> Made<M, E>) {
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(run) = self.runs.get(at) else { return };
            if self.made.send((at, make(run))).is_err() {
                return;
            }
        }
    }
}

/// Lets each of `workers` make runs with `work` on a thread of its own, and gives what they make to `take` in the order
/// of the runs. They wait when they are far ahead of it.
pub(super) fn in_turn<W: Send, M: Send, T, E: Send>(
    runs: &[Run<'_>],
    workers: Vec<W>,
    work: &(dyn Fn(W, Taken<'_, '_, M, E>) + Sync),
    take: impl FnOnce(Releases<'_, M, E>) -> T,
) -> T {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(workers.len() * 2);
        for worker in workers {
            let taken = Taken { runs, next: &next, made: sender.clone() };
            scope.spawn(move || work(worker, taken));
        }
        drop(sender);
        // The receiver goes at the end of this line, which lets those end that are still at work.
        take(&mut one_by_one(InTurn { receiver, early: BTreeMap::new(), next: 0 }))
    })
}

/// What was made in each run, in their order.
struct InTurn<M, E> {
    receiver: Receiver<(usize, Made<M, E>)>,
    /// What was made before its turn.
    early: BTreeMap<usize, Made<M, E>>,
    next: usize,
}

impl<M, E> Iterator for InTurn<M, E> {
    type Item = Made<M, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let made = loop {
            if let Some(made) = self.early.remove(&self.next) {
                break made;
            }
            let (at, made) = self.receiver.recv().ok()?;
            self.early.insert(at, made);
        };
        self.next += 1;
        Some(made)
    }
}

/// What was made, run after run.
pub(super) fn one_by_one<M, E>(runs: impl Iterator<Item = Made<M, E>>) -> impl Iterator<Item = Result<M, E>> {
    runs.flat_map(|run| {
        let (made, fault) = match run {
            Ok(made) => (made, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        made.into_iter().map(Ok).chain(fault.map(Err))
    })
}
