//! Merges the releases between two versions into one.
//!
//! Input: the releases of the versions in between, newest first, built from the history or read from notes attached to
//! images. Output: the same releases without reverted and repeated changes, or one release with all their changes. This
//! module must not depend on git or registries.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::model::{
    Attention, Base, Change, CommitOutcome, Contributor, ObjectId, Outcome, Release, Section, Statistics,
    Version,
};

use super::release_history::ReleaseHistory;

/// Joins releases, newest first, into one: sections are merged in the order of their IDs in `order`, attention items
/// are in the order of the versions, and all commits are included. `None` if there are no releases.
pub(super) fn joined(releases: &[Release], base: Option<Base>, order: &[String]) -> Option<Release> {
    let (newest, older) = releases.split_first()?;
    let mut joined = newest.clone();
    for release in older {
        for section in &release.sections {
            add(&mut joined.sections, section);
        }
        joined.contributors =
            merge_contributors(std::mem::take(&mut joined.contributors), &release.contributors);
        joined.commits.extend(release.commits.iter().cloned());
        add_texts(&mut joined, release.summary.as_deref(), &release.highlights);
    }
    sort_sections(&mut joined.sections, releases, order);
    joined.attention = attention(releases.iter().rev());
    joined.bump = releases.iter().filter_map(|release| release.bump).max();
    joined.statistics = Statistics {
        commits: joined.commits.len(),
        changes: changes(&joined),
        contributors: joined.contributors.iter().filter(|contributor| !contributor.bot).count(),
        days_since_base: None,
    };
    joined.skipped = older.iter().filter_map(|release| release.version.clone()).collect();
    joined.base = base;
    joined.compare_url = None;
    Some(joined)
}

/// Adds what people wrote about an older version that the release includes.
pub(super) fn add_texts(release: &mut Release, summary: Option<&str>, highlights: &[String]) {
    if let Some(older) = summary {
        let newer = release.summary.take();
        release.summary = Some(newer.map_or_else(|| older.to_owned(), |newer| format!("{newer}\n\n{older}")));
    }
    release.highlights.extend(highlights.iter().cloned());
}

/// Sorts sections by the position of their IDs in `order`. Another ID, as in notes of an older configuration, follows
/// the section before it in the newest release that has it.
fn sort_sections(sections: &mut [Section], releases: &[Release], order: &[String]) {
    let position = |id: &str| order.iter().position(|known| known == id);
    let key = |id: &str| {
        let release = releases.iter().find(|release| release.sections.iter().any(|it| it.id == id));
        let before = release.into_iter().flat_map(|release| &release.sections).take_while(|it| it.id != id);
        // Known sections begin at 1, so that 0 is before all of them.
        position(id).or_else(|| before.filter_map(|it| position(&it.id)).last()).map_or(0, |at| at + 1)
    };
    sections.sort_by_cached_key(|section| (key(&section.id), position(&section.id).is_none()));
}

/// Distributes the changes of `whole` over the versions that introduced them. `parts` are the releases of these
/// versions, newest first; changes that none of them has go to the newest.
pub(super) fn by_version(whole: &Release, mut parts: Vec<Release>) -> Vec<Release> {
    let mut part_of: BTreeMap<ObjectId, usize> = BTreeMap::new();
    for (index, part) in parts.iter_mut().enumerate() {
        part_of.extend(part.commits.iter().map(|commit| (commit.id, index)));
        part.sections.clear();
        part.rollback = whole.rollback;
    }
    for section in &whole.sections {
        for change in &section.changes {
            let index = change.commits.iter().find_map(|commit| part_of.get(commit)).copied().unwrap_or(0);
            let single = Section { changes: vec![change.clone()], ..section.clone() };
            if let Some(part) = parts.get_mut(index) {
                add(&mut part.sections, &single);
            }
        }
    }
    let outcomes: BTreeMap<ObjectId, &CommitOutcome> =
        whole.commits.iter().map(|commit| (commit.id, commit)).collect();
    for part in &mut parts {
        for commit in &mut part.commits {
            if let Some(outcome) = outcomes.get(&commit.id) {
                *commit = (*outcome).clone();
            }
        }
        recount(part);
    }
    parts
}

/// Removes the changes all of whose commits are in `commits`, as duplicates with this reason.
pub(super) fn without(releases: &mut [Release], commits: &BTreeSet<ObjectId>, reason: &str) {
    let is_contained = |change: &Change| {
        !change.commits.is_empty() && change.commits.iter().all(|commit| commits.contains(commit))
    };
    for release in releases {
        drop_changes(release, &mut |change| is_contained(change).then_some((Outcome::Duplicate, reason)));
    }
}

