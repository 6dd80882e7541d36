//! Reverts: what is undone inside the window is no change of it.
//!
//! A revert and what it reverts cancel. Reverts are taken newest first, so that a revert that was itself reverted undoes
//! nothing. A revert can only undo what it descends from. One of something that an earlier version released is a change
//! like any other, and so is a commit that reverts and does more.

use std::collections::{HashMap, HashSet, VecDeque};

use smallvec::SmallVec;

use crate::model::{Commit, IdMap, ObjectId};

use crate::messages::{Message, Reverted, without_reference};

/// Of so many commits with one subject or number, at most, it is asked whether a revert means them.
const LOOKED_AT: usize = 256;

/// Asks for a commit of the repository by its name, perhaps abbreviated.
pub(super) type Named<'a> = &'a dyn Fn(&str) -> Option<Commit>;

/// What reverts make of the commits of a window, by their index.
pub(super) struct Reverts {
    /// For a commit that is undone, or that only undoes: why it is no change.
    pub(super) cancelled: Vec<Option<String>>,
    /// Whether it reverts something that is not in the window.
    pub(super) of_released: Vec<bool>,
}

/// Finds what is undone. Commits are newest first; `members` are, for each merge, what it brought in.
pub(super) fn find(
    commits: &[&Commit],
    messages: &[&Message],
    members: &[Vec<u32>],
    named: Named<'_>,
) -> Reverts {
    let mut reverts =
        Reverts { cancelled: vec![None; commits.len()], of_released: vec![false; commits.len()] };
    if messages.iter().all(|message| message.reverts.is_empty()) {
        return reverts;
    }
    let mut search = Search {
        commits,
        messages,
        places: Places::new(commits, messages),
        lineage: Lineage::new(commits, messages),
        named,
    };
    for (at, (commit, message)) in commits.iter().zip(messages).enumerate() {
        if message.reverts.is_empty() || reverts.is_cancelled(at) {
            continue;
        }
        let (targets, missing) = search.targets(at, message, &reverts);
        for target in &targets {
            reverts.cancel(*target, &format!("reverted by {}", commit.id.short()));
            reverts.cancel_brought(*target, commit.id, members);
        }
        if !message.only_reverts {
            continue;
        }
        if targets.is_empty() || missing {
            reverts.mark_released(at);
        } else {
            let names: Vec<String> = targets
                .iter()
                .filter_map(|target| commits.get(*target))
                .map(|target| target.id.short())
                .collect();
            reverts.cancel(
                at,
                &format!("reverts {} of the same version, so that neither is a change", names.join(", ")),
            );
        }
    }
    reverts
}

impl Reverts {
    fn is_cancelled(&self, at: usize) -> bool {
        self.cancelled.get(at).is_some_and(Option::is_some)
    }

    /// Whether the commit was not cancelled before.
    fn cancel(&mut self, at: usize, reason: &str) -> bool {
        match self.cancelled.get_mut(at) {
            Some(slot) if slot.is_none() => {
                *slot = Some(reason.to_owned());
                true
            }
            _ => false,
        }
    }

    fn mark_released(&mut self, at: usize) {
        if let Some(slot) = self.of_released.get_mut(at) {
            *slot = true;
        }
    }

    /// All that a reverted merge had brought in goes with it. What is cancelled already has taken its own along.
    fn cancel_brought(&mut self, merge: usize, by: ObjectId, members: &[Vec<u32>]) {
        let mut stack = vec![merge];
        while let Some(merge) = stack.pop() {
            for member in members.get(merge).into_iter().flatten() {
                let member = *member as usize;
                let reason = || format!("reverted by {}, with the merge that brought it in", by.short());
                if !self.is_cancelled(member) && self.cancel(member, &reason()) {
                    stack.push(member);
                }
            }
        }
    }
}

