//! A cache with a limit on bytes, with CLOCK eviction.

use std::hash::{BuildHasher, Hash};

/// Maximum number of values: enough for the trees that a few consecutive versions change.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;

/// Each key has two candidate slots. If both are occupied, a new value replaces the unreferenced one. If the total size
/// exceeds the capacity, values that were not referenced since the last round are evicted (the CLOCK algorithm). The
/// newest value stays, even if it exceeds the capacity alone.
pub(in crate::git) struct ClockCache<K, V, S> {
    slots: Vec<Option<Slot<K, V>>>,
    hasher: S,
    /// Total size of all values, in bytes.
    bytes: usize,
    /// Maximum total size, in bytes.
    capacity: usize,
    /// The slot that eviction checked last.
    hand: usize,
}

struct Slot<K, V> {
    key: K,
    value: V,
    size: usize,
    /// Whether it was read since the hand passed it, or since its key's other slot was written.
    referenced: bool,
}

impl<K: Eq + Hash, V: Clone, S: BuildHasher + Default> ClockCache<K, V, S> {
    /// A cache of about `capacity` bytes.
    pub(in crate::git) fn new(capacity: usize) -> Self {
        Self { slots: Vec::new(), hasher: S::default(), bytes: 0, capacity, hand: 0 }
    }

    pub(in crate::git) fn get(&mut self, key: &K) -> Option<V> {
        let candidates = self.slots_for(key);
        let at = candidates.into_iter().find(|at| self.holds(*at, key))?;
        let slot = self.slots.get_mut(at)?.as_mut()?;
        slot.referenced = true;
        Some(slot.value.clone())
    }

    /// Inserts a value of `size` bytes.
    pub(in crate::git) fn insert(&mut self, key: K, value: V, size: usize) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let [one, other] = self.slots_for(&key);
        let is_referenced =
            |at: usize| self.slots.get(at).and_then(Option::as_ref).map(|slot| slot.referenced);
        // Prefer the same key, then an empty slot, then an unreferenced one.
        let at = if self.holds(other, &key)
            || (!self.holds(one, &key) && is_referenced(other) < is_referenced(one))
        {
            other
        } else {
            one
        };
        // The value in the other slot has used its second chance.
        let alternative = if at == one { other } else { one };
        self.slots.get_mut(alternative).into_iter().flatten().for_each(|slot| slot.referenced = false);
        self.set_slot(at, Some(Slot { key, value, size, referenced: false }));
        for _ in 0..2 * SLOTS {
            if self.bytes <= self.capacity {
                break;
            }
            self.hand = (self.hand + 1) % SLOTS;
            match self.slots.get_mut(self.hand) {
                Some(Some(slot)) if slot.referenced => slot.referenced = false,
                Some(Some(_)) if self.hand != at => self.set_slot(self.hand, None),
                _ => {}
            }
        }
    }

    fn set_slot(&mut self, at: usize, new: Option<Slot<K, V>>) {
        let Some(slot) = self.slots.get_mut(at) else { return };
        self.bytes += new.as_ref().map_or(0, |new| new.size);
        let old = std::mem::replace(slot, new);
        self.bytes -= old.map_or(0, |old| old.size);
    }

    fn holds(&self, at: usize, key: &K) -> bool {
        self.slots.get(at).and_then(Option::as_ref).is_some_and(|slot| slot.key == *key)
    }

    fn slots_for(&self, key: &K) -> [usize; 2] {
        // The highest bits of a product depend on all bits of its factors.
        let index = usize::try_from(self.hasher.hash_one(key) >> (u64::BITS - SLOT_BITS)).unwrap_or(0);
        [index, index ^ 1]
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use proptest::prelude::*;

    use super::*;

    fn total_size(cache: &ClockCache<u32, u32, RandomState>) -> usize {
        cache.slots.iter().flatten().map(|slot| slot.size).sum()
    }

    #[test]
    fn referenced_entries_survive_eviction() {
        let mut cache = ClockCache::<u32, u32, RandomState>::new(40_000);
        for key in 0..20_000 {
            cache.insert(key, key, 20);
            assert_eq!(cache.get(&0), Some(0), "referenced between inserts");
        }
        assert_eq!(cache.get(&19_999), Some(19_999));
        assert!(total_size(&cache) <= 40_000);
        cache.insert(7, 8, 50_000);
        assert_eq!(cache.get(&7), Some(8), "newest value, larger than the capacity");
        cache.insert(9, 9, 1);
        assert_eq!((cache.get(&7), total_size(&cache)), (None, 1));
    }

    proptest! {
        #[test]
        fn get_returns_the_last_inserted_value(inserts in proptest::collection::vec((0..40u32, 0..30usize), 0..300)) {
            let mut cache = ClockCache::<u32, usize, RandomState>::new(60);
            let mut last = std::collections::HashMap::new();
            for (key, size) in inserts {
                if let Some(value) = cache.get(&key) {
                    prop_assert_eq!(Some(&value), last.get(&key));
                }
                cache.insert(key, size, size);
                last.insert(key, size);
                prop_assert_eq!(cache.get(&key), Some(size));
                prop_assert_eq!(cache.bytes, cache.slots.iter().flatten().map(|slot| slot.size).sum::<usize>());
                prop_assert!(cache.bytes <= 60);
            }
        }
    }
}
