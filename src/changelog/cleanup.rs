//! Removes what the section of a release replaces: our own sections of its pre-releases and of unreleased changes, and
//! the text under "Unreleased" that moves into it.

use std::ops::Range;

use super::{
    document::{Document, Owner, Segment},
    edit::{Edit, apply, blank_lines_at_end, line_end},
    heading::Title,
    links,
    options::Options,
    release_section::ReleaseSection,
    section,
};
use crate::model::Version;

/// The ranges to remove, in bytes of the old text.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    /// Whole sections.
    sections: Vec<Range<usize>>,
    /// Other text: link definitions, the text under "Unreleased".
    texts: Vec<Range<usize>>,
}

/// A text after the removal.
pub(super) struct Cleaned {
    pub(super) text: String,
    /// Where the first removed section was.
    pub(super) gap: Option<usize>,
}

impl Cleanup {
    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.texts.is_empty()
    }

    /// The start offsets of the removed sections.
    pub(super) fn starts(&self) -> Vec<usize> {
        self.sections.iter().map(|range| range.start).collect()
    }

    /// Removes a section.
    pub(super) fn section(&mut self, range: Range<usize>) {
        self.sections.push(range);
    }

    /// Removes the text of a section, but not its heading.
    pub(super) fn text_of(&mut self, document: &Document<'_>, segment: &Segment) {
        let source = document.text.get(segment.heading..segment.range.end).unwrap_or("");
        let Some((_, heading)) = section::headings(source).into_iter().next() else { return };
        // The blank lines at the end separate the heading from the next section.
        let text = source.trim_end().len();
        let end =
            source.get(text..).and_then(|rest| rest.find('\n')).map_or(source.len(), |at| text + at + 1);
        if heading.end < end {
            self.texts.push(segment.heading + heading.end..segment.heading + end);
        }
    }

    /// Removes our own unedited sections of the pre-releases that a final version contains, and their link definitions.
    /// Returns the pre-releases whose sections were edited.
    pub(super) fn prereleases(
        &mut self,
        document: &Document<'_>,
        entry: &ReleaseSection<'_>,
        package: Option<&str>,
        options: &Options,
    ) -> Vec<Version> {
        let Some(version) = entry.version.filter(|it| options.collapse && !it.is_prerelease()) else {
            return Vec::new();
        };
        let mut edited = Vec::new();
        for segment in &document.segments {
            let Title::Version(release) = &segment.title else { continue };
            let own = &release.version;
            let is_contained = own.same_core(version) || entry.prereleases.contains(own);
            if !own.is_prerelease() || !is_contained || !release.same_package(package) {
                continue;
            }
            match document.owner(segment) {
                Owner::Ours => {
                    self.sections.push(segment.range.clone());
                    self.texts.extend(links::definition_line(document, own, &options.scheme));
                }
                Owner::Edited => edited.push(own.clone()),
                Owner::Foreign => {}
            }
        }
        edited
    }

    /// Removes everything from the text, and leaves at least `blank` blank lines between the neighbours of a section.
    pub(super) fn apply(&self, text: &str, blank: usize) -> Cleaned {
        let mut sections = self.sections.clone();
        sections.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in sections {
            match merged.last_mut().filter(|last| last.end == range.start) {
                Some(last) => last.end = range.end,
                None => merged.push(range),
            }
        }
        let gap = |range: &Range<usize>| {
            let before = text.get(..range.start).unwrap_or("");
            let missing = blank.saturating_sub(blank_lines_at_end(before));
            if before.is_empty() { String::new() } else { line_end(text).repeat(missing) }
        };
        let mut edits: Vec<Edit> = merged
            .iter()
            .map(|range| Edit { at: range.start, removed: range.len(), text: gap(range) })
            .chain(self.texts.iter().map(|range| Edit {
                at: range.start,
                removed: range.len(),
                text: String::new(),
            }))
            .collect();
        edits.sort_by_key(|edit| edit.at);
        let first = merged.first().map(|range| {
            let before = edits.iter().filter(|edit| edit.at < range.start);
            let shift: usize = before.map(|edit| edit.removed - edit.text.len().min(edit.removed)).sum();
            range.start - shift + gap(range).len()
        });
        Cleaned { text: apply(text, &edits), gap: first }
    }
}
