//! Places the changes of a project that keeps fragments: by the kind of the fragment, not by the message.

use std::sync::Arc;

use crate::model::Change;

use super::{
    bump_level::BumpLevel,
    decision::{Decision, Placement},
    options::Options,
    section::BREAKING,
};

/// The decision about a change with a fragment, or about one that is not listed without one; for any other change, that
/// of the rules. A breaking change is listed in any case.
pub(super) fn decision(change: &Change, ruled: Decision, options: &Options) -> Decision {
    let Some(fragment) = &change.fragment else {
        let is_unlisted =
            change.unlisted.is_some() && !ruled.breaking && ruled.placement != Placement::Skipped;
        let hidden = Decision { placement: Placement::Hidden, rule: None, bump: None, ..ruled };
        return if is_unlisted { hidden } else { ruled };
    };
    let breaking = fragment.section.as_deref() == Some(BREAKING);
    let section = fragment.section.as_deref().map(|id| {
        let known = options.sections.find(id).or_else(|| options.sections.find("other"));
        known.unwrap_or(options.sections.breaking())
    });
    let of_section = || match section {
        Some(section) => options.sections.bump(section).unwrap_or(BumpLevel::Patch).bump(),
        None => None,
    };
    Decision {
        placement: section.map_or(Placement::Hidden, Placement::Section),
        rule: None,
        breaking,
        breaking_rule: None,
        bump: fragment.bump.or_else(of_section),
    }
}

/// The reason for a decision; `own` is that of the rules.
pub(super) fn reason(change: &Change, decision: &Decision, own: Arc<str>) -> Arc<str> {
    match (&change.fragment, &change.unlisted) {
        (Some(fragment), _) => {
            let verb = if fragment.section.is_some() { "listed" } else { "not listed" };
            format!("{verb} by {} ({}: {})", fragment.path, fragment.tool, fragment.kind).into()
        }
        (None, Some(reason)) if decision.placement == Placement::Hidden && decision.rule.is_none() => {
            Arc::clone(reason)
        }
        (None, _) => own,
    }
}