/// Removes changes that a later release reverts, with the reverts, and changes that an older release has too. The
/// releases are newest first; their notes were built separately.
pub(super) fn settle(releases: &mut [Release]) {
    without_repeated_commits(releases);
    let mut outcomes = ReleaseHistory::new(releases).outcomes().into_iter();
    for release in releases {
        drop_changes(release, &mut |_| outcomes.next()?.map(|outcome| (outcome, reason(outcome))));
    }
}

/// Removes changes with a commit that an older release has too.
fn without_repeated_commits(releases: &mut [Release]) {
    let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
    for release in releases.iter_mut().rev() {
        let is_repeated = |change: &Change| change.commits.iter().any(|commit| seen.contains(commit));
        drop_changes(release, &mut |change| {
            is_repeated(change).then(|| (Outcome::Duplicate, reason(Outcome::Duplicate)))
        });
        let changes = release.sections.iter().flat_map(|section| &section.changes);
        seen.extend(changes.flat_map(|change| &change.commits));
    }
}

/// The reason for removing a change from a release.
const fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reverted => "added and reverted within this comparison",
        _ => "same change as in an earlier version",
    }
}

/// Removes the changes for which `decide` returns an outcome, and sets this outcome for their commits.
fn drop_changes<'r>(release: &mut Release, decide: &mut dyn FnMut(&Change) -> Option<(Outcome, &'r str)>) {
    let mut dropped: BTreeMap<ObjectId, (Outcome, &str)> = BTreeMap::new();
    for section in &mut release.sections {
        section.changes.retain(|change| {
            let outcome = decide(change);
            if let Some(outcome) = outcome {
                dropped.extend(change.commits.iter().map(|commit| (*commit, outcome)));
            }
            outcome.is_none()
        });
    }
    release.sections.retain(|section| !section.changes.is_empty());
    for change in release.sections.iter().flat_map(|section| &section.changes) {
        for commit in &change.commits {
            dropped.remove(commit);
        }
    }
    for commit in &mut release.commits {
        if let Some((outcome, reason)) = dropped.get(&commit.id) {
            (commit.outcome, commit.section, commit.reason) = (*outcome, None, (*reason).into());
        }
    }
    recount(release);
}

fn recount(release: &mut Release) {
    release.statistics.changes = changes(release);
}

fn changes(release: &Release) -> usize {
    release.sections.iter().map(|section| section.changes.len()).sum()
}

fn add(sections: &mut Vec<Section>, more: &Section) {
    match sections.iter_mut().find(|section| section.id == more.id) {
        Some(section) => section.changes.extend(more.changes.iter().cloned()),
        None => sections.push(more.clone()),
    }
}

/// The attention items, oldest version first: migrations run in that order.
fn attention<'r>(releases: impl Iterator<Item = &'r Release>) -> Vec<Attention> {
    let mut all: Vec<Attention> = Vec::new();
    for item in releases.flat_map(|release| &release.attention) {
        Attention::add(&mut all, &item.kind, item.title.as_deref(), item.paths.iter().cloned());
    }
    for item in &mut all {
        let mut seen = HashSet::new();
        item.paths.retain(|path| seen.insert(path.clone()));
    }
    all
}

/// The contributors of both, each person once: by login, or by name where a login is unknown.
fn merge_contributors(mut all: Vec<Contributor>, more: &[Contributor]) -> Vec<Contributor> {
    for other in more {
        let is_same = |it: &&mut Contributor| match (&it.login, &other.login) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => it.person.name == other.person.name,
        };
        match all.iter_mut().find(is_same) {
            Some(same) => {
                same.commits += other.commits;
                same.first_time = same.first_time.max(other.first_time);
                same.bot |= other.bot;
                if same.login.is_none() {
                    same.login.clone_from(&other.login);
                }
            }
            None => all.push(other.clone()),
        }
    }
    all.sort_by(Contributor::order);
    all
}

