//! The identifiers of a pre-release, and their order.

use std::cmp::Ordering;

use thin_vec::ThinVec;

/// One identifier of a pre-release. The order of the variants is that of the identifiers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier {
    /// A development release (PEP 440): `dev1`. It precedes what it is appended to.
    Dev(u64),
    /// A number of any length: how many digits it has without leading zeros, and the digits.
    Number(usize, Box<str>),
    /// A word, compared as ASCII.
    Word(Box<str>),
    /// A post-release of a pre-release (PEP 440): `a1.post2`.
    Post(u64),
}

impl Identifier {
    /// A number from its digits.
    pub(super) fn number(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        Self::Number(digits.len(), digits.into())
    }

    /// The identifiers of a pre-release under SemVer 2.0.0 §9.
    pub(super) fn semver(pre: &str) -> ThinVec<Self> {
        let identifier = |text: &str| {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { Self::number(text) } else { Self::Word(text.into()) }
        };
        pre.split('.').filter(|text| !text.is_empty()).map(identifier).collect()
    }
}

/// Compares two pre-releases of the same version. None at all is the highest, since it is the final version. Otherwise
/// more identifiers are higher (SemVer 2.0.0 §11), unless the first additional one is `dev`.
pub(super) fn compare(a: &[Identifier], b: &[Identifier]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.is_empty().cmp(&b.is_empty());
    }
    if let Some(ordering) = a.iter().zip(b).map(|(a, b)| a.cmp(b)).find(|ordering| ordering.is_ne()) {
        return ordering;
    }
    let is_dev = |rest: Option<&Identifier>| matches!(rest, Some(Identifier::Dev(_)));
    match a.len().cmp(&b.len()) {
        Ordering::Greater if is_dev(a.get(b.len())) => Ordering::Less,
        Ordering::Less if is_dev(b.get(a.len())) => Ordering::Greater,
        ordering => ordering,
    }
}
