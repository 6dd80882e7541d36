//! Groups the commits of a window into changes.
//!
//! A change is a squashed pull request, a merged pull request, or a commit. A merge commit is never listed together
//! with the commits it introduces: either it represents them (a pull request none of whose commits is conventional) or
//! they are listed themselves. Each commit that is in no change has an outcome with a reason.

use std::collections::BTreeMap;

use crate::{
    messages::{Message, MessageKind},
    model::{Change, Commit, Outcome, PullRequest},
};

use super::{
    change::drop_repeated_issues,
    commit_changes::commit_changes,
    duplicates,
    leaders::Leaders,
    lineage::Lineage,
    lookups::Lookups,
    opt_outs::opt_outs,
    outcomes::Outcomes,
    promotions::Promotions,
    pull_request_changes::pull_request_changes,
    released_index::Released,
    reverts,
    roles::{Role, Roles, Unit},
    sources::Sources,
    window_commits::WindowCommits,
};

/// The changes of a window, and the outcomes of the commits that are in no change.
#[derive(Debug, Default)]
pub struct Grouped {
    /// Newest first.
    pub changes: Vec<Change>,
    /// One for each commit of the window, newest first; `None` if the commit is in a change.
    pub outcomes: Outcomes,
}

/// Groups the commits of a window (newest first) and their messages into changes. `released` is what earlier versions
/// released from other branches, `pull_requests` the forge's data by number.
#[must_use]
pub fn group(
    commits: &[&Commit],
    messages: &[&Message],
    unit: Unit,
    released: Released<'_>,
    pull_requests: &BTreeMap<u64, PullRequest>,
    lookups: Lookups<'_>,
) -> Grouped {
    let window = WindowCommits::new(commits, messages);
    let lineage = Lineage::new(commits);
    let promotions = Promotions::new(window, &lineage);
    let duplicates = duplicates::find(window, released, lookups);
    let reverts = reverts::find(window, &lineage, lookups);
    let outcomes = Outcomes::undecided(window.len())
        .then(Outcome::Reverted, reverts.reasons())
        .then(Outcome::Duplicate, duplicates)
        .then(Outcome::Hidden, releases_and_fixups(window))
        .then(Outcome::Hidden, opt_outs(window, &lineage, &promotions));
    let leaders = Leaders::new(lineage, window, &outcomes);
    let roles = Roles::new(window, &leaders, &promotions, &outcomes, unit);
    let sources = Sources {
        window,
        leaders: &leaders,
        promotions: &promotions,
        outcomes: &outcomes,
        reverts: &reverts,
        pull_requests,
        lookups,
    };
    let changes = changes(&roles, &sources);
    let outcomes = outcomes.then(Outcome::Merged, roles.transparent_merges(window, &leaders));
    Grouped { changes, outcomes }
}

/// The release commits and fixup commits of a window, each with the reason for leaving it out.
fn releases_and_fixups(window: WindowCommits<'_>) -> impl Iterator<Item = (usize, &'static str)> {
    window.messages().iter().enumerate().filter_map(|(at, message)| match message.kind {
        MessageKind::Release => Some((at, "release commit: records a version, not a change")),
        MessageKind::Fixup => Some((at, "fixup commit: part of the commit it names")),
        _ => None,
    })
}

fn changes(roles: &Roles, sources: &Sources<'_>) -> Vec<Change> {
    let (leaders, outcomes) = (sources.leaders, sources.outcomes);
    let is_representative =
        |at: usize| roles.of(at) == Some(Role::Representative) && !outcomes.is_unlisted(at);
    let mut changes = Vec::new();
    for at in (0..sources.window.len()).filter(|at| !outcomes.is_unlisted(*at)) {
        match roles.of(at) {
            Some(Role::Own) if !leaders.leader_of(at).is_some_and(is_representative) => {
                commit_changes(at, sources, &mut changes);
            }
            Some(Role::Representative) => pull_request_changes(at, sources, &mut changes),
            Some(Role::Own | Role::Transparent) | None => {}
        }
    }
    changes.iter_mut().for_each(drop_repeated_issues);
    number_changes(&mut changes);
    changes
}

