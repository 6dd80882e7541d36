//! Walks all commits reachable from some tips, on several threads.
//!
//! Each thread has an object reader and a stack of commits to read. Work is shared through a queue: a thread moves half
//! of its stack there if others are idle. Each commit is read and decoded once. Tags among the tips let several threads
//! read even a linear history.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    overrides::HistoryOverrides,
    reader::{decode, read},
};
use crate::git::{
    Error, Repository,
    objects::{
        database::ObjectDatabase,
        reader::{Objects, PREFETCH_BATCH},
    },
    repository::IdentityOptions,
    threads::{map_chunks, thread_count},
};
use crate::model::{Commit, Edges, IdInterner, ObjectId};

/// Receives the number of commits read so far, every 1024 commits of a thread. Called from several threads.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// Commits in no order, with the edges between them.
pub struct Walk<T> {
    /// The commits. Boxed, because the vector grows and is reordered.
    pub commits: Vec<Box<Commit>>,
    /// The result of `each` for each commit.
    pub results: Vec<T>,
    /// Their numbers, and those of their parents.
    pub edges: Edges,
}

impl<T> Default for Walk<T> {
    fn default() -> Self {
        Self { commits: Vec::new(), results: Vec::new(), edges: Edges::default() }
    }
}

impl<T> Walk<T> {
    /// Appends the commits of another thread.
    fn append(&mut self, mut other: Self) {
        if self.commits.is_empty() {
            *self = other;
            return;
        }
        self.commits.append(&mut other.commits);
        self.results.append(&mut other.results);
        self.edges.commits.append(&mut other.edges.commits);
        self.edges.parents.append(&mut other.edges.parents);
    }
}

/// A commit to read, with its number.
type Pending = (ObjectId, u32);

/// Largest number of commits taken from the queue at once, to take the lock rarely.
const BATCH: usize = 64;

struct Queue {
    waiting: Vec<Pending>,
    busy: usize,
}

struct Shared<'a> {
    database: Arc<ObjectDatabase>,
    overrides: &'a Arc<HistoryOverrides>,
    identity_options: &'a IdentityOptions,
    queue: Mutex<Queue>,
    changed: Condvar,
    idle: AtomicUsize,
    seen: IdInterner,
    stop: AtomicBool,
    read: AtomicUsize,
    progress: Progress<'a>,
}

impl Repository {
    /// Reads every commit reachable from `tips`, once, in no order. Calls `each` for every commit, on the thread that
    /// read it, while the commit is in the CPU cache.
    ///
    /// # Errors
    /// If a commit is missing or damaged.
    pub fn walk<T: Send>(
        &self,
        tips: &[ObjectId],
        each: &(dyn Fn(&Commit) -> T + Sync),
        progress: Progress<'_>,
    ) -> Result<Walk<T>, Error> {
        let threads = thread_count();
        let shared = Shared {
            database: self.object_database.get(),
            overrides: &self.overrides,
            identity_options: self.identity_options(),
            queue: Mutex::new(Queue { waiting: Vec::new(), busy: threads }),
            changed: Condvar::new(),
            idle: AtomicUsize::new(0),
            seen: IdInterner::default(),
            stop: AtomicBool::new(false),
            read: AtomicUsize::new(0),
            progress,
        };
        let new = |tip: &ObjectId| {
            let (number, is_new) = shared.seen.intern(*tip);
            is_new.then_some((*tip, number))
        };
        lock(&shared.queue).waiting = tips.iter().filter_map(new).collect();
        let mut walk = Walk::default();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| shared.work(each))).collect();
            for worker in workers {
                walk.append(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(())
        })?;
        walk.edges.numbers = shared.seen.finish();
        Ok(walk)
    }
}

impl Repository {
    /// Reads commits on several threads; returns them in the order of `ids`.
    ///
    /// # Errors
    /// If a commit is missing or damaged.
    pub fn read_commits(&self, ids: &[ObjectId]) -> Result<Vec<Box<Commit>>, Error> {
        let (database, overrides, identity_options) =
            (self.object_database.get(), &self.overrides, self.identity_options());
        map_chunks(ids, &|part| {
            let mut objects = Objects::with_database(Arc::clone(&database), Arc::clone(overrides));
            let mut identities = identity_options.identities();
            let one = |id: &ObjectId| {
                let data = read(&mut objects, overrides, *id)?;
                Ok(Box::new(decode(overrides, data, *id, &mut identities)?))
            };
            part.iter().map(one).collect()
        })
    }
}

