//! A version, and the order of versions.

use std::{cmp::Ordering, fmt};

use semver::{BuildMetadata, Prerelease};
use thin_vec::ThinVec;

use super::identifier::{self, Identifier};

/// A version: numbers, an optional post-release, an optional pre-release, optional build metadata.
///
/// Ordered as in SemVer 2.0.0 §11 and PEP 440: numbers first (missing ones are 0), a post-release above its version, a
/// pre-release below its final version, pre-release identifiers one by one. Build metadata breaks ties, so that the
/// order is total.
#[derive(Debug, Clone)]
pub struct Version {
    /// The epoch (PEP 440): 0 unless given.
    epoch: u64,
    numbers: Vec<u64>,
    /// The numbers of the post-release; empty if it is none.
    post: ThinVec<u64>,
    pre: Prerelease,
    /// `pre`, for comparing.
    identifiers: ThinVec<Identifier>,
    build: BuildMetadata,
    text: String,
    /// The length of `text` in bytes without pre-release and build metadata.
    core_bytes: usize,
}

/// What follows the numbers of a version.
#[derive(Debug, Clone, Default)]
pub(super) struct Suffix {
    /// The numbers of the post-release; empty if it is none.
    pub(super) post: ThinVec<u64>,
    /// The length in bytes of the post-release in the text.
    pub(super) post_bytes: usize,
    /// The pre-release as text.
    pub(super) pre: Prerelease,
    /// The pre-release for comparing; empty for a final version.
    pub(super) identifiers: ThinVec<Identifier>,
}

impl Version {
    /// A version of three numbers.
    #[must_use]
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        semver::Version::new(major, minor, patch).into()
    }

    /// A version from its parsed parts. `number_bytes` is the length of the numbers in `text`, with the epoch.
    pub(super) fn from_parts(
        text: &str,
        (epoch, numbers, number_bytes): (u64, Vec<u64>, usize),
        suffix: Suffix,
        build: BuildMetadata,
    ) -> Self {
        let Suffix { post, post_bytes, pre, identifiers } = suffix;
        let core_bytes = number_bytes + post_bytes;
        Self { epoch, numbers, post, pre, identifiers, build, text: text.to_owned(), core_bytes }
    }

    /// A final version of these numbers, in the epoch of `self`. `text` is how the numbers are written.
    pub(super) fn renumbered(&self, numbers: Vec<u64>, text: &str) -> Self {
        let text = if self.epoch == 0 { text.to_owned() } else { format!("{}!{text}", self.epoch) };
        let bytes = text.len();
        Self::from_parts(&text, (self.epoch, numbers, bytes), Suffix::default(), BuildMetadata::EMPTY)
    }

    /// A post-release of this version, written as `text`. `None` if this is a pre-release or has build metadata.
    pub(super) fn post_release(mut self, number: u64, text: &str) -> Option<Self> {
        if self.is_prerelease() || !self.build.is_empty() {
            return None;
        }
        self.post.push(number);
        self.text = text.to_owned();
        self.core_bytes = text.len();
        Some(self)
    }

    /// The same version with this pre-release (none if it is empty), without build metadata.
    #[must_use]
    pub fn with_prerelease(&self, pre: Prerelease) -> Self {
        let core = self.core_text();
        let text = if pre.is_empty() { core.to_owned() } else { format!("{core}-{pre}") };
        let identifiers = Identifier::semver(&pre);
        Self { pre, identifiers, build: BuildMetadata::EMPTY, text, ..self.clone() }
    }

    /// The text without pre-release and build metadata: `1.0.0` of `1.0.0rc1`.
    #[must_use]
    pub fn core_text(&self) -> &str {
        self.text.get(..self.core_bytes).unwrap_or(&self.text)
    }

    /// The pre-release as it is written in the text, with its separator: `-rc.1`, `rc1`, `.dev1`.
    #[must_use]
    pub fn prerelease_text(&self) -> &str {
        let rest = self.text.get(self.core_bytes..).unwrap_or_default();
        rest.split_once('+').map_or(rest, |(pre, _build)| pre)
    }

    /// The numbers, most significant first; never empty.
    #[must_use]
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// The number at `index`; 0 if the version has fewer.
    #[must_use]
    pub fn number(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or(0)
    }

    /// The pre-release; empty for a final version.
    #[must_use]
    pub fn prerelease(&self) -> &Prerelease {
        &self.pre
    }

    /// Whether it is a pre-release. A post-release is none, unless it has a pre-release itself (`1.0.post1.dev2`).
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        !self.identifiers.is_empty()
    }

    /// Whether it is a post-release: `1.0.0.post1`.
    #[must_use]
    pub fn is_post_release(&self) -> bool {
        !self.post.is_empty()
    }

    /// The build metadata; may be empty.
    #[must_use]
    pub fn build(&self) -> &BuildMetadata {
        &self.build
    }

    /// Whether both have the same numbers; ignores post-release, pre-release and build metadata.
    #[must_use]
    pub fn same_numbers(&self, other: &Self) -> bool {
        self.epoch == other.epoch && compare_numbers(&self.numbers, &other.numbers).is_eq()
    }

    /// Whether both are the same version or pre-releases of it; ignores pre-release and build metadata.
    #[must_use]
    pub fn same_core(&self, other: &Self) -> bool {
        self.same_numbers(other) && self.post == other.post
    }

    /// Compares by precedence, which ignores build metadata.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        // The schemes order pre-releases differently, but equal text is the same version in all.
        if self.text == other.text {
            return Ordering::Equal;
        }
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_numbers(&self.numbers, &other.numbers))
            .then_with(|| self.post.cmp(&other.post))
            .then_with(|| identifier::compare(&self.identifiers, &other.identifiers))
    }
}

fn compare_numbers(a: &[u64], b: &[u64]) -> Ordering {
    let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(|i| at(a, i).cmp(&at(b, i))).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

impl From<semver::Version> for Version {
    fn from(version: semver::Version) -> Self {
        let text = version.to_string();
        let numbers = vec![version.major, version.minor, version.patch];
        let number_bytes = text.find(['-', '+']).unwrap_or(text.len());
        let identifiers = Identifier::semver(&version.pre);
        let suffix = Suffix { pre: version.pre, identifiers, ..Suffix::default() };
        Self::from_parts(&text, (0, numbers, number_bytes), suffix, version.build)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.precedence(other).then_with(|| compare_build(&self.build, &other.build))
    }
}

/// The order of local versions of PEP 440, where a number is above a word. SemVer defines none.
fn compare_build(a: &BuildMetadata, b: &BuildMetadata) -> Ordering {
    let key = |build: &BuildMetadata| {
        let segments = build.split('.').filter(|segment| !segment.is_empty());
        let segments = segments.map(|segment| match Identifier::semver(segment).pop() {
            Some(Identifier::Number(len, digits)) => (true, len, digits),
            _ => (false, 0, segment.into()),
        });
        segments.collect::<Vec<_>>()
    };
    key(a).cmp(&key(b)).then_with(|| a.as_str().cmp(b.as_str()))
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}
