//! Computes what each version of a line lacks of the newest one, for all versions together.
//!
//! The changes between a version and the newest one are those of the commits that only the newest one contains, without
//! those that were reverted in between: the same as [`super::notes()`] returns for both ends. A comparison for each
//! version would take time that grows with versions × commits, so the releases are used that exist anyway: each change
//! gets the versions that lack it, by visiting each commit once for 64 versions.

use std::{collections::HashMap, ops::Range};

use crate::{
    changes::{RevertPairs, revert_pairs},
    error::Error,
    history::{Graph, Membership},
    messages::Message,
    model::{Change, Commit, IdSet, ObjectId, Release},
    notes::{self, Line, Selector, discard},
    rules::JoinKey,
    session::Session,
};

/// What each version of a line lacks of the newest one.
#[derive(Debug)]
pub struct Upgrades {
    /// The release of the newest version: the highest final one, if there is any.
    pub newest: usize,
    /// The releases of the lower versions, in the order of the releases.
    pub from: Vec<usize>,
    /// The changes that any of them lacks, in the order of the releases.
    pub changes: Vec<UpgradeChange>,
    /// For each release, the ranges of positions in `from` whose versions lack it.
    pub lacking: Vec<Vec<Range<usize>>>,
}

/// A change that some versions lack.
#[derive(Debug)]
pub struct UpgradeChange {
    /// The position of its release.
    pub release: usize,
    /// The position of its section in the release.
    pub section: usize,
    /// Its position in the section.
    pub change: usize,
    /// The ranges of positions in [`Upgrades::from`] whose versions lack it.
    pub lacking: Vec<Range<usize>>,
    /// The number of the changes that are one entry with it, if there are several.
    pub joined: Option<usize>,
}

/// What the versions of the releases of a line lack of the newest one; `None` if there are less than two versions.
///
/// # Errors
/// If the repository cannot be read.
pub fn upgrades(session: &Session, line: &Line, releases: &[Release]) -> Result<Option<Upgrades>, Error> {
    let Some(newest) = newest(releases) else { return Ok(None) };
    let Some(release) = releases.get(newest) else { return Ok(None) };
    let is_lower = |other: &Release| other.version.is_some() && other.version < release.version;
    let from: Vec<usize> =
        releases.iter().enumerate().filter(|(_, other)| is_lower(other)).map(|(at, _)| at).collect();
    let Some(tag) = release.tag.as_deref().filter(|_| !from.is_empty()) else { return Ok(None) };
    let selector = Selector::Range(String::new(), tag.to_owned());
    let options = &session.settings.options;
    // Without forge data: it was queried for the releases, and is not needed to find reverts.
    let data =
        notes::read(&session.repository, session.tags_of(line), line, &selector, (options, None), &|_| {})?;
    let found = {
        let history: Vec<_> = data.commits(&options.messages).collect();
        let commits: Vec<&Commit> = history.iter().map(|(commit, _)| *commit).collect();
        let messages: Vec<&Message> = history.iter().map(|(_, message)| message.as_ref()).collect();
        find(session, releases, (newest, from), (&commits, &messages))
    };
    discard(data);
    found.map(Some)
}

/// The position of the highest final version, else of the highest version.
fn newest(releases: &[Release]) -> Option<usize> {
    let highest = |is_wanted: &dyn Fn(&Release) -> bool| {
        let all = releases.iter().enumerate().filter(|(_, release)| is_wanted(release));
        all.filter(|(_, release)| release.version.is_some())
            .max_by(|(_, one), (_, other)| one.version.cmp(&other.version))
            .map(|(at, _)| at)
    };
    highest(&|release| !release.prerelease).or_else(|| highest(&|_| true))
}

