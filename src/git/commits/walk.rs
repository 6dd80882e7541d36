//! The whole history behind some tips, read by several threads.
//!
//! Each thread has a reader of objects and a stack of commits to open; what it finds beyond its need it lays on a
//! shared heap, from which idle threads take. Every commit is opened and decoded once. Tags among the tips let even a
//! straight history be read from several places at once.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    altered::Altered,
    reader::{decode, read},
};
use crate::git::{
    Error, Repository,
    objects::{
        alternates::Opened,
        reader::{Objects, TOGETHER},
    },
    repository::Names,
    threads::{map_chunks, thread_count},
};
use crate::model::{Commit, Counter, Links, ObjectId};

/// Told now and then how many commits have been read so far. Called from several threads.
pub type Progress<'a> = &'a (dyn Fn(usize) + Sync);

/// Commits in no order, and how they hang together.
pub struct Walk<T> {
    /// The commits. Boxed, since a list of them grows and is put into order.
    pub commits: Vec<Box<Commit>>,
    /// What was made of each.
    pub made: Vec<T>,
    /// Their numbers.
    pub links: Links,
}

impl<T> Default for Walk<T> {
    fn default() -> Self {
        Self { commits: Vec::new(), made: Vec::new(), links: Links::default() }
    }
}

impl<T> Walk<T> {
    /// Takes in what another thread has read.
    fn take(&mut self, mut other: Self) {
        if self.commits.is_empty() {
            *self = other;
            return;
        }
        self.commits.append(&mut other.commits);
        self.made.append(&mut other.made);
        self.links.own.append(&mut other.links.own);
        self.links.parents.append(&mut other.links.parents);
    }
}

/// A commit that is to be read, with its number.
type Next = (ObjectId, u32);

/// Work is handed on in bundles of this many commits, so that the lock is taken seldom.
const BUNDLE: usize = 64;

struct Heap {
    waiting: Vec<Next>,
    busy: usize,
}

struct Shared<'a> {
    stores: Arc<Opened>,
    altered: &'a Arc<Altered>,
    names: &'a Names,
    heap: Mutex<Heap>,
    changed: Condvar,
    idle: AtomicUsize,
    seen: Counter,
    stop: AtomicBool,
    read: AtomicUsize,
    progress: Progress<'a>,
}

impl Repository {
    /// Every commit reachable from `tips`, each once, in no order, with what `each` makes of it. That is done by the thread
    /// that has just read the commit, while it is still at hand.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn walk<T: Send>(
        &self,
        tips: &[ObjectId],
        each: &(dyn Fn(&Commit) -> T + Sync),
        progress: Progress<'_>,
    ) -> Result<Walk<T>, Error> {
        let threads = thread_count();
        let shared = Shared {
            stores: self.stores.opened(),
            altered: &self.altered,
            names: self.people_names(),
            heap: Mutex::new(Heap { waiting: Vec::new(), busy: threads }),
            changed: Condvar::new(),
            idle: AtomicUsize::new(0),
            seen: Counter::default(),
            stop: AtomicBool::new(false),
            read: AtomicUsize::new(0),
            progress,
        };
        let new = |tip: &ObjectId| {
            let (number, is_new) = shared.seen.number(*tip);
            is_new.then_some((*tip, number))
        };
        lock(&shared.heap).waiting = tips.iter().filter_map(new).collect();
        let mut walk = Walk::default();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| shared.work(each))).collect();
            for worker in workers {
                walk.take(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(())
        })?;
        walk.links.numbers = shared.seen.numbers();
        Ok(walk)
    }
}

impl Repository {
    /// These commits, in their order, read by several threads.
    ///
    /// # Errors
    /// When a commit is missing or damaged.
    pub fn read(&self, ids: &[ObjectId]) -> Result<Vec<Box<Commit>>, Error> {
        let (stores, altered, names) = (self.stores.opened(), &self.altered, self.people_names());
        map_chunks(ids, &|part| {
            let mut objects = Objects::shared_by(Arc::clone(&stores), Arc::clone(altered));
            let mut people = names.people();
            let one = |id: &ObjectId| {
                let data = read(&mut objects, altered, *id)?;
                Ok(Box::new(decode(altered, data, *id, &mut people)?))
            };
            part.iter().map(one).collect()
        })
    }
}

