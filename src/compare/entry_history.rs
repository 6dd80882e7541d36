//! Releases whose notes were made apart, as a history: what undoes or repeats something in it, `changes/` can tell.
//!
//! The notes have no parents of commits. Of one release, all commits are siblings here: its own notes have settled what they
//! do to one another. Those of the release before are ancestors of them all:
//!
//! ```text
//! release ── commit of an entry ──────────────────┐
//!    ├────── commit of an entry ──────────────────┼── release before ── …
//!    └────── pull request ── commits of entries ──┘
//! ```

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

use thin_vec::ThinVec;

use crate::{
    changes,
    messages::{self, Message, MessageKind, PullRequestMention},
    model::{Change, Commit, ObjectId, Outcome, Parents, Release, Time},
};

/// Stands for what the notes do not have.
const UNKNOWN: ObjectId = ObjectId::from_bytes([0; 20]);

/// The commits and messages of releases.
#[derive(Default)]
pub(super) struct EntryHistory {
    /// Newest first.
    commits: Vec<Commit>,
    messages: Vec<Message>,
    /// The positions of each release's commits, newest release first.
    windows: Vec<Range<usize>>,
    /// The commits of each change, in the order of the releases, sections and changes.
    changes: Vec<Positions>,
    /// The names in use: a commit may be in several releases.
    names: HashSet<ObjectId>,
}

/// Where the commits of a change are.
struct Positions {
    /// The one that stands for the change.
    leader: usize,
    /// The others that it is made of.
    members: Range<usize>,
}

impl EntryHistory {
    /// The history of releases, newest first.
    pub(super) fn new(releases: &[Release]) -> Self {
        let mut history = Self::default();
        let mut name = history.name(None);
        for release in releases {
            let before = history.name(None);
            let start = history.commits.len();
            history.add_release(release, name, before);
            history.windows.push(start..history.commits.len());
            name = before;
        }
        history
    }

    /// What becomes of each change by what other releases have: the outcome where it is none any more.
    pub(super) fn outcomes(&self) -> Vec<Option<Outcome>> {
        let (commits, messages): (Vec<_>, Vec<_>) =
            (self.commits.iter().collect(), self.messages.iter().collect());
        let outcomes = changes::settle(&commits, &messages, &self.windows);
        let outcome = |at: usize| outcomes.get(at).map(|unlisted| unlisted.outcome);
        let settled = |change: &Positions| {
            let is_reverted = |at: usize| outcome(at) == Some(Outcome::Reverted);
            let mut members = change.members.clone();
            let without_members =
                (!members.is_empty() && members.all(is_reverted)).then_some(Outcome::Reverted);
            outcome(change.leader).or(without_members)
        };
        self.changes.iter().map(settled).collect()
    }

    /// Adds the commits of a release. `name` is that of the commit that stands for it, `before` that of the release before.
    fn add_release(&mut self, release: &Release, name: ObjectId, before: ObjectId) {
        let changes: Vec<&Change> = release.sections.iter().flat_map(|section| &section.changes).collect();
        let subjects: HashMap<ObjectId, &str> =
            release.commits.iter().map(|commit| (commit.id, &*commit.subject)).collect();
        let top = self.add(name, Message::default());
        // Newest first: what merges comes before what it merges.
        let merges: BTreeMap<u64, usize> = shared_numbers(&changes)
            .into_iter()
            .map(|number| {
                let mut message = Message::default();
                message.pull_request = Some(PullRequestMention::numbered(number));
                let name = self.name(merge_commit(release, number));
                (number, self.add(name, message))
            })
            .collect();
        // The second parents and on, of the commit that stands for the release and of the merges.
        let mut direct: Vec<ObjectId> = merges.values().filter_map(|merge| self.id(*merge)).collect();
        let mut merged: BTreeMap<usize, Vec<ObjectId>> =
            merges.values().map(|merge| (*merge, Vec::new())).collect();
        let mut leaders: HashMap<ObjectId, usize> = HashMap::new();
        for change in changes {
            let first = change.commits.first();
            let known = first.and_then(|commit| leaders.get(commit)).copied();
            // The entries of a squash are of one commit.
            let leader = known.unwrap_or_else(|| {
                let message = message(change, first.and_then(|commit| subjects.get(commit)).copied());
                let name = self.name(first.copied());
                let leader = self.add(name, message);
                let number = change.pull_request.as_ref().map(|request| request.number);
                let merge = number.and_then(|number| merges.get(&number));
                merge.and_then(|merge| merged.get_mut(merge)).unwrap_or(&mut direct).push(name);
                leader
            });
            leaders.extend(first.map(|commit| (*commit, leader)));
            let start = self.commits.len();
            for member in change.commits.iter().skip(1).filter(|_| known.is_none()) {
                let text = subjects.get(member).copied().unwrap_or_default();
                let message = messages::parse(text, false, &messages::Options::default());
                let name = self.name(Some(*member));
                self.add(name, message);
                direct.push(name);
            }
            self.changes.push(Positions { leader, members: start..self.commits.len() });
        }
        merged.insert(top, direct);
        for (at, commit) in self.commits.iter_mut().enumerate().skip(top) {
            commit.parents = [before].iter().chain(merged.get(&at).into_iter().flatten()).copied().collect();
        }
    }

