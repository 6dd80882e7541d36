//! Records the outcomes of the commits that are in no change.

use std::sync::Arc;

use crate::model::Outcome;

/// The outcome of a commit that is in no change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The outcome; never [`Outcome::Listed`].
    pub outcome: Outcome,
    /// The reason, as `explain` prints it.
    pub reason: Arc<str>,
}

/// For each commit of a window (newest first) its outcome if it is in no change.
#[derive(Debug, Clone, Default)]
pub struct Outcomes(Vec<Option<Unlisted>>);

impl Outcomes {
    /// `count` commits without an outcome.
    pub(super) fn undecided(count: usize) -> Self {
        Self(vec![None; count])
    }

    /// Sets this outcome for the commits at these positions, each with its reason. An outcome that is already set
    /// stays.
    pub(super) fn then<R: Into<Arc<str>>>(
        mut self,
        outcome: Outcome,
        reasons: impl IntoIterator<Item = (usize, R)>,
    ) -> Self {
        for (at, reason) in reasons {
            if let Some(slot) = self.0.get_mut(at).filter(|slot| slot.is_none()) {
                *slot = Some(Unlisted { outcome, reason: reason.into() });
            }
        }
        self
    }

    /// The outcome of the commit at this position; `None` if it is in a change.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Unlisted> {
        self.0.get(at)?.as_ref()
    }

    /// Whether the commit at this position is in no change.
    #[must_use]
    pub fn is_unlisted(&self, at: usize) -> bool {
        self.get(at).is_some()
    }

    /// The outcomes in the order of the commits.
    pub fn iter(&self) -> impl Iterator<Item = Option<&Unlisted>> {
        self.0.iter().map(Option::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_outcome_stays() {
        let outcomes = Outcomes::undecided(2)
            .then(Outcome::Reverted, [(1, "reverted")])
            .then(Outcome::Hidden, [(0, "hidden"), (1, "hidden"), (7, "out of range")]);
        let found: Vec<_> = outcomes.iter().flatten().map(|it| (it.outcome, &*it.reason)).collect();
        assert_eq!(found, [(Outcome::Hidden, "hidden"), (Outcome::Reverted, "reverted")]);
    }
}
