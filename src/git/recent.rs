//! What was read lately, as far as memory is given for it.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash},
};

/// Values by their keys, in two generations: when the younger one is full the older one is let go, but for what was asked
/// for in the meantime.
pub(super) struct Recent<K, V, S> {
    young: HashMap<K, (V, usize), S>,
    old: HashMap<K, (V, usize), S>,
    /// The bytes of the younger ones.
    bytes: usize,
    /// The bytes of a generation.
    most: usize,
}

impl<K: Eq + Hash, V: Clone, S: BuildHasher + Default> Recent<K, V, S> {
    /// Keeps about `most` bytes, and up to twice as many.
    pub(super) fn new(most: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), bytes: 0, most }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, size)) = self.old.remove_entry(key)?;
        self.insert(key, value.clone(), size);
        Some(value)
    }

    /// Keeps a value of `size` bytes for a while.
    pub(super) fn insert(&mut self, key: K, value: V, size: usize) {
        if self.bytes + size > self.most {
            // Room that was made once is used again.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(key, (value, size));
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut recent = Recent::<u32, u32, RandomState>::new(10);
        for key in 0..40 {
            recent.insert(key, key, 2);
            assert_eq!(recent.get(&0), Some(0), "asked for again and again");
        }
        assert_eq!(recent.get(&39), Some(39));
        assert_eq!(recent.get(&1), None);
        assert!(recent.young.len() + recent.old.len() <= 10, "of 40");
    }
}
