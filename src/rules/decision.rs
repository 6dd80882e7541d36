//! Applies the rules to one change.

use crate::model::{Bump, Change};

use super::{
    bump_level::BumpLevel,
    compiled_rule::{Action, CompiledRule},
    options::Options,
    section::SectionIndex,
};

/// The decision about one change. Rules are referred to by their index among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) placement: Placement,
    /// The rule that decided; `None` if none did.
    pub(super) rule: Option<usize>,
    pub(super) breaking: bool,
    /// The rule that marked it as breaking or as not breaking.
    pub(super) breaking_rule: Option<usize>,
    pub(super) bump: Option<Bump>,
}

/// The placement of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    /// Listed in a section.
    Section(SectionIndex),
    /// Not listed.
    Hidden,
    /// Ignored altogether.
    Skipped,
}

impl Placement {
    /// The section; `None` if the change is not listed.
    pub(super) const fn section(self) -> Option<SectionIndex> {
        match self {
            Self::Section(index) => Some(index),
            Self::Hidden | Self::Skipped => None,
        }
    }
}

/// What the rules tried so far override.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overrides {
    breaking: bool,
    breaking_rule: Option<usize>,
    /// The bump of the first rule that sets one, and whether that rule is about breaking changes.
    bump: Option<(BumpLevel, bool)>,
}

impl Overrides {
    pub(super) fn of(change: &Change) -> Self {
        Self { breaking: change.breaking, ..Self::default() }
    }

    pub(super) fn breaking(&self) -> bool {
        self.breaking
    }

    /// Adds the overrides of a rule that matches. If several rules set the same value, the first one applies.
    pub(super) fn add(&mut self, index: usize, rule: &CompiledRule) {
        if let Some(breaking) = rule.written.set_breaking
            && self.breaking_rule.is_none()
        {
            self.breaking = breaking;
            self.breaking_rule = Some(index);
        }
        if let Some(bump) = rule.written.bump
            && self.bump.is_none()
        {
            self.bump = Some((bump, rule.is_about_breaking()));
        }
    }
}

pub(super) fn decide(change: &Change, options: &Options) -> Decision {
    let mut overrides = Overrides::of(change);
    for (index, rule) in options.rules.iter().enumerate() {
        if !rule.matches(change, overrides.breaking) {
            continue;
        }
        overrides.add(index, rule);
        if let Some(action) = rule.action {
            let placement = placement(action, rule, overrides.breaking, options);
            return decision(change, options, placement, Some(index), overrides);
        }
    }
    let breaking = options.sections.breaking();
    let placement = if overrides.breaking { Placement::Section(breaking) } else { Placement::Hidden };
    decision(change, options, placement, None, overrides)
}

fn placement(action: Action, rule: &CompiledRule, breaking: bool, options: &Options) -> Placement {
    match action {
        Action::Skip => Placement::Skipped,
        Action::Hide if !breaking || rule.is_about_breaking() => Placement::Hidden,
        Action::Section(_) | Action::Hide if breaking => Placement::Section(options.sections.breaking()),
        Action::Section(index) => Placement::Section(index),
        Action::Hide => Placement::Hidden,
    }
}

fn decision(
    change: &Change,
    options: &Options,
    placement: Placement,
    rule: Option<usize>,
    overrides: Overrides,
) -> Decision {
    let bump = required_level(change, options, placement, rule, overrides).bump();
    let bump = bump.max(bump_of_merged_types(change, options, rule));
    let Overrides { breaking, breaking_rule, .. } = overrides;
    Decision { placement, rule, breaking, breaking_rule, bump }
}

/// The bump that the types of merged commits require: they are in the history, whatever their pull request is called. A
/// rule that is not about types decides for the whole pull request.
fn bump_of_merged_types(change: &Change, options: &Options, rule: Option<usize>) -> Option<Bump> {
    let rule = rule.and_then(|index| options.rules.get(index));
    if !rule.is_some_and(|rule| rule.built_in && rule.has_types()) {
        return None;
    }
    let bump =
        |kind: &String| decide(&Change { kind: Some(kind.clone()), ..Change::default() }, options).bump;
    change.merged_types.iter().map(bump).max().flatten()
}

/// The bump level that the change requires.
fn required_level(
    change: &Change,
    options: &Options,
    placement: Placement,
    rule: Option<usize>,
    overrides: Overrides,
) -> BumpLevel {
    if placement == Placement::Skipped {
        return BumpLevel::None;
    }
    if let Some((bump, is_about_breaking)) = overrides.bump
        && (!overrides.breaking || is_about_breaking)
    {
        return bump;
    }
    if overrides.breaking {
        return options.sections.bump(options.sections.breaking()).unwrap_or(BumpLevel::Major);
    }
    let own = placement.section().and_then(|index| options.sections.bump(index));
    let otherwise = match placement {
        Placement::Section(_) => BumpLevel::Patch,
        Placement::Hidden | Placement::Skipped => BumpLevel::None,
    };
    own.or_else(|| rule.and_then(|rule| bump_of_type(change, options, rule))).unwrap_or(otherwise)
}

/// The bump level of the first rule after `decided` that matches the type of the change.
fn bump_of_type(change: &Change, options: &Options, decided: usize) -> Option<BumpLevel> {
    change.kind.as_ref()?;
    let later = options.rules.iter().skip(decided + 1).filter(|rule| rule.has_types());
    let mut levels = later.filter(|rule| rule.matches(change, false)).filter_map(|rule| {
        rule.written.bump.or_else(|| match rule.action {
            Some(Action::Section(index)) => options.sections.bump(index),
            _ => None,
        })
    });
    levels.next()
}

/// Whether no rule says anything about a change: the built-in one for all changes placed it, or none did.
pub(super) fn is_unplaced(decision: &Decision, options: &Options) -> bool {
    let rule = decision.rule.and_then(|index| options.rules.get(index));
    rule.is_none_or(|rule| rule.built_in && rule.conditions.is_empty())
}
