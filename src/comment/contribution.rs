//! What a pull request changes in the notes of one line of versions.

use std::collections::BTreeSet;

use crate::model::{Change, IdSet, ObjectId, Outcome, Release, Version};

/// What the merge is called in reasons.
const THIS: &str = "this pull request";

/// The merge of a pull request that has not happened.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The merge commit.
    pub commit: ObjectId,
    /// The title of the pull request, if known.
    pub title: Option<String>,
    /// The commits of the pull request.
    pub commits: IdSet,
}

impl Merge {
    fn brings(&self, commit: ObjectId) -> bool {
        commit == self.commit || self.commits.contains(&commit)
    }

    /// A text in which the merge, which does not exist, is named as what it stands for.
    fn named(&self, text: &str) -> String {
        text.replace(&self.commit.to_string(), THIS).replace(&self.commit.short(), THIS)
    }
}

/// What a pull request changes in the notes of one line of versions.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The package, in a repository with several.
    pub package: Option<String>,
    /// The entries and attention items that it adds.
    pub added: Release,
    /// The entries that are no longer listed with it.
    pub removed: Vec<Unlisted>,
    /// The next version with it.
    pub next: NextVersion,
    /// The next version without it.
    pub next_without: NextVersion,
}

/// A change that is not listed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The subject of its commit, or the title of the pull request.
    pub subject: String,
    /// The reason, as `explain` prints it.
    pub reason: String,
}

/// A next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextVersion {
    /// The version; `None` if no change requires one, or none can be computed.
    pub version: Option<Version>,
    /// The reason.
    pub reason: String,
    /// Whether it cannot be computed.
    pub is_refused: bool,
}

/// What a merge changes between two releases; `None` if it is not about this line of versions. `changed` are the paths
/// that the pull request changes.
#[must_use]
pub fn contribution(
    (with, next): (Release, NextVersion),
    (without, next_without): (Option<Release>, NextVersion),
    merge: &Merge,
    changed: &BTreeSet<&str>,
) -> Option<Contribution> {
    let is_about = with.commits.iter().any(|commit| merge.brings(commit.id));
    let removed = without.map(|without| removed(&without, &with, merge)).unwrap_or_default();
    if !is_about && removed.is_empty() && next.version == next_without.version {
        return None;
    }
    let mut added = Release::new(None, with.commit);
    added.attention = with.attention;
    for item in &mut added.attention {
        item.paths.retain(|path| changed.contains(path.as_str()));
    }
    added.attention.retain(|item| !item.paths.is_empty());
    added.sections = with.sections;
    for section in &mut added.sections {
        section.changes.retain(|change| change.commits.iter().any(|id| merge.brings(*id)));
        section.changes.iter_mut().for_each(|change| forget(merge.commit, change));
    }
    added.sections.retain(|section| !section.changes.is_empty());
    let next = NextVersion { reason: merge.named(&next.reason), ..next };
    Some(Contribution { package: with.package, added, removed, next, next_without })
}

/// Removes a commit that does not exist from a change that has others, so that nothing links to it.
fn forget(merge: ObjectId, change: &mut Change) {
    if change.commits.iter().any(|id| *id != merge) {
        change.commits.retain(|id| *id != merge);
    }
}

/// The entries of a release that another one does not list, with the reason of the other one.
fn removed(without: &Release, with: &Release, merge: &Merge) -> Vec<Unlisted> {
    let changes = |release: &'_ Release| {
        let sections = release.sections.iter();
        sections.flat_map(|section| &section.changes).flat_map(|change| change.commits.clone()).collect()
    };
    let listed: IdSet = changes(with);
    let all = without.sections.iter().flat_map(|section| &section.changes);
    let gone = all.filter(|change| !change.commits.iter().any(|id| listed.contains(id)));
    // A commit without an outcome is not in the window: a version has it.
    gone.filter_map(|change| {
        let first = change.commits.first()?;
        let outcome = with.commits.iter().find(|commit| commit.id == *first)?;
        Some(Unlisted { subject: change.title.clone(), reason: merge.named(&outcome.reason) })
    })
    .collect()
}

