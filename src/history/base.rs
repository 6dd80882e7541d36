//! The base of a version.
//!
//! It is the highest version below that is an ancestor; where none is (versions tagged on release branches), the highest
//! below. A final version starts from a final version, a pre-release from whatever is just below it.

use crate::model::{ObjectId, Version};

use super::{Ancestry, Versions};

/// What was found about one version as a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the base.
    Chosen,
    /// It is the base although it is no ancestor, since no version below is one.
    ChosenAside,
    /// It is the base although it is no ancestor, since it is the final version of a pre-release that is one.
    ChosenFinished,
    /// It is a pre-release, and the target is final.
    Prerelease,
    /// It stands on the same commit as the target.
    SameCommit,
    /// It is no ancestor of the target.
    NoAncestor,
    /// A higher one was chosen.
    Lower,
}

impl Verdict {
    /// Why it was chosen or not, in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Chosen => "the highest version below that is an ancestor",
            Self::ChosenAside => "the highest version below; no version below is an ancestor",
            Self::ChosenFinished => {
                "the final version, made on another branch, of a pre-release that is an ancestor"
            }
            Self::Prerelease => "a pre-release, which is no base for a final version",
            Self::SameCommit => "stands on the same commit",
            Self::NoAncestor => "not an ancestor: it was made on another branch",
            Self::Lower => "lower than the base",
        }
    }
}

/// The base of a version, with what was found about each candidate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The index of the base; `None` for the first version.
    pub base: Option<usize>,
    /// Each version below, highest first.
    pub verdicts: Vec<(usize, Verdict)>,
}

/// What the base is wanted for.
#[derive(Debug, Clone, Copy)]
pub enum BaseOf<'v> {
    /// What no version contains: any version may be the base.
    Unreleased,
    /// What no final version contains.
    NextFinal,
    /// A version.
    Version {
        /// The version.
        version: &'v Version,
        /// Whether its tag is there already, so that other versions on its commit are the same place in history.
        tagged: bool,
    },
}

/// Whether a version (whose tag stands on `at`) may be the base of something on `commit`, before ancestry is asked;
/// `None` where it is not below.
pub(super) fn standing(
    of: BaseOf<'_>,
    commit: ObjectId,
    candidate: &Version,
    at: ObjectId,
) -> Option<Verdict> {
    let (finals, same_place) = match of {
        BaseOf::Unreleased => (false, false),
        BaseOf::NextFinal => (true, false),
        BaseOf::Version { version, .. } if candidate.precedence(version).is_ge() => return None,
        BaseOf::Version { version, tagged } => (!version.is_prerelease(), tagged && at == commit),
    };
    Some(if candidate.is_prerelease() && finals {
        Verdict::Prerelease
    } else if same_place {
        Verdict::SameCommit
    } else {
        Verdict::Lower
    })
}

/// Finds the base of what stands on `commit`.
///
/// # Errors
/// When a commit cannot be read.
pub fn choose<E>(
    versions: &Versions,
    of: BaseOf<'_>,
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Choice, E> {
    let mut choice = Choice::default();
    for (index, entry) in versions.all.iter().enumerate().rev() {
        if let Some(verdict) = standing(of, commit, &entry.version, entry.tag.commit) {
            choice.verdicts.push((index, verdict));
        }
    }
    let open: Vec<usize> = choice
        .verdicts
        .iter()
        .filter(|(_, verdict)| *verdict == Verdict::Lower)
        .map(|(index, _)| *index)
        .collect();
    let commits: Vec<ObjectId> =
        open.iter().filter_map(|index| versions.get(*index)).map(|entry| entry.tag.commit).collect();
    let ancestor = ancestry.first_ancestor(commit, &commits)?;
    // Without any ancestor, what is unreleased starts at the beginning of history: it has no version to be compared by.
    let aside = if matches!(of, BaseOf::Version { .. }) { open.first().copied() } else { None };
    let found = ancestor.and_then(|at| open.get(at)).copied();
    let finished = match of {
        BaseOf::NextFinal => {
            finished(versions, commit, ancestry)?.filter(|index| found.is_none_or(|it| it < *index))
        }
        BaseOf::Unreleased | BaseOf::Version { .. } => None,
    };
    choice.base = finished.or(found).or(aside);
    for (index, verdict) in &mut choice.verdicts {
        if *verdict != Verdict::Lower {
            continue;
        }
        *verdict = match choice.base {
            Some(base) if base == *index && finished.is_some() => Verdict::ChosenFinished,
            Some(base) if base == *index && found.is_some() => Verdict::Chosen,
            Some(base) if base == *index => Verdict::ChosenAside,
            Some(base) if base > *index && found.is_some() => Verdict::Lower,
            _ => Verdict::NoAncestor,
        };
    }
    Ok(choice)
}

/// The final version of the pre-release that `commit` stands above, where it was made on another branch: what the pre-release brought is
/// released, and the next version is one after it.
fn finished<E>(
    versions: &Versions,
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<usize>, E> {
    let commits: Vec<ObjectId> = versions.all.iter().rev().map(|entry| entry.tag.commit).collect();
    let last = ancestry.first_ancestor(commit, &commits)?.and_then(|at| versions.all.iter().rev().nth(at));
    let is_final_of = |begun: &Version, it: &Version| !it.is_prerelease() && it.same_core(begun);
    Ok(last
        .filter(|last| last.version.is_prerelease())
        .and_then(|last| versions.all.iter().rposition(|entry| is_final_of(&last.version, &entry.version))))
}
