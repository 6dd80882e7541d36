//! Putting a release into a changelog.

use std::ops::Range;

use super::{
    create::create,
    document::{Document, Owner, Segment, blank_end, bom},
    edit::{Edit, apply, blank_lines_at_end, line_end, without},
    heading::{self, Title},
    links, mark,
    options::Options,
    position::{position, separation},
    release_section::{Hidden, ReleaseSection},
    section,
    verify::{Expected, Fault, verify},
};

/// What became of the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The file was empty.
    Created,
    /// The file had no section of this version.
    Added,
    /// A section stood there and gave way.
    Replaced,
    /// Our section stood there with the same text.
    Unchanged,
    /// A person has edited our section since; it stays.
    KeptEdited,
    /// A person, or another tool, wrote the section; it stays.
    KeptForeign,
}

/// The changelog after a release was put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// The whole file.
    pub text: String,
    /// What became of the section.
    pub placed: Placed,
}

/// Puts a release into a changelog, in version order; every byte outside the section and the link definitions stays.
///
/// Putting the same release in twice gives the same bytes. Our own "Unreleased" goes when the highest version is put in. What the
/// text leaves open at its end (a fence, a comment) is closed where the section would become part of it.
///
/// # Errors
/// Where the section would not be read as one again, or another one would not.
pub fn insert(text: &str, entry: &ReleaseSection<'_>, options: &Options) -> Result<Inserted, Hidden> {
    let document = Document::parse(text, &options.scheme);
    let title = heading::title(section::first_heading(entry.markdown), &options.scheme);
    let package = match title {
        Title::Version(release) => release.package,
        Title::Unreleased | Title::Other => None,
    };
    let standing = standing(&document, entry, package.as_deref());
    let superseded = superseded(&document, entry).filter(|_| standing.is_none());
    // Where our own "Unreleased" stood last, definitions above it are the file's end once it is gone.
    let left = superseded.as_ref().map(|range| without(text, range.clone(), 0));
    let around = left.as_deref().map(|left| Document::parse(left, &options.scheme));
    let around = around.as_ref().unwrap_or(&document);
    let defined = entry.version.filter(|_| links::defines(around, entry, options));
    let referring = defined.and_then(|it| links::referring(entry.markdown, it, &options.scheme));
    let entry = &ReleaseSection { markdown: referring.as_deref().unwrap_or(entry.markdown), ..*entry };
    let (bom, body) = text.split_at_checked(bom(text)).unwrap_or(("", text));
    if blank_end(body).is_empty() {
        let created = create("", std::slice::from_ref(entry), options)?;
        return Ok(Inserted { text: format!("{bom}{created}"), placed: Placed::Created });
    }
    let ours = section::marked(entry.markdown, target_level(&document, entry));
    let job = Job { entry, options, package: package.as_deref(), ours, defined: defined.is_some() };
    match standing {
        Some(segment) => job.replaced(&document, segment),
        None => job.added(&document, superseded),
    }
}

/// A section on its way into a file.
struct Job<'a> {
    entry: &'a ReleaseSection<'a>,
    options: &'a Options,
    package: Option<&'a str>,
    /// The section with its mark, with LF.
    ours: String,
    /// Whether the file defines its link.
    defined: bool,
}

/// How a new section is kept apart from what stands around it.
#[derive(Debug, Clone, Copy)]
struct Gap {
    /// The fewest blank lines on both sides.
    blank: usize,
    /// Whether what is open before it is closed.
    closes: bool,
}

/// From the file's own form to what keeps the section apart from anything.
const GAPS: [Gap; 3] =
    [Gap { blank: 0, closes: false }, Gap { blank: 1, closes: false }, Gap { blank: 1, closes: true }];