/// Where commits stand, by what the reverts of the window call them; newest first.
struct Places<'a> {
    /// Names in their order.
    ids: Vec<(ObjectId, usize)>,
    numbers: HashMap<u64, VecDeque<usize>>,
    subjects: HashMap<&'a str, VecDeque<usize>>,
}

impl<'a> Places<'a> {
    fn new(commits: &[&Commit], messages: &[&'a Message]) -> Self {
        let mut ids: Vec<_> = commits.iter().zip(0..).map(|(commit, at)| (commit.id, at)).collect();
        ids.sort_unstable();
        let (mut numbers, mut called) = (HashMap::new(), HashMap::new());
        for message in messages {
            called.extend(subjects(message).map(|subject| (subject, VecDeque::new())));
            numbers.extend(message.reverts.iter().filter_map(|reverted| match reverted {
                Reverted::PullRequest(number) => Some((*number, VecDeque::new())),
                _ => None,
            }));
        }
        for (message, at) in messages.iter().zip(0..) {
            let number = message.pull_request.as_ref().map(|mention| mention.number);
            if let Some(places) = number.and_then(|number| numbers.get_mut(&number)) {
                places.push_back(at);
            }
            if let Some(places) = called.get_mut(message.subject_key()) {
                places.push_back(at);
            }
        }
        Self { ids, numbers, subjects: called }
    }

    /// The commit whose name begins with these digits; of several the one that `meant` tells.
    fn of_commit(&self, digits: &str, meant: impl Fn(usize) -> bool) -> Option<usize> {
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
        let mut those = more.into_iter().chain([one]).filter(|at| meant(*at));
        those.next().filter(|_| those.next().is_none())
    }
}

/// Which commits of the window the reverts descend from. On one line of first parents the order tells; the rest is asked
/// of 64 reverts at a time, in one pass.
struct Lineage {
    /// The parents of each commit, as far as they are in the window.
    parents: Vec<SmallVec<[usize; 2]>>,
    /// For each commit, the line of first parents that it stands on.
    lines: Vec<usize>,
    /// The reverts, ascending.
    tips: Vec<usize>,
    /// Which of `tips.chunks(64)` `reached` is about.
    chunk: Option<usize>,
    /// For each commit, a bit for each of the reverts that descends from it.
    reached: Vec<u64>,
}

impl Lineage {
    fn new(commits: &[&Commit], messages: &[&Message]) -> Self {
        let index: IdMap<usize> = commits.iter().zip(0..).map(|(commit, at)| (commit.id, at)).collect();
        let parents = |commit: &&Commit| {
            commit.parents.iter().filter_map(|parent| index.get(parent).copied()).collect()
        };
        let tips = messages.iter().zip(0..).filter(|(message, _)| !message.reverts.is_empty());
        // A first parent outside of the window is no parent here, and the second then no first.
        let first =
            |at: usize| commits.get(at)?.parents.first().and_then(|parent| index.get(parent).copied());
        Self {
            lines: lines(commits.len(), first),
            parents: commits.iter().map(parents).collect(),
            tips: tips.map(|(_, at)| at).collect(),
            chunk: None,
            reached: Vec::new(),
        }
    }

    /// Whether `tip`, a revert, descends from `ancestor`.
    fn descends(&mut self, tip: usize, ancestor: usize) -> bool {
        if self.lines.get(tip) == self.lines.get(ancestor) {
            return tip < ancestor;
        }
        let Ok(order) = self.tips.binary_search(&tip) else { return false };
        if self.chunk != Some(order / 64) {
            self.reach(order / 64);
        }
        self.reached.get(ancestor).is_some_and(|bits| bits >> (order % 64) & 1 == 1)
    }

