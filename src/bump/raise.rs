//! Raising the numbers of a version, and what counts as a raise.

use crate::model::{Bump, Version};

/// What changes raise while the first number is 0 (SemVer 2.0.0 §4: anything may change).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZeroRules {
    /// What a breaking change raises.
    pub breaking: Bump,
    /// What a feature raises.
    pub feature: Bump,
}

impl Default for ZeroRules {
    fn default() -> Self {
        Self { breaking: Bump::Minor, feature: Bump::Minor }
    }
}

impl ZeroRules {
    /// What `asked` comes to after `base`.
    pub(super) fn apply(self, asked: Bump, base: &Version) -> Bump {
        match asked {
            _ if base.number(0) != 0 => asked,
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

/// Raises one number and sets those after it to 0. There are as many as before, or as many as the raise needs (`1.2` and a
/// patch make `1.2.1`). `None` where the number is as great as it can be.
pub(super) fn raise(numbers: &[u64], bump: Bump) -> Option<Vec<u64>> {
    let at = index(bump);
    let mut raised: Vec<_> = numbers.iter().copied().take(at).collect();
    raised.resize(at, 0);
    raised.push(numbers.get(at).copied().unwrap_or(0).checked_add(1)?);
    raised.resize(numbers.len().max(at + 1), 0);
    Some(raised)
}

/// The raise that leads from one core to a higher one; `None` where they are the same. Numbers after the third are patches.
pub(super) fn size(from: &Version, to: &Version) -> Option<Bump> {
    let count = from.numbers().len().max(to.numbers().len());
    match (0..count).find(|&at| from.number(at) != to.number(at))? {
        0 => Some(Bump::Major),
        1 => Some(Bump::Minor),
        _ => Some(Bump::Patch),
    }
}

/// The raise that a core is by its looks: `2.0.0` a major one, `1.3.0` a minor one.
pub(super) fn looks(core: &Version) -> Bump {
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
    fn sizes() {
        let version = Version::new;
        assert_eq!(size(&version(1, 2, 3), &version(2, 2, 3)), Some(Bump::Major));
        assert_eq!(size(&version(1, 2, 3), &version(1, 3, 0)), Some(Bump::Minor));
        assert_eq!(size(&version(1, 2, 3), &version(1, 2, 9)), Some(Bump::Patch));
        assert_eq!(size(&version(1, 2, 3), &version(1, 2, 3)), None);
        assert_eq!(looks(&version(2, 0, 0)), Bump::Major);
        assert_eq!(looks(&version(2, 1, 0)), Bump::Minor);
        assert_eq!(looks(&version(2, 0, 1)), Bump::Patch);
    }
}
