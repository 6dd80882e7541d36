//! Numbers for ids, given one after another by several threads, so that no id need be looked up twice.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use super::{IdMap, ObjectId};

/// So many parts, each with a lock of its own, are enough for a few threads.
const PARTS: usize = 16;

/// Numbers that are still given.
#[derive(Default)]
pub struct Counter {
    parts: [Mutex<IdMap<u32>>; PARTS],
    given: AtomicU32,
}

impl Counter {
    /// The number of an id, and whether it was given just now.
    pub fn number(&self, id: ObjectId) -> (u32, bool) {
        let Some(part) = self.parts.get(part(id)) else { return (u32::MAX, false) };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_new = false;
        let number = *part.entry(id).or_insert_with(|| {
            is_new = true;
            self.given.fetch_add(1, Ordering::Relaxed)
        });
        (number, is_new)
    }

    /// All that were given.
    #[must_use]
    pub fn numbers(self) -> Numbers {
        Numbers { parts: self.parts.map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner)) }
    }
}

/// The numbers of ids, from 0 on without a gap.
#[derive(Default)]
pub struct Numbers {
    parts: [IdMap<u32>; PARTS],
}

impl Numbers {
    /// The number of an id.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<u32> {
        self.parts.get(part(id))?.get(&id).copied()
    }
}

impl FromIterator<ObjectId> for Numbers {
    fn from_iter<I: IntoIterator<Item = ObjectId>>(ids: I) -> Self {
        let counter = Counter::default();
        for id in ids {
            counter.number(id);
        }
        counter.numbers()
    }
}

/// Commits that were read in no order, and how they hang together.
#[derive(Default)]
pub struct Links {
    /// The numbers of all.
    pub numbers: Numbers,
    /// The number of each commit, in the order in which they were read.
    pub own: Vec<u32>,
    /// The numbers of the parents of each, one commit's after another's.
    pub parents: Vec<u32>,
}

/// Names are digests: any byte of them spreads well. The first ones tell the place inside of the part.
fn part(id: ObjectId) -> usize {
    let [.., last] = *id.as_bytes();
    usize::from(last) % PARTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_has_one_number_whoever_asks() {
        let id = |number: u32| {
            let mut bytes = [0; 20];
            bytes[..4].copy_from_slice(&number.to_le_bytes());
            bytes[19] = number as u8;
            ObjectId::from_bytes(bytes)
        };
        let counter = Counter::default();
        let new: usize = std::thread::scope(|scope| {
            let count = || (0..5_000).filter(|at| counter.number(id(*at)).1).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(new, 5_000);
        let numbers = counter.numbers();
        let mut all: Vec<u32> = (0..5_000).map(|at| numbers.get(id(at)).unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..5_000).collect::<Vec<_>>(), "without a gap");
        assert_eq!(numbers.get(id(5_000)), None);
    }
}