    fn reach(&mut self, chunk: usize) {
        self.chunk = Some(chunk);
        self.reached.clear();
        self.reached.resize(self.parents.len(), 0);
        let tips = self.tips.chunks(64).nth(chunk).unwrap_or_default();
        for (bit, tip) in tips.iter().enumerate() {
            if let Some(bits) = self.reached.get_mut(*tip) {
                *bits |= 1 << bit;
            }
        }
        // No commit stands before one of its descendants.
        let newest = tips.first().copied().unwrap_or_default();
        for (at, parents) in self.parents.iter().enumerate().skip(newest) {
            let bits = self.reached.get(at).copied().unwrap_or_default();
            for parent in parents.iter().filter(|_| bits != 0) {
                if let Some(of_parent) = self.reached.get_mut(*parent) {
                    *of_parent |= bits;
                }
            }
        }
    }
}

/// The line that each of `count` commits stands on, by the number of its newest commit.
fn lines(count: usize, first_parent: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let mut lines = vec![usize::MAX; count];
    for tip in 0..count {
        let mut next = Some(tip);
        while let Some(slot) = next.and_then(|at| lines.get_mut(at)).filter(|line| **line == usize::MAX) {
            *slot = tip;
            next = next.and_then(&first_parent);
        }
    }
    lines
}

struct Search<'a> {
    commits: &'a [&'a Commit],
    messages: &'a [&'a Message],
    places: Places<'a>,
    lineage: Lineage,
    named: Named<'a>,
}

impl Search<'_> {
    /// The commits of the window that a message reverts, and whether it also names one that is not there.
    fn targets(&mut self, at: usize, message: &Message, reverts: &Reverts) -> (Vec<usize>, bool) {
        let (mut targets, mut missing) = (Vec::new(), false);
        let mut known = HashSet::new();
        for reverted in &message.reverts {
            let found = match reverted {
                Reverted::Commit(digits) => self.of_commit(at, digits, message),
                Reverted::PullRequest(number) => {
                    let places = self.places.numbers.get_mut(number);
                    nearest(places, at, reverts, &mut self.lineage, |_| true)
                }
                Reverted::Subject(_) => continue,
            };
            match found {
                Some(found) if known.insert(found) => targets.push(found),
                Some(_) => {}
                None => missing = true,
            }
        }
        if targets.is_empty()
            && let Some(found) = self.by_subject(at, message, reverts)
        {
            return (vec![found], false);
        }
        (targets, missing)
    }

    fn of_commit(&mut self, at: usize, digits: &str, message: &Message) -> Option<usize> {
        let messages = self.messages;
        let is_meant = |place: usize| {
            let subject = messages.get(place).map(|other| other.subject_key());
            subjects(message).any(|quoted| Some(quoted) == subject)
        };
        let found = self.places.of_commit(digits, is_meant)?;
        self.lineage.descends(at, found).then_some(found)
    }

    /// A squash or rebase changes names, and subjects survive it: they are asked where nothing else is found. Where a name
    /// is that of a commit outside of the window, that one is meant, or what was picked from it.
    fn by_subject(&mut self, at: usize, message: &Message, reverts: &Reverts) -> Option<usize> {
        if subjects(message).all(|quoted| self.places.subjects.get(quoted).is_none_or(VecDeque::is_empty)) {
            return None;
        }
        let originals = self.originals(message);
        for quoted in subjects(message) {
            let Some(places) = self.places.subjects.get_mut(quoted) else { continue };
            let commits = self.commits;
            let fits = |place: usize| {
                let written = commits.get(place).map(|commit| (&commit.author.email, commit.author_time));
                originals.is_empty()
                    || originals.iter().any(|it| written == Some((&it.author.email, it.author_time)))
            };
            let found = nearest(Some(places), at, reverts, &mut self.lineage, fits);
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
        let outside = names.take(8).filter(|name| self.places.of_commit(name, |_| true).is_none());
        outside.filter_map(|name| (self.named)(name)).collect()
    }
}

/// The subjects that a message says it reverts.
fn subjects(message: &Message) -> impl Iterator<Item = &str> {
    message.reverts.iter().filter_map(|reverted| match reverted {
        Reverted::Subject(subject) => Some(without_reference(subject)),
        _ => None,
    })
}

