//! The result of applying the rules to the changes of a window.

use std::sync::Arc;

use crate::model::{Bump, Change, Joined, JoinedBy, ObjectId, Outcome, Section};

use super::required_bump::RequiredBump;

/// The changes of a window, listed in sections or hidden.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classified {
    /// In the order they are shown; none is empty.
    pub sections: Vec<Section>,
    /// The changes that are not listed, in the sort order of the listed ones.
    pub hidden: Vec<HiddenChange>,
    /// The bump that the changes require; `None` if they require no new version.
    pub required_bump: Option<RequiredBump>,
    /// The reasons of the changes in `sections`, in the same order.
    pub(super) reasons: Vec<Vec<Arc<str>>>,
}

/// A change that is not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenChange {
    /// The change.
    pub change: Change,
    /// The reason, as `explain` prints it.
    pub reason: Arc<str>,
    /// Whether it is ignored altogether: it does not make its authors contributors.
    pub skipped: bool,
}

/// The classification of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassifiedChange<'a> {
    /// The change.
    pub change: &'a Change,
    /// The ID of its section; `None` if it is hidden.
    pub section: Option<&'a str>,
    /// The reason, as `explain` prints it.
    pub reason: &'a Arc<str>,
}

impl<'a> ClassifiedChange<'a> {
    /// For each commit squashed in it whose `!` is not counted, a sentence that names it.
    pub fn squashed_breaking(self) -> impl Iterator<Item = String> + use<'a> {
        let change = self.change;
        let squash = match (&change.pull_request, change.commits.first()) {
            (Some(pull_request), _) => format!("#{}", pull_request.number),
            (None, Some(commit)) => commit.short(),
            (None, None) => String::new(),
        };
        let subjects = change.squashed_breaking.iter().filter(|_| !change.breaking);
        subjects.map(move |subject| {
            format!("`{subject}`, squashed in {squash}, has a `!` that is not counted as a breaking change")
        })
    }

    /// The outcome of one of its commits, with the reason. Of a listed change with several commits, the first one
    /// represents the others.
    #[must_use]
    pub fn outcome_of(&self, commit: ObjectId) -> (Outcome, Arc<str>) {
        let first = self.change.commits.first();
        let merged = self.change.merged.iter().find(|merged| merged.commits.contains(&commit));
        if let Some(merged) = merged {
            return match self.section {
                Some(_) => (Outcome::Merged, Arc::clone(&merged.reason)),
                None => (
                    Outcome::Hidden,
                    format!("{}, which is not listed: {}", merged.reason, self.reason).into(),
                ),
            };
        }
        match (self.section, first) {
            (None, _) => (Outcome::Hidden, Arc::clone(self.reason)),
            (Some(_), Some(first)) if *first != commit => {
                let first = first.short();
                let is_own = |joined: &Joined| {
                    self.change.commits.iter().take(joined.own_commits).any(|own| *own == commit)
                };
                let joined = self.change.joined.filter(|joined| !is_own(joined));
                let reason = match (joined.map(|joined| joined.by), &self.change.pull_request) {
                    (Some(JoinedBy::Dependency), _) => {
                        format!("update of the same dependency as {first}, listed in one entry")
                    }
                    (Some(JoinedBy::Title), _) => {
                        format!("has the same title as {first}, listed in one entry")
                    }
                    (None, Some(pull_request)) => {
                        let number = pull_request.number;
                        format!("commit of pull request #{number}, which is listed as one entry")
                    }
                    (None, None) => format!("listed in one entry with {first}"),
                };
                (Outcome::Merged, reason.into())
            }
            (Some(_), _) => (Outcome::Listed, Arc::clone(self.reason)),
        }
    }
}

impl Classified {
    /// The bump that the changes require; `None` if they require no new version.
    #[must_use]
    pub fn bump(&self) -> Option<Bump> {
        self.required_bump.as_ref().map(|required| required.bump)
    }

    /// For each squashed commit whose `!` is not counted, a sentence that names it.
    pub fn squashed_breaking(&self) -> impl Iterator<Item = String> {
        self.changes().flat_map(ClassifiedChange::squashed_breaking)
    }

    /// All changes, the listed ones first. If several changes share a commit, the first of them determines the commit's
    /// outcome: a commit is listed if one of its changes is.
    pub fn changes(&self) -> impl Iterator<Item = ClassifiedChange<'_>> {
        let listed = self.sections.iter().zip(&self.reasons).flat_map(|(section, reasons)| {
            let changes = section.changes.iter().zip(reasons);
            changes.map(|(change, reason)| ClassifiedChange { change, section: Some(&section.id), reason })
        });
        let hidden = self.hidden.iter();
        listed.chain(hidden.map(|it| ClassifiedChange {
            change: &it.change,
            section: None,
            reason: &it.reason,
        }))
    }
}
