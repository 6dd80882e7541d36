//! Determines the range of a window that is not that of a version.
//!
//! A commit inside the window of a released version, or a range between any two commits, is not unreleased, and must
//! not get the heading of unreleased changes.

use crate::{
    history::{self, Ancestry, Point, Versions},
    model::{ObjectId, RevisionRange, Version},
};

use super::{
    point::{tagged, unreleased},
    selector::Selector,
};

/// The range of the window; `None` if it ends at a version or is that of the unreleased changes.
pub(super) fn range<E>(
    versions: &Versions,
    options: &history::Options,
    selector: &Selector,
    (base, target): (Option<&Point>, &Point),
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<RevisionRange>, E> {
    if target.version.is_some() || !matches!(selector, Selector::Target(_) | Selector::Range(..)) {
        return Ok(None);
    }
    let within = within(versions, options, target.commit, ancestry)?;
    let range = match selector {
        Selector::Range(from, to) => {
            if within.is_none() && starts_at_the_last_version(versions, options, (base, target), ancestry)? {
                return Ok(None);
            }
            format!("{from}..{}", if to.is_empty() { "HEAD" } else { to })
        }
        _ if within.is_none() => return Ok(None),
        _ => format!("{}..{}", base.map(name).unwrap_or_default(), target.commit.short()),
    };
    Ok(Some(RevisionRange { revisions: range, within }))
}

/// The version whose notes contain a commit: the lowest version that contains it, or its final version if that is a
/// collapsed pre-release.
fn within<E>(
    versions: &Versions,
    options: &history::Options,
    commit: ObjectId,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<Version>, E> {
    let tips: Vec<ObjectId> = versions.all.iter().map(|entry| entry.tag.commit).collect();
    let lowest = ancestry.first_descendant(commit, &tips)?.and_then(|index| versions.get(index));
    let Some(lowest) = lowest else { return Ok(None) };
    if lowest.version.is_prerelease() && options.prereleases == history::Prereleases::Collapse {
        let mut finals = versions.all.iter().filter(|entry| !entry.version.is_prerelease());
        if let Some(last) = finals.find(|entry| entry.version.same_core(&lowest.version))
            && ancestry.is_ancestor(commit, last.tag.commit)?
        {
            return Ok(Some(last.version.clone()));
        }
    }
    Ok(Some(lowest.version.clone()))
}

/// Whether a range that ends at an unreleased commit starts at the last version or later, so that it has only
/// unreleased changes.
fn starts_at_the_last_version<E>(
    versions: &Versions,
    options: &history::Options,
    (base, target): (Option<&Point>, &Point),
    ancestry: &mut Ancestry<'_, E>,
) -> Result<bool, E> {
    let choice = history::window_of(versions, unreleased(target.commit, options), ancestry)?;
    match (choice.base.and_then(|index| versions.get(index)).map(tagged), base) {
        (Some(last), Some(base)) => ancestry.is_ancestor(last.commit, base.commit),
        (last, _) => Ok(last.is_none()),
    }
}

fn name(point: &Point) -> String {
    point.tag.as_ref().map_or_else(|| point.commit.short(), |tag| tag.name.clone())
}
