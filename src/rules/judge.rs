//! What the rules say about one change.

use crate::model::{Bump, Change};

use super::{
    bump_level::BumpLevel,
    options::Options,
    rule::{Effect, Rule},
};

/// The verdict over one change. Rules are given by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) place: Place,
    /// The rule that decided; `None` where none did.
    pub(super) rule: Option<usize>,
    pub(super) breaking: bool,
    /// The rule that made it breaking or took that from it.
    pub(super) breaking_rule: Option<usize>,
    pub(super) ask: Option<Bump>,
}

/// Where a change ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the section at this place.
    Section(usize),
    /// Not shown.
    Hidden,
    /// As if it had never been.
    Skipped,
}

impl Place {
    /// The place of the section, where it is shown.
    pub(super) const fn section(self) -> Option<usize> {
        match self {
            Self::Section(index) => Some(index),
            Self::Hidden | Self::Skipped => None,
        }
    }
}

/// What the rules so far have marked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    breaking: bool,
    breaking_rule: Option<usize>,
    /// The first bump that a rule gives, and whether that rule is about breaking changes.
    bump: Option<(BumpLevel, bool)>,
}

impl Marks {
    pub(super) fn of(change: &Change) -> Self {
        Self { breaking: change.breaking, ..Self::default() }
    }

    pub(super) fn breaking(&self) -> bool {
        self.breaking
    }

    /// Takes in what a rule that matches marks; the first rule to speak of a thing is heard.
    pub(super) fn take(&mut self, index: usize, rule: &Rule) {
        if let Some(breaking) = rule.set_breaking
            && self.breaking_rule.is_none()
        {
            self.breaking = breaking;
            self.breaking_rule = Some(index);
        }
        if let Some(bump) = rule.bump
            && self.bump.is_none()
        {
            self.bump = Some((bump, rule.minds_breaking()));
        }
    }
}

pub(super) fn judge(change: &Change, options: &Options) -> Verdict {
    let mut marks = Marks::of(change);
    for (index, rule) in options.rules.iter().enumerate() {
        if !rule.matches(change, marks.breaking) {
            continue;
        }
        marks.take(index, rule);
        if let Some(effect) = &rule.action {
            let place = place(effect, rule, marks.breaking, options);
            return settle(change, options, place, Some(index), marks);
        }
    }
    let place = if marks.breaking { Place::Section(options.breaking) } else { Place::Hidden };
    settle(change, options, place, None, marks)
}

fn place(effect: &Effect, rule: &Rule, breaking: bool, options: &Options) -> Place {
    match effect {
        Effect::Skip(_) => Place::Skipped,
        Effect::Hide(_) if !breaking || rule.minds_breaking() => Place::Hidden,
        Effect::Section(_) | Effect::Hide(_) if breaking => Place::Section(options.breaking),
        Effect::Section(index) => Place::Section(*index),
        Effect::Hide(_) => Place::Hidden,
    }
}

fn settle(change: &Change, options: &Options, place: Place, rule: Option<usize>, marks: Marks) -> Verdict {
    let ask = ask(change, options, place, rule, marks).bump();
    Verdict { place, rule, breaking: marks.breaking, breaking_rule: marks.breaking_rule, ask }
}

fn ask(change: &Change, options: &Options, place: Place, rule: Option<usize>, marks: Marks) -> BumpLevel {
    if place == Place::Skipped {
        return BumpLevel::None;
    }
    if let Some((ask, minds_breaking)) = marks.bump
        && (!marks.breaking || minds_breaking)
    {
        return ask;
    }
    let of_section = |index: usize| options.sections.get(index).and_then(|section| section.bump);
    if marks.breaking {
        return of_section(options.breaking).unwrap_or(BumpLevel::Major);
    }
    let own = match place {
        Place::Section(index) => of_section(index),
        Place::Hidden | Place::Skipped => None,
    };
    let otherwise = match place {
        Place::Section(_) => BumpLevel::Patch,
        Place::Hidden | Place::Skipped => BumpLevel::None,
    };
    own.or_else(|| rule.and_then(|rule| ask_of_type(change, options, rule))).unwrap_or(otherwise)
}

/// What the first rule after `decided` that names the type of the change would have asked.
fn ask_of_type(change: &Change, options: &Options, decided: usize) -> Option<BumpLevel> {
    change.kind.as_ref()?;
    let later = options.rules.iter().skip(decided + 1).filter(|rule| rule.names_types());
    let mut asks = later.filter(|rule| rule.matches(change, false)).filter_map(|rule| match rule.action {
        _ if rule.bump.is_some() => rule.bump,
        Some(Effect::Section(index)) => options.sections.get(index).and_then(|section| section.bump),
        _ => None,
    });
    asks.next()
}
