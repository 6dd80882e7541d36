//! A release of the site, with its page.

use std::ops::Range;

use crate::model::Release;

/// A release with its page.
pub(super) struct SiteRelease {
    pub(super) release: Release,
    /// The path of its page, relative to the folder of a language.
    pub(super) path: String,
    /// The anchors of its changes, by section.
    pub(super) anchors: Vec<Vec<String>>,
    /// The versions of its line that lack it and each of its changes.
    pub(super) lacking: Lacking,
}

impl SiteRelease {
    /// Whether it is a version, and not unreleased changes.
    pub(super) fn is_version(&self) -> bool {
        self.release.version.is_some()
    }

    /// The anchor of a change.
    pub(super) fn anchor(&self, section: usize, change: usize) -> &str {
        self.anchors.get(section).and_then(|anchors| anchors.get(change)).map_or("", String::as_str)
    }
}

/// Ranges of positions in the lower versions of a line.
pub(super) type Ranges = Vec<Range<usize>>;

/// The versions that lack a release and its changes.
#[derive(Default)]
pub(super) struct Lacking {
    pub(super) release: Ranges,
    /// By section and change.
    pub(super) changes: Vec<Vec<LackingChange>>,
}

/// The versions that lack a change.
#[derive(Clone, Default)]
pub(super) struct LackingChange {
    pub(super) ranges: Ranges,
    /// The number of the changes of its line that are one entry with it, if there are several.
    pub(super) joined: Option<usize>,
}
