//! Reverts: what is undone inside the window is no change of it.
//!
//! A revert and what it reverts cancel. Reverts are taken newest first, so that a revert that was itself reverted undoes
//! nothing. A revert of something that an earlier version released is a change like any other.

use std::collections::HashMap;

use crate::model::{Commit, ObjectId};

use super::message::{Message, Reverted};

/// What reverts make of the commits of a window, by their index.
pub(super) struct Reverts {
    /// For a commit that is undone, or that only undoes: why it is no change.
    pub(super) cancelled: Vec<Option<String>>,
    /// Whether it reverts something that is not in the window.
    pub(super) of_released: Vec<bool>,
}

/// Finds what is undone. Commits are newest first; `brought_by` is the merge that brought each in.
pub(super) fn find(commits: &[&Commit], messages: &[&Message], brought_by: &[Option<u32>]) -> Reverts {
    let mut reverts =
        Reverts { cancelled: vec![None; commits.len()], of_released: vec![false; commits.len()] };
    if messages.iter().all(|message| message.reverts.is_empty()) {
        return reverts;
    }
    let places = Places::new(commits, messages);
    for (at, (commit, message)) in commits.iter().zip(messages).enumerate() {
        if message.reverts.is_empty() || reverts.is_cancelled(at) {
            continue;
        }
        let (targets, missing) = targets(at, message, &places, &reverts);
        for target in &targets {
            reverts.cancel(*target, &format!("reverted by {}", commit.id.short()));
            cancel_brought(*target, commit.id, brought_by, &mut reverts);
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

    fn cancel(&mut self, at: usize, reason: &str) {
        if let Some(slot) = self.cancelled.get_mut(at) {
            slot.get_or_insert_with(|| reason.to_owned());
        }
    }

    fn mark_released(&mut self, at: usize) {
        if let Some(slot) = self.of_released.get_mut(at) {
            *slot = true;
        }
    }
}

/// Where commits stand, by what reverts call them; newest first.
struct Places<'a> {
    /// Full names, in their order.
    names: Vec<(String, usize)>,
    numbers: HashMap<u64, Vec<usize>>,
    subjects: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Places<'a> {
    fn new(commits: &[&Commit], messages: &[&'a Message]) -> Self {
        let mut names: Vec<_> =
            commits.iter().zip(0..).map(|(commit, at)| (commit.id.to_string(), at)).collect();
        names.sort_unstable();
        let mut places = Self { names, numbers: HashMap::new(), subjects: HashMap::new() };
        for (message, at) in messages.iter().zip(0..) {
            if let Some(mention) = &message.pull_request {
                places.numbers.entry(mention.number).or_default().push(at);
            }
            places.subjects.entry(without_reference(&message.subject)).or_default().push(at);
        }
        places
    }

    /// The commits whose names begin with these digits.
    fn of_commit(&self, digits: &str) -> Option<Vec<usize>> {
        let from = self.names.partition_point(|(name, _)| name.as_str() < digits);
        let fitting = self.names.get(from..)?.iter().take_while(|(name, _)| name.starts_with(digits));
        let mut places: Vec<usize> = fitting.map(|(_, at)| *at).collect();
        places.sort_unstable();
        Some(places)
    }
}

/// All that a reverted merge had brought in goes with it. An owner is always newer, so one pass from new to old will do.
fn cancel_brought(merge: usize, by: ObjectId, brought_by: &[Option<u32>], reverts: &mut Reverts) {
    let mut gone = vec![false; brought_by.len()];
    if let Some(slot) = gone.get_mut(merge) {
        *slot = true;
    }
    for (at, owner) in brought_by.iter().enumerate().skip(merge + 1) {
        if owner.is_some_and(|owner| gone.get(owner as usize) == Some(&true)) {
            if let Some(slot) = gone.get_mut(at) {
                *slot = true;
            }
            reverts.cancel(at, &format!("reverted by {}, with the merge that brought it in", by.short()));
        }
    }
}

/// The commits of the window that a message reverts, and whether it also names one that is not there.
fn targets(at: usize, message: &Message, places: &Places<'_>, reverts: &Reverts) -> (Vec<usize>, bool) {
    let nearest = |places: Option<&Vec<usize>>| {
        let older = places?.iter().copied().skip_while(|index| *index <= at);
        older.into_iter().find(|index| !reverts.is_cancelled(*index))
    };
    let (mut targets, mut missing) = (Vec::new(), false);
    for reverted in &message.reverts {
        let found = match reverted {
            Reverted::Commit(hex) => nearest(places.of_commit(hex).as_ref()),
            Reverted::PullRequest(number) => nearest(places.numbers.get(number)),
            Reverted::Subject(_) => continue,
        };
        match found {
            Some(found) if !targets.contains(&found) => targets.push(found),
            Some(_) => {}
            None => missing = true,
        }
    }
    // A squash or rebase changes ids, and subjects survive it: they are asked where nothing else is found.
    if targets.is_empty() {
        for reverted in &message.reverts {
            let Reverted::Subject(subject) = reverted else { continue };
            if let Some(found) = nearest(places.subjects.get(without_reference(subject))) {
                targets.push(found);
                missing = false;
            }
        }
    }
    (targets, missing)
}

/// A subject without the `(#12)` that a forge adds when it squashes.
pub(super) fn without_reference(subject: &str) -> &str {
    let mut rest = subject.trim_end();
    while let Some((before, number)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once("(#")) {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        rest = before.trim_end();
    }
    // `(cherry-pick #12 for 4.1)` names the original as `(#12)` would.
    if let Some((before, inner)) = rest.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        let lower = inner.to_ascii_lowercase();
        let is_backport =
            ["cherry-pick", "cherry pick", "backport"].iter().any(|word| lower.starts_with(word));
        if is_backport && inner.contains('#') && !before.trim().is_empty() {
            return without_reference(before);
        }
    }
    rest
}