impl Shared<'_> {
    /// Runs one thread until all commits are read.
    fn work<T>(&self, each: &(dyn Fn(&Commit) -> T + Sync)) -> Result<Walk<T>, Error> {
        let _stop = StopOnDrop(self);
        self.run_worker(each)
    }

    fn run_worker<T>(&self, each: &(dyn Fn(&Commit) -> T + Sync)) -> Result<Walk<T>, Error> {
        let mut objects = Objects::with_database(Arc::clone(&self.database), Arc::clone(self.overrides));
        let mut identities = self.identity_options.identities();
        let mut walk = Walk::default();
        let (mut stack, mut now): (Vec<Pending>, Vec<Pending>) = (Vec::new(), Vec::new());
        while self.refill(&mut stack) {
            while !stack.is_empty() {
                now.extend(stack.drain(stack.len().saturating_sub(PREFETCH_BATCH)..).rev());
                objects.prefetch(now.iter().map(|(id, _)| *id));
                for (id, number) in now.drain(..) {
                    let data = read(&mut objects, self.overrides, id)?;
                    let commit = decode(self.overrides, data, id, &mut identities)?;
                    walk.edges.commits.push(number);
                    for parent in &commit.parents {
                        let (number, is_new) = self.seen.intern(*parent);
                        walk.edges.parents.push(number);
                        stack.extend(is_new.then_some((*parent, number)));
                    }
                    walk.results.push(each(&commit));
                    walk.commits.push(Box::new(commit));
                    if walk.commits.len().is_multiple_of(1024) {
                        (self.progress)(self.read.fetch_add(1024, Ordering::Relaxed) + 1024);
                    }
                }
                if stack.len() > 1 && self.idle.load(Ordering::Relaxed) > 0 {
                    self.share_half(&mut stack);
                }
                if self.stop.load(Ordering::Relaxed) {
                    return Ok(walk);
                }
            }
        }
        Ok(walk)
    }

    /// Takes a batch from the queue, and waits for one if it is empty; `false` if all work is done.
    fn refill(&self, stack: &mut Vec<Pending>) -> bool {
        let mut queue = lock(&self.queue);
        queue.busy -= 1;
        self.idle.fetch_add(1, Ordering::Relaxed);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            if !queue.waiting.is_empty() {
                let fair = queue.waiting.len().div_ceil(2).min(BATCH);
                let from = queue.waiting.len() - fair;
                stack.extend(queue.waiting.drain(from..));
                queue.busy += 1;
                self.idle.fetch_sub(1, Ordering::Relaxed);
                return true;
            }
            if queue.busy == 0 {
                self.changed.notify_all();
                return false;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Moves half of the stack to the queue: the older half, which leads to the most unread commits.
    fn share_half(&self, stack: &mut Vec<Pending>) {
        let half = stack.len() / 2;
        lock(&self.queue).waiting.extend(stack.drain(..half));
        self.changed.notify_one();
    }
}

/// Stops all threads when one ends: because all work is done, or it failed or panicked.
struct StopOnDrop<'s, 'a>(&'s Shared<'a>);

impl Drop for StopOnDrop<'_, '_> {
    fn drop(&mut self) {
        // Set under the lock: otherwise a thread that has just checked `stop` could wait forever.
        let queue = lock(&self.0.queue);
        self.0.stop.store(true, Ordering::Relaxed);
        drop(queue);
        self.0.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::mpsc, time::Duration};

    use super::*;

    /// A repository with a linear history of `count` commits, and its tip.
    fn history(folder: &Path, count: usize) -> (git2::Repository, ObjectId) {
        let repository = git2::Repository::init_bare(folder).unwrap();
        let who = git2::Signature::new("A", "a@x", &git2::Time::new(1, 0)).unwrap();
        let tree = repository.treebuilder(None).unwrap().write().unwrap();
        let mut tip = None;
        for _ in 0..count {
            let tree = repository.find_tree(tree).unwrap();
            let parent = tip.map(|tip| repository.find_commit(tip).unwrap());
            let parents: Vec<_> = parent.iter().collect();
            tip = Some(repository.commit(None, &who, &who, "x", &tree, &parents).unwrap());
        }
        (repository, ObjectId::from_bytes(tip.unwrap().as_bytes().try_into().unwrap()))
    }

    #[test]
    fn panicking_thread_stops_the_others() {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let folder = tempfile::tempdir().unwrap();
            let (_, tip) = history(folder.path(), 3);
            let repository = Repository::open(folder.path()).unwrap();
            // One thread reads the only tip while the others wait.
            let panicking = |_: &Commit| {
                thread::sleep(Duration::from_millis(50));
                panic!("in `each`")
            };
            let walk = || repository.walk::<()>(&[tip], &panicking, &|_| ()).is_ok();
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(walk));
            sender.send(ended.is_err()).unwrap();
        });
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok(true), "the walk ends");
    }
}
