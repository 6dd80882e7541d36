//! Putting a release into a changelog.

use std::ops::Range;

use super::{
    Options,
    document::{Document, Owner, Segment, blank_end, bom},
    heading::{self, Title},
    links::{self, Edit},
    mark,
    order::{self, Direction},
    section,
    verify::{Expected, Fault, verify},
};
use crate::model::Version;

/// A release to put in.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The version; `None` for what is not released yet.
    pub version: Option<&'a Version>,
    /// The section with its heading (`## [1.2.3](url) - date`), with LF, without a mark.
    pub markdown: &'a str,
    /// The version's tag, for the base of the `[Unreleased]` link definition.
    pub tag: Option<&'a str>,
    /// Where the version's link definition leads, in files that have such definitions.
    pub compare_url: Option<&'a str>,
}

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

/// Why a section cannot be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hidden {
    /// The section would lie in a block that begins above it.
    #[error("the block that begins at line {line} would hide the new section")]
    Block {
        /// The line, counted from 1.
        line: usize,
    },
    /// With the section, another one would not be read as it is now.
    #[error("a new section at line {line} would change how other sections are read")]
    Others {
        /// The line, counted from 1.
        line: usize,
    },
    /// The section's own text has no heading that is read as its version.
    #[error("the section has no heading that names its version")]
    Heading,
}

impl Hidden {
    /// What to do about it.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Block { .. } => "close that block, and put a blank line after it",
            Self::Others { .. } => "put blank lines around the headings there",
            Self::Heading => "a template of [changelog] must begin with a heading such as `## {{ version }}`",
        }
    }
}

/// A whole new file: the header (title and what else stands above), then the sections in the given order, each with
/// its mark; with `definitions`, the addresses at the end. With LF. What the header leaves open is closed.
///
/// # Errors
/// Where a section would not be read as one again.
pub fn create(header: &str, entries: &[Entry<'_>], options: &Options) -> Result<String, Hidden> {
    let header = header.trim_end();
    let closing = section::closing(header).filter(|_| !entries.is_empty());
    let header = &closing.map_or_else(|| header.to_owned(), |closing| format!("{header}\n{closing}"));
    let mut text = header.clone();
    for entry in entries {
        if !text.is_empty() {
            text.push('\n');
        }
        let referring = entry.version.filter(|_| options.definitions && entry.compare_url.is_some());
        let referring = referring.and_then(|it| links::referring(entry.markdown, it, &options.scheme));
        text.push_str(&section::marked(referring.as_deref().unwrap_or(entry.markdown), None));
    }
    if !header.is_empty() {
        text.insert(header.len(), '\n');
    }
    let definitions = if options.definitions { links::block(entries) } else { String::new() };
    if !definitions.is_empty() {
        text.extend(["\n", &definitions]);
    }
    created(&text, header.len(), entries, options)?;
    Ok(text)
}

/// Whether each section of a new file is read as one of ours. `header` is the length of what stands above them.
fn created(text: &str, header: usize, entries: &[Entry<'_>], options: &Options) -> Result<(), Hidden> {
    let document = Document::parse(text, &options.scheme);
    let ours = document.segments.iter().filter(|segment| document.owner(segment) == Owner::Ours);
    let found = ours.filter_map(|segment| match &segment.title {
        Title::Version(release) => Some(Some(&release.version)),
        Title::Unreleased => Some(None),
        Title::Other => None,
    });
    if found.eq(entries.iter().map(|entry| entry.version)) {
        return Ok(());
    }
    let own = entries.first().map_or("", |entry| entry.markdown);
    let own = Document::parse(own, &options.scheme);
    match own.segments.first() {
        Some(segment) if segment.title != Title::Other => {
            Err(Hidden::Block { line: section::block_line(text, header) })
        }
        _ => Err(Hidden::Heading),
    }
}

/// Puts a release into a changelog, in version order; every byte outside the section and the link definitions stays.
///
/// Putting the same release in twice gives the same bytes. Our own "Unreleased" goes when the highest version is put in. What the
/// text leaves open at its end (a fence, a comment) is closed where the section would become part of it.
///
/// # Errors
/// Where the section would not be read as one again, or another one would not.
pub fn insert(text: &str, entry: &Entry<'_>, options: &Options) -> Result<Inserted, Hidden> {
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
    let entry = &Entry { markdown: referring.as_deref().unwrap_or(entry.markdown), ..*entry };
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
    entry: &'a Entry<'a>,
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
fn target_level(document: &Document<'_>, entry: &Entry<'_>) -> Option<u8> {
    let own = section::level(entry.markdown)?;
    document.levels.first().copied().filter(|_| !document.levels.contains(&own))
}

/// The segment of the same release; ours rather than another if there are several.
fn standing<'d>(document: &'d Document<'_>, entry: &Entry<'_>, package: Option<&str>) -> Option<&'d Segment> {
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
fn superseded(document: &Document<'_>, entry: &Entry<'_>) -> Option<Range<usize>> {
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

/// Where a new section begins.
fn position(document: &Document<'_>, version: Option<&Version>, package: Option<&str>) -> usize {
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
            order::place(version, &versions, direction)
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

/// How many blank lines stand between most of the file's sections, at most three; one where nothing tells.
fn separation(document: &Document<'_>) -> usize {
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

fn blank_lines_at_end(text: &str) -> usize {
    let Some(closed) = text.strip_suffix('\n') else { return 0 };
    closed.rsplit('\n').take_while(|line| blank_end(line).is_empty()).count()
}

/// The file's line end: that of most lines.
fn line_end(text: &str) -> &'static str {
    let windows = text.matches("\r\n").count();
    if windows * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}

/// The text without a section, whose neighbours are kept apart by at least `blank` blank lines.
fn without(text: &str, range: Range<usize>, blank: usize) -> String {
    let before = text.get(..range.start).unwrap_or("");
    let missing = blank.saturating_sub(blank_lines_at_end(before));
    let apart = if before.is_empty() { String::new() } else { line_end(text).repeat(missing) };
    apply(text, &[Edit { at: range.start, removed: range.len(), text: apart }])
}

/// Applies edits that are in order and do not overlap.
fn apply(text: &str, edits: &[Edit]) -> String {
    let mut changed =
        String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut copied = 0;
    for edit in edits {
        changed.push_str(text.get(copied..edit.at).unwrap_or(""));
        changed.push_str(&edit.text);
        copied = edit.at + edit.removed;
    }
    changed.push_str(text.get(copied..).unwrap_or(""));
    changed
}
