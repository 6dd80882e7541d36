//! Changes that are there twice: cherry-picks that an earlier version released from another branch, and hotfixes merged
//! into two branches of one version.
//!
//! The original is found by the `-x` line of `git cherry-pick`, by pull request number and subject, by author, date and
//! subject (which a cherry-pick keeps), and last by subject and patch id, so that only a pair with the same subject is
//! ever compared.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use crate::model::{Commit, IdMap, IdSet, ObjectId};

use crate::messages::{self, Message, Outline};

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

/// Commits that share something, by their places in [`Elsewhere::known`]. Most are one alone.
type Alike = Vec<u32>;

/// Commits of versions made on other branches, by what a cherry-pick of them keeps. Subjects and addresses are long and
/// keys many: they are called by their numbers.
#[derive(Debug, Default)]
pub struct Elsewhere {
    known: Vec<Known>,
    ids: IdMap<Alike>,
    picked: IdMap<Alike>,
    subjects: HashMap<String, u32>,
    emails: HashMap<String, u32>,
    references: HashMap<(u64, u32), Alike>,
    written: HashMap<(u32, u32, i64), Alike>,
    authors: HashMap<(u32, u32), Alike>,
}

/// What a cherry-pick keeps: who wrote a commit, when, and what it says it does.
#[derive(PartialEq, Eq)]
struct Written<'a> {
    seconds: i64,
    digest: u32,
    email: &'a str,
    gist: &'a str,
}

impl<'a> Written<'a> {
    fn new(commit: &'a Commit, message: &'a Message) -> Self {
        Self {
            seconds: commit.author_time.seconds,
            digest: message.outline().digest(),
            email: &commit.author.email,
            gist: message.subject_key(),
        }
    }
}

impl Hash for Written<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The numbers tell nearly all apart; the texts need not be gone through as well.
        (self.seconds, self.digest).hash(state);
    }
}

/// A commit that another may be a duplicate of. Of the many of a history only few have their messages looked at.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    commit: &'a Commit,
    outline: Outline,
    message: Option<&'a Message>,
}

impl<'a> Candidate<'a> {
    /// A commit whose message has been read.
    #[must_use]
    pub fn read(commit: &'a Commit, message: &'a Message) -> Self {
        Self { commit, outline: message.outline(), message: Some(message) }
    }

    /// A commit whose message has not been read, with the outline of it.
    #[must_use]
    pub fn unread(commit: &'a Commit, outline: Outline) -> Self {
        Self { commit, outline, message: None }
    }

    fn message(&self, options: &messages::Options) -> Cow<'a, Message> {
        match self.message {
            Some(message) => Cow::Borrowed(message),
            None => Cow::Owned(messages::parse_commit(self.commit, options)),
        }
    }
}

/// What of other versions anything can be a duplicate of: most subjects of a history are there once, and nearly no commit
/// is one that others were picked from.
struct Worth {
    /// The digests of subjects that are there more than once, ascending. A subject that shares its digest with another
    /// one is looked at for nothing.
    subjects: Vec<u32>,
    sources: IdSet,
}

impl Worth {
    fn new<'a>(all: impl Iterator<Item = Candidate<'a>>, options: &messages::Options) -> Self {
        let (mut subjects, mut sources) = (Vec::new(), IdSet::default());
        for candidate in all {
            subjects.push(candidate.outline.digest());
            if candidate.outline.may_be_cherry_pick() {
                sources.extend(sources_of(&candidate.message(options)));
            }
        }
        subjects.sort_unstable();
        let mut before = None;
        subjects.retain(|digest| before.replace(*digest) == Some(*digest));
        subjects.dedup();
        Self { subjects, sources }
    }

    fn is_repeated(&self, outline: Outline) -> bool {
        self.subjects.binary_search(&outline.digest()).is_ok()
    }
}

fn sources_of(message: &Message) -> impl Iterator<Item = ObjectId> {
    message.cherry_picked_from.iter().filter_map(|source| source.parse().ok())
}

/// The number of a text, given where it has none yet.
fn number(numbers: &mut HashMap<String, u32>, text: &str) -> u32 {
    if let Some(number) = numbers.get(text) {
        return *number;
    }
    let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    numbers.insert(text.to_owned(), number);
    number
}