impl Job<'_> {
    fn expected(&self, section: Range<usize>, replaced: Vec<usize>) -> Expected<'_> {
        let (version, package) = (self.entry.version, self.package);
        Expected { section, version, package, replaced, defined: self.defined }
    }

    /// The file with the section in its place among the others.
    fn added(&self, document: &Document<'_>, superseded: Option<Range<usize>>) -> Result<Inserted, Hidden> {
        let gone: Vec<_> = superseded.iter().map(|range| range.start).collect();
        let (mut first, scheme) = (None, &self.options.scheme);
        for gap in GAPS {
            let text = match &superseded {
                Some(range) => without(document.text, range.clone(), gap.blank),
                None => document.text.to_owned(),
            };
            let around = Document::parse(&text, scheme);
            let line_end = line_end(&text);
            let (edit, section) = self.edit(&around, line_end, gap);
            let text = self.linked(&apply(&text, &[edit]), line_end);
            match verify(document, &text, &self.expected(section.clone(), gone.clone()), scheme) {
                Ok(()) => return Ok(Inserted { text, placed: Placed::Added }),
                Err(fault) => _ = first.get_or_insert_with(|| self.hidden(&text, section.start, fault)),
            }
        }
        Err(first.unwrap_or(Hidden::Heading))
    }

    /// The file with the section in the place of the one that stands there, unless that is somebody's.
    fn replaced(&self, document: &Document<'_>, segment: &Segment) -> Result<Inserted, Hidden> {
        let text = document.text;
        let kept = |placed| Ok(Inserted { text: text.to_owned(), placed });
        let owner = document.owner(segment);
        let old = text.get(segment.range.clone()).unwrap_or("");
        if owner == Owner::Ours && mark::same(blank_end(old), &self.ours) {
            return kept(Placed::Unchanged);
        }
        match owner {
            Owner::Edited if !self.options.replace => return kept(Placed::KeptEdited),
            Owner::Foreign if !self.options.replace => return kept(Placed::KeptForeign),
            Owner::Ours | Owner::Edited | Owner::Foreign => {}
        }
        let line_end = line_end(text);
        let section = self.ours.trim_end().replace('\n', line_end);
        let at = segment.range.start;
        let range = at..at + section.len();
        let edit = Edit { at, removed: blank_end(old).len(), text: section };
        let text = self.linked(&apply(text, &[edit]), line_end);
        match verify(document, &text, &self.expected(range.clone(), vec![at]), &self.options.scheme) {
            Ok(()) => Ok(Inserted { text, placed: Placed::Replaced }),
            Err(fault) => Err(self.hidden(&text, range.start, fault)),
        }
    }

    /// The file with the link definitions of the section that was put in. They stand behind all sections.
    fn linked(&self, text: &str, line_end: &str) -> String {
        let document = Document::parse(text, &self.options.scheme);
        apply(text, &links::edits(&document, self.entry, self.options, line_end))
    }

    /// What is to be said of a section that would not be read again.
    fn hidden(&self, text: &str, section: usize, fault: Fault) -> Hidden {
        let own = Document::parse(&self.ours, &self.options.scheme);
        match (fault, own.segments.as_slice()) {
            (Fault::Hidden, [only]) if only.title != Title::Other => {
                Hidden::Block { line: section::block_line(text, section) }
            }
            (Fault::Hidden, _) => Hidden::Heading,
            (Fault::Others | Fault::Definition, _) => {
                Hidden::Others { line: section::block_line(text, section) }
            }
        }
    }

    /// The new section in its place, with the blank lines that separate the file's sections; and where it stands, once it is in.
    fn edit(&self, document: &Document<'_>, line_end: &str, gap: Gap) -> (Edit, Range<usize>) {
        let at = position(document, self.entry.version, self.package);
        let before = document.text.get(bom(document.text)..at).unwrap_or("");
        let after = document.text.get(at..).unwrap_or("");
        let separation = separation(document).max(gap.blank);
        let first = at <= document.preamble.end;
        let wanted = if first { 1 } else { separation };
        let wanted = if wanted == 0 && section::ends_with_html(before) { 1 } else { wanted };
        let mut text = String::new();
        if !before.is_empty() {
            if !before.ends_with('\n') {
                text.push('\n');
            }
            let closing = section::closing(before).filter(|_| gap.closes && after.is_empty());
            let there = if closing.is_some() { 0 } else { blank_lines_at_end(before) };
            text.extend(closing.map(|closing| format!("{closing}\n")));
            text.push_str(&"\n".repeat(wanted.saturating_sub(there)));
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

/// The level that the section is moved to: `None` where its own already is one of the file's.
fn target_level(document: &Document<'_>, entry: &ReleaseSection<'_>) -> Option<u8> {
    let own = section::level(entry.markdown)?;
    document.levels.first().copied().filter(|_| !document.levels.contains(&own))
}

/// The segment of the same release; ours rather than another if there are several.
fn standing<'d>(
    document: &'d Document<'_>,
    entry: &ReleaseSection<'_>,
    package: Option<&str>,
) -> Option<&'d Segment> {
    let same = |segment: &&Segment| match (&segment.title, entry.version) {
        (Title::Version(release), Some(version)) => {
            release.version == *version && release.same_package(package)
        }
        (Title::Unreleased, None) => true,
        _ => false,
    };
    let ours = |segment: &&Segment| document.owner(segment) == Owner::Ours;
    let mut all = document.segments.iter().filter(same);
    all.clone().find(ours).or_else(|| all.next())
}

/// Our own "Unreleased", if what it lists is now released: the version is the highest of the file.
fn superseded(document: &Document<'_>, entry: &ReleaseSection<'_>) -> Option<Range<usize>> {
    let version = entry.version?;
    let higher =
        |segment: &Segment| matches!(&segment.title, Title::Version(other) if other.version > *version);
    if document.segments.iter().any(higher) {
        return None;
    }
    let ours =
        |segment: &&Segment| segment.title == Title::Unreleased && document.owner(segment) == Owner::Ours;
    document.segments.iter().find(ours).map(|segment| segment.range.clone())
}
