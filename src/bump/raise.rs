//! Raises the numbers of a version, and computes the bump between two versions.

use crate::model::{Bump, Version};

/// The bumps that changes require while the first number is 0 (SemVer 2.0.0 §4: anything may change).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZeroRules {
    /// The bump for a breaking change.
    pub breaking: Bump,
    /// The bump for a feature.
    pub feature: Bump,
}

impl Default for ZeroRules {
    fn default() -> Self {
        Self { breaking: Bump::Minor, feature: Bump::Minor }
    }
}

impl ZeroRules {
    /// The bump to apply to `base` if the changes require `required`.
    pub(super) fn apply(self, required: Bump, base: &Version) -> Bump {
        match required {
            _ if base.number(0) != 0 => required,
            Bump::Major => self.breaking,
            Bump::Minor => self.feature,
            Bump::Patch => Bump::Patch,
        }
    }
}

const fn index(bump: Bump) -> usize {
    match bump {
        Bump::Major => 0,
        Bump::Minor => 1,
        Bump::Patch => 2,
    }
}

/// Raises one number and sets those after it to 0. Keeps the number of components, or adds those that the bump needs (a
/// patch bump of `1.2` gives `1.2.1`). `None` if the number is at its maximum.
pub(super) fn raise(numbers: &[u64], bump: Bump) -> Option<Vec<u64>> {
    let at = index(bump);
    let mut raised: Vec<_> = numbers.iter().copied().take(at).collect();
    raised.resize(at, 0);
    raised.push(numbers.get(at).copied().unwrap_or(0).checked_add(1)?);
    raised.resize(numbers.len().max(at + 1), 0);
    Some(raised)
}

/// The bump between two versions, without their pre-releases; `None` if they are equal. Numbers after the third, and a
/// post-release, count as patches.
pub(super) fn difference(from: &Version, to: &Version) -> Option<Bump> {
    let count = from.numbers().len().max(to.numbers().len());
    match (0..count).find(|&at| from.number(at) != to.number(at)) {
        None => (!from.same_core(to)).then_some(Bump::Patch),
        Some(0) => Some(Bump::Major),
        Some(1) => Some(Bump::Minor),
        Some(_) => Some(Bump::Patch),
    }
}

/// The bump that the numbers alone imply: `2.0.0` is a major version, `1.3.0` a minor one.
pub(super) fn implied_bump(core: &Version) -> Bump {
    match (core.number(1), core.numbers().iter().skip(2).all(|&number| number == 0)) {
        (0, true) => Bump::Major,
        (_, true) => Bump::Minor,
        (_, false) => Bump::Patch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_after_the_raised_one_are_zero() {
        assert_eq!(raise(&[1, 2, 3], Bump::Major).unwrap(), [2, 0, 0]);
        assert_eq!(raise(&[1, 2, 3], Bump::Minor).unwrap(), [1, 3, 0]);
        assert_eq!(raise(&[1, 2, 3], Bump::Patch).unwrap(), [1, 2, 4]);
        assert_eq!(raise(&[1, 2], Bump::Patch).unwrap(), [1, 2, 1]);
        assert_eq!(raise(&[7], Bump::Patch).unwrap(), [7, 0, 1]);
        assert_eq!(raise(&[7, 0, 8, 7], Bump::Patch).unwrap(), [7, 0, 9, 0]);
        assert_eq!(raise(&[1, u64::MAX, 0], Bump::Minor), None);
    }

    #[test]
    fn difference_and_implied_bump() {
        let version = Version::new;
        assert_eq!(difference(&version(1, 2, 3), &version(2, 2, 3)), Some(Bump::Major));
        assert_eq!(difference(&version(1, 2, 3), &version(1, 3, 0)), Some(Bump::Minor));
        assert_eq!(difference(&version(1, 2, 3), &version(1, 2, 9)), Some(Bump::Patch));
        assert_eq!(difference(&version(1, 2, 3), &version(1, 2, 3)), None);
        assert_eq!(implied_bump(&version(2, 0, 0)), Bump::Major);
        assert_eq!(implied_bump(&version(2, 1, 0)), Bump::Minor);
        assert_eq!(implied_bump(&version(2, 0, 1)), Bump::Patch);
    }
}