impl Elsewhere {
    /// The commits of versions, each with its rank and the version's name. `all` are their messages and those of the
    /// commits that will be asked about, each once.
    #[must_use]
    pub fn new<'a>(
        versions: impl IntoIterator<Item = (Rank, String, Vec<Candidate<'a>>)>,
        all: impl Iterator<Item = Candidate<'a>>,
        options: &messages::Options,
    ) -> Self {
        let mut versions: Vec<_> = versions.into_iter().collect();
        // So all that is alike stands in the order of the versions.
        versions.sort_by_key(|(rank, ..)| *rank);
        let mut elsewhere = Self::default();
        if versions.is_empty() {
            return elsewhere;
        }
        let worth = Worth::new(all, options);
        for (rank, version, candidates) in versions {
            let version: Arc<str> = version.into();
            for candidate in candidates {
                elsewhere.add(candidate, &worth, (rank, &version), options);
            }
        }
        elsewhere
    }

    fn add(
        &mut self,
        candidate: Candidate<'_>,
        worth: &Worth,
        (rank, version): (Rank, &Arc<str>),
        options: &messages::Options,
    ) {
        let Candidate { commit, outline, .. } = candidate;
        let is_source = !commit.is_merge() && worth.sources.contains(&commit.id);
        let is_repeated = !commit.is_merge() && worth.is_repeated(outline);
        if !is_source && !is_repeated && !outline.may_be_cherry_pick() {
            return;
        }
        let message = candidate.message(options);
        let says = !message.subject.is_empty();
        let (is_source, is_repeated) = (is_source && says, is_repeated && says);
        let Ok(at) = u32::try_from(self.known.len()) else { return };
        self.known.push(Known { id: commit.id, rank, version: Arc::clone(version) });
        for source in sources_of(&message) {
            self.picked.entry(source).or_default().push(at);
        }
        if is_source {
            self.ids.entry(commit.id).or_default().push(at);
        }
        if !is_repeated {
            return;
        }
        let subject = number(&mut self.subjects, message.subject_key());
        let email = number(&mut self.emails, &commit.author.email);
        for number in numbers(&message) {
            self.references.entry((number, subject)).or_default().push(at);
        }
        self.written.entry((subject, email, commit.author_time.seconds)).or_default().push(at);
        self.authors.entry((subject, email)).or_default().push(at);
    }

    /// The commits of versions between two ranks (both excluded), of the lowest version first.
    fn between<'e>(
        &'e self,
        alike: &'e [u32],
        (above, below): (Option<Rank>, Rank),
    ) -> impl Iterator<Item = &'e Known> {
        let from = above.map_or(0, |above| above + 1);
        let rank = |at: &u32| self.known.get(*at as usize).map_or(Rank::MAX, |known| known.rank);
        let start = alike.partition_point(|at| rank(at) < from);
        let between = alike.get(start..).unwrap_or_default().iter();
        between.filter_map(|at| self.known.get(*at as usize)).take_while(move |known| known.rank < below)
    }

    /// The first of them that is not the commit itself.
    fn other<'e>(
        &'e self,
        alike: Option<&'e Alike>,
        ranks: (Option<Rank>, Rank),
        own: ObjectId,
    ) -> Option<&'e Known> {
        self.between(alike?, ranks).find(|known| known.id != own)
    }

    /// Whether nothing was taken in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Why the commit is a duplicate of one in a version between two ranks (both excluded).
    fn duplicate(
        &self,
        commit: &Commit,
        message: &Message,
        ranks: (Option<Rank>, Rank),
        patch_id: PatchId<'_>,
    ) -> Option<String> {
        if self.is_empty() || commit.is_merge() {
            return None;
        }
        let others = |alike| self.other(alike, ranks, commit.id);
        let told = |known: &Known, how: &str| {
            format!("already released in {} as {} ({how})", known.version, known.id.short())
        };
        if let Some(known) = others(self.picked.get(&commit.id)) {
            return Some(told(known, "cherry-picked from this commit"));
        }
        if let Some(known) = sources_of(message).find_map(|source| others(self.ids.get(&source))) {
            return Some(told(known, "this commit is a cherry-pick of it"));
        }
        let subject = *self.subjects.get(message.subject_key())?;
        for number in numbers(message) {
            if let Some(known) = others(self.references.get(&(number, subject))) {
                return Some(told(known, "same pull request and subject"));
            }
        }
        let email = *self.emails.get(&commit.author.email)?;
        let by_author = self.authors.get(&(subject, email))?;
        if let Some(known) = others(self.written.get(&(subject, email, commit.author_time.seconds))) {
            return Some(told(known, "same author, date and subject"));
        }
        // A subject that one author used again and again says nothing, and each comparison costs two diffs.
        let mut candidates =
            self.between(by_author, ranks).filter(|known| known.id != commit.id).take(COMPARED);
        let first = candidates.next()?;
        let patch = patch_id(commit.id)?;
        let mut candidates = std::iter::once(first).chain(candidates);
        let known = candidates.find(|known| patch_id(known.id) == Some(patch))?;
        Some(told(known, "same subject and patch"))
    }
}