/// The versions above `from` up to `to` whose notes are to be merged, newest first: final versions, whose notes include
/// those of their pre-releases, and if `to` is a pre-release the lower pre-releases of the same version. If
/// pre-releases are `separate`, all versions.
pub(super) fn between(
    versions: &[Version],
    from: Option<&Version>,
    to: &Version,
    separate: bool,
) -> Vec<Version> {
    let is_between = |version: &&Version| from.is_none_or(|from| *version > from) && *version <= to;
    let counts = |version: &&Version| {
        separate || !version.is_prerelease() || (to.is_prerelease() && version.same_core(to))
    };
    let mut all: Vec<Version> =
        versions.iter().filter(is_between).filter(counts).cloned().chain([to.clone()]).collect();
    all.sort_by(|one, other| other.cmp(one));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{PullRequest, Scheme};

    const fn id(byte: u8) -> ObjectId {
        ObjectId::from_bytes([byte; 20])
    }

    fn version(text: &str) -> Version {
        Version::parse(text, &Scheme::SemVer).unwrap()
    }

    /// A release whose changes are in the section `features`: commit, subject, description.
    fn release(text: &str, changes: &[(u8, &str, &str)]) -> Release {
        let change = |(commit, title, description): &(u8, &str, &str)| Change {
            title: (*title).to_owned(),
            description: Some(Arc::from(*description)).filter(|text: &Arc<str>| !text.is_empty()),
            commits: vec![id(*commit)],
            ..Change::default()
        };
        let outcome = |(commit, subject, _): &(u8, &str, &str)| CommitOutcome {
            id: id(*commit),
            subject: Arc::from(*subject),
            outcome: Outcome::Listed,
            section: Some("features".into()),
            reason: "".into(),
        };
        Release {
            sections: vec![Section {
                id: "features".into(),
                title: None,
                changes: changes.iter().map(change).collect(),
            }],
            commits: changes.iter().map(outcome).collect(),
            ..Release::new(Some(version(text)), id(0))
        }
    }

    fn titles(release: &Release) -> Vec<&str> {
        release.sections.iter().flat_map(|section| &section.changes).map(|change| &*change.title).collect()
    }

    #[test]
    fn change_reverted_by_a_later_release_is_removed() {
        let sentence = format!("This reverts commit {}.", id(2));
        let mut all = vec![
            release("1.3.0", &[(5, "feat: c", "")]),
            release("1.2.0", &[(4, "Revert \"feat: b\"", &sentence), (3, "Revert \"feat: old\"", "")]),
            release("1.1.0", &[(2, "feat: b", ""), (1, "feat: a", "")]),
        ];
        settle(&mut all);
        let one = joined(&all, None, &[]).unwrap();
        // The revert of a change from before these releases stays.
        assert_eq!(titles(&one), ["feat: c", "Revert \"feat: old\"", "feat: a"]);
        assert_eq!((one.statistics.changes, one.statistics.commits), (3, 5));
        assert_eq!(one.skipped, [version("1.2.0"), version("1.1.0")]);
        let reverted = one.commits.iter().filter(|commit| commit.outcome == Outcome::Reverted);
        assert_eq!(reverted.map(|commit| commit.id).collect::<Vec<_>>(), [id(4), id(2)]);
    }

    #[test]
    fn reverted_revert_has_no_effect() {
        let mut all = vec![
            release(
                "1.3.0",
                &[(3, "Revert \"Revert \"feat: a\"\"", &format!("This reverts commit {}.", id(2)))],
            ),
            release("1.2.0", &[(2, "Revert \"feat: a\"", &format!("This reverts commit {}.", id(1)))]),
            release("1.1.0", &[(1, "feat: a", "")]),
        ];
        settle(&mut all);
        assert_eq!(titles(&joined(&all, None, &[]).unwrap()), ["feat: a"]);
    }

    #[test]
    fn change_of_two_releases_stays_in_the_older_one() {
        let mut all = vec![
            release("1.2.0", &[(1, "fix: a", ""), (2, "fix: b", "")]),
            release("1.1.1", &[(1, "fix: a", "")]),
        ];
        settle(&mut all);
        assert_eq!((titles(&all[0]), titles(&all[1])), (vec!["fix: b"], vec!["fix: a"]));
    }

    #[test]
    fn revert_matches_a_subject_without_its_pull_request() {
        let mut all = vec![
            release("1.2.0", &[(2, "Revert \"feat: a\" (#8)", "")]),
            release("1.1.0", &[(1, "feat: a (#7)", "")]),
        ];
        all[1].sections[0].changes[0].title = "a".to_owned();
        settle(&mut all);
        assert!(all.iter().all(|release| titles(release).is_empty()), "{all:?}");
    }

    #[test]
    fn revert_of_a_pull_request_or_its_merge_cancels_all_its_changes() {
        let by_number = "Reverts #7";
        let by_merge = format!("This reverts commit {}.", id(3));
        for sentence in [by_number, &by_merge] {
            let mut all = vec![
                release("1.2.0", &[(4, "Revert b", sentence)]),
                release("1.1.0", &[(2, "feat: b", ""), (1, "feat: a", "")]),
            ];
            for change in &mut all[1].sections[0].changes {
                change.pull_request = Some(Box::new(PullRequest { number: 7, ..PullRequest::default() }));
            }
            all[1].commits.push(CommitOutcome {
                id: id(3),
                subject: "Merge pull request #7 from u/b".into(),
                outcome: Outcome::Merged,
                section: None,
                reason: "".into(),
            });
            settle(&mut all);
            assert!(all.iter().all(|release| titles(release).is_empty()), "{sentence}: {all:?}");
        }
    }

    #[test]
    fn revert_of_one_of_several_commits_does_not_cancel_their_change() {
        let sentence = format!("This reverts commit {}.", id(2));
        let mut all = vec![
            release("1.2.0", &[(4, "Revert \"typo\"", &sentence)]),
            release("1.1.0", &[(3, "Merge branch 'b'", "")]),
        ];
        all[1].sections[0].changes[0].commits.extend([id(2), id(1)]);
        settle(&mut all);
        assert_eq!(titles(&joined(&all, None, &[]).unwrap()), ["Merge branch 'b'"]);
    }

    #[test]
    fn revert_cancels_a_change_of_an_older_release() {
        // Added again in the version that reverted it.
        let mut all = vec![
            release("1.2.0", &[(2, "feat: a", ""), (3, "Revert \"feat: a\"", "")]),
            release("1.1.0", &[(1, "feat: a", "")]),
        ];
        settle(&mut all);
        assert_eq!((titles(&all[0]), titles(&all[1])), (vec!["feat: a"], vec![]));
    }

    #[test]
    fn sections_are_in_the_configured_order() {
        let with = |text: &str, ids: &[&str]| Release {
            sections: ids
                .iter()
                .map(|id| Section { id: (*id).to_owned(), title: None, changes: vec![Change::default()] })
                .collect(),
            ..release(text, &[])
        };
        let all = [with("1.2.0", &["fixes", "api", "other"]), with("1.1.0", &["breaking", "features"])];
        let order = ["breaking", "features", "fixes", "other"].map(str::to_owned);
        let ids = joined(&all, None, &order).unwrap().sections.into_iter().map(|section| section.id);
        assert_eq!(ids.collect::<Vec<_>>(), ["breaking", "features", "fixes", "api", "other"]);
    }

    #[test]
    fn attention_items_are_in_the_order_of_versions() {
        let with = |text: &str, paths: &[&str]| Release {
            attention: vec![Attention {
                kind: "migration".into(),
                title: None,
                paths: paths.iter().map(ToString::to_string).collect(),
            }],
            ..release(text, &[])
        };
        let one = joined(&[with("1.2.0", &["V10", "V9"]), with("1.1.0", &["V9", "V8"])], None, &[]).unwrap();
        assert_eq!(one.attention[0].paths, ["V9", "V8", "V10"]);
        assert!(joined(&[], None, &[]).is_none());
    }

    #[test]
    fn changes_are_distributed_over_their_versions() {
        let whole = release("1.2.0", &[(3, "c", ""), (1, "a", "")]);
        let parts = vec![
            release("1.2.0", &[(3, "c", ""), (4, "Revert \"b\"", "")]),
            release("1.1.0", &[(2, "b", ""), (1, "a", "")]),
        ];
        let releases = by_version(&whole, parts);
        assert_eq!((titles(&releases[0]), titles(&releases[1])), (vec!["c"], vec!["a"]));
    }

    #[test]
    fn versions_between_two_ends_are_selected() {
        let all = ["1.0.0", "1.1.0-rc.1", "1.1.0", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0"];
        let all: Vec<Version> = all.iter().map(|text| version(text)).collect();
        let versions = |from: Option<&str>, to: &str, separate| {
            let from = from.map(version);
            let found = between(&all, from.as_ref(), &version(to), separate);
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(versions(Some("1.0.0"), "1.10.0", false), "1.10.0 1.9.0 1.1.0");
        assert_eq!(versions(Some("1.9.0"), "2.0.0-rc.2", false), "2.0.0-rc.2 2.0.0-rc.1 1.10.0");
        assert_eq!(versions(None, "1.1.0", true), "1.1.0 1.1.0-rc.1 1.0.0");
    }
}
