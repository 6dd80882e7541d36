//! Inserts the section of a release into a changelog.

use std::ops::Range;

use super::{
    adopt,
    blocks::{bom, line_number, trim_blank_end},
    cleanup::{Cleaned, Cleanup},
    create::create,
    document::{Document, Owner, Segment},
    edit::{Edit, apply, blank_lines_at_end, line_end},
    heading::{self, Title},
    links, marker,
    options::Options,
    position::{position, separation, unclear_neighbour},
    release_section::{InsertError, ReleaseSection},
    section,
    unreleased::{without_marker, written_by_hand},
    verify::{Expected, Fault, verify},
};
use crate::model::Version;

/// The effect of an insertion on the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertStatus {
    /// The file was empty and now has this section.
    Created,
    /// The section was added; the file had none of this version.
    Added,
    /// The section replaced an existing one.
    Replaced,
    /// The existing section already had the same text.
    Unchanged,
    /// The existing section was kept because it was edited by hand.
    KeptEdited,
    /// The existing section was kept because it was written by hand or by another tool.
    KeptForeign,
}

/// A changelog after an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// The whole file.
    pub text: String,
    /// The section of the release as it is in the file, without its marker.
    pub section: String,
    /// The effect on the section.
    pub status: InsertStatus,
    /// What the user should know.
    pub notices: Vec<Notice>,
}

/// Something in the file that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The version contains this pre-release, whose section was edited by hand.
    PrereleaseKept(Version),
    /// There is text under "Unreleased" that was written by hand and is not in the section.
    UnreleasedText {
        /// The line of the heading, from 1.
        line: usize,
    },
}

/// Inserts the section of a release in version order; all bytes outside the section and the link definitions are
/// preserved.
///
/// Inserting the same section twice gives the same bytes. Inserting the highest version removes an "Unreleased" section
/// written by tidings; inserting a final version removes the sections of its pre-releases that tidings wrote
/// ([`Options::collapse`]). A block left open at the end of the text (a fence, a comment) is closed if it would contain
/// the section.
///
/// # Errors
/// If the parser would not find the section again, or would parse another section differently, or if the place of the
/// section is not known because the file has headings in an unknown form.
pub fn insert(text: &str, entry: &ReleaseSection<'_>, options: &Options) -> Result<Inserted, InsertError> {
    let document = Document::parse(text, &options.scheme);
    let package = match heading::title(section::first_heading(entry.markdown), &options.scheme) {
        Title::Version(release) => release.package,
        Title::Unreleased | Title::Other => None,
    };
    let package = package.as_deref();
    let existing = existing(&document, entry, package);
    let is_kept = existing.is_some_and(|it| document.owner(it) != Owner::Ours) && !options.replace;
    let by_hand = written_by_hand(&document).filter(|_| entry.version.is_some());
    let adopted = by_hand.filter(|_| options.adopt && !is_kept);
    let mut notices = Vec::new();
    if let Some(segment) = by_hand.filter(|_| adopted.is_none() && is_highest(&document, entry)) {
        notices.push(Notice::UnreleasedText { line: line_number(text, segment.heading) });
    }
    let mut cleanup = Cleanup::default();
    if !is_kept {
        let edited = cleanup.prereleases(&document, entry, package, options);
        notices.extend(edited.into_iter().map(Notice::PrereleaseKept));
        superseded(&document, entry)
            .filter(|_| existing.is_none())
            .into_iter()
            .for_each(|it| cleanup.section(it));
        adopted.into_iter().for_each(|segment| cleanup.text_of(&document, segment));
    }
    // Link definitions above a removed section at the end of the file become its trailer, so parse without it.
    let cleaned = (!cleanup.is_empty()).then(|| cleanup.apply(text, 0).text);
    let remaining = cleaned.as_deref().map(|text| Document::parse(text, &options.scheme));
    let remaining = remaining.as_ref().unwrap_or(&document);
    let defined = entry.version.filter(|_| links::defines(remaining, entry, options));
    let reference = |markdown: &str| {
        defined
            .and_then(|it| links::with_reference_link(markdown, it, &options.scheme))
            .unwrap_or_else(|| markdown.to_owned())
    };
    let generated = reference(entry.markdown);
    let entry = &ReleaseSection { markdown: &generated, ..*entry };
    let (bom, body) = text.split_at_checked(bom(text)).unwrap_or(("", text));
    if trim_blank_end(body).is_empty() {
        let created = create("", std::slice::from_ref(entry), options)?;
        let section = section_text(&created, entry, package, options);
        return Ok(Inserted {
            text: format!("{bom}{created}"),
            section,
            status: InsertStatus::Created,
            notices,
        });
    }
    let level = target_level(&document, entry);
    let ours =
        match adopted.map(|segment| adopt::adopted(&generated, &lf(&without_marker(&document, segment)))) {
            Some(merged) => section::with_marker_of(&merged, &generated, level),
            None => section::with_marker(&generated, level),
        };
    let job =
        Job { entry, options, package, ours, defined: defined.is_some(), cleanup, adopts: adopted.is_some() };
    let (text, status) = match existing {
        Some(segment) => job.replace(&document, segment)?,
        None => job.add(&document)?,
    };
    let section = section_text(&text, entry, package, options);
    Ok(Inserted { text, section, status, notices })
}

