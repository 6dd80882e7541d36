//! What the choice of a base needs to know of the history: read lazily for one version, in memory for all of them.

use crate::model::{IdSet, ObjectId};

use super::{
    Ancestry,
    candidate::Candidate,
    claims::Claims,
    earlier::{commits, earlier, merged, ordered},
    sweep::Sweep,
};

/// Reachability queries, and the order of versions.
pub(super) enum Reach<'r, 'a, E> {
    /// The history is read as needed.
    Lazily {
        ancestry: &'r mut Ancestry<'a, E>,
        /// The commit of the version.
        target: ObjectId,
        /// Pre-releases that are part of the order if the commit contains them.
        prereleases: &'r [Candidate],
    },
    /// The history is in memory.
    Whole {
        sweep: &'r mut Sweep<'a>,
        /// The order of versions, and the first version of each commit.
        claims: &'r Claims,
    },
}

impl<E> Reach<'_, '_, E> {
    pub(super) fn range(&mut self, wanted: &[ObjectId], unwanted: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        match self {
            Self::Lazily { ancestry, .. } => ancestry.range(wanted, unwanted),
            Self::Whole { sweep, .. } => Ok(sweep.range(wanted, unwanted)),
        }
    }

    /// The versions that contain any of these commits.
    pub(super) fn touching(
        &mut self,
        versions: &[Candidate],
        wanted: &[ObjectId],
    ) -> Result<Vec<Candidate>, E> {
        let (tips, wanted): (_, IdSet) = (commits(versions), wanted.iter().copied().collect());
        let touches = match self {
            Self::Lazily { ancestry, .. } => ancestry.containing(&tips, &wanted)?,
            Self::Whole { sweep, .. } => sweep.containing(&tips, &wanted),
        };
        let touching = versions.iter().zip(touches).filter(|(_, touches)| *touches);
        Ok(touching.map(|(version, _)| *version).collect())
    }

    pub(super) fn boundary(&mut self, tip: ObjectId, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        match self {
            Self::Lazily { ancestry, .. } => ancestry.boundary(tip, commits),
            Self::Whole { .. } if commits.is_empty() => Ok(vec![tip]),
            Self::Whole { sweep, .. } => {
                let inside: IdSet = commits.iter().copied().collect();
                let parents: IdSet = commits.iter().flat_map(|commit| sweep.parents(*commit)).collect();
                Ok(parents.into_iter().filter(|parent| !inside.contains(parent)).collect())
            }
        }
    }

    pub(super) fn independent(&mut self, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        match self {
            Self::Lazily { ancestry, .. } => ancestry.independent(commits),
            Self::Whole { sweep, .. } => Ok(sweep.independent(commits)),
        }
    }

    pub(super) fn newest_first(&mut self, commits: &[ObjectId]) -> Result<Vec<ObjectId>, E> {
        match self {
            Self::Lazily { ancestry, .. } => ancestry.newest_first(commits),
            Self::Whole { sweep, .. } => Ok(sweep.newest_first(commits)),
        }
    }

    /// The highest of `versions`, lowest first, that contains a commit.
    pub(super) fn highest_containing(
        &mut self,
        versions: &[Candidate],
        commit: ObjectId,
    ) -> Result<Option<Candidate>, E> {
        match self {
            Self::Lazily { ancestry, .. } => {
                let highest_first: Vec<ObjectId> = versions.iter().rev().map(|other| other.commit).collect();
                let found = ancestry.first_descendant(commit, &highest_first)?;
                Ok(found.and_then(|at| versions.iter().rev().nth(at)).copied())
            }
            Self::Whole { .. } => Ok(self.touching(versions, &[commit])?.pop()),
        }
    }

    /// The versions before a base, of the `others` that are earlier than the target.
    pub(super) fn before(&mut self, base: Candidate, others: &[Candidate]) -> Result<Vec<Candidate>, E> {
        match self {
            Self::Whole { claims, .. } => {
                let order = claims.order().iter().map(|item| item.version);
                Ok(order.take_while(|other| *other != base).collect())
            }
            Self::Lazily { ancestry, target, prereleases } => {
                // The order is that of all versions, also of those that cannot be the base.
                let is_contained = ancestry.ancestors_among(*target, &commits(prereleases))?;
                let contained = prereleases.iter().zip(is_contained).filter(|(other, is_contained)| {
                    (*is_contained || other.commit == *target) && !others.contains(other)
                });
                let mut all = merged(others.to_vec(), contained.map(|(other, _)| *other).collect());
                all.retain(|other| *other != base);
                earlier(base, &all, ancestry)
            }
        }
    }

    /// For each of `shared`, the first of `versions` that contains it. Each is contained in one of them.
    pub(super) fn first_versions(
        &mut self,
        mut shared: Vec<ObjectId>,
        versions: &[Candidate],
    ) -> Result<Vec<(ObjectId, Candidate)>, E> {
        let containing = match self {
            Self::Whole { claims, sweep, .. } => {
                let owner = |id: ObjectId| Some((id, claims.owner(sweep.position(id)?)?));
                return Ok(shared.into_iter().filter_map(owner).collect());
            }
            Self::Lazily { .. } => self.touching(versions, &shared)?,
        };
        let Self::Lazily { ancestry, .. } = self else { return Ok(Vec::new()) };
        let mut first = Vec::with_capacity(shared.len());
        for version in ordered(containing, versions, ancestry)? {
            let outside: IdSet = ancestry.range(&shared, &[version.commit])?.into_iter().collect();
            let (rest, inside): (Vec<_>, Vec<_>) = shared.into_iter().partition(|id| outside.contains(id));
            first.extend(inside.into_iter().map(|id| (id, version)));
            shared = rest;
        }
        Ok(first)
    }
}
