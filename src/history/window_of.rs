//! The window of one version, of a commit, or of unreleased changes: reads only as much history as it needs.

use crate::model::{IdSet, MaintenanceLine, ObjectId, Version};

use super::{
    Ancestry, Prereleases, Versions,
    base::{self, Choice, Forked},
    candidate::{Candidate, Key, tagged},
    earlier::{commits, earlier, merged},
    reach::Reach,
};

/// What a window is computed for.
#[derive(Debug, Clone, Copy)]
pub enum WindowFor<'v> {
    /// Unreleased changes: final versions are earlier, and the pre-releases that the commit contains.
    Unreleased,
    /// The next final version, or this one: only final versions are earlier.
    NextFinal(Option<&'v Version>),
    /// A version, tagged or not.
    Version(&'v Version),
}

/// The target of a window, and the versions that count for it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'v> {
    /// Its commit.
    pub commit: ObjectId,
    /// What it is.
    pub of: WindowFor<'v>,
    /// How pre-releases are handled.
    pub prereleases: Prereleases,
    /// The maintenance line of unreleased changes: versions above it do not count.
    pub line: Option<&'v MaintenanceLine>,
}

/// The base and the window of a target. Versions are indices of [`Versions::all`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindowChoice {
    /// The base; `None` for the first version.
    pub base: Option<usize>,
    /// The versions between base and target that contain commits of the target that the base does not contain.
    pub between: Vec<usize>,
    /// The commits of the window, in no order: `git rev-list TARGET --not BASE BETWEEN…`.
    pub commits: Vec<ObjectId>,
    /// The commits of the window that a version before the base contains, each with the first one.
    pub also_in: Vec<(ObjectId, usize)>,
}

/// Computes the base and the window of a target.
///
/// # Errors
/// If a commit cannot be read.
pub fn window_of<E>(
    versions: &Versions,
    target: Target<'_>,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<WindowChoice, E> {
    let (place, others) = candidates(versions, target);
    let mut found = State::new(place, &others, ancestry)?;
    let prereleases = match target.of {
        WindowFor::Unreleased => {
            tagged(versions, |_, version| version.is_prerelease() && target.counts(version))
        }
        WindowFor::NextFinal(_) | WindowFor::Version(_) => Vec::new(),
    };
    // A pre-release that a final version contains can be the base only where that version forks off.
    let relevant: IdSet = found.new.iter().chain(&found.forks).copied().collect();
    let candidates = prereleases.iter().filter(|other| relevant.contains(&other.commit)).copied();
    let candidates: Vec<Candidate> = candidates.collect();
    if !candidates.is_empty() {
        found = State::among(place, merged(found.earlier, candidates), ancestry)?;
    }
    let forked =
        Forked { commit: target.commit, earlier: &found.earlier, new: &found.new, forks: &found.forks };
    let mut reach = Reach::Lazily { ancestry, target: target.commit, prereleases: &prereleases };
    Ok(indices(base::choose(forked, &mut reach)?))
}

impl Target<'_> {
    /// Whether a version counts for unreleased changes on this line.
    fn counts(&self, version: &Version) -> bool {
        !self.line.is_some_and(|line| line.is_below(version))
    }
}

/// The target's place, and the other versions of its order.
pub(super) fn candidates(versions: &Versions, target: Target<'_>) -> (Candidate, Vec<Candidate>) {
    let place = |version: &Version| {
        versions.find(version).map_or_else(|| Key::untagged(version, versions), Key::tagged)
    };
    let (key, finals_only) = match target.of {
        WindowFor::Unreleased | WindowFor::NextFinal(None) => (Key::UNRELEASED, true),
        WindowFor::NextFinal(Some(version)) => (place(version), true),
        WindowFor::Version(version) => {
            (place(version), !version.is_prerelease() && target.prereleases == Prereleases::Collapse)
        }
    };
    let is_unreleased = key == Key::UNRELEASED;
    let others = tagged(versions, |index, version| {
        let counts = !is_unreleased || target.counts(version);
        Key::tagged(index) != key && counts && !(finals_only && version.is_prerelease())
    });
    (Candidate { key, commit: target.commit }, others)
}

/// The earlier versions of a target, and what they leave to it.
struct State {
    earlier: Vec<Candidate>,
    new: Vec<ObjectId>,
    forks: Vec<ObjectId>,
}

impl State {
    fn new<E>(target: Candidate, others: &[Candidate], ancestry: &mut Ancestry<'_, E>) -> Result<Self, E> {
        let earlier = earlier(target, others, ancestry)?;
        Self::among(target, earlier, ancestry)
    }

    fn among<E>(
        target: Candidate,
        earlier: Vec<Candidate>,
        ancestry: &mut Ancestry<'_, E>,
    ) -> Result<Self, E> {
        let new = ancestry.range(&[target.commit], &commits(&earlier))?;
        let boundary = ancestry.boundary(target.commit, &new)?;
        let forks = ancestry.independent(&boundary)?;
        Ok(Self { earlier, new, forks })
    }
}

fn indices(choice: Choice) -> WindowChoice {
    let index = |version: &Candidate| version.key.index();
    WindowChoice {
        base: choice.base.as_ref().and_then(index),
        between: choice.between.iter().filter_map(index).collect(),
        commits: choice.commits,
        also_in: choice.also_in.iter().filter_map(|(id, version)| Some((*id, index(version)?))).collect(),
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
