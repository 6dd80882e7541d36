//! Putting a release into a changelog.

use std::ops::Range;

use super::{
    Options,
    document::{Document, Owner, Segment, bom},
    heading::{self, Title},
    links::{self, Edit},
    mark,
    order::{self, Direction},
    section,
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

/// A whole new file: the header (title and what else stands above), then the sections in the given order, each with
/// its mark; with `definitions`, the addresses at the end. With LF.
#[must_use]
pub fn create(header: &str, entries: &[Entry<'_>], options: &Options) -> String {
    let header = header.trim_end();
    let mut text = header.to_owned();
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
    text
}

/// Puts a release into a changelog, in version order; every byte outside the section and the link definitions stays.
///
/// Putting the same release in twice gives the same bytes. Our own "Unreleased" goes when the highest version is put in.
#[must_use]
pub fn insert(text: &str, entry: &Entry<'_>, options: &Options) -> Inserted {
    let document = Document::parse(text, &options.scheme);
    let defined = entry.version.filter(|_| links::defines(&document, entry, options));
    let referring = defined.and_then(|it| links::referring(entry.markdown, it, &options.scheme));
    let entry = &Entry { markdown: referring.as_deref().unwrap_or(entry.markdown), ..*entry };
    let package = match heading::title(section::first_heading(entry.markdown), &options.scheme) {
        Title::Version(release) => release.package,
        Title::Unreleased | Title::Other => None,
    };
    let ours = section::marked(entry.markdown, target_level(&document, entry));
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        let bom = text.get(..bom(text)).unwrap_or("");
        let created = create("", std::slice::from_ref(entry), options);
        return Inserted { text: format!("{bom}{created}"), placed: Placed::Created };
    }
    if let Some(segment) = standing(&document, entry, package.as_deref()) {
        return replace(&document, segment, &ours, entry, options);
    }
    let text = match superseded(&document, entry) {
        Some(range) => without(text, range),
        None => text.to_owned(),
    };
    let document = Document::parse(&text, &options.scheme);
    let line_end = line_end(&text);
    let added = added(&document, entry, package.as_deref(), &ours, line_end);
    let open = added.at < text.len() && !text.ends_with('\n');
    let mut edits = links::edits(&document, entry, options, line_end, open);
    edits.insert(0, added);
    Inserted { text: apply(&text, &edits), placed: Placed::Added }
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

fn replace(
    document: &Document<'_>,
    segment: &Segment,
    ours: &str,
    entry: &Entry<'_>,
    options: &Options,
) -> Inserted {
    let text = document.text;
    let kept = |placed| Inserted { text: text.to_owned(), placed };
    let owner = document.owner(segment);
    let old = text.get(segment.range.clone()).unwrap_or("");
    if owner == Owner::Ours && mark::same(old, ours) {
        return kept(Placed::Unchanged);
    }
    match owner {
        Owner::Edited if !options.replace => return kept(Placed::KeptEdited),
        Owner::Foreign if !options.replace => return kept(Placed::KeptForeign),
        Owner::Ours | Owner::Edited | Owner::Foreign => {}
    }
    let line_end = line_end(text);
    let body = old.trim_end();
    let section = ours.trim_end().replace('\n', line_end);
    let mut edits = links::edits(document, entry, options, line_end, !text.ends_with('\n'));
    edits.insert(0, Edit { at: segment.range.start, removed: body.len(), text: section });
    Inserted { text: apply(text, &edits), placed: Placed::Replaced }
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

/// The new section in its place, with the blank lines that separate the file's sections.
fn added(
    document: &Document<'_>,
    entry: &Entry<'_>,
    package: Option<&str>,
    ours: &str,
    line_end: &str,
) -> Edit {
    let at = position(document, entry.version, package);
    let separation = separation(document);
    let before = document.text.get(..at).unwrap_or("").trim_start_matches('\u{feff}');
    let after = document.text.get(at..).unwrap_or("");
    let first = at <= document.preamble.end;
    let wanted = if first { 1 } else { separation };
    let mut text = String::new();
    if !before.is_empty() {
        let mut open = if before.ends_with('\n') { 0 } else { 1 };
        // A fence that the file leaves open would swallow the section.
        if let Some(closing) = Some(before).filter(|_| after.is_empty()).and_then(section::closing) {
            text.push_str(&"\n".repeat(open));
            text.push_str(&closing);
            text.push('\n');
            open = wanted.max(1);
        }
        let missing = wanted.saturating_sub(blank_lines_at_end(before)) + open;
        text.push_str(&"\n".repeat(missing));
    }
    text.push_str(ours);
    if !after.is_empty() {
        text.push_str(&"\n".repeat(if at < document.trailer.start { separation } else { 1 }));
    }
    Edit { at, removed: 0, text: text.replace('\n', line_end) }
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
    closed.rsplit('\n').take_while(|line| line.trim().is_empty()).count()
}

/// The file's line end: that of most lines.
fn line_end(text: &str) -> &'static str {
    let windows = text.matches("\r\n").count();
    if windows * 2 > text.matches('\n').count() { "\r\n" } else { "\n" }
}

fn without(text: &str, range: Range<usize>) -> String {
    apply(text, &[Edit { at: range.start, removed: range.len(), text: String::new() }])
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