/// The text with LF line ends.
fn lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The section of the release in the file, with LF line ends, without its marker.
fn section_text(text: &str, entry: &ReleaseSection<'_>, package: Option<&str>, options: &Options) -> String {
    let document = Document::parse(text, &options.scheme);
    let section = existing(&document, entry, package);
    let section = section.map(|segment| lf(&without_marker(&document, segment))).unwrap_or_default();
    format!("{}\n", section.trim_end())
}

/// One insertion.
struct Job<'a> {
    entry: &'a ReleaseSection<'a>,
    options: &'a Options,
    package: Option<&'a str>,
    /// The section with its marker, with LF line ends.
    ours: String,
    /// Whether the file defines the version's link.
    defined: bool,
    /// What the section replaces elsewhere in the file.
    cleanup: Cleanup,
    /// Whether the section has text that was written by hand.
    adopts: bool,
}

/// How to separate a new section from the text around it.
#[derive(Debug, Clone, Copy)]
struct Gap {
    /// The minimum number of blank lines on both sides.
    blank: usize,
    /// Whether to close an open block above it.
    closes: bool,
}

/// The separations to try, from the file's own style to the safest.
const GAPS: [Gap; 3] =
    [Gap { blank: 0, closes: false }, Gap { blank: 1, closes: false }, Gap { blank: 1, closes: true }];

