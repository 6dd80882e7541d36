//! The order of versions, as far as one version needs it: those that are earlier.
//!
//! The order is lowest first, but no version is before one that it contains: of the versions whose contained versions
//! are all placed, the lowest comes next. A version that contains no higher one is therefore later than exactly the
//! lower versions that contain neither it nor a version above it. A version that contains a higher one is later than
//! the highest such version `m`, than what is earlier than `m`, and then, among the versions whose highest contained
//! version is `m` too, by the same rule.

use crate::model::{IdSet, ObjectId};

use super::{Ancestry, candidate::Candidate};

/// Those of `others` that are earlier than `target`, lowest first. `others` must not have `target`.
///
/// # Errors
/// If a commit cannot be read.
pub(super) fn earlier<E>(
    target: Candidate,
    others: &[Candidate],
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Vec<Candidate>, E> {
    let mut open = others.to_vec();
    let mut earlier = Vec::with_capacity(open.len());
    loop {
        let higher: Vec<Candidate> = open.iter().filter(|other| other.key > target.key).copied().collect();
        let is_contained = ancestry.ancestors_among(target.commit, &commits(&higher))?;
        let contained = higher.iter().zip(is_contained).filter(|(_, is_contained)| *is_contained);
        let highest = contained.map(|(other, _)| *other).max_by_key(|other| other.key);
        // The version from which on others are not earlier, unless they are contained in the target.
        let limit = highest.unwrap_or(target);
        let (lower, rest): (Vec<Candidate>, Vec<Candidate>) =
            open.into_iter().partition(|other| other.key < limit.key);
        let blocking: IdSet = rest.iter().chain([&limit]).map(|other| other.commit).collect();
        let is_blocked = ancestry.descending(&commits(&lower), &blocking)?;
        let (blocked, placed): (Vec<_>, Vec<_>) =
            lower.into_iter().zip(is_blocked).partition(|(_, is_blocked)| *is_blocked);
        earlier.extend(placed.into_iter().map(|(other, _)| other));
        let Some(highest) = highest else { break };
        earlier.push(highest);
        let blocked: Vec<Candidate> = blocked.into_iter().map(|(other, _)| other).collect();
        let above: IdSet =
            rest.iter().filter(|other| other.key > limit.key).map(|other| other.commit).collect();
        let contains = ancestry.descending(&commits(&blocked), &IdSet::from_iter([highest.commit]))?;
        let exceeds = ancestry.descending(&commits(&blocked), &above)?;
        let alike = blocked.into_iter().zip(contains.into_iter().zip(exceeds));
        open =
            alike.filter(|(_, (contains, exceeds))| *contains && !exceeds).map(|(other, _)| other).collect();
    }
    earlier.sort_unstable_by_key(|other| other.key);
    Ok(earlier)
}

/// `versions` in their order, of which `among` are the earlier ones and others.
///
/// # Errors
/// If a commit cannot be read.
pub(super) fn ordered<E>(
    versions: Vec<Candidate>,
    among: &[Candidate],
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Vec<Candidate>, E> {
    if versions.len() < 2 {
        return Ok(versions);
    }
    let mut placed = Vec::with_capacity(versions.len());
    for version in versions {
        let others: Vec<Candidate> = among.iter().filter(|other| **other != version).copied().collect();
        placed.push((earlier(version, &others, ancestry)?.len(), version));
    }
    placed.sort_unstable_by_key(|(place, _)| *place);
    Ok(placed.into_iter().map(|(_, version)| version).collect())
}

/// The commits of versions, in the same order.
pub(super) fn commits(versions: &[Candidate]) -> Vec<ObjectId> {
    versions.iter().map(|version| version.commit).collect()
}

/// Two lists of versions as one, lowest first.
pub(super) fn merged(mut some: Vec<Candidate>, others: Vec<Candidate>) -> Vec<Candidate> {
    some.extend(others);
    some.sort_unstable_by_key(|other| other.key);
    some
}
