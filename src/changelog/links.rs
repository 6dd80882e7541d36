//! Link definitions at the end of the file, as keepachangelog.com has them: `[1.2.3]: https://…/compare/…`.

use std::ops::Range;

use super::{
    document::Document,
    heading::{self, Title},
    insert::Entry,
    order::{self, Direction},
};
use crate::model::{Scheme, Version};

/// A change to the text: the bytes `at..at + removed` give way to `text`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) removed: usize,
    pub(super) text: String,
}

struct Definition<'a> {
    /// `None` for "Unreleased".
    version: Option<Version>,
    label: &'a str,
    url: &'a str,
    url_at: usize,
    start: usize,
    end: usize,
    /// Whether a line end follows.
    closed: bool,
}

/// What the entry changes in the trailer: a definition in its place, and the base of `[Unreleased]`.
///
/// Nothing where the file has no definitions of versions.
pub(super) fn edits(
    document: &Document<'_>,
    entry: &Entry<'_>,
    scheme: &Scheme,
    line_end: &str,
) -> Vec<Edit> {
    let Some(version) = entry.version else { return Vec::new() };
    let definitions = definitions(document, scheme);
    let mut edits = Vec::new();
    edits.extend(unreleased_base(&definitions, entry, version));
    if !has(&definitions, version)
        && let Some(url) = address(&definitions, entry, version)
    {
        edits.extend(definition(&definitions, version, &url, line_end));
    }
    edits.sort_by_key(|edit| edit.at);
    edits
}

/// The section with a heading `## [1.2.3]` in the place of `## [1.2.3](url)`, where the file defines such links at its end:
/// a second address in the heading would say the same again.
pub(super) fn referring(document: &Document<'_>, entry: &Entry<'_>, scheme: &Scheme) -> Option<String> {
    let version = entry.version?;
    let definitions = definitions(document, scheme);
    let defined = has(&definitions, version)
        || (!definitions.is_empty() && address(&definitions, entry, version).is_some());
    let start = entry.markdown.len() - entry.markdown.trim_start().len();
    let end = entry.markdown.get(start..)?.find('\n').map_or(entry.markdown.len(), |at| start + at);
    let heading = entry.markdown.get(start..end).filter(|_| defined)?;
    let (before, rest) = heading.split_once("](")?;
    let (_, after) = rest.split_once(')')?;
    let label = before.split_once('[')?.1;
    (heading::named_version(label, scheme)?.0 == *version)
        .then(|| format!("{before}]{after}{}", entry.markdown.get(end..).unwrap_or("")))
}

fn has(all: &[Definition<'_>], version: &Version) -> bool {
    all.iter().any(|definition| definition.version.as_ref() == Some(version))
}

/// Where the version's definition leads: where the entry says, else, as nobody knows the forge, in the way of `[Unreleased]`.
fn address(all: &[Definition<'_>], entry: &Entry<'_>, version: &Version) -> Option<String> {
    if let Some(url) = entry.compare_url {
        return Some(url.to_owned());
    }
    let (unreleased, old) = unreleased(all, version)?;
    let before = unreleased.url.get(..old.start)?;
    Some(format!("{before}{}...{}", unreleased.url.get(old)?, entry.tag?))
}

fn definition(all: &[Definition<'_>], version: &Version, url: &str, line_end: &str) -> Option<Edit> {
    let last = all.last()?;
    let direction = Direction::of(&all.iter().map(|found| found.version.as_ref()).collect::<Vec<_>>());
    let of_versions: Vec<_> = all.iter().filter(|found| found.version.is_some()).collect();
    let versions: Vec<_> = of_versions.iter().filter_map(|found| found.version.as_ref()).collect();
    let index = order::place(version, &versions, direction);
    let at = match of_versions.get(index) {
        Some(next) => next.start,
        None => of_versions.last().map_or(last.end, |found| found.end),
    };
    let v = if of_versions.first().is_some_and(|found| found.label.starts_with('v')) { "v" } else { "" };
    // The definition before may be the file's last line, without a line end.
    let open = all.iter().any(|found| found.end == at && !found.closed);
    let text = if open {
        format!("{line_end}[{v}{version}]: {url}")
    } else {
        format!("[{v}{version}]: {url}{line_end}")
    };
    Some(Edit { at, removed: 0, text })
}

/// `…/compare/OLD...HEAD` starts from the new tag, if the new version is the highest.
fn unreleased_base(all: &[Definition<'_>], entry: &Entry<'_>, version: &Version) -> Option<Edit> {
    let tag = entry.tag?;
    let (unreleased, old) = unreleased(all, version)?;
    (unreleased.url.get(old.clone())? != tag).then(|| Edit {
        at: unreleased.url_at + old.start,
        removed: old.len(),
        text: tag.to_owned(),
    })
}

/// The definition of `[Unreleased]`, with the place of `OLD` in its `…/compare/OLD...BRANCH`; none where a version above
/// the new one is defined, since it starts from that.
fn unreleased<'a, 'd>(
    all: &'d [Definition<'a>],
    version: &Version,
) -> Option<(&'d Definition<'a>, Range<usize>)> {
    if all.iter().filter_map(|found| found.version.as_ref()).any(|other| other > version) {
        return None;
    }
    let unreleased = all.iter().find(|found| found.version.is_none())?;
    let (before, range) = unreleased.url.split_once("/compare/")?;
    let (old, _branch) = range.split_once("...")?;
    let start = before.len() + "/compare/".len();
    Some((unreleased, start..start + old.len()))
}

/// The trailer's definitions that name a version or "Unreleased".
fn definitions<'a>(document: &Document<'a>, scheme: &Scheme) -> Vec<Definition<'a>> {
    let mut start = document.trailer.start;
    let mut found = Vec::new();
    for line in document.text.get(document.trailer.clone()).unwrap_or("").split_inclusive('\n') {
        found.extend(read(line, start, scheme));
        start += line.len();
    }
    found
}

fn read<'a>(line: &'a str, start: usize, scheme: &Scheme) -> Option<Definition<'a>> {
    let (label, after) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    let version = match heading::title(label, scheme) {
        Title::Unreleased => None,
        _ => Some(heading::named_version(label, scheme)?.0),
    };
    let url = after.split_whitespace().next()?;
    let url_at = start + line.len() - after.trim_start().len();
    Some(Definition {
        version,
        label,
        url,
        url_at,
        start,
        end: start + line.len(),
        closed: line.ends_with('\n'),
    })
}
