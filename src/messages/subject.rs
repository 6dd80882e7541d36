//! Splits off the subject of a message and computes its key: the subject without the references that a forge adds.
//! Subjects are compared by their keys.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{text, wrapping};

/// Splits a cleaned message into its subject and the text after it. The subject is the first line, joined with the
/// lines that continue its sentence.
pub(super) fn split(message: &str) -> (String, &str) {
    let message = message.trim_start_matches('\n').trim_start();
    let mut end = 0;
    let mut last = "";
    for line in message.split_inclusive('\n') {
        if end > 0 && !wrapping::continues(last, line) {
            break;
        }
        last = line;
        end += line.len();
    }
    let (head, rest) = message.split_at_checked(end).unwrap_or((message, ""));
    (text::one_line(head), rest.trim_start_matches('\n'))
}

/// The key of a subject: a prefix of it, stored by its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SubjectKey {
    /// In bytes.
    length: u32,
    digest: u32,
}

impl SubjectKey {
    pub(super) fn of(subject: &str) -> Self {
        let text = without_reference(subject);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { length, digest: (hasher.finish() >> 32) as u32 }
    }

    /// The key as a slice of its subject.
    pub(super) fn text(self, subject: &str) -> &str {
        subject.get(..self.length as usize).unwrap_or(subject)
    }

    /// A hash of the key. Collisions are possible but rare.
    pub(super) fn digest(self) -> u32 {
        self.digest
    }
}

/// A subject without the `(#12)` that a forge adds to a squash.
pub(crate) fn without_reference(subject: &str) -> &str {
    let mut rest = subject.trim_end();
    while let Some((before, inner)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        let number = inner.strip_prefix('#').unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        // `(cherry-pick #12 for 4.1)` names the original as `(#12)` would.
        let is_backport = || {
            let lower = inner.to_ascii_lowercase();
            inner.contains('#')
                && !before.trim().is_empty()
                && ["cherry-pick", "cherry pick", "backport"].iter().any(|word| lower.starts_with(word))
        };
        if !is_number && !is_backport() {
            break;
        }
        rest = before.trim_end();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_references_are_not_part_of_the_key() {
        for (subject, key) in [("fix: 新增 x (#12)", "fix: 新增 x"), ("fix: x", "fix: x"), ("", "")] {
            assert_eq!(SubjectKey::of(subject).text(subject), key);
            assert_eq!(SubjectKey::of(subject).digest(), SubjectKey::of(key).digest());
        }
        assert_ne!(SubjectKey::of("fix: x").digest(), SubjectKey::of("fix: y").digest());
    }

    #[test]
    fn any_number_of_trailing_references_is_taken_off() {
        let title = |end: &str| format!("x {}", end.repeat(100_000));
        for end in ["(#1) ", "(backport #1) ", "(#1) (cherry-pick #2 for 3) "] {
            assert_eq!(without_reference(&title(end)), "x", "{end}");
        }
        assert_eq!(without_reference("x (#a)"), "x (#a)");
        assert_eq!(without_reference("(backport #1)"), "(backport #1)");
    }
}