impl Shared<'_> {
    /// One thread's work until nothing is left for anyone.
    fn work<T>(&self, each: &(dyn Fn(&Commit) -> T + Sync)) -> Result<Walk<T>, Error> {
        let _ending = Ending(self);
        self.read_commits(each)
    }

    fn read_commits<T>(&self, each: &(dyn Fn(&Commit) -> T + Sync)) -> Result<Walk<T>, Error> {
        let mut objects = Objects::shared_by(Arc::clone(&self.stores), Arc::clone(self.altered));
        let mut people = self.names.people();
        let mut walk = Walk::default();
        let (mut stack, mut now): (Vec<Next>, Vec<Next>) = (Vec::new(), Vec::new());
        while self.refill(&mut stack) {
            while !stack.is_empty() {
                now.extend(stack.drain(stack.len().saturating_sub(TOGETHER)..).rev());
                objects.expect(now.iter().map(|(id, _)| *id));
                for (id, number) in now.drain(..) {
                    let data = read(&mut objects, self.altered, id)?;
                    let commit = decode(self.altered, data, id, &mut people)?;
                    walk.links.own.push(number);
                    for parent in &commit.parents {
                        let (number, is_new) = self.seen.number(*parent);
                        walk.links.parents.push(number);
                        stack.extend(is_new.then_some((*parent, number)));
                    }
                    walk.made.push(each(&commit));
                    walk.commits.push(Box::new(commit));
                    if walk.commits.len().is_multiple_of(1024) {
                        (self.progress)(self.read.fetch_add(1024, Ordering::Relaxed) + 1024);
                    }
                }
                if stack.len() > 1 && self.idle.load(Ordering::Relaxed) > 0 {
                    self.share(&mut stack);
                }
                if self.stop.load(Ordering::Relaxed) {
                    return Ok(walk);
                }
            }
        }
        Ok(walk)
    }

    /// Takes a bundle from the heap, waiting for one; `false` when all work is done.
    fn refill(&self, stack: &mut Vec<Next>) -> bool {
        let mut heap = lock(&self.heap);
        heap.busy -= 1;
        self.idle.fetch_add(1, Ordering::Relaxed);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
            if !heap.waiting.is_empty() {
                let fair = heap.waiting.len().div_ceil(2).min(BUNDLE);
                let from = heap.waiting.len() - fair;
                stack.extend(heap.waiting.drain(from..));
                heap.busy += 1;
                self.idle.fetch_sub(1, Ordering::Relaxed);
                return true;
            }
            if heap.busy == 0 {
                self.changed.notify_all();
                return false;
            }
            heap = self.changed.wait(heap).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lays half of the stack on the heap: the older half, since it leads to the most unread commits.
    fn share(&self, stack: &mut Vec<Next>) {
        let half = stack.len() / 2;
        lock(&self.heap).waiting.extend(stack.drain(..half));
        self.changed.notify_one();
    }
}

/// A thread that ends has nothing left to do, has failed or has panicked: in each case the others end too.
struct Ending<'s, 'a>(&'s Shared<'a>);

impl Drop for Ending<'_, '_> {
    fn drop(&mut self) {
        // Peeled the lock, or one that has just looked whether it should stop would wait for ever.
        let heap = lock(&self.0.heap);
        self.0.stop.store(true, Ordering::Relaxed);
        drop(heap);
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

    /// A repository with some commits in a row, and the newest one.
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
    fn a_thread_that_fails_keeps_none_of_the_others_waiting() {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let folder = tempfile::tempdir().unwrap();
            let (_, tip) = history(folder.path(), 3);
            let repository = Repository::open(folder.path()).unwrap();
            // What each thread finds is read by it alone, and the others wait.
            let panicking = |_: &Commit| {
                thread::sleep(Duration::from_millis(50));
                panic!("in the midst of it")
            };
            let walk = || repository.walk::<()>(&[tip], &panicking, &|_| ()).is_ok();
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(walk));
            sender.send(ended.is_err()).unwrap();
        });
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok(true), "it ends");
    }
}