impl Job<'_> {
    fn expected(&self, section: Range<usize>, replaced: Vec<usize>) -> Expected<'_> {
        let (version, package) = (self.entry.version, self.package);
        Expected { section, version, package, replaced, defined: self.defined, adopts: self.adopts }
    }

    /// Adds the section among the others.
    fn add(&self, document: &Document<'_>) -> Result<(String, InsertStatus), InsertError> {
        let line = |offset| line_number(document.text, offset);
        if let Some(offset) = document.unknown_form {
            return Err(InsertError::UnknownForm { line: line(offset) });
        }
        if let Some(offset) = unclear_neighbour(document, self.entry.version, self.package) {
            return Err(InsertError::Unclear { line: line(offset) });
        }
        let (mut first, scheme) = (None, &self.options.scheme);
        for gap in GAPS {
            let Cleaned { text, gap: removed } = self.cleanup.apply(document.text, gap.blank);
            let remaining = Document::parse(&text, scheme);
            let line_end = line_end(&text);
            // If only the removed sections were releases, theirs is the place for the new one.
            let at = match removed.filter(|_| remaining.levels.is_empty()) {
                Some(at) => at,
                None => position(&remaining, self.entry.version, self.package),
            };
            let (edit, section) = self.edit(&remaining, at, line_end, gap);
            let text = self.add_links(&apply(&text, &[edit]), line_end);
            match verify(document, &text, &self.expected(section.clone(), self.cleanup.starts()), scheme) {
                Ok(()) => return Ok((text, InsertStatus::Added)),
                Err(fault) => _ = first.get_or_insert_with(|| self.error(&text, section.start, fault)),
            }
        }
        Err(first.unwrap_or(InsertError::Heading))
    }

    /// Replaces the existing section, unless it was written or edited by hand.
    fn replace(
        &self,
        document: &Document<'_>,
        segment: &Segment,
    ) -> Result<(String, InsertStatus), InsertError> {
        let keep = |status| Ok((document.text.to_owned(), status));
        let old = document.text.get(segment.range.clone()).unwrap_or("");
        match document.owner(segment) {
            Owner::Ours if self.cleanup.is_empty() && marker::same_text(trim_blank_end(old), &self.ours) => {
                return keep(InsertStatus::Unchanged);
            }
            Owner::Edited if !self.options.replace => return keep(InsertStatus::KeptEdited),
            Owner::Foreign if !self.options.replace => return keep(InsertStatus::KeptForeign),
            Owner::Ours | Owner::Edited | Owner::Foreign => {}
        }
        let cleaned = self.cleanup.apply(document.text, 1).text;
        let remaining = Document::parse(&cleaned, &self.options.scheme);
        let segment = existing(&remaining, self.entry, self.package).ok_or(InsertError::Heading)?;
        let old = cleaned.get(segment.range.clone()).unwrap_or("");
        let line_end = line_end(&cleaned);
        let section = self.ours.trim_end().replace('\n', line_end);
        let at = segment.range.start;
        let range = at..at + section.len();
        let edit = Edit { at, removed: trim_blank_end(old).len(), text: section };
        let text = self.add_links(&apply(&cleaned, &[edit]), line_end);
        let replaced = self.cleanup.starts().into_iter().chain([self.start_of_existing(document)]).collect();
        match verify(document, &text, &self.expected(range.clone(), replaced), &self.options.scheme) {
            Ok(()) => Ok((text, InsertStatus::Replaced)),
            Err(fault) => Err(self.error(&text, range.start, fault)),
        }
    }

    fn start_of_existing(&self, document: &Document<'_>) -> usize {
        existing(document, self.entry, self.package).map_or(0, |segment| segment.range.start)
    }

    /// Adds the link definitions of the inserted section, after all sections.
    fn add_links(&self, text: &str, line_end: &str) -> String {
        let document = Document::parse(text, &self.options.scheme);
        apply(text, &links::edits(&document, self.entry, self.options, line_end))
    }

    /// The error for an insertion that failed verification. `section` is the offset of the section in `text`.
    fn error(&self, text: &str, section: usize, fault: Fault) -> InsertError {
        let own = Document::parse(&self.ours, &self.options.scheme);
        match (fault, own.segments.as_slice()) {
            (Fault::Hidden, [only]) if only.title != Title::Other => {
                InsertError::Block { line: section::block_line(text, section) }
            }
            (Fault::Hidden, _) => InsertError::Heading,
            (Fault::Others | Fault::Definition, _) => {
                InsertError::Others { line: section::block_line(text, section) }
            }
        }
    }

    /// The edit that inserts the section with the file's usual blank lines, and the section's range after it.
    fn edit(&self, document: &Document<'_>, at: usize, line_end: &str, gap: Gap) -> (Edit, Range<usize>) {
        let before = document.text.get(bom(document.text)..at).unwrap_or("");
        let after = document.text.get(at..).unwrap_or("");
        let separation = separation(document).max(gap.blank);
        let first = at <= document.preamble.end;
        let blank = if first { 1 } else { separation };
        let blank = if blank == 0 && section::ends_with_html(before) { 1 } else { blank };
        let mut text = String::new();
        if !before.is_empty() {
            if !before.ends_with('\n') {
                text.push('\n');
            }
            let closing = section::closing(before).filter(|_| gap.closes && after.is_empty());
            let existing = if closing.is_some() { 0 } else { blank_lines_at_end(before) };
            text.extend(closing.map(|closing| format!("{closing}\n")));
            text.push_str(&"\n".repeat(blank.saturating_sub(existing)));
        }
        let start = text.len();
        text.push_str(&self.ours);
        if !after.is_empty() {
            text.push_str(&"\n".repeat(if at < document.trailer.start { separation } else { 1 }));
        }
        let width = line_end.len();
        let ours = self.ours.len() + self.ours.matches('\n').count() * (width - 1);
        let start = at + text.get(..start).unwrap_or("").replace('\n', line_end).len();
        (Edit { at, removed: 0, text: text.replace('\n', line_end) }, start..start + ours)
    }
}

/// The level to move the section to; `None` if its own is already one of the file's.
fn target_level(document: &Document<'_>, entry: &ReleaseSection<'_>) -> Option<u8> {
    let own = section::level(entry.markdown)?;
    document.levels.first().copied().filter(|_| !document.levels.contains(&own))
}

/// The segment of the same release; if there are several, preferably one of ours.
fn existing<'d>(
    document: &'d Document<'_>,
    entry: &ReleaseSection<'_>,
    package: Option<&str>,
) -> Option<&'d Segment> {
    let is_same = |segment: &&Segment| match (&segment.title, entry.version) {
        (Title::Version(release), Some(version)) => {
            release.version == *version && release.same_package(package)
        }
        (Title::Unreleased, None) => true,
        _ => false,
    };
    let is_ours = |segment: &&Segment| document.owner(segment) == Owner::Ours;
    let mut all = document.segments.iter().filter(is_same);
    all.clone().find(is_ours).or_else(|| all.next())
}

/// An "Unreleased" section of ours that the new version releases: the version is the highest of the file.
fn superseded(document: &Document<'_>, entry: &ReleaseSection<'_>) -> Option<Range<usize>> {
    if entry.version.is_none() || !is_highest(document, entry) {
        return None;
    }
    let is_ours =
        |segment: &&Segment| segment.title == Title::Unreleased && document.owner(segment) == Owner::Ours;
    document.segments.iter().find(is_ours).map(|segment| segment.range.clone())
}

/// Whether the file has no higher version.
fn is_highest(document: &Document<'_>, entry: &ReleaseSection<'_>) -> bool {
    let is_higher = |segment: &Segment| matches!((&segment.title, entry.version), (Title::Version(other), Some(version)) if other.version > *version);
    !document.segments.iter().any(is_higher)
}
