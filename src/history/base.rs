//! Chooses the base of a version, and with it its window.
//!
//! The earlier versions are grouped by the history that they share with the version. A group whose shared history lies
//! strictly inside that of another is dropped. Of the remaining groups the one with the highest version has the base:
//! an ancestor of the version if there is one, else its highest version.
//!
//! No shared history is computed as a set. What no earlier version contains is one walk. The parents of these commits
//! outside of them, without those that another one contains, are the **forks**: every shared history lies below them.
//! With a single fork, the versions that contain it are the only group that remains. Several forks are rare: a version
//! that brings changes of an older line up, or merges of unrelated histories.

use crate::model::{IdSet, ObjectId};

use super::{candidate::Candidate, earlier::commits, reach::Reach};

/// The base of a version, and its window.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// The base; `None` for the first version.
    pub(super) base: Option<Candidate>,
    /// The versions between the base and the version whose commits the base does not contain.
    pub(super) between: Vec<Candidate>,
    /// The commits of the window, in no order.
    pub(super) commits: Vec<ObjectId>,
    /// The commits of the window that a version before the base contains, each with the first one.
    pub(super) also_in: Vec<(ObjectId, Candidate)>,
}

/// A version with what is known of it: `earlier` versions, lowest first, the commits that none of them contains, and
/// the forks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forked<'a> {
    pub(super) commit: ObjectId,
    pub(super) earlier: &'a [Candidate],
    pub(super) new: &'a [ObjectId],
    pub(super) forks: &'a [ObjectId],
}

/// Chooses the base and the window.
///
/// # Errors
/// If a commit cannot be read.
pub(super) fn choose<E>(version: Forked<'_>, reach: &mut Reach<'_, '_, E>) -> Result<Choice, E> {
    let (base, since_base) = match version.forks {
        // No history is shared.
        [] => (version.earlier.last().copied(), None),
        [fork] => (at_fork(version.earlier, *fork, reach)?, None),
        _ => of_several(version, reach)?,
    };
    let simple = Choice { base, commits: version.new.to_vec(), ..Choice::default() };
    let Some(base) = base.filter(|_| version.forks.len() > 1) else { return Ok(simple) };
    let since_base = match since_base {
        Some(since_base) => since_base,
        None => reach.range(&[version.commit], &[base.commit])?,
    };
    if since_base.len() == version.new.len() {
        return Ok(simple);
    }
    let earlier_than_base = reach.before(base, version.earlier)?;
    let is_between = |other: &&Candidate| **other != base && !earlier_than_base.contains(other);
    let between: Vec<Candidate> = version.earlier.iter().filter(is_between).copied().collect();
    let excluded: Vec<ObjectId> = commits(&between).into_iter().chain([base.commit]).collect();
    let window = reach.range(&[version.commit], &excluded)?;
    let between = reach.touching(&between, &without(&since_base, &window))?;
    let shared = without(&window, version.new);
    let also_in = reach.first_versions(shared, &earlier_than_base)?;
    Ok(Choice { base: Some(base), between, commits: window, also_in })
}

/// The base among versions that share one fork: the highest version tagged there, else the highest one that contains
/// it.
fn at_fork<E>(
    earlier: &[Candidate],
    fork: ObjectId,
    reach: &mut Reach<'_, '_, E>,
) -> Result<Option<Candidate>, E> {
    match earlier.iter().rev().find(|other| other.commit == fork) {
        Some(ancestor) => Ok(Some(*ancestor)),
        None => reach.highest_containing(earlier, fork),
    }
}

/// The base among versions of several forks, and the commits that it lacks if they are known.
fn of_several<E>(
    version: Forked<'_>,
    reach: &mut Reach<'_, '_, E>,
) -> Result<(Option<Candidate>, Option<Vec<ObjectId>>), E> {
    for highest in version.earlier.iter().rev() {
        let missing = reach.range(&[version.commit], &[highest.commit])?;
        // Commits below which all history lies that this version shares.
        let shared = reach.boundary(version.commit, &missing)?;
        if shared.is_empty() || shares_more(version.earlier, (highest, &shared, &missing), reach)? {
            continue;
        }
        let tagged = |commit: &ObjectId| version.earlier.iter().any(|other| other.commit == *commit);
        let ancestor = match shared.iter().any(tagged) {
            true => match reach.independent(&shared)?.as_slice() {
                [only] => version.earlier.iter().rev().find(|other| other.commit == *only),
                _ => None,
            },
            false => None,
        };
        return Ok(match ancestor {
            Some(ancestor) => (Some(*ancestor), None),
            None => (Some(*highest), Some(missing)),
        });
    }
    Ok((version.earlier.last().copied(), None))
}

/// Whether another version contains all history that one `shares`, and a commit that it is `missing`.
fn shares_more<E>(
    versions: &[Candidate],
    (one, shared, missing): (&Candidate, &[ObjectId], &[ObjectId]),
    reach: &mut Reach<'_, '_, E>,
) -> Result<bool, E> {
    let mut others: Vec<Candidate> = versions.iter().filter(|other| *other != one).copied().collect();
    // The newest commit is in the fewest versions, and a walk to it is the shortest.
    for commit in reach.newest_first(shared)? {
        others = reach.touching(&others, &[commit])?;
        if others.is_empty() {
            return Ok(false);
        }
    }
    Ok(!reach.touching(&others, missing)?.is_empty())
}

/// The commits of `all` that are not in `some`.
fn without(all: &[ObjectId], some: &[ObjectId]) -> Vec<ObjectId> {
    let some: IdSet = some.iter().copied().collect();
    all.iter().filter(|id| !some.contains(*id)).copied().collect()
}
