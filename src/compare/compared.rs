//! Notes between two ends, with what is known of both.

use crate::{
    deployment::DeploymentEnds,
    model::{End, Notes, ObjectId, Release},
};

/// The null object ID, for a commit that the notes do not name.
pub(super) const UNKNOWN: ObjectId = ObjectId::from_bytes([0; 20]);

/// Notes between two ends, with what is known of both.
pub(super) struct Compared {
    pub(super) notes: Notes,
    pub(super) from: End,
    pub(super) to: End,
}

/// Completes what is known of two ends by a release that covers all between them.
pub(super) fn completed(ends: &DeploymentEnds, whole: &Release) -> (End, End) {
    let mut from = ends.from.facts.clone();
    let mut to = ends.to.facts.clone();
    if let Some(base) = whole.base.as_ref().filter(|_| !from.is_empty()) {
        from.version = from.version.or_else(|| base.version.clone());
        from.commit = from.commit.or(Some(base.commit)).filter(|commit| *commit != UNKNOWN);
    }
    to.version = to.version.or_else(|| whole.version.clone());
    to.commit = to.commit.or(Some(whole.commit)).filter(|commit| *commit != UNKNOWN);
    (from, to)
}
