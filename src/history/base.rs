//! Selects the base of a version.
//!
//! The base is the highest lower version that is an ancestor; if there is none (versions tagged on release branches),
//! the highest lower version. The base of a final version is a final version; the base of a pre-release may be either.

use crate::model::{ObjectId, Version};

use super::{Ancestry, Versions};

/// Whether a candidate is the base, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateStatus {
    /// It is the base.
    Chosen,
    /// It is the base although it is not an ancestor, because no lower version is one.
    ChosenUnrelated,
    /// It is the base although it is not an ancestor, because it is the final version of a pre-release that is one.
    ChosenFinal,
    /// It is a pre-release, and the target is final.
    Prerelease,
    /// Its tag points to the target's commit.
    SameCommit,
    /// It is not an ancestor of the target.
    NotAncestor,
    /// It is lower than the base.
    Lower,
}

impl CandidateStatus {
    /// Whether it is a base that is not an ancestor.
    #[must_use]
    pub const fn is_diverged(self) -> bool {
        matches!(self, Self::ChosenUnrelated | Self::ChosenFinal)
    }

    /// The reason, as shown by `tidings explain`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Chosen => "the highest lower version that is an ancestor",
            Self::ChosenUnrelated => "the highest lower version; no lower version is an ancestor",
            Self::ChosenFinal => {
                "the final version, tagged on another branch, of a pre-release that is an ancestor"
            }
            Self::Prerelease => "a pre-release: not a base for a final version",
            Self::SameCommit => "on the same commit",
            Self::NotAncestor => "not an ancestor: tagged on another branch",
            Self::Lower => "lower than the base",
        }
    }
}

/// The base of a version, and the status of each candidate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BaseChoice {
    /// Index of the base; `None` for the first version.
    pub base: Option<usize>,
    /// Indices of all lower versions, highest first, with their status.
    pub candidates: Vec<(usize, CandidateStatus)>,
}

/// What to select a base for.
#[derive(Debug, Clone, Copy)]
pub enum BaseOf<'v> {
    /// Unreleased changes: any version may be the base.
    Unreleased,
    /// The next final version: only a final version may be the base.
    NextFinal,
    /// A version.
    Version {
        /// The version.
        version: &'v Version,
        /// Whether its tag exists: then versions tagged on the same commit are not candidates.
        tagged: bool,
    },
}

/// The status of a candidate, tagged at `at`, for a target at `commit`, before ancestry is checked: `Lower` if it may
/// be the base; `None` if it is not lower than the target.
pub(super) fn candidate_status(
    of: BaseOf<'_>,
    commit: ObjectId,
    candidate: &Version,
    at: ObjectId,
) -> Option<CandidateStatus> {
    let (finals, same_commit) = match of {
        BaseOf::Unreleased => (false, false),
        BaseOf::NextFinal => (true, false),
        BaseOf::Version { version, .. } if candidate.precedence(version).is_ge() => return None,
        BaseOf::Version { version, tagged } => (!version.is_prerelease(), tagged && at == commit),
    };
    Some(if candidate.is_prerelease() && finals {
        CandidateStatus::Prerelease
    } else if same_commit {
        CandidateStatus::SameCommit
    } else {
        CandidateStatus::Lower
    })
}

/// Selects the base for a target at `commit`.
///
/// # Errors
/// If a commit cannot be read.
pub fn choose<E>(
    versions: &Versions,
    of: BaseOf<'_>,
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<BaseChoice, E> {
    let mut choice = BaseChoice::default();
    for (index, entry) in versions.all.iter().enumerate().rev() {
        if let Some(status) = candidate_status(of, commit, &entry.version, entry.tag.commit) {
            choice.candidates.push((index, status));
        }
    }
    let eligible: Vec<usize> = choice
        .candidates
        .iter()
        .filter(|(_, status)| *status == CandidateStatus::Lower)
        .map(|(index, _)| *index)
        .collect();
    let commits: Vec<ObjectId> =
        eligible.iter().filter_map(|index| versions.get(*index)).map(|entry| entry.tag.commit).collect();
    let ancestor = ancestry.first_ancestor(commit, &commits)?;
    // Without an ancestor, unreleased changes start at the beginning of history: no version to compare with.
    let unrelated = if matches!(of, BaseOf::Version { .. }) { eligible.first().copied() } else { None };
    let nearest = ancestor.and_then(|at| eligible.get(at)).copied();
    let final_of_prerelease = match of {
        BaseOf::NextFinal => final_of_prerelease(versions, commit, ancestry)?
            .filter(|index| nearest.is_none_or(|nearest| nearest < *index)),
        BaseOf::Unreleased | BaseOf::Version { .. } => None,
    };
    choice.base = final_of_prerelease.or(nearest).or(unrelated);
    for (index, status) in &mut choice.candidates {
        if *status != CandidateStatus::Lower {
            continue;
        }
        *status = match choice.base {
            Some(base) if base == *index && final_of_prerelease.is_some() => CandidateStatus::ChosenFinal,
            Some(base) if base == *index && nearest.is_some() => CandidateStatus::Chosen,
            Some(base) if base == *index => CandidateStatus::ChosenUnrelated,
            Some(base) if base > *index && nearest.is_some() => CandidateStatus::Lower,
            _ => CandidateStatus::NotAncestor,
        };
    }
    Ok(choice)
}

/// The final version of the last pre-release before `commit`, if it was tagged on another branch: the changes of the
/// pre-release are released, so the next version must be higher.
fn final_of_prerelease<E>(
    versions: &Versions,
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<usize>, E> {
    let commits: Vec<ObjectId> = versions.all.iter().rev().map(|entry| entry.tag.commit).collect();
    let last = ancestry.first_ancestor(commit, &commits)?.and_then(|at| versions.all.iter().rev().nth(at));
    let is_final_of = |prerelease: &Version, candidate: &Version| {
        !candidate.is_prerelease() && candidate.same_core(prerelease)
    };
    Ok(last
        .filter(|last| last.version.is_prerelease())
        .and_then(|last| versions.all.iter().rposition(|entry| is_final_of(&last.version, &entry.version))))
}
