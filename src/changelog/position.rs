//! Finds the position of a new section in a changelog, and the number of blank lines between sections.

use super::{
    document::{Document, Segment},
    edit::blank_lines_at_end,
    heading::Title,
    order::{self, Direction},
};
use crate::model::Version;

/// The byte offset to insert a new section at.
pub(super) fn position(document: &Document<'_>, version: Option<&Version>, package: Option<&str>) -> usize {
    let releases: Vec<_> = document.segments.iter().filter(|segment| segment.title != Title::Other).collect();
    let ranks: Vec<_> = releases
        .iter()
        .map(|segment| match &segment.title {
            Title::Version(release) => Some(&release.version),
            Title::Unreleased | Title::Other => None,
        })
        .collect();
    let direction = Direction::of(&ranks);
    let all: Vec<_> = releases
        .iter()
        .filter_map(|segment| match &segment.title {
            Title::Version(release) => Some((*segment, release)),
            Title::Unreleased | Title::Other => None,
        })
        .collect();
    let mut peers: Vec<_> = all.iter().filter(|(_, release)| release.same_package(package)).collect();
    if peers.is_empty() {
        peers = all.iter().collect();
    }
    let index = match (version, direction) {
        (Some(version), _) => {
            let versions: Vec<_> = peers.iter().map(|(_, release)| &release.version).collect();
            order::insertion_index(version, &versions, direction)
        }
        (None, Direction::NewestFirst) => 0,
        (None, Direction::OldestFirst) => peers.len(),
    };
    let end_of = |segment: &Segment| segment.range.end;
    match (peers.get(index), peers.last()) {
        (Some((next, _)), _) => next.range.start,
        (None, Some((last, _))) => end_of(last),
        (None, None) => releases.last().map_or(document.trailer.start, |last| end_of(last)),
    }
}

/// The start of a heading next to the position of a new section that may be a release, but could not be parsed: whether
/// it is older or newer than the section is not known.
pub(super) fn unclear_neighbour(
    document: &Document<'_>,
    version: Option<&Version>,
    package: Option<&str>,
) -> Option<usize> {
    let at = position(document, version, package);
    let starts = document.segments.iter().filter(|segment| segment.title != Title::Other);
    let starts: Vec<_> = starts.map(|segment| segment.range.start).collect();
    let from = starts.iter().copied().filter(|start| *start < at).max().unwrap_or(0);
    let to = starts.iter().copied().filter(|start| *start >= at).min().unwrap_or(document.trailer.end);
    document.unclear.iter().copied().find(|offset| (from..to).contains(offset))
}

/// The most frequent number of blank lines between the file's sections, at most 3; 1 if there are fewer than two
/// sections.
pub(super) fn separation(document: &Document<'_>) -> usize {
    let mut counts = [0_usize; 4];
    for segment in document.segments.iter().skip(1) {
        let before = document.text.get(..segment.range.start).unwrap_or("");
        if let Some(count) = counts.get_mut(blank_lines_at_end(before).min(3)) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 { 1 } else { counts.iter().position(|count| *count == most).unwrap_or(1) }
}