/// The changes of a merge that no release lists. The merge stands for all of its commits with the same reason.
#[must_use]
pub fn unlisted(releases: &[&Release], merge: &Merge) -> Vec<Unlisted> {
    let is_shown = |outcome: Outcome| matches!(outcome, Outcome::Listed | Outcome::Merged);
    let all = || releases.iter().flat_map(|release| &release.commits);
    let shown: IdSet = all().filter(|commit| is_shown(commit.outcome)).map(|commit| commit.id).collect();
    let merge_reason = all()
        .find(|commit| commit.id == merge.commit && !shown.contains(&commit.id))
        .map(|commit| commit.reason.to_string());
    let mut found: Vec<(Option<ObjectId>, Unlisted)> = Vec::new();
    if let (Some(reason), Some(title)) = (&merge_reason, &merge.title) {
        found.push((None, Unlisted { subject: title.clone(), reason: merge.named(reason) }));
    }
    let is_covered = |reason: &str| merge.title.is_some() && merge_reason.as_deref() == Some(reason);
    for commit in all().filter(|commit| merge.commits.contains(&commit.id) && !shown.contains(&commit.id)) {
        let is_known = found.iter().any(|(id, _)| *id == Some(commit.id));
        if !is_known && !is_covered(&commit.reason) {
            let (subject, reason) = (commit.subject.to_string(), merge.named(&commit.reason));
            found.push((Some(commit.id), Unlisted { subject, reason }));
        }
    }
    found.into_iter().map(|(_, unlisted)| unlisted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitOutcome, Section};

    fn id(digit: u8) -> ObjectId {
        ObjectId::from_bytes([digit; 20])
    }

    fn release(listed: &[u8], commits: &[(u8, Outcome, &str)]) -> Release {
        let change = |digit: &u8| Change {
            title: format!("change {digit}"),
            commits: vec![id(*digit)],
            ..Change::default()
        };
        let changes: Vec<Change> = listed.iter().map(change).collect();
        let sections = vec![Section { id: "features".to_owned(), title: None, changes }];
        let outcome = |(digit, outcome, reason): &(u8, Outcome, &str)| CommitOutcome {
            id: id(*digit),
            subject: format!("commit {digit}").into(),
            outcome: *outcome,
            section: None,
            reason: (*reason).into(),
        };
        let commits = commits.iter().map(outcome).collect();
        Release { sections, commits, ..Release::new(None, id(0)) }
    }

    fn next(version: Option<Version>) -> NextVersion {
        NextVersion { version, reason: String::new(), is_refused: false }
    }

    fn merge() -> Merge {
        Merge {
            commit: id(9),
            title: Some("title".to_owned()),
            commits: [id(3), id(4)].into_iter().collect(),
        }
    }

    #[test]
    fn entries_of_the_pull_request_are_added_and_reverted_ones_removed() {
        let without = release(&[1, 2], &[(1, Outcome::Listed, ""), (2, Outcome::Listed, "")]);
        let with = release(&[1, 9], &[(9, Outcome::Listed, ""), (2, Outcome::Reverted, "reverted by x")]);
        let found = contribution((with, next(None)), (Some(without), next(None)), &merge(), &BTreeSet::new())
            .unwrap();
        let titles: Vec<&str> = found.added.sections[0].changes.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["change 9"]);
        let gone = Unlisted { subject: "change 2".to_owned(), reason: "reverted by x".to_owned() };
        assert_eq!(found.removed, [gone]);
    }

    #[test]
    fn line_without_its_commits_has_no_contribution() {
        let one = release(&[1], &[(1, Outcome::Listed, "")]);
        let none =
            contribution((one.clone(), next(None)), (Some(one), next(None)), &merge(), &BTreeSet::new());
        assert!(none.is_none());
    }

    #[test]
    fn merge_stands_for_commits_with_its_reason() {
        let hidden = release(
            &[],
            &[(9, Outcome::Hidden, "a"), (4, Outcome::Hidden, "a"), (3, Outcome::Duplicate, "b")],
        );
        let found = |releases: &[&Release]| -> Vec<(String, String)> {
            unlisted(releases, &merge()).into_iter().map(|it| (it.subject, it.reason)).collect()
        };
        let pair = |subject: &str, reason: &str| (subject.to_owned(), reason.to_owned());
        assert_eq!(found(&[&hidden]), [pair("title", "a"), pair("commit 3", "b")]);
        let listed = release(&[9], &[(9, Outcome::Listed, ""), (3, Outcome::Merged, "")]);
        assert_eq!(found(&[&hidden, &listed]), [pair("commit 4", "a")]);
    }
}
