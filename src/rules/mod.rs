//! Rules: which section a change stands in, or why it is not shown; what it asks of the version; what the next version
//! is; whether a message is as a project wants it.
//!
//! Changes come in, sections and reasons go out, and every change that came in is in what goes out. The first rule that
//! matches decides ([`RuleSpec`]). A breaking change stands in the section [`BREAKING`] and nowhere else. This module
//! reads no configuration file, repository or clock: its [`Options`], and the date of [`next()`], are given.

mod author;
mod builtin;
mod bump_level;
mod condition;
mod demand;
mod judge;
mod options;
mod pattern;
mod reason;
mod rule;
mod trace;
mod why;

use std::sync::Arc;

use crate::model::{Bump, Change, Outcome, Section};

pub use author::is_bot_name;
pub use builtin::{known_types, section_of_label};
pub use bump_level::BumpLevel;
pub use demand::Demand;
pub use options::{Options, OptionsError, OptionsSpec, SectionDef, Sort};
pub use rule::{Action, RuleSpec, TrailerSpec};
pub use trace::{Claim, RuleTrace, Step, conflicts, trace};
pub use why::{Relation, Why};

use demand::Tally;
use judge::{Place, Verdict, judge};
use reason::Reasons;

/// The id of the section that holds every breaking change, and nothing else.
pub const BREAKING: &str = "breaking";

/// What became of the changes of a window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classified {
    /// In the order they are shown; none is empty.
    pub sections: Vec<Section>,
    /// What is not shown, in the same order as what is.
    pub hidden: Vec<Hidden>,
    /// What the changes ask of the version; `None` where they ask for nothing.
    pub demand: Option<Demand>,
    /// The reasons of the changes in `sections`, in the same order.
    reasons: Vec<Vec<Arc<str>>>,
}

/// A change that is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The change.
    pub change: Change,
    /// Why, in words.
    pub reason: Arc<str>,
    /// Whether it counts as if it had never happened: its authors are no contributors by it.
    pub skipped: bool,
}

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The change.
    pub change: &'a Change,
    /// The id of its section; `None` where it is hidden.
    pub section: Option<&'a str>,
    /// Why, in words.
    pub reason: &'a Arc<str>,
}

impl Placed<'_> {
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
        self.demand.as_ref().map(|demand| demand.bump)
    }

    /// Every change with its place, the shown ones first: where several changes share a commit, the first one met is the
    /// one to believe, since a commit is listed as soon as one change with it is.
    pub fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        let listed = self.sections.iter().zip(&self.reasons).flat_map(|(section, reasons)| {
            let changes = section.changes.iter().zip(reasons);
            changes.map(|(change, reason)| Placed { change, section: Some(&section.id), reason })
        });
        let hidden = self.hidden.iter();
        listed.chain(hidden.map(|it| Placed { change: &it.change, section: None, reason: &it.reason }))
    }
}

/// Puts changes, newest first, into sections. A rule may make a change breaking or take that from it (with its note).
#[must_use]
pub fn classify(mut changes: Vec<Change>, options: &Options) -> Classified {
    // Sorted as a whole, the changes come into each section in the right order.
    sort(&mut changes, options.sort);
    let verdicts: Vec<_> = changes.iter().map(|change| judge(change, options)).collect();
    let (mut listed, mut hidden) = room(&verdicts, options);
    let (mut tally, mut reasons) = (Tally::default(), Reasons::new(options));
    for (mut change, verdict) in changes.into_iter().zip(verdicts) {
        let reason = reasons.of(&verdict, &change);
        change.breaking = verdict.breaking;
        if !verdict.breaking {
            change.breaking_note = None;
        }
        tally.add(verdict.ask, verdict.place.section(), &change);
        match verdict.place.section().and_then(|index| listed.get_mut(index)) {
            Some((changes, reasons)) => {
                changes.push(change);
                reasons.push(reason);
            }
            None => hidden.push(Hidden { change, reason, skipped: verdict.place == Place::Skipped }),
        }
    }
    let demand = tally.demand(|index| options.sections.get(index).map(|it| it.id.to_string()));
    let mut classified = Classified { hidden, demand, ..Classified::default() };
    let sections = options.sections.iter().zip(listed);
    for (section, (changes, reasons)) in sections.filter(|(_, (changes, _))| !changes.is_empty()) {
        let (id, title) = (section.id.to_string(), section.title.clone());
        classified.sections.push(Section { id, title, changes });
        classified.reasons.push(reasons);
    }
    classified
}

/// The changes and the reasons of one section.
type Listed = (Vec<Change>, Vec<Arc<str>>);

/// Empty lists, by the place of the section, that have room for what will come: a change is large, and a list that grows
/// moves all that it holds.
fn room(verdicts: &[Verdict], options: &Options) -> (Vec<Listed>, Vec<Hidden>) {
    let mut counts = vec![0; options.sections.len()];
    for verdict in verdicts {
        if let Some(count) = verdict.place.section().and_then(|index| counts.get_mut(index)) {
            *count += 1;
        }
    }
    let hidden = Vec::with_capacity(verdicts.len() - counts.iter().sum::<usize>());
    let listed = counts.into_iter().map(|count| (Vec::with_capacity(count), Vec::with_capacity(count)));
    (listed.collect(), hidden)
}

fn sort(changes: &mut [Change], sort: Sort) {
    match sort {
        Sort::Newest => {}
        Sort::Oldest => changes.reverse(),
        Sort::Scope => changes.sort_by_cached_key(|change| {
            let scope = change.scope.as_ref().map(|scope| scope.to_lowercase());
            (scope.is_none(), scope)
        }),
        Sort::Title => changes.sort_by_cached_key(|change| change.title.to_lowercase()),
    }
}

#[cfg(test)]
mod tests;
