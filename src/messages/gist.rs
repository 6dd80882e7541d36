//! What a subject says, without what a forge adds to it: subjects are compared by it again and again.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::references::without_reference;

/// The gist of a subject, which itself is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Gist {
    /// How much of the subject it is, in bytes.
    length: u32,
    digest: u32,
}

impl Gist {
    pub(super) fn of(subject: &str) -> Self {
        let text = without_reference(subject);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { length, digest: (hasher.finish() >> 32) as u32 }
    }

    /// Its text, in the subject that it is of.
    pub(super) fn in_subject(self, subject: &str) -> &str {
        subject.get(..self.length as usize).unwrap_or(subject)
    }

    /// A number that the same gists share, and hardly any others.
    pub(super) fn digest(self) -> u32 {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_at_the_end_is_no_part_of_it() {
        for (subject, gist) in [("fix: 新增 x (#12)", "fix: 新增 x"), ("fix: x", "fix: x"), ("", "")] {
            assert_eq!(Gist::of(subject).in_subject(subject), gist);
            assert_eq!(Gist::of(subject).digest(), Gist::of(gist).digest());
        }
        assert_ne!(Gist::of("fix: x").digest(), Gist::of("fix: y").digest());
    }
}
