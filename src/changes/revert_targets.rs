//! The targets of a revert: the commits of the window that its message says it undoes.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{
    messages::{Message, Reverted, without_reference},
    model::{Commit, ObjectId},
};

use super::{lookups::Lookups, reachability::Reachability, window_commits::WindowCommits};

/// Of so many commits with one subject or number, at most, it is checked whether a revert means them.
const MOST_CHECKED: usize = 256;

/// The targets of one revert.
#[derive(Default)]
pub(super) struct Targets {
    /// Their positions.
    pub(super) positions: Vec<usize>,
    /// Whether the message also names one that is not in the window.
    pub(super) has_missing: bool,
}

/// Finds the targets of the reverts of a window. These are asked for newest first.
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

    /// The targets of the revert at this position, among those that nothing has undone yet.
    pub(super) fn targets(
        &mut self,
        revert: usize,
        message: &Message,
        is_undone: &dyn Fn(usize) -> bool,
    ) -> Targets {
        let mut targets = Targets::default();
        let mut known = HashSet::new();
        for reverted in &message.reverts {
            let found = match reverted {
                Reverted::Commit(digits) => self.by_name(revert, digits, message),
                Reverted::PullRequest(number) => {
                    let candidates = self.index.pull_requests.get_mut(number);
                    newest(candidates, revert, is_undone, &mut self.reachability, |_| true)
                }
                Reverted::Subject(_) => continue,
            };
            match found {
                Some(found) if known.insert(found) => targets.positions.push(found),
                Some(_) => {}
                None => targets.has_missing = true,
            }
        }
        if targets.positions.is_empty()
            && let Some(found) = self.by_subject(revert, message, is_undone)
        {
            return Targets { positions: vec![found], has_missing: false };
        }
        targets
    }

    fn by_name(&mut self, revert: usize, digits: &str, message: &Message) -> Option<usize> {
        let window = self.window;
        let is_meant = |at: usize| {
            let subject = window.message(at).map(Message::subject_key);
            quoted_subjects(message).any(|quoted| Some(quoted) == subject)
        };
        let found = self.index.commit(digits, is_meant)?;
        self.reachability.is_ancestor(found, revert).then_some(found)
    }

    /// A squash or rebase changes names, and subjects survive it: they are compared where nothing else is found. Where a
    /// name is that of a commit outside of the window, that one is meant, or what was cherry-picked from it.
    fn by_subject(
        &mut self,
        revert: usize,
        message: &Message,
        is_undone: &dyn Fn(usize) -> bool,
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
                let written = window.commit(at).map(|commit| (&commit.author.email, commit.author_time));
                originals.is_empty()
                    || originals.iter().any(|it| written == Some((&it.author.email, it.author_time)))
            };
            let found = newest(Some(candidates), revert, is_undone, &mut self.reachability, fits);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The commits outside of the window that a message names.
    fn originals(&self, message: &Message) -> Vec<Commit> {
        let names = message.reverts.iter().filter_map(|reverted| match reverted {
            Reverted::Commit(name) => Some(name.as_str()),
            _ => None,
        });
        let outside = names.take(8).filter(|name| self.index.commit(name, |_| true).is_none());
        outside.filter_map(|name| (self.lookups.commit)(name)).collect()
    }
}

/// The positions of commits by what the reverts of the window call them; newest first.
struct TargetIndex<'a> {
    /// Names in their order.
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
            pull_requests.extend(message.reverts.iter().filter_map(|reverted| match reverted {
                Reverted::PullRequest(number) => Some((*number, VecDeque::new())),
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

    /// The commit whose name begins with these digits; of several the only one that fits `is_meant`.
    fn commit(&self, digits: &str, is_meant: impl Fn(usize) -> bool) -> Option<usize> {
        let mut first = digits.to_owned();
        first.extend(std::iter::repeat_n('0', 40_usize.saturating_sub(digits.len())));
        let first: ObjectId = first.parse().ok()?;
        let from = self.ids.partition_point(|(id, _)| *id < first);
        let mut fitting =
            self.ids.get(from..)?.iter().take_while(|(id, _)| id.to_string().starts_with(digits));
        let one = fitting.next()?.1;
        let more: Vec<usize> = fitting.map(|(_, at)| *at).collect();
        if more.is_empty() {
            return Some(one);
        }
        let mut meant = more.into_iter().chain([one]).filter(|at| is_meant(*at));
        meant.next().filter(|_| meant.next().is_none())
    }
}

/// The subjects that a message says it reverts.
fn quoted_subjects(message: &Message) -> impl Iterator<Item = &str> {
    message.reverts.iter().filter_map(|reverted| match reverted {
        Reverted::Subject(subject) => Some(without_reference(subject)),
        _ => None,
    })
}

/// The newest of the candidates that the revert descends from, that fits, and that nothing has undone yet.
fn newest(
    candidates: Option<&mut VecDeque<usize>>,
    revert: usize,
    is_undone: &dyn Fn(usize) -> bool,
    reachability: &mut Reachability,
    fits: impl Fn(usize) -> bool,
) -> Option<usize> {
    let candidates = candidates?;
    // Reverts come newest first: what is dropped here is no later one's target either.
    while candidates.front().is_some_and(|at| *at <= revert || is_undone(*at)) {
        candidates.pop_front();
    }
    let mut checked = candidates.iter().copied().take(MOST_CHECKED);
    checked.find(|at| !is_undone(*at) && fits(*at) && reachability.is_ancestor(*at, revert))
}
