//! Computes the outline of a message: what is needed of every message of a history before any of them is parsed.

use super::{cherry_picks, subject, subject::SubjectKey, text};

/// The properties of a message that are found without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outline {
    /// The digest of the subject's key.
    digest: u32,
    /// Whether it may name a commit that it was cherry-picked from.
    may_be_cherry_pick: bool,
}

impl Outline {
    pub(super) fn new(key: SubjectKey, may_be_cherry_pick: bool) -> Self {
        Self { digest: key.digest(), may_be_cherry_pick }
    }

    /// The outline of the message with this text.
    #[must_use]
    pub fn of(message: &str) -> Self {
        let clean = text::clean(message);
        let (subject, rest) = subject::split(&clean);
        Self::new(SubjectKey::of(&subject), cherry_picks::may_name_source(rest))
    }

    /// The digest of the subject's key. Collisions are possible but rare.
    pub(crate) fn digest(self) -> u32 {
        self.digest
    }

    /// Whether the message may name a commit that it was cherry-picked from.
    pub(crate) fn may_be_cherry_pick(self) -> bool {
        self.may_be_cherry_pick
    }
}