/// Numbers the changes of one commit, which follow one another.
fn number_changes(changes: &mut [Change]) {
    let mut before: Option<(crate::model::ObjectId, usize)> = None;
    for change in changes {
        let Some(first) = change.commits.first() else { continue };
        let ordinal = before.filter(|(commit, _)| commit == first).map_or(1, |(_, ordinal)| ordinal + 1);
        change.ordinal = ordinal;
        before = Some((*first, ordinal));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::released_index::ReleasedIndex, *};
    use crate::messages;
    use crate::model::{ObjectId, Person, Time};

    fn id(number: u32) -> ObjectId {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_le_bytes());
        ObjectId::from_bytes(id)
    }

    fn commit(number: u32, parents: &[u32], message: &str) -> Commit {
        Commit {
            id: id(number),
            tree: id(0),
            parents: parents.iter().map(|parent| id(*parent)).collect(),
            author: Arc::new(Person { name: "A".into(), email: format!("{number}@x") }),
            author_time: Time { seconds: i64::from(number), offset: 0 },
            committer_time: Time::default(),
            message: message.into(),
            undecodable: false,
            touches: Default::default(),
        }
    }

    fn changes(commits: &[Commit]) -> Vec<Change> {
        let options =
            messages::Options { split_squash: messages::SplitSquash::Always, ..messages::Options::default() };
        let messages: Vec<_> =
            commits.iter().map(|it| messages::parse(&it.message, it.is_merge(), &options)).collect();
        let (commits, messages): (Vec<_>, Vec<_>) = (commits.iter().collect(), messages.iter().collect());
        let index = ReleasedIndex::default();
        let released = Released { index: &index, after: None, before: 1 };
        group(&commits, &messages, Unit::Auto, released, &BTreeMap::new(), Lookups::none()).changes
    }

    /// Without the limit, the copies would exhaust memory.
    #[test]
    fn authors_are_not_copied_to_each_of_many_changes() {
        let bullets: String = (0..30_000).map(|at| format!("* feat: number {at}\n")).collect();
        let people: String = (0..30_000).map(|at| format!("Co-authored-by: P <{at}@y>\n")).collect();
        let references = " (#1)".repeat(30_000);
        let squash = format!("feat: x{references} (#2)\n\n{bullets}\n---------\n\n{people}");
        let found = changes(&[commit(1, &[], &squash)]);
        assert_eq!((found.len(), found[0].authors.len(), found[1].authors.len()), (30_001, 30_001, 1));
        let few = changes(&[commit(
            1,
            &[],
            "feat: x (#2)\n\n* fix: y\n\n---------\n\nCo-authored-by: P <p@y>\nCo-authored-by: P <P@y>",
        )]);
        assert_eq!((few.len(), few[0].authors.len(), few[1].authors.len()), (2, 2, 2));
    }

    /// In quadratic time, each case would take minutes in a debug build.
    #[test]
    fn merge_of_many_commits_takes_linear_time() {
        const MANY: u32 = 50_000;
        for (merge, title, expected) in [
            ("Merge pull request #1 from u/b\n\ny", "x", 1),
            ("Merge pull request #1 from u/b\n\ny", "feat: x", 1),
            ("Merge pull request #1 from u/b", "x", 1),
            ("Merge pull request #1 from u/b", "feat: x", MANY as usize),
        ] {
            let line = (1..=MANY).rev().map(|at| commit(at, &[at - 1], &format!("{title} {at}")));
            let commits: Vec<Commit> =
                std::iter::once(commit(MANY + 1, &[0, MANY], merge)).chain(line).collect();
            assert_eq!(changes(&commits).len(), expected, "{merge}: {title}");
        }
    }
}