fn numbers(message: &Message) -> impl Iterator<Item = u64> {
    let own = message.pull_request.as_deref().map(|mention| mention.number);
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
    let mut seen: HashMap<Written<'_>, ObjectId> = HashMap::with_capacity(commits.len());
    let mut ids: IdMap<ObjectId> = IdMap::default();
    let picks = messages.iter().any(|message| !message.cherry_picked_from.is_empty());
    let mut found: Vec<Option<String>> = vec![None; commits.len()];
    for ((commit, message), slot) in commits.iter().zip(messages).zip(&mut found).rev() {
        if commit.is_merge() || message.subject.is_empty() {
            continue;
        }
        let twice = |other: &ObjectId| format!("the same change as {} of this version", other.short());
        let picked = sources_of(message).find_map(|source| ids.get(&source)).map(twice);
        let own = Written::new(commit, message);
        let again = seen.get(&own).map(twice);
        *slot = elsewhere.duplicate(commit, message, ranks, patch_id).or(picked).or(again);
        if slot.is_none() {
            seen.insert(own, commit.id);
            if picks {
                ids.insert(commit.id, commit.id);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages;
    use crate::model::{Person, Time};

    fn commit(number: u32, message: &str) -> Commit {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_le_bytes());
        Commit {
            id: ObjectId::from_bytes(id),
            tree: ObjectId::from_bytes([0; 20]),
            parents: Default::default(),
            author: Arc::new(Person { name: "A".into(), email: "a@x".into() }),
            author_time: Time { seconds: i64::from(number % 1_000_000), offset: 0 },
            committer_time: Time::default(),
            message: message.into(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    /// The reasons for a window above version 3, beside versions with these commits.
    fn reasons(elsewhere: &[(Rank, &[Commit])], window: &[Commit]) -> Vec<Option<String>> {
        let options = messages::Options::default();
        let parse = |commit: &Commit| messages::parse(&commit.message, false, &options);
        let read: Vec<Vec<_>> =
            elsewhere.iter().map(|(_, commits)| commits.iter().map(parse).collect()).collect();
        let messages: Vec<_> = window.iter().map(parse).collect();
        let versions = elsewhere.iter().zip(&read).map(|((rank, commits), messages)| {
            let both = commits.iter().zip(messages);
            (
                *rank,
                format!("v{rank}"),
                both.map(|(commit, message)| Candidate::read(commit, message)).collect(),
            )
        });
        let unread = |commit| Candidate::unread(commit, Outline::of(&commit.message));
        let all = elsewhere.iter().flat_map(|(_, commits)| *commits).chain(window).map(unread);
        let known = Elsewhere::new(versions, all, &options);
        let (commits, messages): (Vec<_>, Vec<_>) = (window.iter().collect(), messages.iter().collect());
        find(&commits, &messages, &known, (Some(3), 9), &|_| None)
    }

    #[test]
    fn pitfall_17_the_lowest_version_between_base_and_target_had_it_first() {
        let pick = |number: u32| [commit(number, "fix: x (#7)")];
        let (one, two, three, four) = (pick(1), pick(2), pick(3), pick(4));
        let elsewhere: [(Rank, &[Commit]); 4] = [(9, &four), (5, &three), (4, &two), (3, &one)];
        let found = reasons(&elsewhere, &[commit(8, "fix: x (#7)")]);
        assert!(found[0].as_deref().unwrap().contains("in v4 as 0200000 (same pull request"), "{found:?}");
        assert_eq!(reasons(&[(3, &one), (9, &four)], &[commit(8, "fix: x (#7)")]), [None]);
    }

    /// In quadratic time, each of these takes minutes in a debug build.
    #[test]
    fn pitfall_17_many_with_one_subject_take_no_square_of_their_number() {
        let many = |from: u32, text: &str| -> Vec<Commit> {
            (from..from + 30_000).map(|number| commit(number, text)).collect()
        };
        let released = many(0, "x (#7)");
        let window = many(1_040_000, "x (#7)");
        assert_eq!(reasons(&[(2, &released)], &window).iter().flatten().count(), 0);
        // A long subject and many numbers are not multiplied.
        let numbers: String = (0..40_000).map(|number| format!("Backport of #{number}\n")).collect();
        let long = [commit(1, &format!("{}\n\n{numbers}", "x".repeat(1_000_000)))];
        assert_eq!(reasons(&[(5, &long)], &[commit(2, "x (#7)")]), [None]);
    }
}