fn find(
    session: &Session,
    releases: &[Release],
    (newest, from): (usize, Vec<usize>),
    (commits, messages): (&[&Commit], &[&Message]),
) -> Result<Upgrades, Error> {
    let graph = Graph::new(commits);
    let order = graph.newest_first(commits);
    let tips = from.iter().filter_map(|at| releases.get(*at));
    let tips = tips.map(|release| contained(session, &graph, release.commit));
    let tips: Vec<Vec<u32>> = tips.collect::<Result<_, _>>()?;
    // Every commit can be asked for: those of the changes, and what they revert.
    let all: Vec<u32> = (0..graph.count()).collect();
    let membership = Membership::new(&graph, &order, &tips, &all);
    let RevertPairs { cancelled, pairs } = revert_pairs(commits, messages);
    let reverts: HashMap<usize, Vec<usize>> = pairs.into_iter().collect();
    let position = |id: &ObjectId| graph.position(*id).map(|at| at as usize);
    let lacks = |tip: usize, at: usize| !membership.contains(tip, at);
    let lacking_change = |change: &Change| {
        let own: Vec<usize> = change.commits.iter().filter_map(position).collect();
        // A merge is listed for the commits that it merges.
        let is_merge = |at: &usize| commits.get(*at).is_some_and(|commit| commit.is_merge());
        let has_content = own.iter().any(|at| !is_merge(at));
        let mut content = own.iter().filter(|at| !has_content || !is_merge(at));
        let is_cancelled = content.all(|at| cancelled.get(*at) == Some(&true));
        let targets = own.iter().filter_map(|at| reverts.get(at)).flatten();
        let targets: Vec<usize> = if is_cancelled { targets.copied().collect() } else { Vec::new() };
        let Some(first) = own.first().copied().filter(|_| !is_cancelled || !targets.is_empty()) else {
            return Vec::new();
        };
        // A revert is listed where what it reverts was released.
        let has_target = |tip| targets.is_empty() || targets.iter().any(|target| !lacks(tip, *target));
        ranges(from.len(), |tip| lacks(tip, first) && has_target(tip))
    };
    let mut changes = Vec::new();
    let mut owners = HashMap::new();
    for (release, section, change, found) in of_all(releases).rev() {
        // A change that several versions list is one of the oldest of them.
        let owner = *owners.entry(found.commits.first()).or_insert(release);
        let lacking = if owner == release { lacking_change(found) } else { Vec::new() };
        if !lacking.is_empty() {
            changes.push(UpgradeChange { release, section, change, lacking, joined: None });
        }
    }
    changes.reverse();
    join(&mut changes, releases);
    let of_release = |release: &Release| match position(&release.commit) {
        Some(at) if release.version.is_some() => ranges(from.len(), |tip| lacks(tip, at)),
        _ => Vec::new(),
    };
    let lacking = releases.iter().map(of_release).collect();
    Ok(Upgrades { newest, from, changes, lacking })
}

/// Numbers the changes that are one entry in a comparison, as in the notes of one version.
fn join(changes: &mut [UpgradeChange], releases: &[Release]) {
    let mut numbers: HashMap<(&str, bool, JoinKey), (usize, usize)> = HashMap::new();
    let mut keys = Vec::with_capacity(changes.len());
    for found in &*changes {
        let section = releases.get(found.release).and_then(|release| release.sections.get(found.section));
        let key = section.and_then(|section| {
            let change = section.changes.get(found.change)?;
            // The changes of a message that lists several stay apart.
            let first = change.commits.first();
            let of_commit = section.changes.iter().filter(|other| other.commits.first() == first).count();
            let key = JoinKey::of(change).filter(|_| of_commit == 1)?;
            Some((section.id.as_str(), change.reverts_released, key))
        });
        if let Some(key) = &key {
            let next = numbers.len();
            numbers.entry(key.clone()).or_insert((next, 0)).1 += 1;
        }
        keys.push(key);
    }
    for (found, key) in changes.iter_mut().zip(keys) {
        let number = key.and_then(|key| numbers.get(&key));
        found.joined = number.filter(|(_, count)| *count > 1).map(|(number, _)| *number);
    }
}

/// Every change, with the positions of its release and section and its own.
fn of_all(releases: &[Release]) -> impl DoubleEndedIterator<Item = (usize, usize, usize, &Change)> {
    releases.iter().enumerate().filter(|(_, release)| release.version.is_some()).flat_map(|(at, release)| {
        release.sections.iter().enumerate().flat_map(move |(section, found)| {
            found.changes.iter().enumerate().map(move |(change, found)| (at, section, change, found))
        })
    })
}

/// The commits of the graph at which the history of a commit begins to be part of it.
fn contained(session: &Session, graph: &Graph, commit: ObjectId) -> Result<Vec<u32>, Error> {
    let commits = session.repository.commits()?;
    let (mut found, mut open, mut seen) = (Vec::new(), vec![commit], IdSet::default());
    while let Some(id) = open.pop() {
        match graph.position(id) {
            Some(at) => found.push(at),
            None if seen.insert(id) => open.extend(commits.node(id)?.parents.iter().copied()),
            None => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The ranges of numbers below `count` for which `is_in` is true.
fn ranges(count: usize, is_in: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for at in (0..count).filter(|at| is_in(*at)) {
        match ranges.last_mut().filter(|last| last.end == at) {
            Some(last) => last.end = at + 1,
            None => ranges.push(at..at + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_numbers_are_one_range() {
        assert_eq!(ranges(6, |at| at != 0 && at != 3), [1..3, 4..6]);
        assert!(ranges(3, |_| false).is_empty());
    }
}
