//! Indexes the commits of versions on other branches by the properties that a cherry-pick preserves.

use std::{collections::HashMap, sync::Arc};

use crate::{
    messages::{self, Message},
    model::{Commit, IdMap, ObjectId},
};

use super::{
    lookups::Lookups, originals, outlined_commit::OutlinedCommit, possible_duplicates::PossibleDuplicates,
};

/// At most this many commits with the same author, and the same subject or date, are compared by patch ID.
const MAX_COMPARED: usize = 4;

/// A version's rank among all versions, lowest first; unreleased changes rank above them.
pub type Rank = usize;

/// The position of a commit in [`ReleasedIndex::commits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CommitPosition(u32);

/// The number of an interned subject key: the maps below hold many keys, and subjects are long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct SubjectNumber(u32);

/// The number of an interned email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct EmailNumber(u32);

#[derive(Debug, Clone)]
struct ReleasedCommit {
    id: ObjectId,
    rank: Rank,
    version: Arc<str>,
}

/// The commits that share a key, ordered by version; usually one.
type Positions = Vec<CommitPosition>;

/// The commits of versions on other branches, by the properties that a cherry-pick preserves.
#[derive(Debug, Default)]
pub struct ReleasedIndex {
    commits: Vec<ReleasedCommit>,
    /// By commit ID.
    ids: IdMap<Positions>,
    /// By the ID of the commit that it was cherry-picked from.
    sources: IdMap<Positions>,
    subjects: HashMap<String, SubjectNumber>,
    emails: HashMap<String, EmailNumber>,
    pull_requests: HashMap<(u64, SubjectNumber), Positions>,
    /// By subject, author and author date (seconds since 1970).
    authorships: HashMap<(SubjectNumber, EmailNumber, i64), Positions>,
    authors: HashMap<(SubjectNumber, EmailNumber), Positions>,
    /// By author and author date.
    dates: HashMap<(EmailNumber, i64), Positions>,
}

impl ReleasedIndex {
    /// Indexes the commits of `versions`: rank, name and commits of each. `all` are these commits and those that will
    /// be looked up, each once.
    #[must_use]
    pub fn new<'a>(
        versions: impl IntoIterator<Item = (Rank, String, Vec<OutlinedCommit<'a>>)>,
        all: impl Iterator<Item = OutlinedCommit<'a>>,
        options: &messages::Options,
    ) -> Self {
        let mut versions: Vec<_> = versions.into_iter().collect();
        // Commits that share a key must be ordered by version.
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
        let is_authored_again = !commit.is_merge() && possible.is_authored_again(commit);
        if !is_source && !is_repeated && !is_authored_again && !outline.may_be_cherry_pick() {
            return;
        }
        let message = outlined.message(options);
        let has_subject = !message.subject.is_empty();
        let (is_source, is_repeated) = (is_source && has_subject, is_repeated && has_subject);
        let Ok(at) = u32::try_from(self.commits.len()).map(CommitPosition) else { return };
        self.commits.push(ReleasedCommit { id: commit.id, rank, version: Arc::clone(version) });
        for source in originals::commits(&message) {
            self.sources.entry(source).or_default().push(at);
        }
        if is_source {
            self.ids.entry(commit.id).or_default().push(at);
        }
        if !is_repeated && !is_authored_again {
            return;
        }
        let email = intern(&mut self.emails, &commit.author.email, EmailNumber);
        if is_authored_again {
            self.dates.entry((email, commit.author_time.seconds)).or_default().push(at);
        }
        if !is_repeated {
            return;
        }
        let subject = intern(&mut self.subjects, message.subject_key(), SubjectNumber);
        for number in originals::pull_requests(&message) {
            self.pull_requests.entry((number, subject)).or_default().push(at);
        }
        self.authorships.entry((subject, email, commit.author_time.seconds)).or_default().push(at);
        self.authors.entry((subject, email)).or_default().push(at);
    }

    fn commit(&self, at: CommitPosition) -> Option<&ReleasedCommit> {
        self.commits.get(at.0 as usize)
    }
}

