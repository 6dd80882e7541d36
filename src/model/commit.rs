//! A decoded commit.

use std::sync::Arc;

use smallvec::SmallVec;
use thin_vec::ThinVec;

use super::{ObjectId, PathSetId, Time};

/// The parents of a commit. A single parent, the common case, is stored inline.
pub type Parents = SmallVec<[ObjectId; 1]>;

/// A name and an email address, after `.mailmap`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Person {
    /// The display name; may be empty.
    pub name: String,
    /// The email address; may be empty.
    pub email: String,
}

/// Longest message, in bytes; the rest is cut. Bounds the memory and time that a hostile message can take.
pub const MESSAGE_BYTES: usize = 1 << 20;

/// A commit as the later stages use it: owned, in UTF-8, without types of the git library. Small, because all of
/// history may be in memory at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its commit ID.
    pub id: ObjectId,
    /// Its root tree.
    pub tree: ObjectId,
    /// Its parents in the recorded order (grafts, replacements and shallow boundaries applied).
    pub parents: Parents,
    /// Its author, after `.mailmap`. Shared, because a history has few authors and many commits.
    pub author: Arc<Person>,
    /// The author date.
    pub author_time: Time,
    /// The committer date.
    pub committer_time: Time,
    /// The message, up to [`MESSAGE_BYTES`], decoded with the commit's `encoding` header; invalid bytes become U+FFFD.
    pub message: Box<str>,
    /// Whether the message has bytes that could not be decoded.
    pub undecodable: bool,
    /// The path sets with a path that the commit touches, ascending.
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

    /// Whether the message was probably cut at [`MESSAGE_BYTES`].
    #[must_use]
    pub fn is_cut(&self) -> bool {
        // A message is cut before a partial character of up to 4 bytes.
        self.message.len() + 4 > MESSAGE_BYTES
    }

    /// Whether the commit has more than one parent.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}
