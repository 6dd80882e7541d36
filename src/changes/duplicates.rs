//! Changes that are there twice: cherry-picks that an earlier version released from another branch, and hotfixes merged
//! into two branches of one version.
//!
//! The original is found by the `-x` line of `git cherry-pick`, by pull request number and subject, by author, date and
//! subject (which a cherry-pick keeps), and last by subject and patch id, so that only a pair with the same subject is
//! ever compared.

use std::{collections::HashMap, sync::Arc};

use crate::model::{Commit, ObjectId};

use super::{message::Message, reverts::without_reference};

/// At most this many commits with one subject and author are compared by their patches.
const COMPARED: usize = 4;

/// Asks for a commit's patch id.
pub type PatchId<'a> = &'a dyn Fn(ObjectId) -> Option<[u8; 20]>;

/// A version's rank among all versions, lowest first; what is unreleased ranks above them.
pub type Rank = usize;

#[derive(Debug, Clone)]
struct Known {
    id: ObjectId,
    rank: Rank,
    version: Arc<str>,
}

/// Commits of versions made on other branches, by what a cherry-pick of them keeps.
#[derive(Debug, Default)]
pub struct Elsewhere {
    ids: HashMap<String, Known>,
    picked: HashMap<String, Vec<Known>>,
    references: HashMap<(u64, String), Vec<Known>>,
    subjects: HashMap<String, Vec<(Known, Authored)>>,
}

/// Who wrote a commit, and when.
type Authored = (String, i64);

fn authored(commit: &Commit) -> Authored {
    (commit.author.email.clone(), commit.author_time.seconds)
}

impl Elsewhere {
    /// Takes in the commits of a version.
    pub fn add(&mut self, commits: &[&Commit], messages: &[&Message], rank: Rank, version: &str) {
        let version: Arc<str> = version.into();
        for (commit, message) in commits.iter().zip(messages) {
            let known = Known { id: commit.id, rank, version: Arc::clone(&version) };
            for source in &message.cherry_picked_from {
                self.picked.entry(source.clone()).or_default().push(known.clone());
            }
            if commit.is_merge() || message.subject.is_empty() {
                continue;
            }
            let subject = without_reference(&message.subject).to_owned();
            for number in numbers(message) {
                self.references.entry((number, subject.clone())).or_default().push(known.clone());
            }
            self.ids.insert(commit.id.to_string(), known.clone());
            self.subjects.entry(subject).or_default().push((known, authored(commit)));
        }
    }

    /// Whether nothing was taken in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.picked.is_empty()
    }

    /// Why the commit is a duplicate of one in a version between `above` and `below` (both excluded).
    fn duplicate(
        &self,
        commit: &Commit,
        message: &Message,
        (above, below): (Option<Rank>, Rank),
        patch_id: PatchId<'_>,
    ) -> Option<String> {
        if self.is_empty() || commit.is_merge() {
            return None;
        }
        let between = |known: &&Known| {
            known.id != commit.id && known.rank < below && above.is_none_or(|above| known.rank > above)
        };
        let told = |known: &Known, how: &str| {
            format!("already released in {} as {} ({how})", known.version, known.id.short())
        };
        let picked = self.picked.get(&commit.id.to_string()).and_then(|all| all.iter().find(between));
        if let Some(known) = picked {
            return Some(told(known, "cherry-picked from this commit"));
        }
        let mut sources = message.cherry_picked_from.iter();
        if let Some(known) = sources.find_map(|source| self.ids.get(source).filter(between)) {
            return Some(told(known, "this commit is a cherry-pick of it"));
        }
        let subject = without_reference(&message.subject);
        for number in numbers(message) {
            let same = self.references.get(&(number, subject.to_owned()));
            if let Some(known) = same.and_then(|all| all.iter().find(between)) {
                return Some(told(known, "same pull request and subject"));
            }
        }
        let candidates = self.subjects.get(subject)?;
        let same = candidates.iter().filter(|(known, _)| between(&known));
        let wrote = authored(commit);
        if let Some((known, _)) = same.clone().find(|(_, other)| *other == wrote) {
            return Some(told(known, "same author, date and subject"));
        }
        // A subject that one author used again and again says nothing, and each comparison costs two diffs.
        let mut candidates = same.filter(|(_, (author, _))| *author == wrote.0).take(COMPARED);
        let patch = candidates.clone().next().and_then(|_| patch_id(commit.id))?;
        let (known, _) = candidates.find(|(known, _)| patch_id(known.id) == Some(patch))?;
        Some(told(known, "same subject and patch"))
    }
}

fn numbers(message: &Message) -> impl Iterator<Item = u64> {
    let own = message.pull_request.as_ref().map(|mention| mention.number);
    own.into_iter().chain(message.backport_of.iter().copied())
}

/// Why each commit of a window (newest first) is a duplicate, of another version's or of an older one of the window.
pub(super) fn find(
    commits: &[&Commit],
    messages: &[&Message],
    elsewhere: &Elsewhere,
    ranks: (Option<Rank>, Rank),
    patch_id: PatchId<'_>,
) -> Vec<Option<String>> {
    let mut seen: HashMap<(Authored, &str), ObjectId> = HashMap::new();
    let mut ids: HashMap<String, ObjectId> = HashMap::new();
    let picks = messages.iter().any(|message| !message.cherry_picked_from.is_empty());
    let mut found: Vec<Option<String>> = vec![None; commits.len()];
    for ((commit, message), slot) in commits.iter().zip(messages).zip(&mut found).rev() {
        if commit.is_merge() || message.subject.is_empty() {
            continue;
        }
        let twice = |other: &ObjectId| format!("the same change as {} of this version", other.short());
        let picked = message.cherry_picked_from.iter().find_map(|source| ids.get(source)).map(twice);
        let again = seen.get(&(authored(commit), without_reference(&message.subject))).map(twice);
        *slot = elsewhere.duplicate(commit, message, ranks, patch_id).or(picked).or(again);
        if slot.is_none() {
            seen.insert((authored(commit), without_reference(&message.subject)), commit.id);
            if picks {
                ids.insert(commit.id.to_string(), commit.id);
            }
        }
    }
    found
}
