//! Notices that a higher version has merged the current branch, as it does with a maintenance branch that is merged up.

use crate::{
    git,
    history::{Ancestry, Point, Versions},
    model::{IdSet, ObjectId, Version},
};

/// Commits of a first-parent line that are read at most. This only decides about a warning.
const MAX_STEPS: usize = 5_000;

/// The last final version on the first-parent line of `head`, if `base`, a higher version, has merged commits of that
/// line since. Then `base` is probably of a newer line, and `head` on a maintenance branch.
///
/// # Errors
/// If a commit cannot be read.
pub(super) fn merged_line<'v>(
    versions: &'v Versions,
    base: &Point,
    head: ObjectId,
    ancestry: &mut Ancestry<'_, git::Error>,
) -> Result<Option<&'v Version>, git::Error> {
    let since_base: IdSet = ancestry.range(&[head], &[base.commit])?.into_iter().collect();
    let Some(fork) = first_parent(head, ancestry, |id| !since_base.contains(&id))? else { return Ok(None) };
    // A release branch that was tagged and not merged back begins on the line itself.
    if first_parent(base.commit, ancestry, |id| id == fork)?.is_some() {
        return Ok(None);
    }
    let finals: std::collections::BTreeMap<ObjectId, &Version> = versions
        .all
        .iter()
        .filter(|entry| !entry.is_prerelease())
        .map(|entry| (entry.tag.commit, &entry.version))
        .collect();
    let tagged = first_parent(fork, ancestry, |id| finals.contains_key(&id))?;
    let last = tagged.and_then(|id| finals.get(&id)).copied();
    Ok(last.filter(|last| base.version.as_ref().is_some_and(|base| *last < base)))
}

/// The first commit on the first-parent line of `commit` for which `is_sought`.
fn first_parent(
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, git::Error>,
    is_sought: impl Fn(ObjectId) -> bool,
) -> Result<Option<ObjectId>, git::Error> {
    let mut at = Some(commit);
    for _ in 0..MAX_STEPS {
        match at {
            Some(id) if !is_sought(id) => at = ancestry.node(id)?.parents.first().copied(),
            found => return Ok(found),
        }
    }
    Ok(None)
}
