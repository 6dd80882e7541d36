//! Assigns changes to sections by the rules.

use std::sync::Arc;

use crate::model::{Change, Section};

use super::{
    builtin, by_fragment,
    classified::{Classified, HiddenChange},
    correct::{self, Decided, correct},
    decision::{Decision, Placement, decide},
    join::join_changes,
    options::{Options, Sort},
    read_by_files::read_by_files,
    read_plain::read_plain,
    reason::Reasons,
    required_bump::BumpCounter,
    section::SectionIndex,
};

/// Assigns changes, newest first, to sections. A rule may mark a change as breaking, or as not breaking, which also
/// removes its breaking note. `reads_plain`: whether messages without a type are read.
#[must_use]
pub fn classify(changes: Vec<Change>, options: &Options, reads_plain: bool) -> Classified {
    classify_joined(join_changes(changes, options), options, reads_plain)
}

/// As [`classify`], for changes of which those with the same subject are joined (see [`join_changes`]). Applies their
/// corrections.
#[must_use]
pub fn classify_joined(mut changes: Vec<Change>, options: &Options, reads_plain: bool) -> Classified {
    // Sorting all changes first sorts each section.
    sort(&mut changes, options.sort);
    let read = |change: &mut Change| {
        let by_files = read_by_files(change, options);
        by_files.or_else(|| if reads_plain { read_plain(change, options) } else { None })
    };
    let read: Vec<_> = changes.iter_mut().map(read).collect();
    let decisions = changes.iter().zip(&read);
    let decisions = decisions.map(|(change, read)| {
        let ruled = read.as_ref().map_or_else(|| decide(change, options), |it| it.decision);
        by_fragment::decision(change, ruled, options)
    });
    let decisions: Vec<_> = decisions.collect();
    let mut counter = BumpCounter::default();
    if changes.iter().all(|change| change.correction.is_none()) {
        let lists = empty_lists(&decisions, options);
        let decided = changes.into_iter().zip(read).zip(decisions);
        let decided = decided.map(|((change, read), decision)| (change, read, decision));
        return listed(decided, lists, counter, options);
    }
    let decided = changes.into_iter().zip(read).zip(decisions);
    let decided = decided.map(|((change, read), decision)| (change, read, decision)).collect();
    let decided = correct(decided, &mut counter, options);
    let decisions: Vec<Decision> = decided.iter().map(|(_, _, decision)| *decision).collect();
    let lists = empty_lists(&decisions, options);
    listed(decided.into_iter(), lists, counter, options)
}

/// Lists each change in its section, or among the hidden ones.
fn listed(
    decided: impl Iterator<Item = Decided>,
    (mut listed, mut hidden): (Vec<Listed>, Vec<HiddenChange>),
    mut counter: BumpCounter,
    options: &Options,
) -> Classified {
    let mut reasons = Reasons::new(options);
    for (mut change, read, decision) in decided {
        let mut reason = match &read {
            Some(read) => reasons.of(&decision, &read.change, Some(&read.reason)),
            None => reasons.of(&decision, &change, None),
        };
        reason = by_fragment::reason(&change, &decision, reason);
        if let Some(correction) = &change.correction {
            reason = correct::reason(correction, &decision, reason);
            correct::set_texts(&mut change);
        }
        change.breaking = decision.breaking;
        if !decision.breaking {
            change.breaking_note = None;
        }
        let section = decision.placement.section();
        counter.add(decision.bump, section, &change);
        if let (Some(section), Some(scope)) = (section, &change.scope) {
            change.scope_repeats_section = builtin::repeats(options.sections.id(section), scope);
        }
        match section.and_then(|index| listed.get_mut(index.in_list())) {
            Some((changes, reasons)) => {
                changes.push(change);
                reasons.push(reason);
            }
            None => {
                let skipped = decision.placement == Placement::Skipped;
                hidden.push(HiddenChange { change, reason, skipped });
            }
        }
    }
    let id = |index: SectionIndex| options.sections.get(index).map(|section| section.id.to_string());
    let mut classified = Classified { hidden, required_bump: counter.required(id), ..Classified::default() };
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

/// One empty list for each section and one for hidden changes, each with the capacity that it needs: changes are large,
/// and a growing list would move them.
fn empty_lists(decisions: &[Decision], options: &Options) -> (Vec<Listed>, Vec<HiddenChange>) {
    let mut counts = vec![0; options.sections.len()];
    for decision in decisions {
        let section = decision.placement.section();
        if let Some(count) = section.and_then(|index| counts.get_mut(index.in_list())) {
            *count += 1;
        }
    }
    let hidden = Vec::with_capacity(decisions.len() - counts.iter().sum::<usize>());
    let listed = counts.into_iter().map(|count| (Vec::with_capacity(count), Vec::with_capacity(count)));
    (listed.collect(), hidden)
}

fn sort(changes: &mut [Change], sort: Sort) {
    match sort {
        Sort::Newest => {}
        Sort::Oldest => changes.reverse(),
        Sort::Scope => changes.sort_by_cached_key(|change| {
            let corrected = change.correction.as_ref().and_then(|correction| correction.scope.as_ref());
            let scope = corrected.or(change.scope.as_ref()).filter(|scope| !scope.is_empty());
            let scope = scope.map(|scope| scope.to_lowercase());
            (scope.is_none(), scope)
        }),
        Sort::Title => changes.sort_by_cached_key(|change| {
            let corrected = change.correction.as_ref().and_then(|correction| correction.title.as_ref());
            corrected.unwrap_or(&change.title).to_lowercase()
        }),
    }
}
