//! Finds the correction of each change of a window.
//!
//! The most specific entry wins, field by field: that of a commit, then that of the pull request, then those of the
//! issues. Two entries of one kind may not contradict one another.

use std::sync::Arc;

use crate::model::{Change, Correction};

use super::{
    error::Error,
    merge::set_merging,
    resolved::{self, Corrections, Fields, MergeTarget},
};

/// Sets the correction of each change. Returns the entries whose `merge_into` names no change of the window: these
/// changes stay entries of their own.
///
/// # Errors
/// If two corrections contradict one another, or changes are merged in a circle.
pub fn assign(corrections: &Corrections, changes: &mut [Change]) -> Result<Vec<String>, Error> {
    if corrections.has_no_changes() {
        return Ok(Vec::new());
    }
    let mut merges = Vec::new();
    for (at, change) in changes.iter_mut().enumerate() {
        let Some((mut correction, merge)) = correction(corrections, change)? else { continue };
        correction.file = Arc::clone(&corrections.file);
        // What only edits corrections stays hidden.
        let is_only_corrections = change.correction.as_ref().is_some_and(|it| it.is_only_corrections);
        if !is_only_corrections {
            change.correction = Some(Box::new(correction));
            merges.extend(merge.map(|(target, entry)| (at, target, entry)));
        }
    }
    set_merging(&corrections.file, changes, merges)
}

/// The correction of a change, and what it is merged into, with the entry that says so.
type Found = (Correction, Option<(MergeTarget, String)>);

fn correction(corrections: &Corrections, change: &Change) -> Result<Option<Found>, Error> {
    let of_commits = change.commits.iter().filter_map(|commit| corrections.commits.get(commit)).flatten();
    let (of_one, of_all): (Vec<_>, Vec<_>) = of_commits
        .filter(|it| it.ordinal.is_none_or(|own| own == change.ordinal.max(1)))
        .partition(|it| it.ordinal.is_some());
    let of_pull_request =
        resolved::pull_requests(change).find_map(|number| corrections.pull_requests.get(&number));
    let mut issues: Vec<u64> = resolved::issues(change).collect();
    issues.sort_unstable();
    issues.dedup();
    let levels: [Vec<&Fields>; 4] = [
        of_one.into_iter().map(|it| &it.fields).collect(),
        of_all.into_iter().map(|it| &it.fields).collect(),
        of_pull_request.into_iter().collect(),
        issues.iter().filter_map(|number| corrections.issues.get(number)).collect(),
    ];
    if levels.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let mut found: Found = (Correction::default(), None);
    for level in &levels {
        check_level(&corrections.file, level)?;
        for fields in level {
            add(&mut found, fields);
        }
    }
    Ok(Some(found))
}

/// Sets the fields that no more specific entry sets. Hiding and merging are one field: a change can be only one.
fn add((correction, merge): &mut Found, fields: &Fields) {
    let written = &fields.written;
    let is_decided = correction.hide.is_some() || merge.is_some();
    let set = |own: &mut Option<String>, value: &Option<String>| {
        if own.is_none() {
            own.clone_from(value);
        }
    };
    set(&mut correction.title, &written.title);
    set(&mut correction.section, &written.section);
    set(&mut correction.scope, &written.scope);
    set(&mut correction.description, &written.description);
    correction.breaking = correction.breaking.or(written.breaking);
    if !is_decided {
        correction.hide.clone_from(&written.hide);
        *merge = fields.merge_into.map(|target| (target, fields.entry.clone()));
    }
}

fn check_level(file: &str, level: &[&Fields]) -> Result<(), Error> {
    let Some((first, others)) = level.split_first() else { return Ok(()) };
    for other in others {
        let (one, two) = (&first.written, &other.written);
        let differs = |one: &Option<String>, two: &Option<String>| {
            one.as_ref().zip(two.as_ref()).is_some_and(|(one, two)| one != two)
        };
        let conflicts = [
            ("title", differs(&one.title, &two.title)),
            ("section", differs(&one.section, &two.section)),
            ("scope", differs(&one.scope, &two.scope)),
            ("description", differs(&one.description, &two.description)),
            ("hide", differs(&one.hide, &two.hide)),
            ("breaking", one.breaking.zip(two.breaking).is_some_and(|(one, two)| one != two)),
            ("merge_into", first.merge_into.zip(other.merge_into).is_some_and(|(one, two)| one != two)),
        ];
        if let Some((field, _)) = conflicts.into_iter().find(|(_, conflicts)| *conflicts) {
            let (first, second) = (first.entry.clone(), other.entry.clone());
            return Err(Error::Conflict { file: file.to_owned(), first, second, field });
        }
    }
    // With three entries, the second and the third may differ in what the first does not set.
    check_level(file, others)
}
