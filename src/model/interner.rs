//! Assigns consecutive numbers to object IDs, on several threads, so that each ID is looked up only once.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use super::{IdMap, ObjectId};

/// Number of shards, each with its own lock; enough for a few threads.
const SHARDS: usize = 16;

/// Assigns numbers to IDs.
#[derive(Default)]
pub struct IdInterner {
    shards: [Mutex<IdMap<u32>>; SHARDS],
    next: AtomicU32,
}

impl IdInterner {
    /// The number of an ID, and whether it is new.
    pub fn intern(&self, id: ObjectId) -> (u32, bool) {
        let Some(shard) = self.shards.get(shard(id)) else { return (u32::MAX, false) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_new = false;
        let number = *shard.entry(id).or_insert_with(|| {
            is_new = true;
            self.next.fetch_add(1, Ordering::Relaxed)
        });
        (number, is_new)
    }

    /// All assigned numbers.
    #[must_use]
    pub fn finish(self) -> IdNumbers {
        IdNumbers {
            shards: self.shards.map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

/// The numbers of IDs, from 0, without gaps.
#[derive(Default)]
pub struct IdNumbers {
    shards: [IdMap<u32>; SHARDS],
}

impl IdNumbers {
    /// The number of an ID.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<u32> {
        self.shards.get(shard(id))?.get(&id).copied()
    }
}

impl FromIterator<ObjectId> for IdNumbers {
    fn from_iter<I: IntoIterator<Item = ObjectId>>(ids: I) -> Self {
        let interner = IdInterner::default();
        for id in ids {
            interner.intern(id);
        }
        interner.finish()
    }
}

/// The edges between commits that were read in any order, as numbers.
#[derive(Default)]
pub struct Edges {
    /// The numbers of all IDs.
    pub numbers: IdNumbers,
    /// The number of each commit, in the order of reading.
    pub commits: Vec<u32>,
    /// The numbers of the parents of each commit, concatenated in the same order.
    pub parents: Vec<u32>,
}

/// IDs are digests, so any byte is evenly distributed. The first bytes are the hash within the shard.
fn shard(id: ObjectId) -> usize {
    let [.., last] = *id.as_bytes();
    usize::from(last) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_interning_numbers_each_id_once() {
        let id = |number: u32| {
            let mut bytes = [0; 20];
            bytes[..4].copy_from_slice(&number.to_le_bytes());
            bytes[19] = number as u8;
            ObjectId::from_bytes(bytes)
        };
        let interner = IdInterner::default();
        let new: usize = std::thread::scope(|scope| {
            let count = || (0..5_000).filter(|at| interner.intern(id(*at)).1).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(new, 5_000);
        let numbers = interner.finish();
        let mut all: Vec<u32> = (0..5_000).map(|at| numbers.get(id(at)).unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..5_000).collect::<Vec<_>>(), "no gaps");
        assert_eq!(numbers.get(id(5_000)), None);
    }
}
