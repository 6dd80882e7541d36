//! The releases between two versions as one: what a release manager reads before promoting.
//!
//! In come the releases of the versions between, newest first, made from the history or read from what is attached to images;
//! out go releases that no longer say what was undone or said before, or one release of all of them. Nothing here knows of
//! git or of registries.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::model::{
    Attention, Base, Change, CommitOutcome, Contributor, ObjectId, Outcome, Release, Section, Statistics,
    Version,
};

use super::entry_history::EntryHistory;

/// One release of all, which are newest first: the sections put together, what operators must know in the order of the
/// versions, every commit. `None` where there are none.
pub(super) fn joined(releases: &[Release], base: Option<Base>) -> Option<Release> {
    let (newest, older) = releases.split_first()?;
    let mut one = newest.clone();
    for release in older {
        for section in &release.sections {
            add(&mut one.sections, section);
        }
        one.contributors = people(std::mem::take(&mut one.contributors), &release.contributors);
        one.commits.extend(release.commits.iter().cloned());
    }
    one.sections.sort_by_key(|section| section.id != "breaking");
    one.attention = attention(releases.iter().rev());
    one.bump = releases.iter().filter_map(|release| release.bump).max();
    one.statistics = Statistics {
        commits: one.commits.len(),
        changes: changes(&one),
        contributors: one.contributors.iter().filter(|who| !who.bot).count(),
        days_since_base: None,
    };
    one.skipped = older.iter().filter_map(|release| release.version.clone()).collect();
    one.base = base;
    one.compare_url = None;
    Some(one)
}

/// The same changes as in `whole`, each under the version that brought it. `parts` are those versions, newest first; what none
/// of them has stands under the newest.
pub(super) fn by_version(whole: &Release, mut parts: Vec<Release>) -> Vec<Release> {
    let mut home: BTreeMap<ObjectId, usize> = BTreeMap::new();
    for (index, part) in parts.iter_mut().enumerate() {
        home.extend(part.commits.iter().map(|commit| (commit.id, index)));
        part.sections.clear();
        part.rollback = whole.rollback;
    }
    for section in &whole.sections {
        for change in &section.changes {
            let index = change.commits.iter().find_map(|commit| home.get(commit)).copied().unwrap_or(0);
            let alone = Section { changes: vec![change.clone()], ..section.clone() };
            if let Some(part) = parts.get_mut(index) {
                add(&mut part.sections, &alone);
            }
        }
    }
    let outcomes: BTreeMap<ObjectId, &CommitOutcome> =
        whole.commits.iter().map(|commit| (commit.id, commit)).collect();
    for part in &mut parts {
        for commit in &mut part.commits {
            if let Some(known) = outcomes.get(&commit.id) {
                *commit = (*known).clone();
            }
        }
        recount(part);
    }
    parts
}

/// Takes out what another version had already: the releases start later than their notes tell.
pub(super) fn without(releases: &mut [Release], commits: &BTreeSet<ObjectId>, reason: &str) {
    let gone = |change: &Change| {
        !change.commits.is_empty() && change.commits.iter().all(|commit| commits.contains(commit))
    };
    for release in releases {
        drop_changes(release, &mut |change| gone(change).then_some((Outcome::Duplicate, reason)));
    }
}

/// Cancels what one of the releases did and a later one undid, and says once what several say. The releases are newest
/// first, each with notes of its own, so that neither has been seen to.
pub(super) fn settle(releases: &mut [Release]) {
    without_repeated_commits(releases);
    let mut outcomes = EntryHistory::new(releases).outcomes().into_iter();
    for release in releases {
        drop_changes(release, &mut |_| outcomes.next()?.map(|outcome| (outcome, reason(outcome))));
    }
}

/// Leaves each commit to the oldest release that has it.
fn without_repeated_commits(releases: &mut [Release]) {
    let mut known: BTreeSet<ObjectId> = BTreeSet::new();
    for release in releases.iter_mut().rev() {
        let is_known = |change: &Change| change.commits.iter().any(|commit| known.contains(commit));
        drop_changes(release, &mut |change| {
            is_known(change).then(|| (Outcome::Duplicate, reason(Outcome::Duplicate)))
        });
        let changes = release.sections.iter().flat_map(|section| &section.changes);
        known.extend(changes.flat_map(|change| &change.commits));
    }
}

/// Why a change of one release is none of all of them.
const fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Reverted => "done and undone between the two ends",
        _ => "an earlier version has the same change",
    }
}

