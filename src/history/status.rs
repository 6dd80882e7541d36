//! Tells why a version is the base of a window, or why not, for `tidings explain`.

use crate::model::IdSet;

use super::{
    Ancestry, Target, Versions, WindowChoice,
    candidate::Candidate,
    earlier::{commits, earlier},
    window_of::candidates,
};

/// Why a version is the base, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateStatus {
    /// It is the base, and an ancestor of the target.
    Ancestor,
    /// It is the base, and shares history with the target.
    Sharing,
    /// It is the base although it shares no history with the target: no version does.
    Unrelated,
    /// It is a pre-release, and the target is not.
    Prerelease,
    /// It comes after the target, because it contains it, or a version after it.
    Later,
    /// It shares the same history as the base, which is preferred.
    SameFork,
    /// The history that it shares lies inside that of another version.
    Inside,
    /// It has history of its own in common with the target, but it is lower than the base.
    Lower,
    /// It counts, but not for this maintenance line.
    AboveLine,
}

impl CandidateStatus {
    /// The reason, as shown by `tidings explain`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Ancestor => "the base: the last version that is an ancestor",
            Self::Sharing => "the base: no version shares more history, and it is the highest of these",
            Self::Unrelated => "the base: the highest earlier version; none shares any history",
            Self::Prerelease => "a pre-release: not a base for a final version",
            Self::Later => "comes later: it contains this version, or a higher one",
            Self::SameFork => "branched off at the base, or shares the same history",
            Self::Inside => "shares less history than another version",
            Self::Lower => "shares other history than the base, but is lower",
            Self::AboveLine => "above the maintenance line",
        }
    }
}

/// The status of each version that may be the base of a target, highest first: the lower ones, and the base. `choice`
/// is the target's.
///
/// # Errors
/// If a commit cannot be read.
pub fn statuses<E>(
    versions: &Versions,
    target: Target<'_>,
    choice: &WindowChoice,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Vec<(usize, CandidateStatus)>, E> {
    let (place, others) = candidates(versions, target);
    let earlier = earlier(place, &others, ancestry)?;
    let base = choice.base.and_then(|base| Some((base, versions.get(base)?)));
    let shared = match base {
        Some((_, entry)) => {
            let missing = ancestry.range(&[target.commit], &[entry.tag.commit])?;
            let boundary = ancestry.boundary(target.commit, &missing)?;
            Some((ancestry.independent(&boundary)?, missing))
        }
        None => None,
    };
    let mut is_inside = vec![true; earlier.len()];
    let mut is_same = vec![true; earlier.len()];
    if let Some((shared, missing)) = &shared {
        let beyond = ancestry.containing(&commits(&earlier), &missing.iter().copied().collect::<IdSet>())?;
        for (inside, beyond) in is_inside.iter_mut().zip(&beyond) {
            *inside = !beyond;
        }
        for fork in shared {
            let contains = ancestry.containing(&commits(&earlier), &IdSet::from_iter([*fork]))?;
            is_same.iter_mut().zip(contains).for_each(|(same, contains)| *same &= contains);
        }
        is_same.iter_mut().zip(&beyond).for_each(|(same, beyond)| *same &= !beyond);
    }
    let is_ancestor = match base {
        Some((_, entry)) => ancestry.is_ancestor(entry.tag.commit, target.commit)?,
        None => false,
    };
    let status = |index: usize, candidate: Candidate| {
        if choice.base == Some(index) {
            return match shared.as_ref().is_some_and(|(shared, _)| shared.is_empty()) {
                _ if is_ancestor => CandidateStatus::Ancestor,
                true => CandidateStatus::Unrelated,
                false => CandidateStatus::Sharing,
            };
        }
        match earlier.iter().position(|other| *other == candidate) {
            None => CandidateStatus::Later,
            Some(at) if is_same.get(at) == Some(&true) => CandidateStatus::SameFork,
            Some(at) if is_inside.get(at) == Some(&true) => CandidateStatus::Inside,
            Some(_) => CandidateStatus::Lower,
        }
    };
    let mut statuses = Vec::with_capacity(versions.all.len());
    for (index, entry) in versions.all.iter().enumerate().rev() {
        let candidate = Candidate { key: super::candidate::Key::tagged(index), commit: entry.tag.commit };
        if candidate.key == place.key || (candidate.key > place.key && choice.base != Some(index)) {
            continue;
        }
        statuses.push((
            index,
            match others.contains(&candidate) || choice.base == Some(index) {
                true => status(index, candidate),
                false if entry.is_prerelease() => CandidateStatus::Prerelease,
                false => CandidateStatus::AboveLine,
            },
        ));
    }
    Ok(statuses)
}
