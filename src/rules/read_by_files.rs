//! Reads a change by the files that it touches, if users notice none of them.

use crate::model::{Change, FileKind};

use super::{
    builtin::READ_BY_FILES,
    decision::{Decision, decide, is_unplaced},
    options::Options,
    read_change::ReadChange,
};

/// The change with the type that its files say. `None` if it touches files of the product, if a rule of the project or
/// a label places it, or if no rule is about that type. The type of its subject still decides which version it
/// requires.
pub(super) fn read_by_files(change: &Change, options: &Options) -> Option<ReadChange> {
    let kind = change.only_touches.last()?;
    let own = decide(change, options);
    let says_type = is_placed_by_type(change, &own, options);
    let may_be_read = says_type || is_unplaced(&own, options) || is_update_of_tools(change, &own, options);
    if change.breaking || own.breaking || !may_be_read {
        return None;
    }
    let read = Change { kind: Some(kind.commit_type().to_owned()), scope: None, ..change.clone() };
    let mut decision = decide(&read, options);
    if is_unplaced(&decision, options) {
        return None;
    }
    // Tools that read only types do not know that of a squashed commit.
    let counts = says_type && !change.has_squashed_kind;
    if counts {
        decision.bump = own.bump;
    }
    let nouns: Vec<&str> = change.only_touches.iter().rev().map(|kind| kind.noun()).collect();
    let counted = if counts { "; its own type counts for the next version" } else { "" };
    let reason = format!("touches only {}{counted}", nouns.join(", "));
    Some(ReadChange { change: read, decision, reason })
}

/// Whether a built-in rule places a change by its type, in a section for users.
fn is_placed_by_type(change: &Change, decision: &Decision, options: &Options) -> bool {
    let rule = decision.rule.and_then(|index| options.rules.get(index));
    let section = decision.placement.section().map(|index| options.sections.id(index));
    change.kind.is_some()
        && rule.is_some_and(|rule| rule.built_in && rule.has_types())
        && section.is_some_and(|id| READ_BY_FILES.contains(&id))
}

/// Whether a built-in rule places a change among the dependencies, but what it updates is not part of the product.
fn is_update_of_tools(change: &Change, decision: &Decision, options: &Options) -> bool {
    let rule = decision.rule.and_then(|index| options.rules.get(index));
    let section = decision.placement.section().map(|index| options.sections.id(index));
    // Lock files are about the product too.
    rule.is_some_and(|rule| rule.built_in)
        && change.kind.is_none()
        && section == Some("dependencies")
        && !change.only_touches.contains(&FileKind::Housekeeping)
}
