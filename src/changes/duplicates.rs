//! Finds duplicates: commits whose change an earlier version released from another branch, or that an older commit of
//! the same window already made on another branch.
//!
//! The original is found by the `-x` line of `git cherry-pick`, by pull request number and subject, by author, date and
//! subject (which a cherry-pick preserves), by subject and patch ID, and last by author, date and patch ID, if the pick
//! was given another subject. So patches are compared only if something else agrees.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use crate::{
    messages::Message,
    model::{Commit, IdMap, ObjectId},
};

use super::{lookups::Lookups, originals, released_index::Released, window_commits::WindowCommits};

/// The positions of the duplicates in a window, each with the reason; oldest first.
pub(super) fn find(
    window: WindowCommits<'_>,
    released: Released<'_>,
    lookups: Lookups<'_>,
) -> Vec<(usize, String)> {
    let mut seen: HashMap<Authorship<'_>, ObjectId> = HashMap::with_capacity(window.len());
    let mut dates: HashMap<(i64, &str), ObjectId> = HashMap::with_capacity(window.len());
    let mut ids: IdMap<ObjectId> = IdMap::default();
    let has_picks = window.messages().iter().any(|message| !message.cherry_picked_from.is_empty());
    let is_same_patch = |one, other| lookups.compares_window && (lookups.is_same_patch)(one, other);
    let mut found = Vec::new();
    for (at, (commit, message)) in window.iter().enumerate().rev() {
        if commit.is_merge() || message.subject.is_empty() {
            continue;
        }
        let reason = |other: &ObjectId| format!("same change as {} in this version", other.short());
        let picked = originals::commits(message).find_map(|source| ids.get(&source)).map(reason);
        let own = Authorship::new(commit, message);
        let date = (commit.author_time.seconds, commit.author.email.as_str());
        let repeated =
            seen.get(&own).or_else(|| dates.get(&date).filter(|other| is_same_patch(commit.id, **other)));
        let repeated = repeated.map(reason);
        if let Some(reason) = released.duplicate(commit, message, lookups).or(picked).or(repeated) {
            found.push((at, reason));
            continue;
        }
        seen.insert(own, commit.id);
        dates.entry(date).or_insert(commit.id);
        if has_picks {
            ids.insert(commit.id, commit.id);
        }
    }
    found
}

/// What a cherry-pick preserves: author, author date and subject.
#[derive(PartialEq, Eq)]
struct Authorship<'a> {
    seconds: i64,
    digest: u32,
    email: &'a str,
    subject: &'a str,
}

impl<'a> Authorship<'a> {
    fn new(commit: &'a Commit, message: &'a Message) -> Self {
        Self {
            seconds: commit.author_time.seconds,
            digest: message.outline().digest(),
            email: &commit.author.email,
            subject: message.subject_key(),
        }
    }
}

impl Hash for Authorship<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // These two numbers are nearly always unique: hashing the strings as well would only cost time.
        (self.seconds, self.digest).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::{
            outlined_commit::OutlinedCommit,
            released_index::{Rank, ReleasedIndex},
        },
        *,
    };
    use crate::messages::{self, Outline};
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

    /// The reasons for the commits of a window with base 3 and version 9, given the commits of other versions.
    fn reasons(elsewhere: &[(Rank, &[Commit])], window: &[Commit]) -> Vec<Option<String>> {
        let options = messages::Options::default();
        let parse = |commit: &Commit| messages::parse(&commit.message, false, &options);
        let parsed: Vec<Vec<_>> =
            elsewhere.iter().map(|(_, commits)| commits.iter().map(parse).collect()).collect();
        let messages: Vec<_> = window.iter().map(parse).collect();
        let versions = elsewhere.iter().zip(&parsed).map(|((rank, commits), messages)| {
            let both = commits.iter().zip(messages);
            (
                *rank,
                format!("v{rank}"),
                both.map(|(commit, message)| OutlinedCommit::parsed(commit, message)).collect(),
            )
        });
        let unparsed = |commit| OutlinedCommit::unparsed(commit, Outline::of(&commit.message));
        let all = elsewhere.iter().flat_map(|(_, commits)| *commits).chain(window).map(unparsed);
        let index = ReleasedIndex::new(versions, all, &options);
        let (commits, messages): (Vec<_>, Vec<_>) = (window.iter().collect(), messages.iter().collect());
        let released = Released { index: &index, after: Some(3), before: 9 };
        let mut reasons = vec![None; commits.len()];
        for (at, reason) in find(WindowCommits::new(&commits, &messages), released, Lookups::none()) {
            reasons[at] = Some(reason);
        }
        reasons
    }

    #[test]
    fn duplicate_names_the_lowest_version_between_base_and_target() {
        let pick = |number: u32| [commit(number, "fix: x (#7)")];
        let (one, two, three, four) = (pick(1), pick(2), pick(3), pick(4));
        let elsewhere: [(Rank, &[Commit]); 4] = [(9, &four), (5, &three), (4, &two), (3, &one)];
        let found = reasons(&elsewhere, &[commit(8, "fix: x (#7)")]);
        assert!(found[0].as_deref().unwrap().contains("in v4 as 0200000 (same pull request"), "{found:?}");
        assert_eq!(reasons(&[(3, &one), (9, &four)], &[commit(8, "fix: x (#7)")]), [None]);
    }

    /// In quadratic time, each case would take minutes in a debug build.
    #[test]
    fn many_commits_with_one_subject_take_linear_time() {
        let many = |from: u32, text: &str| -> Vec<Commit> {
            (from..from + 30_000).map(|number| commit(number, text)).collect()
        };
        let released = many(0, "x (#7)");
        let window = many(1_040_000, "x (#7)");
        assert_eq!(reasons(&[(2, &released)], &window).iter().flatten().count(), 0);
        // Memory is not the product of the subject's length and the count of numbers.
        let numbers: String = (0..40_000).map(|number| format!("Backport of #{number}\n")).collect();
        let long = [commit(1, &format!("{}\n\n{numbers}", "x".repeat(1_000_000)))];
        assert_eq!(reasons(&[(5, &long)], &[commit(2, "x (#7)")]), [None]);
    }
}
