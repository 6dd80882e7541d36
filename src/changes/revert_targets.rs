//! Finds the targets of a revert: the commits of the window that it reverts by its message.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{
    messages::{Message, RevertTarget, without_reference},
    model::{Commit, ObjectId},
};

use super::{lookups::Lookups, reachability::Reachability, window_commits::WindowCommits};

/// At most this many commits with the same subject or pull request number are checked for one revert.
const MAX_CHECKED: usize = 256;

/// The targets of one revert.
#[derive(Default)]
pub(super) struct Targets {
    /// Their positions.
    pub(super) positions: Vec<usize>,
    /// Whether the message also names a target that is not in the window.
    pub(super) has_missing: bool,
}

/// Finds the targets of the reverts of a window, which must be queried newest first.
pub(super) struct TargetSearch<'a> {
    window: WindowCommits<'a>,
    index: TargetIndex<'a>,
    reachability: Reachability,
    lookups: Lookups<'a>,
}

impl<'a> TargetSearch<'a> {
    pub(super) fn new(window: WindowCommits<'a>, lookups: Lookups<'a>) -> Self {
        let (index, reachability) = (TargetIndex::new(window), Reachability::new(window));
        Self { window, index, reachability, lookups }
    }

    /// The targets of the revert at this position. Subjects and numbers match only commits that are not cancelled yet.
    pub(super) fn targets(
        &mut self,
        revert: usize,
        message: &Message,
        is_cancelled: &dyn Fn(usize) -> bool,
    ) -> Targets {
        let mut targets = Targets::default();
        let mut seen = HashSet::new();
        for target in &message.reverts {
            let found = match target {
                RevertTarget::Commit(digits) => self.by_id(revert, digits, message),
                RevertTarget::PullRequest(number) => {
                    let candidates = self.index.pull_requests.get_mut(number);
                    newest(candidates, revert, is_cancelled, &mut self.reachability, |_| true)
                }
                RevertTarget::Subject(_) => continue,
            };
            match found {
                Some(found) if seen.insert(found) => targets.positions.push(found),
                Some(_) => {}
                None => targets.has_missing = true,
            }
        }
        if targets.positions.is_empty()
            && let Some(found) = self.by_subject(revert, message, is_cancelled)
        {
            return Targets { positions: vec![found], has_missing: false };
        }
        targets
    }

    fn by_id(&mut self, revert: usize, digits: &str, message: &Message) -> Option<usize> {
        let window = self.window;
        let has_quoted_subject = |at: usize| {
            let subject = window.message(at).map(Message::subject_key);
            quoted_subjects(message).any(|quoted| Some(quoted) == subject)
        };
        let found = self.index.commit(digits, has_quoted_subject)?;
        self.reachability.is_ancestor(found, revert).then_some(found)
    }

    /// The target by its subject, which survives the squash or rebase that changed the commit ID. If the message names
    /// a commit outside of the window, only a cherry-pick of that commit (same author and date) matches.
    fn by_subject(
        &mut self,
        revert: usize,
        message: &Message,
        is_cancelled: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let is_unknown = |quoted: &str| self.index.subjects.get(quoted).is_none_or(VecDeque::is_empty);
        if quoted_subjects(message).all(is_unknown) {
            return None;
        }
        let originals = self.originals(message);
        for quoted in quoted_subjects(message) {
            let Some(candidates) = self.index.subjects.get_mut(quoted) else { continue };
            let window = self.window;
            let fits = |at: usize| {
                let authorship = window.commit(at).map(|commit| (&commit.author.email, commit.author_time));
                originals.is_empty()
                    || originals.iter().any(|it| authorship == Some((&it.author.email, it.author_time)))
            };
            let found = newest(Some(candidates), revert, is_cancelled, &mut self.reachability, fits);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The commits outside of the window that a message names.
    fn originals(&self, message: &Message) -> Vec<Commit> {
        let ids = message.reverts.iter().filter_map(|target| match target {
            RevertTarget::Commit(digits) => Some(digits.as_str()),
            _ => None,
        });
        let outside = ids.take(8).filter(|digits| self.index.commit(digits, |_| true).is_none());
        outside.filter_map(|digits| (self.lookups.commit)(digits)).collect()
    }
}

/// The positions of commits by commit ID, pull request and subject. The latter two hold only keys that a revert of the
/// window names, each with its positions newest first.
struct TargetIndex<'a> {
    /// Ascending.
    ids: Vec<(ObjectId, usize)>,
    pull_requests: HashMap<u64, VecDeque<usize>>,
    subjects: HashMap<&'a str, VecDeque<usize>>,
}

impl<'a> TargetIndex<'a> {
    fn new(window: WindowCommits<'a>) -> Self {
        let mut ids: Vec<_> = window.commits().iter().zip(0..).map(|(commit, at)| (commit.id, at)).collect();
        ids.sort_unstable();
        let (mut pull_requests, mut subjects) = (HashMap::new(), HashMap::new());
        for message in window.messages() {
            subjects.extend(quoted_subjects(message).map(|subject| (subject, VecDeque::new())));
            pull_requests.extend(message.reverts.iter().filter_map(|target| match target {
                RevertTarget::PullRequest(number) => Some((*number, VecDeque::new())),
                _ => None,
            }));
        }
        for (message, at) in window.messages().iter().zip(0..) {
            let number = message.pull_request.as_ref().map(|mention| mention.number);
            if let Some(positions) = number.and_then(|number| pull_requests.get_mut(&number)) {
                positions.push_back(at);
            }
            if let Some(positions) = subjects.get_mut(message.subject_key()) {
                positions.push_back(at);
            }
        }
        Self { ids, pull_requests, subjects }
    }

    /// The commit whose ID starts with these hex digits; if several do, the only one for which `fits` is true.
    fn commit(&self, digits: &str, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let mut first = digits.to_owned();
        first.extend(std::iter::repeat_n('0', 40_usize.saturating_sub(digits.len())));
        let first: ObjectId = first.parse().ok()?;
        let from = self.ids.partition_point(|(id, _)| *id < first);
        let mut matching =
            self.ids.get(from..)?.iter().take_while(|(id, _)| id.to_string().starts_with(digits));
        let first_match = matching.next()?.1;
        let more: Vec<usize> = matching.map(|(_, at)| *at).collect();
        if more.is_empty() {
            return Some(first_match);
        }
        let mut fitting = more.into_iter().chain([first_match]).filter(|at| fits(*at));
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

/// The subjects that a message names as reverted.
fn quoted_subjects(message: &Message) -> impl Iterator<Item = &str> {
    message.reverts.iter().filter_map(|target| match target {
        RevertTarget::Subject(subject) => Some(without_reference(subject)),
        _ => None,
    })
}

/// The newest candidate that is an ancestor of the revert, fits, and is not cancelled yet.
fn newest(
    candidates: Option<&mut VecDeque<usize>>,
    revert: usize,
    is_cancelled: &dyn Fn(usize) -> bool,
    reachability: &mut Reachability,
    fits: impl Fn(usize) -> bool,
) -> Option<usize> {
    let candidates = candidates?;
    // Reverts are queried newest first: a candidate dropped here cannot be the target of an older revert either.
    while candidates.front().is_some_and(|at| *at <= revert || is_cancelled(*at)) {
        candidates.pop_front();
    }
    let mut checked = candidates.iter().copied().take(MAX_CHECKED);
    checked.find(|at| !is_cancelled(*at) && fits(*at) && reachability.is_ancestor(*at, revert))
}
