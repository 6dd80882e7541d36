//! Computes what each version of a line lacks of the newest one, for all versions together.
//!
//! The changes between a version and the newest one are those of the commits that only the newest one contains, without
//! those that were reverted in between, as [`super::notes()`] returns them for both ends. A comparison for each version
//! would take time that grows with versions × commits, so the releases are used that exist anyway: each change gets the
//! versions that lack it, by visiting each commit once for 64 versions.

use std::{collections::HashMap, ops::Range};

use crate::{
    history::Membership,
    messages,
    model::{Change, ObjectId, Outcome, Release},
    rules::JoinKey,
};

use super::upgrade_history::{Reverts, UpgradeHistory};

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

/// What the versions of the releases of a line lack of the newest one; `None` if there are less than two versions. The
/// history must be that of these releases, and may be that of others too.
#[must_use]
pub fn upgrades(history: &UpgradeHistory, releases: &[Release]) -> Option<Upgrades> {
    let newest = newest(releases)?;
    let release = releases.get(newest)?;
    let is_lower = |other: &Release| other.version.is_some() && other.version < release.version;
    let from: Vec<usize> =
        releases.iter().enumerate().filter(|(_, other)| is_lower(other)).map(|(at, _)| at).collect();
    if from.is_empty() {
        return None;
    }
    Some(find(history, releases, (newest, release.commit), from))
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
    history: &UpgradeHistory,
    releases: &[Release],
    (newest, newest_commit): (usize, ObjectId),
    from: Vec<usize>,
) -> Upgrades {
    let reverts = history.reverts(newest_commit);
    let lacked = Lacked::new(history, &reverts, releases, (newest_commit, &from));
    let mut changes = Vec::new();
    let mut owners = HashMap::new();
    for (release, section, change, found) in of_all(releases).rev() {
        // A change that several versions list is one of the oldest of them.
        let owner = *owners.entry(found.commits.first()).or_insert(release);
        let lacking = if owner == release { lacked.change(found) } else { Vec::new() };
        if !lacking.is_empty() {
            changes.push(UpgradeChange { release, section, change, lacking, joined: None });
        }
    }
    changes.reverse();
    join(&mut changes, releases);
    let lacking = releases.iter().map(|release| lacked.release(release)).collect();
    Upgrades { newest, from, changes, lacking }
}

/// Finds the lower versions that lack something of the newest one.
struct Lacked<'h> {
    history: &'h UpgradeHistory,
    reverts: &'h Reverts,
    /// The commits that are asked for, by their positions in the history.
    wanted: HashMap<u32, usize>,
    /// The tips are the lower versions, and after them the newest one.
    membership: Membership,
    /// How many lower versions there are.
    count: usize,
    /// The commits of the newest version that repeat a change of another line, by their subjects.
    repeated: HashMap<&'h str, u32>,
    /// The subjects of the commits that the newest version does not contain.
    subjects: HashMap<ObjectId, &'h str>,
}

impl<'h> Lacked<'h> {
    fn new(
        history: &'h UpgradeHistory,
        reverts: &'h Reverts,
        releases: &'h [Release],
        (newest, from): (ObjectId, &[usize]),
    ) -> Self {
        let outcomes = || releases.iter().flat_map(|release| &release.commits);
        let own = outcomes().map(|commit| commit.id).chain(releases.iter().map(|release| release.commit));
        let own: Vec<u32> = own.filter_map(|id| history.position(id)).collect();
        let targets = own.iter().flat_map(|at| reverts.targets(*at)).copied();
        let mut all: Vec<u32> = own.iter().copied().chain(targets).collect();
        all.sort_unstable();
        all.dedup();
        let tips = from.iter().filter_map(|at| releases.get(*at)).map(|release| release.commit);
        let tips: Vec<ObjectId> = tips.chain([newest]).collect();
        let membership = history.membership(&tips, &all);
        let wanted = all.into_iter().zip(0..).collect();
        let (repeated, subjects) = (HashMap::new(), HashMap::new());
        let mut lacked = Self { history, reverts, wanted, membership, count: from.len(), repeated, subjects };
        for commit in outcomes() {
            let subject = messages::without_reference(&commit.subject);
            if commit.outcome == Outcome::Duplicate {
                lacked.repeated.extend(lacked.position(&commit.id).map(|at| (subject, at)));
            } else if lacked.position(&commit.id).is_none() {
                lacked.subjects.insert(commit.id, subject);
            }
        }
        lacked
    }