/// The newest of the places that the revert at `at` descends from, that fits, and that nothing has undone yet.
fn nearest(
    places: Option<&mut VecDeque<usize>>,
    at: usize,
    reverts: &Reverts,
    lineage: &mut Lineage,
    fits: impl Fn(usize) -> bool,
) -> Option<usize> {
    let places = places?;
    // Reverts come newest first: what is passed over here is nobody's target any more.
    while places.front().is_some_and(|place| *place <= at || reverts.is_cancelled(*place)) {
        places.pop_front();
    }
    let mut near = places.iter().copied().take(LOOKED_AT);
    near.find(|place| !reverts.is_cancelled(*place) && fits(*place) && lineage.descends(at, *place))
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Instant};

    use super::*;
    use crate::messages;
    use crate::model::{Person, Time};

    /// `(number, parents, message)`; the number is the commit's name, twenty times.
    fn commit(number: u32, parents: &[u32], message: &str) -> Commit {
        Commit {
            id: id(number),
            tree: id(0),
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: Arc::new(Person { name: "A".into(), email: "a@x".into() }),
            author_time: Time { seconds: i64::from(number), offset: 0 },
            committer_time: Time::default(),
            message: message.into(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    fn id(number: u32) -> ObjectId {
        let mut bytes = [0; 20];
        for chunk in bytes.chunks_exact_mut(4) {
            chunk.copy_from_slice(&number.to_le_bytes());
        }
        ObjectId::from_bytes(bytes)
    }

    fn reverts(commit: u32) -> String {
        format!("Revert \"x\"\n\nThis reverts commit {}.", id(commit))
    }

    fn found(commits: &[Commit], named: Named<'_>) -> Reverts {
        let options = messages::Options::default();
        let messages: Vec<_> =
            commits.iter().map(|it| messages::parse(&it.message, it.is_merge(), &options)).collect();
        let (commits, messages): (Vec<_>, Vec<_>) = (commits.iter().collect(), messages.iter().collect());
        let mut members = vec![Vec::new(); commits.len()];
        for (at, owner) in (0..).zip(super::super::merges::brought_by(&commits)) {
            if let Some(owner) = owner {
                members[owner as usize].push(at);
            }
        }
        find(&commits, &messages, &members, named)
    }

    /// The numbers of the commits that are no change, oldest first.
    fn cancelled(commits: &[Commit]) -> Vec<u32> {
        let found = found(commits, &|_| None).cancelled;
        let number = |it: &Commit| u32::from_le_bytes(it.id.as_bytes()[..4].try_into().unwrap());
        commits.iter().zip(found).filter(|(_, why)| why.is_some()).map(|(it, _)| number(it)).rev().collect()
    }

    #[test]
    fn pitfall_16_only_an_ancestor_is_undone() {
        // 2 and 3 stand on two branches that 4 merges; 3 reverts what is not in its past.
        let merge = "Merge branch 'b'";
        for text in ["Revert \"feat: x\"".to_owned(), reverts(2), "Undo\n\nReverts #7".to_owned()] {
            let side = [commit(4, &[3, 2], merge), commit(3, &[1], &text), commit(2, &[1], "feat: x (#7)")];
            assert!(cancelled(&side).is_empty(), "{text}");
            let straight = [commit(3, &[2], &text), commit(2, &[1], "feat: x (#7)")];
            assert!(cancelled(&straight).contains(&2), "{text}");
        }
        let older = [commit(3, &[2], "feat: x"), commit(2, &[1], "Revert \"feat: x\"")];
        assert!(cancelled(&older).is_empty());
    }

    #[test]
    fn pitfall_16_a_name_that_another_commit_has_is_that_commits() {
        let window = [commit(9, &[8], &reverts(5)), commit(8, &[7], "x")];
        assert_eq!(cancelled(&window), [8, 9], "a squash has changed the name");
        let released = commit(5, &[4], "x");
        let known = found(&window, &|name| (name == released.id.to_string()).then(|| released.clone()));
        assert_eq!(known.cancelled, [None, None]);
        assert_eq!(known.of_released, [true, false]);
        // A pick of the commit keeps its author and date.
        let original = Commit { author_time: Time { seconds: 8, offset: 0 }, ..released };
        let picked = found(&window, &|_| Some(original.clone()));
        assert!(picked.cancelled.iter().all(Option::is_some));
    }

    #[test]
    fn pitfall_16_a_short_name_of_two_commits_is_told_by_its_subject() {
        let twin = |last: u8| {
            let mut bytes = *id(2).as_bytes();
            bytes[19] = last;
            ObjectId::from_bytes(bytes)
        };
        let window = |text: &str| {
            let (mut one, mut two) = (commit(2, &[], "x"), commit(2, &[], "y"));
            (one.id, two.id) = (twin(1), twin(2));
            one.parents = [two.id].into();
            two.parents.clear();
            let mut revert = commit(9, &[], &format!("{text}\n\nThis reverts commit 02000000."));
            revert.parents = [one.id].into();
            found(&[revert, one, two], &|_| None).cancelled.iter().map(Option::is_some).collect::<Vec<_>>()
        };
        assert_eq!(window("Revert \"y\""), [true, false, true]);
        assert_eq!(window("Revert it"), [false, false, false]);
    }

    #[test]
    fn pitfall_16_who_reverts_and_does_more_stays_a_change() {
        let text = format!("Count again\n\nFor speed.\n\nThis reverts commit {}.", id(2));
        assert_eq!(cancelled(&[commit(3, &[2], &text), commit(2, &[1], "x")]), [2]);
    }

    #[test]
    fn pitfall_16_reverts_of_reverts_and_relands() {
        let chain = |count: u32| -> Vec<Commit> {
            let text = |at: u32| if at == 1 { "x".to_owned() } else { reverts(at - 1) };
            (1..=count).rev().map(|at| commit(at, &[at - 1], &text(at))).collect()
        };
        assert_eq!(cancelled(&chain(3)), [2, 3], "reverted, and that reverted");
        assert_eq!(cancelled(&chain(4)), [1, 2, 3, 4]);
        let reland =
            [commit(3, &[2], "Reland \"x\" (#3)"), commit(2, &[1], "Revert \"x\""), commit(1, &[], "x")];
        assert_eq!(cancelled(&reland), [2, 3]);
        // Twice undone is undone.
        let twice = [commit(3, &[2], &reverts(1)), commit(2, &[1], &reverts(1)), commit(1, &[], "x")];
        assert_eq!(cancelled(&twice), [1, 2, 3]);
    }

    /// In quadratic time, each of these takes minutes in a debug build.
    #[test]
    fn pitfall_16_fifty_thousand_reverts_take_no_square_of_their_number() {
        const MANY: u32 = 50_000;
        let line = |text: &dyn Fn(u32) -> String| -> Vec<Commit> {
            (1..=MANY).rev().map(|at| commit(at, &[at - 1], &text(at))).collect()
        };
        let start = Instant::now();
        let same = line(&|at| if at == 1 { "x".to_owned() } else { reverts(1) });
        assert_eq!(cancelled(&same).len(), MANY as usize);
        let subjects = line(&|at| (if at * 2 > MANY { "Revert \"x\"" } else { "x" }).to_owned());
        assert_eq!(cancelled(&subjects).len(), MANY as usize);
        let chain = line(&|at| if at == 1 { "x".to_owned() } else { reverts(at - 1) });
        assert_eq!(cancelled(&chain).len(), MANY as usize);
        let mut all = line(&|_| "x".to_owned());
        let names: String = (1..MANY).map(|at| format!("This reverts commit {}.\n", id(at))).collect();
        all[0].message = format!("Revert all\n\n{names}").into();
        assert_eq!(cancelled(&all).len(), MANY as usize);
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
