//! The result of applying the rules to the changes of a window.

use std::sync::Arc;

use crate::model::{Bump, Change, Outcome, Section};

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

impl ClassifiedChange<'_> {
    /// The outcome of its commits.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        if self.section.is_some() { Outcome::Listed } else { Outcome::Hidden }
    }
}

impl Classified {
    /// The bump that the changes require; `None` if they require no new version.
    #[must_use]
    pub fn bump(&self) -> Option<Bump> {
        self.required_bump.as_ref().map(|required| required.bump)
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
