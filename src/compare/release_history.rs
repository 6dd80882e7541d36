//! Builds an artificial history from releases whose notes were built separately, so that [`changes::settle`] can find
//! reverts and duplicates between them.
//!
//! Notes do not contain the parents of commits. All commits of one release are siblings here, because its own notes
//! have no reverts or duplicates left. The commits of the previous release are ancestors of all of them:
//!
//! ```text
//! release ── commit of a change ──────────────────┐
//!    ├────── commit of a change ──────────────────┼── previous release ── …
//!    └────── pull request ── commits of changes ──┘
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

/// The null object ID, for data that the notes do not contain.
const UNKNOWN: ObjectId = ObjectId::from_bytes([0; 20]);

/// The commits and messages of an artificial history.
#[derive(Default)]
pub(super) struct ReleaseHistory {
    /// Newest first.
    commits: Vec<Commit>,
    messages: Vec<Message>,
    /// The positions of each release's commits, newest release first.
    windows: Vec<Range<usize>>,
    /// The commits of each change, in the order of the releases, sections and changes.
    changes: Vec<Positions>,
    /// The IDs in use: a commit may be in several releases.
    ids: HashSet<ObjectId>,
}

/// The positions of the commits of a change.
struct Positions {
    /// The commit that represents the change.
    leader: usize,
    /// The other commits of the change.
    members: Range<usize>,
}

impl ReleaseHistory {
    /// Builds the history of releases, newest first.
    pub(super) fn new(releases: &[Release]) -> Self {
        let mut history = Self::default();
        let mut id = history.unused_id(None);
        for release in releases {
            let previous = history.unused_id(None);
            let start = history.commits.len();
            history.add_release(release, id, previous);
            history.windows.push(start..history.commits.len());
            id = previous;
        }
        history
    }

    /// For each change in the order of the releases, sections and changes: its outcome if another release reverts or
    /// repeats it.
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

    /// Adds the commits of a release. `id` is the ID of the commit that represents it, `previous` that of the previous
    /// release.
    fn add_release(&mut self, release: &Release, id: ObjectId, previous: ObjectId) {
        let changes: Vec<&Change> = release.sections.iter().flat_map(|section| &section.changes).collect();
        let subjects: HashMap<ObjectId, &str> =
            release.commits.iter().map(|commit| (commit.id, &*commit.subject)).collect();
        let top = self.add(id, Message::default());
        // Newest first: a merge comes before the commits that it merges.
        let merges: BTreeMap<u64, usize> = shared_numbers(&changes)
            .into_iter()
            .map(|number| {
                let mut message = Message::default();
                message.pull_request = Some(PullRequestMention::numbered(number));
                let id = self.unused_id(merge_commit(release, number));
                (number, self.add(id, message))
            })
            .collect();
        // All parents but the first, of the commit that represents the release and of the merges.
        let mut direct: Vec<ObjectId> = merges.values().filter_map(|merge| self.id(*merge)).collect();
        let mut merged: BTreeMap<usize, Vec<ObjectId>> =
            merges.values().map(|merge| (*merge, Vec::new())).collect();
        let mut leaders: HashMap<ObjectId, usize> = HashMap::new();
        for change in changes {
            let first = change.commits.first();
            let existing = first.and_then(|commit| leaders.get(commit)).copied();
            // The changes of a squash share one commit.
            let leader = existing.unwrap_or_else(|| {
                let message = message(change, first.and_then(|commit| subjects.get(commit)).copied());
                let id = self.unused_id(first.copied());
                let leader = self.add(id, message);
                let number = change.pull_request.as_ref().map(|request| request.number);
                let merge = number.and_then(|number| merges.get(&number));
                merge.and_then(|merge| merged.get_mut(merge)).unwrap_or(&mut direct).push(id);
                leader
            });
            leaders.extend(first.map(|commit| (*commit, leader)));
            let start = self.commits.len();
            for member in change.commits.iter().skip(1).filter(|_| existing.is_none()) {
                let text = subjects.get(member).copied().unwrap_or_default();
                let message = messages::parse(text, false, &messages::Options::default());
                let id = self.unused_id(Some(*member));
                self.add(id, message);
                direct.push(id);
            }
            self.changes.push(Positions { leader, members: start..self.commits.len() });
        }
        merged.insert(top, direct);
        for (at, commit) in self.commits.iter_mut().enumerate().skip(top) {
            let others = merged.get(&at).into_iter().flatten();
            commit.parents = [previous].iter().chain(others).copied().collect();
        }
    }

    /// Adds a commit without parents and returns its position.
    fn add(&mut self, id: ObjectId, message: Message) -> usize {
        let at = self.commits.len();
        self.commits.push(Commit {
            id,
            tree: UNKNOWN,
            parents: Parents::default(),
            author: Arc::default(),
            // Notes do not contain the author date. Equal dates would make commits with the same subject duplicates.
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

    /// The preferred ID, or an artificial one if there is none or it is in use.
    fn unused_id(&mut self, preferred: Option<ObjectId>) -> ObjectId {
        if let Some(id) = preferred.filter(|id| self.ids.insert(*id)) {
            return id;
        }
        let mut bytes = [u8::MAX; 20];
        let count = self.ids.len().to_be_bytes();
        bytes.iter_mut().rev().zip(count.iter().rev()).for_each(|(byte, count)| *byte = *count);
        let id = ObjectId::from_bytes(bytes);
        self.ids.insert(id);
        id
    }
}

/// The numbers of the pull requests that several changes with different commits came from.
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

/// The message of a change's commit, reconstructed from the notes.
fn message(change: &Change, subject: Option<&str>) -> Message {
    let options = messages::Options::default();
    let is_ordinary = |subject: &&str| messages::parse(subject, false, &options).kind == MessageKind::Commit;
    // Reverts do not quote the subject of a merge.
    let subject = subject.filter(is_ordinary).unwrap_or(&change.title);
    let text = format!("{subject}\n\n{}", change.description.as_deref().unwrap_or_default());
    let mut message = messages::parse(&text, false, &options);
    if let Some(request) = &change.pull_request {
        message.pull_request = Some(PullRequestMention::numbered(request.number));
    }
    message
}
