//! Where a version stands among all.

use crate::{
    changes::Rank,
    history::{Point, Versions, Window},
};

/// Where a version stands, or would stand, among those that are tagged.
#[must_use]
pub(in crate::notes) fn rank(versions: &Versions, point: &Point) -> Rank {
    match &point.version {
        Some(version) => versions.all.partition_point(|entry| entry.version < *version),
        None => usize::MAX,
    }
}

/// The ranks between which versions on other branches count: above the base (and the base itself, where it is no
/// ancestor), below the target.
#[must_use]
pub(in crate::notes) fn ranks(versions: &Versions, window: &Window) -> (Option<Rank>, Rank) {
    let base = window.base.as_ref().filter(|base| base.version.is_some()).map(|base| rank(versions, base));
    let above = if window.aside { base.and_then(|base| base.checked_sub(1)) } else { base };
    (above, rank(versions, &window.target))
}