/// Takes out the changes that `why` gives an outcome, and gives it to their commits.
fn drop_changes<'r>(release: &mut Release, why: &mut dyn FnMut(&Change) -> Option<(Outcome, &'r str)>) {
    let mut dropped: BTreeMap<ObjectId, (Outcome, &str)> = BTreeMap::new();
    for section in &mut release.sections {
        section.changes.retain(|change| {
            let gone = why(change);
            if let Some(why) = gone {
                dropped.extend(change.commits.iter().map(|commit| (*commit, why)));
            }
            gone.is_none()
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

/// What operators must know, oldest version first: migrations run in that order.
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

fn people(mut all: Vec<Contributor>, more: &[Contributor]) -> Vec<Contributor> {
    for who in more {
        match all.iter_mut().find(|known| known.person.name == who.person.name && known.login == who.login) {
            Some(known) => {
                known.commits += who.commits;
                known.first_time = known.first_time.max(who.first_time);
            }
            None => all.push(who.clone()),
        }
    }
    all.sort_by(Contributor::order);
    all
}

/// The versions whose notes make up what is above `from`, up to `to`: final versions, whose notes have those of their
/// pre-releases, and where `to` is a pre-release those that lead to it. Newest first.
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
    fn pitfall_16_what_is_done_and_undone_in_between_is_nothing() {
        let sentence = format!("This reverts commit {}.", id(2));
        let mut all = vec![
            release("1.3.0", &[(5, "feat: c", "")]),
            release("1.2.0", &[(4, "Revert \"feat: b\"", &sentence), (3, "Revert \"feat: old\"", "")]),
            release("1.1.0", &[(2, "feat: b", ""), (1, "feat: a", "")]),
        ];
        settle(&mut all);
        let one = joined(&all, None).unwrap();
        // What is older than all of them is still undone.
        assert_eq!(titles(&one), ["feat: c", "Revert \"feat: old\"", "feat: a"]);
        assert_eq!((one.statistics.changes, one.statistics.commits), (3, 5));
        assert_eq!(one.skipped, [version("1.2.0"), version("1.1.0")]);
        let reverted = one.commits.iter().filter(|commit| commit.outcome == Outcome::Reverted);
        assert_eq!(reverted.map(|commit| commit.id).collect::<Vec<_>>(), [id(4), id(2)]);
    }

    #[test]
    fn pitfall_16_a_revert_that_was_reverted_undoes_nothing() {
        let mut all = vec![
            release(
                "1.3.0",
                &[(3, "Revert \"Revert \"feat: a\"\"", &format!("This reverts commit {}.", id(2)))],
            ),
            release("1.2.0", &[(2, "Revert \"feat: a\"", &format!("This reverts commit {}.", id(1)))]),
            release("1.1.0", &[(1, "feat: a", "")]),
        ];
        settle(&mut all);
        assert_eq!(titles(&joined(&all, None).unwrap()), ["feat: a"]);
    }

    #[test]
    fn pitfall_17_what_two_versions_say_is_said_once() {
        let mut all = vec![
            release("1.2.0", &[(1, "fix: a", ""), (2, "fix: b", "")]),
            release("1.1.1", &[(1, "fix: a", "")]),
        ];
        settle(&mut all);
        assert_eq!((titles(&all[0]), titles(&all[1])), (vec!["fix: b"], vec!["fix: a"]));
    }

    #[test]
    fn revert_names_a_subject_without_its_pull_request() {
        let mut all = vec![
            release("1.2.0", &[(2, "Revert \"feat: a\" (#8)", "")]),
            release("1.1.0", &[(1, "feat: a (#7)", "")]),
        ];
        all[1].sections[0].changes[0].title = "a".to_owned();
        settle(&mut all);
        assert!(all.iter().all(|release| titles(release).is_empty()), "{all:?}");
    }

    #[test]
    fn revert_of_a_pull_request_or_its_merge_undoes_all_its_entries() {
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
    fn revert_of_one_of_many_commits_leaves_their_entry() {
        let sentence = format!("This reverts commit {}.", id(2));
        let mut all = vec![
            release("1.2.0", &[(4, "Revert \"typo\"", &sentence)]),
            release("1.1.0", &[(3, "Merge branch 'b'", "")]),
        ];
        all[1].sections[0].changes[0].commits.extend([id(2), id(1)]);
        settle(&mut all);
        assert_eq!(titles(&joined(&all, None).unwrap()), ["Merge branch 'b'"]);
    }

    #[test]
    fn revert_is_of_an_older_release() {
        // Added again in the version that reverted it.
        let mut all = vec![
            release("1.2.0", &[(2, "feat: a", ""), (3, "Revert \"feat: a\"", "")]),
            release("1.1.0", &[(1, "feat: a", "")]),
        ];
        settle(&mut all);
        assert_eq!((titles(&all[0]), titles(&all[1])), (vec!["feat: a"], vec![]));
    }

    #[test]
    fn what_operators_must_know_stands_in_the_order_of_versions() {
        let with = |text: &str, paths: &[&str]| Release {
            attention: vec![Attention {
                kind: "migration".into(),
                title: None,
                paths: paths.iter().map(ToString::to_string).collect(),
            }],
            ..release(text, &[])
        };
        let one = joined(&[with("1.2.0", &["V10", "V9"]), with("1.1.0", &["V9", "V8"])], None).unwrap();
        assert_eq!(one.attention[0].paths, ["V9", "V8", "V10"]);
        assert!(joined(&[], None).is_none());
    }

    #[test]
    fn each_change_stands_under_its_version() {
        let whole = release("1.2.0", &[(3, "c", ""), (1, "a", "")]);
        let parts = vec![
            release("1.2.0", &[(3, "c", ""), (4, "Revert \"b\"", "")]),
            release("1.1.0", &[(2, "b", ""), (1, "a", "")]),
        ];
        let told = by_version(&whole, parts);
        assert_eq!((titles(&told[0]), titles(&told[1])), (vec!["c"], vec!["a"]));
    }

    #[test]
    fn the_versions_in_between() {
        let all = ["1.0.0", "1.1.0-rc.1", "1.1.0", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0-rc.2", "2.0.0"];
        let all: Vec<Version> = all.iter().map(|text| version(text)).collect();
        let told = |from: Option<&str>, to: &str, separate| {
            let from = from.map(version);
            let found = between(&all, from.as_ref(), &version(to), separate);
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told(Some("1.0.0"), "1.10.0", false), "1.10.0 1.9.0 1.1.0");
        assert_eq!(told(Some("1.9.0"), "2.0.0-rc.2", false), "2.0.0-rc.2 2.0.0-rc.1 1.10.0");
        assert_eq!(told(None, "1.1.0", true), "1.1.0 1.1.0-rc.1 1.0.0");
    }
}