/// The number of a string; a new one if it has none yet.
fn intern<N: Copy>(numbers: &mut HashMap<String, N>, text: &str, new: impl Fn(u32) -> N) -> N {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let number = new(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
    numbers.insert(text.to_owned(), number);
    number
}

/// The commits that count as released before a version: those of the index between two ranks, both excluded.
#[derive(Clone, Copy)]
pub struct Released<'a> {
    /// The index.
    pub index: &'a ReleasedIndex,
    /// The rank of the base; `None` if there is no base.
    pub after: Option<Rank>,
    /// The rank of the version.
    pub before: Rank,
}

impl<'a> Released<'a> {
    /// The reason why a commit is a duplicate of a released one; `None` if it is not.
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
        let original = |positions| self.original(positions, commit);
        if let Some(other) = original(index.sources.get(&commit.id)) {
            return Some(reason(other, "cherry-picked from this commit"));
        }
        if let Some(other) = originals::commits(message).find_map(|source| original(index.ids.get(&source))) {
            return Some(reason(other, "this commit is a cherry-pick of it"));
        }
        let by_subject = self.duplicate_by_subject(commit, message, lookups);
        by_subject.or_else(|| self.duplicate_by_date(commit, lookups))
    }

    /// The reason why a commit is a duplicate of a released one with its subject.
    fn duplicate_by_subject(
        self,
        commit: &Commit,
        message: &Message,
        lookups: Lookups<'_>,
    ) -> Option<String> {
        let index = self.index;
        let original = |positions| self.original(positions, commit);
        let subject = *index.subjects.get(message.subject_key())?;
        for number in originals::pull_requests(message) {
            if let Some(other) = original(index.pull_requests.get(&(number, subject))) {
                return Some(reason(other, "same pull request and subject"));
            }
        }
        let email = *index.emails.get(&commit.author.email)?;
        let by_author = index.authors.get(&(subject, email))?;
        if let Some(other) = original(index.authorships.get(&(subject, email, commit.author_time.seconds))) {
            return Some(reason(other, "same author, date and subject"));
        }
        // A subject that one author uses again and again proves nothing, and each comparison costs two diffs.
        let mut candidates =
            self.in_range(by_author).filter(|other| other.id != commit.id).take(MAX_COMPARED);
        let first = candidates.next()?;
        let patch = (lookups.patch_id)(commit.id)?;
        let mut candidates = std::iter::once(first).chain(candidates);
        let other = candidates.find(|other| (lookups.patch_id)(other.id) == Some(patch))?;
        Some(reason(other, "same subject and patch"))
    }

    /// The reason why a commit is a duplicate of a released one that was given another subject: a cherry-pick keeps its
    /// author and date, and only the same patch proves it.
    fn duplicate_by_date(self, commit: &Commit, lookups: Lookups<'_>) -> Option<String> {
        let email = *self.index.emails.get(&commit.author.email)?;
        let positions = self.index.dates.get(&(email, commit.author_time.seconds))?;
        let candidates = self.in_range(positions).filter(|other| other.id != commit.id);
        let other =
            candidates.take(MAX_COMPARED).find(|other| (lookups.is_same_patch)(commit.id, other.id))?;
        Some(reason(other, "same author, date and patch"))
    }

    /// The first commit of the range at these positions.
    fn original(self, positions: Option<&'a Positions>, commit: &Commit) -> Option<&'a ReleasedCommit> {
        self.in_range(positions?).find(|other| other.id != commit.id)
    }

    /// The commits at these positions whose version is between the two ranks, lowest version first.
    fn in_range(self, positions: &'a Positions) -> impl Iterator<Item = &'a ReleasedCommit> {
        let from = self.after.map_or(0, |after| after + 1);
        let rank = |at: &CommitPosition| self.index.commit(*at).map_or(Rank::MAX, |other| other.rank);
        let start = positions.partition_point(|at| rank(at) < from);
        let in_range = positions.get(start..).unwrap_or_default().iter();
        in_range
            .filter_map(move |at| self.index.commit(*at))
            .take_while(move |other| other.rank < self.before)
    }
}

fn reason(other: &ReleasedCommit, how: &str) -> String {
    format!("already released in {} as {} ({how})", other.version, other.id.short())
}