    /// Adds a commit without parents; gives its position.
    fn add(&mut self, id: ObjectId, message: Message) -> usize {
        let at = self.commits.len();
        self.commits.push(Commit {
            id,
            tree: UNKNOWN,
            parents: Parents::default(),
            author: Arc::default(),
            // Notes do not have it, and one time for all would make duplicates of all with one subject.
            author_time: Time { seconds: i64::try_from(at).unwrap_or_default(), offset: 0 },
            committer_time: Time::default(),
            message: Box::default(),
            undecodable: false,
            touches: ThinVec::default(),
        });
        self.messages.push(message);
        at
    }

    fn id(&self, at: usize) -> Option<ObjectId> {
        self.commits.get(at).map(|commit| commit.id)
    }

    /// The name of a commit, or one that no commit has where it is unknown or used before.
    fn name(&mut self, known: Option<ObjectId>) -> ObjectId {
        if let Some(known) = known.filter(|known| self.names.insert(*known)) {
            return known;
        }
        let mut bytes = [u8::MAX; 20];
        let count = self.names.len().to_be_bytes();
        bytes.iter_mut().rev().zip(count.iter().rev()).for_each(|(byte, count)| *byte = *count);
        let made = ObjectId::from_bytes(bytes);
        self.names.insert(made);
        made
    }
}

/// The pull requests that several entries with commits of their own came from.
fn shared_numbers(changes: &[&Change]) -> BTreeSet<u64> {
    let mut commits: BTreeMap<u64, BTreeSet<Option<ObjectId>>> = BTreeMap::new();
    for change in changes {
        if let Some(request) = &change.pull_request {
            commits.entry(request.number).or_default().insert(change.commits.first().copied());
        }
    }
    commits.into_iter().filter(|(_, commits)| commits.len() > 1).map(|(number, _)| number).collect()
}

/// The commit of a release that merged a pull request.
fn merge_commit(release: &Release, number: u64) -> Option<ObjectId> {
    let merged = release.commits.iter().filter(|commit| commit.outcome == Outcome::Merged);
    let mut merges = merged.filter(|commit| {
        let message = messages::parse(&commit.subject, true, &messages::Options::default());
        message.pull_request.is_some_and(|mention| mention.number == number)
    });
    merges.next().map(|commit| commit.id)
}

/// What a change's commit said, as far as the notes tell.
fn message(change: &Change, subject: Option<&str>) -> Message {
    let options = messages::Options::default();
    let is_own = |subject: &&str| messages::parse(subject, false, &options).kind == MessageKind::Commit;
    // The subject of a merge is none that anybody reverts by.
    let subject = subject.filter(is_own).unwrap_or(&change.title);
    let text = format!("{subject}\n\n{}", change.description.as_deref().unwrap_or_default());
    let mut message = messages::parse(&text, false, &options);
    if let Some(request) = &change.pull_request {
        message.pull_request = Some(PullRequestMention::numbered(request.number));
    }
    message
}
