//! Applies the corrections of changes: to the decisions of the rules, to the texts, and to which changes are one entry.
//!
//! The rules read the message as it was written, so a corrected title never moves a change to another section.

use std::{collections::HashMap, sync::Arc};

use crate::model::{Change, CorrectedField, Correction, MergedChange, Merging, WrittenChange};

use super::{
    bump_level::BumpLevel,
    decision::{Decision, Placement, decide},
    join::absorb,
    options::Options,
    read_change::ReadChange,
    required_bump::BumpCounter,
};

/// A change with the reading of its message and the decision of the rules.
pub(super) type Decided = (Change, Option<ReadChange>, Decision);

/// Applies the corrections of changes to their decisions, and merges changes into others. A merged or hidden change
/// still counts for the next version: `counter` counts the merged ones.
pub(super) fn correct(decided: Vec<Decided>, counter: &mut BumpCounter, options: &Options) -> Vec<Decided> {
    let corrected = decided.into_iter().map(|(change, read, decision)| {
        let decision = match &change.correction {
            Some(correction) => self::decision(&change, correction, decision, options),
            None => decision,
        };
        (change, read, decision)
    });
    merge(corrected.collect(), counter, options)
}

fn decision(change: &Change, correction: &Correction, ruled: Decision, options: &Options) -> Decision {
    if correction.is_only_corrections {
        return Decision {
            placement: Placement::Hidden,
            rule: None,
            breaking: false,
            breaking_rule: None,
            bump: None,
        };
    }
    let mut decision = match correction.breaking {
        Some(true) => breaking(ruled, options),
        Some(false) if ruled.breaking => not_breaking(change, options),
        Some(false) | None => ruled,
    };
    let section = correction.section.as_deref().and_then(|id| options.sections.find(id));
    if let Some(section) = section.filter(|_| !decision.breaking) {
        decision.placement = Placement::Section(section);
        decision.bump = match options.sections.bump(section) {
            Some(level) => level.bump(),
            None => decision.bump.or(BumpLevel::Patch.bump()),
        };
    }
    if correction.hide.is_some() {
        decision.placement = Placement::Hidden;
    }
    decision
}

fn breaking(decision: Decision, options: &Options) -> Decision {
    let section = options.sections.breaking();
    let bump = options.sections.bump(section).unwrap_or(BumpLevel::Major).bump();
    Decision {
        placement: Placement::Section(section),
        breaking: true,
        bump: bump.max(decision.bump),
        ..decision
    }
}

fn not_breaking(change: &Change, options: &Options) -> Decision {
    let plain = Change { breaking: false, breaking_note: None, ..change.clone() };
    let mut decision = decide(&plain, options);
    if decision.breaking {
        // A rule marks it as breaking, so no rule has a section for it.
        let other = options.sections.find("other").unwrap_or(options.sections.breaking());
        decision.placement = Placement::Section(other);
        decision.bump = BumpLevel::Patch.bump();
    }
    decision.breaking = false;
    decision
}

/// Merges the changes that are part of another one into it.
fn merge(decided: Vec<Decided>, counter: &mut BumpCounter, options: &Options) -> Vec<Decided> {
    let merging = |decided: &Decided| decided.0.correction.as_ref().and_then(|correction| correction.merging);
    let is_part = |decided: &Decided| matches!(merging(decided), Some(Merging::Into(_)));
    let (parts, mut entries): (Vec<Decided>, Vec<Decided>) = decided.into_iter().partition(is_part);
    if parts.is_empty() {
        return entries;
    }
    let mut positions = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Some(Merging::Target(number)) = merging(entry) {
            positions.insert(number, at);
        }
    }
    for mut part in parts {
        let target = match merging(&part) {
            Some(Merging::Into(number)) => positions.get(&number).and_then(|at| entries.get_mut(*at)),
            Some(Merging::Target(_)) | None => None,
        };
        let Some((target, _, decision)) = target else {
            // Without its target it is an entry of its own: nothing is lost.
            entries.push(part);
            continue;
        };
        let (change, _, own) = &mut part;
        counter.add(own.bump, own.placement.section(), change);
        let stays = target.correction.as_ref().is_some_and(|it| it.breaking == Some(false));
        if own.breaking && !stays {
            let hidden = decision.placement == Placement::Hidden;
            *decision = breaking(*decision, options);
            if hidden {
                decision.placement = Placement::Hidden;
            }
            let notes = [target.breaking_note.take(), change.breaking_note.take()];
            let notes: Vec<String> = notes.into_iter().flatten().collect();
            target.breaking_note = (!notes.is_empty()).then(|| notes.join("\n\n"));
        }
        join(target, part.0);
    }
    entries
}

fn join(target: &mut Change, mut part: Change) {
    let correction = part.correction.take().unwrap_or_default();
    let title = correction.title.unwrap_or_else(|| part.title.clone());
    let into = match (&target.pull_request, target.commits.first()) {
        (Some(pull_request), _) => format!("#{}", pull_request.number),
        (None, Some(commit)) => commit.short(),
        (None, None) => String::new(),
    };
    target.merged.push(MergedChange {
        title,
        commits: part.commits.clone(),
        pull_request: part.pull_request.as_ref().map(|pull_request| pull_request.number),
        reason: format!("merged into {into} ({})", correction.file).into(),
    });
    // What a part says about itself is not about the entry.
    part.description = None;
    part.squashed_breaking.clear();
    absorb(target, part);
}

/// The reason for a corrected decision; `own` is that of the rules.
pub(super) fn reason(correction: &Correction, decision: &Decision, own: Arc<str>) -> Arc<str> {
    let file = &correction.file;
    if correction.is_only_corrections {
        return format!("touches only {file}").into();
    }
    if let Some(reason) = &correction.hide {
        return format!("hidden: {reason} ({file})").into();
    }
    match (correction.breaking, &correction.section) {
        (Some(true), _) => format!("marked as breaking by {file}").into(),
        (_, Some(section)) if !decision.breaking => format!("listed in `{section}` by {file}").into(),
        (Some(false), _) => format!("marked as not breaking by {file}; {own}").into(),
        (None, _) => own,
    }
}

/// Sets the texts of a change, and which fields were corrected.
pub(super) fn set_texts(change: &mut Change) {
    let merges = (!change.merged.is_empty()).then_some(CorrectedField::MergeInto);
    let Some(correction) = change.correction.take() else { return };
    let Correction { title, section, scope, breaking, description, hide, .. } = *correction;
    let fields = [
        title.is_some().then_some(CorrectedField::Title),
        section.is_some().then_some(CorrectedField::Section),
        scope.is_some().then_some(CorrectedField::Scope),
        breaking.is_some().then_some(CorrectedField::Breaking),
        description.is_some().then_some(CorrectedField::Description),
        hide.is_some().then_some(CorrectedField::Hide),
        merges,
    ];
    change.corrected = fields.into_iter().flatten().collect();
    let (title_before, scope_before) = (change.title.clone(), change.scope.clone());
    let written = WrittenChange { title: title_before, scope: scope_before, breaking: change.breaking };
    change.written = Some(Box::new(written));
    change.title = title.unwrap_or(std::mem::take(&mut change.title));
    if let Some(scope) = scope {
        change.scope = Some(scope).filter(|scope| !scope.is_empty());
    }
    if breaking == Some(true) {
        // Readers of a breaking change need to know what to do, whatever the level of detail.
        change.breaking_note = description.or_else(|| change.breaking_note.take());
    } else if let Some(description) = description {
        let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
        change.reason = Some(line.into());
        change.description = Some(description.into());
    }
}
