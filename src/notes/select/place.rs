//! What a window is called that is no version's.
//!
//! A commit inside the window of a version that is out, or a range between any two commits, is not what is unreleased,
//! and must not be headed as if it were.

use crate::{
    history::{self, Ancestry, BaseOf, Point, Versions},
    model::{ObjectId, Place, Version},
};

use super::{point::tagged, wanted::Wanted};

/// The place of the window, unless it ends at a version or holds what is unreleased.
pub(super) fn place<E>(
    versions: &Versions,
    options: &history::Options,
    wanted: &Wanted,
    (base, target): (Option<&Point>, &Point),
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<Place>, E> {
    if target.version.is_some() || !matches!(wanted, Wanted::Target(_) | Wanted::Range(..)) {
        return Ok(None);
    }
    let within = within(versions, options, target.commit, ancestry)?;
    let range = match wanted {
        Wanted::Range(from, to) => {
            if within.is_none() && starts_at_the_last_version(versions, base, target, ancestry)? {
                return Ok(None);
            }
            format!("{from}..{}", if to.is_empty() { "HEAD" } else { to })
        }
        _ if within.is_none() => return Ok(None),
        _ => format!("{}..{}", base.map(name).unwrap_or_default(), target.commit.short()),
    };
    Ok(Some(Place { range, within }))
}

/// The version in whose notes a commit stands: the lowest that contains it, and where that is a pre-release that has
/// collapsed, its final version.
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

/// Whether a range up to something unreleased holds nothing else: it starts where that does, or above.
fn starts_at_the_last_version<E>(
    versions: &Versions,
    base: Option<&Point>,
    target: &Point,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<bool, E> {
    let choice = history::choose(versions, BaseOf::Unreleased, target.commit, ancestry)?;
    match (choice.base.and_then(|index| versions.get(index)).map(tagged), base) {
        (Some(last), Some(base)) => ancestry.is_ancestor(last.commit, base.commit),
        (last, _) => Ok(last.is_none()),
    }
}

fn name(point: &Point) -> String {
    point.tag.as_ref().map_or_else(|| point.commit.short(), |tag| tag.name.clone())
}
