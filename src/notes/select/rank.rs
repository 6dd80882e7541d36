//! Computes the rank of a version among all versions.

use crate::{
    changes::Rank,
    history::{Point, Versions, Window},
};

/// The rank of a point's version among the tagged versions, whether it is tagged or not; the maximum if it has no
/// version.
#[must_use]
pub(in crate::notes) fn rank(versions: &Versions, point: &Point) -> Rank {
    match &point.version {
        Some(version) => versions.all.partition_point(|entry| entry.version < *version),
        None => usize::MAX,
    }
}

/// The ranks between which versions on other branches count, both excluded: from the base to the target. If the base is
/// not an ancestor of the target, it is included, with the versions of its branch.
#[must_use]
pub(in crate::notes) fn ranks(versions: &Versions, window: &Window) -> (Option<Rank>, Rank) {
    if window.is_range {
        return (None, Rank::MAX);
    }
    let base = window.base.as_ref().filter(|base| base.version.is_some()).map(|base| rank(versions, base));
    let start = base.map(|base| window.line_start.map_or(base, |start| start.min(base)));
    let above = if window.diverged { start.and_then(|start| start.checked_sub(1)) } else { base };
    let below = match &window.maintenance {
        Some(line) => versions.all.partition_point(|entry| !line.is_below(&entry.version)),
        None => rank(versions, &window.target),
    };
    (above, below)
}
