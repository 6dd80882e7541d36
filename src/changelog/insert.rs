//! Inserts the section of a release into a changelog.

use std::ops::Range;

use super::{
    create::create,
    document::{Document, Owner, Segment, bom, trim_blank_end},
    edit::{Edit, apply, blank_lines_at_end, line_end, without},
    heading::{self, Title},
    links, marker,
    options::Options,
    position::{position, separation},
    release_section::{InsertError, ReleaseSection},
    section,
    verify::{Expected, Fault, verify},
};

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
    /// The effect on the section.
    pub status: InsertStatus,
}

/// Inserts the section of a release in version order; all bytes outside the section and the link definitions are
/// preserved.
///
/// Inserting the same section twice gives the same bytes. Inserting the highest version removes an "Unreleased" section
/// written by tidings. A block left open at the end of the text (a fence, a comment) is closed if it would contain the
/// section.
///
/// # Errors
/// If the parser would not find the section again, or would parse another section differently.
pub fn insert(text: &str, entry: &ReleaseSection<'_>, options: &Options) -> Result<Inserted, InsertError> {
    let document = Document::parse(text, &options.scheme);
    let title = heading::title(section::first_heading(entry.markdown), &options.scheme);
    let package = match title {
        Title::Version(release) => release.package,
        Title::Unreleased | Title::Other => None,
    };
    let existing = existing(&document, entry, package.as_deref());
    let superseded = superseded(&document, entry).filter(|_| existing.is_none());
    // Link definitions above a superseded "Unreleased" at the end of the file become its trailer, so parse without it.
    let remaining = superseded.as_ref().map(|range| without(text, range.clone(), 0));
    let remaining = remaining.as_deref().map(|text| Document::parse(text, &options.scheme));
    let remaining = remaining.as_ref().unwrap_or(&document);
    let defined = entry.version.filter(|_| links::defines(remaining, entry, options));
    let markdown = defined.and_then(|it| links::with_reference_link(entry.markdown, it, &options.scheme));
    let entry = &ReleaseSection { markdown: markdown.as_deref().unwrap_or(entry.markdown), ..*entry };
    let (bom, body) = text.split_at_checked(bom(text)).unwrap_or(("", text));
    if trim_blank_end(body).is_empty() {
        let created = create("", std::slice::from_ref(entry), options)?;
        return Ok(Inserted { text: format!("{bom}{created}"), status: InsertStatus::Created });
    }
    let ours = section::with_marker(entry.markdown, target_level(&document, entry));
    let job = Job { entry, options, package: package.as_deref(), ours, defined: defined.is_some() };
    match existing {
        Some(segment) => job.replace(&document, segment),
        None => job.add(&document, superseded),
    }
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
        Expected { section, version, package, replaced, defined: self.defined }
    }

    /// Adds the section among the others.
    fn add(
        &self,
        document: &Document<'_>,
        superseded: Option<Range<usize>>,
    ) -> Result<Inserted, InsertError> {
        let removed: Vec<_> = superseded.iter().map(|range| range.start).collect();
        let (mut first, scheme) = (None, &self.options.scheme);
        for gap in GAPS {
            let text = match &superseded {
                Some(range) => without(document.text, range.clone(), gap.blank),
                None => document.text.to_owned(),
            };
            let remaining = Document::parse(&text, scheme);
            let line_end = line_end(&text);
            let (edit, section) = self.edit(&remaining, line_end, gap);
            let text = self.add_links(&apply(&text, &[edit]), line_end);
            match verify(document, &text, &self.expected(section.clone(), removed.clone()), scheme) {
                Ok(()) => return Ok(Inserted { text, status: InsertStatus::Added }),
                Err(fault) => _ = first.get_or_insert_with(|| self.error(&text, section.start, fault)),
            }
        }
        Err(first.unwrap_or(InsertError::Heading))
    }

    /// Replaces the existing section, unless it was written or edited by hand.
    fn replace(&self, document: &Document<'_>, segment: &Segment) -> Result<Inserted, InsertError> {
        let text = document.text;
        let keep = |status| Ok(Inserted { text: text.to_owned(), status });
        let owner = document.owner(segment);
        let old = text.get(segment.range.clone()).unwrap_or("");
        if owner == Owner::Ours && marker::same_text(trim_blank_end(old), &self.ours) {
            return keep(InsertStatus::Unchanged);
        }
        match owner {
            Owner::Edited if !self.options.replace => return keep(InsertStatus::KeptEdited),
            Owner::Foreign if !self.options.replace => return keep(InsertStatus::KeptForeign),
            Owner::Ours | Owner::Edited | Owner::Foreign => {}
        }
        let line_end = line_end(text);
        let section = self.ours.trim_end().replace('\n', line_end);
        let at = segment.range.start;
        let range = at..at + section.len();
        let edit = Edit { at, removed: trim_blank_end(old).len(), text: section };
        let text = self.add_links(&apply(text, &[edit]), line_end);
        match verify(document, &text, &self.expected(range.clone(), vec![at]), &self.options.scheme) {
            Ok(()) => Ok(Inserted { text, status: InsertStatus::Replaced }),
            Err(fault) => Err(self.error(&text, range.start, fault)),
        }
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
    fn edit(&self, document: &Document<'_>, line_end: &str, gap: Gap) -> (Edit, Range<usize>) {
        let at = position(document, self.entry.version, self.package);
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
    let version = entry.version?;
    let is_higher =
        |segment: &Segment| matches!(&segment.title, Title::Version(other) if other.version > *version);
    if document.segments.iter().any(is_higher) {
        return None;
    }
    let is_ours =
        |segment: &&Segment| segment.title == Title::Unreleased && document.owner(segment) == Owner::Ours;
    document.segments.iter().find(is_ours).map(|segment| segment.range.clone())
}
