//! One commit, decoded.

use std::sync::Arc;

use smallvec::SmallVec;
use thin_vec::ThinVec;

use super::{ObjectId, PathSetId, Time};

/// The parents of a commit. Nearly all have one, which then lies in the commit itself.
pub type Parents = SmallVec<[ObjectId; 1]>;

/// A name and an e-mail address, after `.mailmap`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Person {
    /// The display name; may be empty.
    pub name: String,
    /// The address; may be empty.
    pub email: String,
}

/// So many bytes of a message are read: more than anybody writes, and little enough that no message can take all memory or
/// minutes.
pub const MESSAGE_BYTES: usize = 1 << 20;

/// A commit as the later stages see it: owned, in UTF-8, with nothing of the git library in it. Small, since all of history
/// may be held at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// Its root tree.
    pub tree: ObjectId,
    /// Its parents in the recorded order (grafts, replacements and shallow boundaries applied).
    pub parents: Parents,
    /// Who wrote it, after `.mailmap`. Shared, since a history has few people and many commits.
    pub author: Arc<Person>,
    /// When it was written.
    pub author_time: Time,
    /// When it was committed.
    pub committer_time: Time,
    /// The message, as far as it is read ([`MESSAGE_BYTES`]), decoded by the commit's `encoding` header; what cannot be decoded is U+FFFD.
    pub message: Box<str>,
    /// Whether something in the message could not be decoded.
    pub undecodable: bool,
    /// The path sets of which the commit touches a path, ascending.
    pub touches: ThinVec<PathSetId>,
}

impl Commit {
    /// The subject as git defines it: the first paragraph, its lines joined by single spaces.
    #[must_use]
    pub fn subject(&self) -> String {
        let lines = self.message.lines().map(str::trim);
        let paragraph: Vec<_> =
            lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
        paragraph.join(" ")
    }

    /// Whether the message may go on behind what is read of it.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        // What is cut ends with a whole character.
        self.message.len() + 4 > MESSAGE_BYTES
    }

    /// Whether the commit has more than one parent.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}
