//! What was read lately, as far as memory is given for it.

use std::hash::{BuildHasher, Hash};

/// So many values are kept at most, however small: enough for the folders that a few versions in a row change.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;

/// Values by their keys. Each key has two slots that it can lie in. Where both are taken, the one that nobody has asked for
/// goes; where all values together are too much, those go in turn that nobody has asked for since the last round (the CLOCK
/// algorithm). The newest value stays, however large.
pub(in crate::git) struct ClockCache<K, V, S> {
    slots: Vec<Option<Slot<K, V>>>,
    hasher: S,
    /// The bytes of all values.
    bytes: usize,
    /// As many as are kept.
    most: usize,
    /// The slot that is looked at next, where something must go.
    hand: usize,
}

struct Slot<K, V> {
    key: K,
    value: V,
    size: usize,
    /// Whether it was asked for since the hand was here, or something was put beside it.
    asked: bool,
}

impl<K: Eq + Hash, V: Clone, S: BuildHasher + Default> ClockCache<K, V, S> {
    /// Keeps about `most` bytes.
    pub(in crate::git) fn new(most: usize) -> Self {
        Self { slots: Vec::new(), hasher: S::default(), bytes: 0, most, hand: 0 }
    }

    pub(in crate::git) fn get(&mut self, key: &K) -> Option<V> {
        let places = self.places(key);
        let at = places.into_iter().find(|at| self.holds(*at, key))?;
        let slot = self.slots.get_mut(at)?.as_mut()?;
        slot.asked = true;
        Some(slot.value.clone())
    }

    /// Keeps a value of `size` bytes for a while.
    pub(in crate::git) fn insert(&mut self, key: K, value: V, size: usize) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let [one, other] = self.places(&key);
        let is_asked = |at: usize| self.slots.get(at).and_then(Option::as_ref).map(|slot| slot.asked);
        // The same key, then an empty slot, then one that nobody asked for.
        let at = if self.holds(other, &key) || (!self.holds(one, &key) && is_asked(other) < is_asked(one)) {
            other
        } else {
            one
        };
        // What lies in the other slot has had its second chance now.
        let beside = if at == one { other } else { one };
        self.slots.get_mut(beside).into_iter().flatten().for_each(|slot| slot.asked = false);
        self.put(at, Some(Slot { key, value, size, asked: false }));
        for _ in 0..2 * SLOTS {
            if self.bytes <= self.most {
                break;
            }
            self.hand = (self.hand + 1) % SLOTS;
            match self.slots.get_mut(self.hand) {
                Some(Some(slot)) if slot.asked => slot.asked = false,
                Some(Some(_)) if self.hand != at => self.put(self.hand, None),
                _ => {}
            }
        }
    }

    fn put(&mut self, at: usize, new: Option<Slot<K, V>>) {
        let Some(slot) = self.slots.get_mut(at) else { return };
        self.bytes += new.as_ref().map_or(0, |new| new.size);
        let old = std::mem::replace(slot, new);
        self.bytes -= old.map_or(0, |old| old.size);
    }

    fn holds(&self, at: usize, key: &K) -> bool {
        self.slots.get(at).and_then(Option::as_ref).is_some_and(|slot| slot.key == *key)
    }

    fn places(&self, key: &K) -> [usize; 2] {
        // The highest bits: in a product, they are the ones that all others have a part in.
        let place = usize::try_from(self.hasher.hash_one(key) >> (u64::BITS - SLOT_BITS)).unwrap_or(0);
        [place, place ^ 1]
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use proptest::prelude::*;

    use super::*;

    fn kept(recent: &ClockCache<u32, u32, RandomState>) -> usize {
        recent.slots.iter().flatten().map(|slot| slot.size).sum()
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut recent = ClockCache::<u32, u32, RandomState>::new(40_000);
        for key in 0..20_000 {
            recent.insert(key, key, 20);
            assert_eq!(recent.get(&0), Some(0), "asked for again and again");
        }
        assert_eq!(recent.get(&19_999), Some(19_999));
        assert!(kept(&recent) <= 40_000);
        recent.insert(7, 8, 50_000);
        assert_eq!(recent.get(&7), Some(8), "too large, but new");
        recent.insert(9, 9, 1);
        assert_eq!((recent.get(&7), kept(&recent)), (None, 1));
    }

    proptest! {
        #[test]
        fn nothing_else_is_given(asks in proptest::collection::vec((0..40u32, 0..30usize), 0..300)) {
            let mut recent = ClockCache::<u32, usize, RandomState>::new(60);
            let mut last = std::collections::HashMap::new();
            for (key, size) in asks {
                if let Some(value) = recent.get(&key) {
                    prop_assert_eq!(Some(&value), last.get(&key));
                }
                recent.insert(key, size, size);
                last.insert(key, size);
                prop_assert_eq!(recent.get(&key), Some(size));
                prop_assert_eq!(recent.bytes, recent.slots.iter().flatten().map(|slot| slot.size).sum::<usize>());
                prop_assert!(recent.bytes <= 60);
            }
        }
    }
}
