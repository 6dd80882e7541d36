//! The index of released changes: the commits of versions on other branches, by what a cherry-pick of them keeps.

use std::{collections::HashMap, sync::Arc};

use crate::{
    messages::{self, Message},
    model::{Commit, IdMap, ObjectId},
};

use super::{
    lookups::Lookups, originals, outlined_commit::OutlinedCommit, possible_duplicates::PossibleDuplicates,
};

/// At most this many commits with one subject and author are compared by their patches.
const MOST_COMPARED: usize = 4;

/// A version's rank among all versions, lowest first; what is unreleased ranks above them.
pub type Rank = usize;

/// The position of a commit in [`ReleasedIndex::commits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ReleasedAt(u32);

/// The number of a text. Texts are long and keys many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct SubjectNumber(u32);

/// The number of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct EmailNumber(u32);

#[derive(Debug, Clone)]
struct ReleasedCommit {
    id: ObjectId,
    rank: Rank,
    version: Arc<str>,
}

/// Commits that share something, in the order of their versions; most often it is one.
type Alike = Vec<ReleasedAt>;

/// The commits of versions on other branches, by what a cherry-pick of them keeps.
#[derive(Debug, Default)]
pub struct ReleasedIndex {
    commits: Vec<ReleasedCommit>,
    ids: IdMap<Alike>,
    picked: IdMap<Alike>,
    subjects: HashMap<String, SubjectNumber>,
    emails: HashMap<String, EmailNumber>,
    pull_requests: HashMap<(u64, SubjectNumber), Alike>,
    written: HashMap<(SubjectNumber, EmailNumber, i64), Alike>,
    authors: HashMap<(SubjectNumber, EmailNumber), Alike>,
}

impl ReleasedIndex {
    /// The index of the commits of versions, each with its rank and the version's name. `all` are these commits and those that
    /// will be looked up, each once.
    #[must_use]
    pub fn new<'a>(
        versions: impl IntoIterator<Item = (Rank, String, Vec<OutlinedCommit<'a>>)>,
        all: impl Iterator<Item = OutlinedCommit<'a>>,
        options: &messages::Options,
    ) -> Self {
        let mut versions: Vec<_> = versions.into_iter().collect();
        // So whatever is alike is in the order of the versions.
        versions.sort_by_key(|(rank, ..)| *rank);
        let mut index = Self::default();
        if versions.is_empty() {
            return index;
        }
        let possible = PossibleDuplicates::new(all, options);
        for (rank, version, commits) in versions {
            let version: Arc<str> = version.into();
            for commit in commits {
                index.add(commit, &possible, (rank, &version), options);
            }
        }
        index
    }

    fn add(
        &mut self,
        outlined: OutlinedCommit<'_>,
        possible: &PossibleDuplicates,
        (rank, version): (Rank, &Arc<str>),
        options: &messages::Options,
    ) {
        let OutlinedCommit { commit, outline, .. } = outlined;
        let is_source = !commit.is_merge() && possible.is_source(commit.id);
        let is_repeated = !commit.is_merge() && possible.is_repeated(outline);
        if !is_source && !is_repeated && !outline.may_be_cherry_pick() {
            return;
        }
        let message = outlined.message(options);
        let has_subject = !message.subject.is_empty();
        let (is_source, is_repeated) = (is_source && has_subject, is_repeated && has_subject);
        let Ok(at) = u32::try_from(self.commits.len()).map(ReleasedAt) else { return };
        self.commits.push(ReleasedCommit { id: commit.id, rank, version: Arc::clone(version) });
        for source in originals::commits(&message) {
            self.picked.entry(source).or_default().push(at);
        }
        if is_source {
            self.ids.entry(commit.id).or_default().push(at);
        }
        if !is_repeated {
            return;
        }
        let subject = number(&mut self.subjects, message.subject_key(), SubjectNumber);
        let email = number(&mut self.emails, &commit.author.email, EmailNumber);
        for number in originals::pull_requests(&message) {
            self.pull_requests.entry((number, subject)).or_default().push(at);
        }
        self.written.entry((subject, email, commit.author_time.seconds)).or_default().push(at);
        self.authors.entry((subject, email)).or_default().push(at);
    }

    fn commit(&self, at: ReleasedAt) -> Option<&ReleasedCommit> {
        self.commits.get(at.0 as usize)
    }
}

/// The number of a text, given where it has none yet.
fn number<N: Copy>(numbers: &mut HashMap<String, N>, text: &str, new: impl Fn(u32) -> N) -> N {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let number = new(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
    numbers.insert(text.to_owned(), number);
    number
}

/// What counts as released before a version: the commits of the index that versions between two ranks released.
#[derive(Clone, Copy)]
pub struct Released<'a> {
    /// The index.
    pub index: &'a ReleasedIndex,
    /// Above this rank, the base's; `None` where there is no base.
    pub after: Option<Rank>,
    /// Below this rank, the version's own.
    pub before: Rank,
}

impl<'a> Released<'a> {
    /// Why the commit is a duplicate of a released one.
    pub(super) fn duplicate(
        self,
        commit: &Commit,
        message: &Message,
        lookups: Lookups<'_>,
    ) -> Option<String> {
        let index = self.index;
        if index.commits.is_empty() || commit.is_merge() {
            return None;
        }
        let original = |alike: Option<&'a Alike>| self.among(alike?).find(|known| known.id != commit.id);
        let reason = |known: &ReleasedCommit, how: &str| {
            format!("already released in {} as {} ({how})", known.version, known.id.short())
        };
        if let Some(known) = original(index.picked.get(&commit.id)) {
            return Some(reason(known, "cherry-picked from this commit"));
        }
        if let Some(known) = originals::commits(message).find_map(|source| original(index.ids.get(&source))) {
            return Some(reason(known, "this commit is a cherry-pick of it"));
        }
        let subject = *index.subjects.get(message.subject_key())?;
        for number in originals::pull_requests(message) {
            if let Some(known) = original(index.pull_requests.get(&(number, subject))) {
                return Some(reason(known, "same pull request and subject"));
            }
        }
        let email = *index.emails.get(&commit.author.email)?;
        let by_author = index.authors.get(&(subject, email))?;
        if let Some(known) = original(index.written.get(&(subject, email, commit.author_time.seconds))) {
            return Some(reason(known, "same author, date and subject"));
        }
        // A subject that one author used again and again says nothing, and each comparison costs two diffs.
        let mut candidates = self.among(by_author).filter(|known| known.id != commit.id).take(MOST_COMPARED);
        let first = candidates.next()?;
        let patch = (lookups.patch_id)(commit.id)?;
        let mut candidates = std::iter::once(first).chain(candidates);
        let known = candidates.find(|known| (lookups.patch_id)(known.id) == Some(patch))?;
        Some(reason(known, "same subject and patch"))
    }

    /// Those of the commits that count, of the lowest version first.
    fn among(self, alike: &'a Alike) -> impl Iterator<Item = &'a ReleasedCommit> {
        let from = self.after.map_or(0, |after| after + 1);
        let rank = |at: &ReleasedAt| self.index.commit(*at).map_or(Rank::MAX, |known| known.rank);
        let start = alike.partition_point(|at| rank(at) < from);
        let counting = alike.get(start..).unwrap_or_default().iter();
        counting
            .filter_map(move |at| self.index.commit(*at))
            .take_while(move |known| known.rank < self.before)
    }
}
