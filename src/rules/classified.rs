//! The changes of a window after the rules were applied.

use std::sync::Arc;

use crate::model::{Bump, Change, Outcome, Section};

use super::required_bump::RequiredBump;

/// What became of the changes of a window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classified {
    /// In the order they are shown; none is empty.
    pub sections: Vec<Section>,
    /// What is not shown, in the same order as what is.
    pub hidden: Vec<HiddenChange>,
    /// What the changes ask of the version; `None` where they ask for nothing.
    pub required_bump: Option<RequiredBump>,
    /// The reasons of the changes in `sections`, in the same order.
    pub(super) reasons: Vec<Vec<Arc<str>>>,
}

/// A change that is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenChange {
    /// The change.
    pub change: Change,
    /// Why, in words.
    pub reason: Arc<str>,
    /// Whether it counts as if it had never happened: its authors are no contributors by it.
    pub skipped: bool,
}

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassifiedChange<'a> {
    /// The change.
    pub change: &'a Change,
    /// The id of its section; `None` where it is hidden.
    pub section: Option<&'a str>,
    /// Why, in words.
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
    /// How much the changes ask to raise the version.
    #[must_use]
    pub fn bump(&self) -> Option<Bump> {
        self.required_bump.as_ref().map(|required| required.bump)
    }

    /// Every change with what became of it, the shown ones first: where several changes share a commit, the first one met is
    /// the one to believe, since a commit is listed as soon as one change with it is.
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