    /// Whether a lower version contains a commit.
    fn contains(&self, version: usize, at: u32) -> bool {
        self.wanted.get(&at).is_some_and(|wanted| self.membership.contains(version, *wanted))
    }

    /// The position of a commit that the newest version contains.
    fn position(&self, id: &ObjectId) -> Option<u32> {
        self.history.position(*id).filter(|at| self.contains(self.count, *at))
    }

    /// The versions that lack a release.
    fn release(&self, release: &Release) -> Vec<Range<usize>> {
        match self.position(&release.commit).filter(|_| release.version.is_some()) {
            Some(at) => ranges(self.count, |version| !self.contains(version, at)),
            None => Vec::new(),
        }
    }

    /// The versions that lack a change.
    fn change(&self, change: &Change) -> Vec<Range<usize>> {
        let own: Vec<u32> = change.commits.iter().filter_map(|id| self.position(id)).collect();
        let Some(first) = own.first().copied() else { return self.repeated_change(change) };
        // A merge is listed for the commits that it merges.
        let has_content = own.iter().any(|at| !self.history.is_merge(*at));
        let mut content = own.iter().filter(|at| !has_content || !self.history.is_merge(**at));
        if !content.all(|at| self.reverts.is_cancelled(*at)) {
            return ranges(self.count, |version| !self.contains(version, first));
        }
        // A revert is listed where what it reverts was released, and a change that was reverted nowhere.
        let targets: Vec<u32> = own.iter().flat_map(|at| self.reverts.targets(*at)).copied().collect();
        let has_target = |version| targets.iter().any(|target| self.contains(version, *target));
        ranges(self.count, |version| !self.contains(version, first) && has_target(version))
    }

    /// The versions that lack a change of another line, if the newest version has the same change as another commit.
    /// The version that has it is the only one that lists it.
    fn repeated_change(&self, change: &Change) -> Vec<Range<usize>> {
        let subject = change.commits.first().and_then(|id| self.subjects.get(id));
        let twin = subject.and_then(|subject| self.repeated.get(subject));
        let Some(twin) = twin.filter(|twin| !self.reverts.is_cancelled(**twin)) else { return Vec::new() };
        let own: Vec<u32> = change.commits.iter().filter_map(|id| self.history.position(*id)).collect();
        let has_it =
            |version| self.contains(version, *twin) || own.iter().any(|at| self.contains(version, *at));
        ranges(self.count, |version| !has_it(version))
    }
}

/// Numbers the changes that are one entry in a comparison, as in the notes of one version.
fn join(changes: &mut [UpgradeChange], releases: &[Release]) {
    let mut of_commit: HashMap<(usize, Option<&ObjectId>), usize> = HashMap::new();
    for (release, _, _, change) in of_all(releases) {
        *of_commit.entry((release, change.commits.first())).or_default() += 1;
    }
    let mut numbers: HashMap<(&str, bool, JoinKey), (usize, usize)> = HashMap::new();
    let mut keys = Vec::with_capacity(changes.len());
    for found in &*changes {
        let section = releases.get(found.release).and_then(|release| release.sections.get(found.section));
        let key = section.and_then(|section| {
            let change = section.changes.get(found.change)?;
            // The changes of a message that lists several stay apart.
            let is_only = of_commit.get(&(found.release, change.commits.first())) == Some(&1);
            let key = JoinKey::of(change).filter(|_| is_only)?;
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
