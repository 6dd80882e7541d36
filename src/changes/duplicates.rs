//! Duplicates: changes that are there twice. An earlier version released them from another branch, or they were merged into
//! two branches of one version.
//!
//! The original is found by the `-x` line of `git cherry-pick`, by pull request number and subject, by author, date and
//! subject (which a cherry-pick keeps), and last by subject and patch id, so that only a pair with the same subject is
//! ever compared.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use crate::{
    messages::Message,
    model::{Commit, IdMap, ObjectId},
};

use super::{lookups::Lookups, originals, released_index::Released, window_commits::WindowCommits};

/// The commits of a window that are duplicates, of another version's or of an older one of the window, each with the reason.
pub(super) fn find(
    window: WindowCommits<'_>,
    released: Released<'_>,
    lookups: Lookups<'_>,
) -> Vec<(usize, String)> {
    let mut seen: HashMap<Authorship<'_>, ObjectId> = HashMap::with_capacity(window.len());
    let mut ids: IdMap<ObjectId> = IdMap::default();
    let has_picks = window.messages().iter().any(|message| !message.cherry_picked_from.is_empty());
    let mut found = Vec::new();
    for (at, (commit, message)) in window.iter().enumerate().rev() {
        if commit.is_merge() || message.subject.is_empty() {
            continue;
        }
        let twice = |other: &ObjectId| format!("the same change as {} of this version", other.short());
        let picked = originals::commits(message).find_map(|source| ids.get(&source)).map(twice);
        let own = Authorship::new(commit, message);
        let again = seen.get(&own).map(twice);
        if let Some(reason) = released.duplicate(commit, message, lookups).or(picked).or(again) {
            found.push((at, reason));
            continue;
        }
        seen.insert(own, commit.id);
        if has_picks {
            ids.insert(commit.id, commit.id);
        }
    }
    found
}

/// What a cherry-pick keeps: who wrote a commit, when, and what its subject says.
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
        // The numbers tell nearly all apart; the texts need not be hashed as well.
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
                both.map(|(commit, message)| OutlinedCommit::parsed(commit, message)).collect(),
            )
        });
        let unread = |commit| OutlinedCommit::unparsed(commit, Outline::of(&commit.message));
        let all = elsewhere.iter().flat_map(|(_, commits)| *commits).chain(window).map(unread);
        let known = ReleasedIndex::new(versions, all, &options);
        let (commits, messages): (Vec<_>, Vec<_>) = (window.iter().collect(), messages.iter().collect());
        let released = Released { index: &known, after: Some(3), before: 9 };
        let mut reasons = vec![None; commits.len()];
        for (at, reason) in find(WindowCommits::new(&commits, &messages), released, Lookups::none()) {
            reasons[at] = Some(reason);
        }
        reasons
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
