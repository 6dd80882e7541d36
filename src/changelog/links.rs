//! Reads and updates the link definitions at the end of the file, in the form of keepachangelog.com:
//! `[1.2.3]: https://…/compare/…`.

use std::ops::Range;

use super::{
    document::Document,
    edit::Edit,
    heading::{self, Title},
    options::Options,
    order::{self, Direction},
    release_section::ReleaseSection,
    section,
};
use crate::model::{Scheme, Version};

struct Definition<'a> {
    /// `None` for "Unreleased".
    version: Option<Version>,
    label: &'a str,
    url: &'a str,
    url_at: usize,
    start: usize,
    end: usize,
    /// Whether the line has a line end.
    closed: bool,
}

/// The edits of the trailer for a new section: its link definition, and the base of `[Unreleased]`.
///
/// Empty if the file has no definitions of versions, unless [`Options::definitions`] is set.
pub(super) fn edits(
    document: &Document<'_>,
    entry: &ReleaseSection<'_>,
    options: &Options,
    line_end: &str,
) -> Vec<Edit> {
    let Some(version) = entry.version else { return Vec::new() };
    let definitions = definitions(document, &options.scheme);
    let mut edits = Vec::new();
    if definitions.is_empty() {
        let block =
            if options.definitions { definition_block(std::slice::from_ref(entry)) } else { String::new() };
        let open = if document.text.ends_with('\n') { "" } else { "\n" };
        // An open block at the end of the file would contain the definitions.
        let closing = section::closing(document.text).filter(|_| !block.is_empty());
        let closing = closing.map(|closing| format!("{closing}\n")).unwrap_or_default();
        let text = format!("{open}{closing}\n{block}").replace('\n', line_end);
        edits.extend((!block.is_empty()).then_some(Edit { at: document.text.len(), removed: 0, text }));
        return edits;
    }
    edits.extend(unreleased_base(&definitions, entry, version));
    if !has(&definitions, version)
        && let Some(url) = definition_url(&definitions, entry, version)
    {
        edits.extend(definition(&definitions, version, &url, line_end));
    }
    edits.sort_by_key(|edit| edit.at);
    edits
}

/// The definitions for a file that has none yet, in the order of the entries: `[Unreleased]` and each version with a
/// URL.
pub(super) fn definition_block(entries: &[ReleaseSection<'_>]) -> String {
    let versions = entries.iter().filter_map(|entry| Some((entry.version?, entry.url?, entry.head_url)));
    let mut text = String::new();
    for (index, (version, url, head_url)) in versions.enumerate() {
        // Only in this form can the base be replaced later.
        let head_url = head_url.filter(|url| index == 0 && url.contains("/compare/") && url.contains("..."));
        text.extend(head_url.map(|url| format!("[Unreleased]: {url}\n")));
        text.push_str(&format!("[{version}]: {url}\n"));
    }
    text
}

/// Whether the file will define the version's link after the insertion.
pub(super) fn defines(document: &Document<'_>, entry: &ReleaseSection<'_>, options: &Options) -> bool {
    let definitions = definitions(document, &options.scheme);
    let Some(version) = entry.version else { return false };
    match definitions.is_empty() {
        true => options.definitions && entry.url.is_some(),
        false => has(&definitions, version) || definition_url(&definitions, entry, version).is_some(),
    }
}

/// The section with the heading `## [1.2.3]` instead of `## [1.2.3](url)`, for a file that defines the link at its end;
/// `None` if the heading has another form.
pub(super) fn with_reference_link(markdown: &str, version: &Version, scheme: &Scheme) -> Option<String> {
    let start = markdown.len() - markdown.trim_start().len();
    let end = markdown.get(start..)?.find('\n').map_or(markdown.len(), |at| start + at);
    let (before, rest) = markdown.get(..end)?.split_once("](")?;
    let (_, after) = rest.split_once(')')?;
    let label = before.split_once('[')?.1;
    let same = heading::named_version(label, scheme)? == *version;
    same.then(|| format!("{before}]{after}{}", markdown.get(end..).unwrap_or("")))
}

/// Whether the file defines the version's link.
pub(super) fn has_definition(document: &Document<'_>, version: &Version, scheme: &Scheme) -> bool {
    has(&definitions(document, scheme), version)
}

/// The line of the version's link definition, in bytes.
pub(super) fn definition_line(
    document: &Document<'_>,
    version: &Version,
    scheme: &Scheme,
) -> Option<Range<usize>> {
    let all = definitions(document, scheme);
    all.iter().find(|it| it.version.as_ref() == Some(version)).map(|it| it.start..it.end)
}

fn has(all: &[Definition<'_>], version: &Version) -> bool {
    all.iter().any(|definition| definition.version.as_ref() == Some(version))
}

/// The URL of the version's definition: that of the entry, or else, if the forge is unknown, one like that of
/// `[Unreleased]`.
fn definition_url(all: &[Definition<'_>], entry: &ReleaseSection<'_>, version: &Version) -> Option<String> {
    if let Some(url) = entry.url {
        return Some(url.to_owned());
    }
    let (unreleased, old) = unreleased(all, version)?;
    let before = unreleased.url.get(..old.start)?;
    Some(format!("{before}{}...{}", unreleased.url.get(old)?, entry.tag?))
}

fn definition(all: &[Definition<'_>], version: &Version, url: &str, line_end: &str) -> Option<Edit> {
    let last = all.last()?;
    let direction = Direction::of(&all.iter().map(|it| it.version.as_ref()).collect::<Vec<_>>());
    let of_versions: Vec<_> = all.iter().filter(|it| it.version.is_some()).collect();
    let versions: Vec<_> = of_versions.iter().filter_map(|it| it.version.as_ref()).collect();
    let index = order::insertion_index(version, &versions, direction);
    let at = match of_versions.get(index) {
        Some(next) => next.start,
        None => of_versions.last().map_or(last.end, |it| it.end),
    };
    let v = if of_versions.first().is_some_and(|it| it.label.starts_with('v')) { "v" } else { "" };
    // The definition before it may be the last line of the file, without a line end.
    let open = all.iter().any(|it| it.end == at && !it.closed);
    let text = if open {
        format!("{line_end}[{v}{version}]: {url}")
    } else {
        format!("[{v}{version}]: {url}{line_end}")
    };
    Some(Edit { at, removed: 0, text })
}

/// Replaces `OLD` in the `…/compare/OLD...HEAD` of `[Unreleased]` with the new tag, if the new version is the highest.
fn unreleased_base(all: &[Definition<'_>], entry: &ReleaseSection<'_>, version: &Version) -> Option<Edit> {
    let tag = entry.tag?;
    let (unreleased, old) = unreleased(all, version)?;
    (unreleased.url.get(old.clone())? != tag).then(|| Edit {
        at: unreleased.url_at + old.start,
        removed: old.len(),
        text: tag.to_owned(),
    })
}

/// The definition of `[Unreleased]`, with the range of `OLD` in its `…/compare/OLD...BRANCH`; `None` if a higher
/// version than the new one is defined, since `OLD` is then that version.
fn unreleased<'a, 'd>(
    all: &'d [Definition<'a>],
    version: &Version,
) -> Option<(&'d Definition<'a>, Range<usize>)> {
    if all.iter().filter_map(|it| it.version.as_ref()).any(|other| other > version) {
        return None;
    }
    let unreleased = all.iter().find(|it| it.version.is_none())?;
    let (before, range) = unreleased.url.split_once("/compare/")?;
    let (old, _branch) = range.split_once("...")?;
    let start = before.len() + "/compare/".len();
    Some((unreleased, start..start + old.len()))
}

/// The definitions of versions and of "Unreleased" in the trailer.
fn definitions<'a>(document: &Document<'a>, scheme: &Scheme) -> Vec<Definition<'a>> {
    let mut start = document.trailer.start;
    let (mut definitions, mut in_comment) = (Vec::new(), false);
    for line in document.text.get(document.trailer.clone()).unwrap_or("").split_inclusive('\n') {
        in_comment |= line.trim_start().starts_with("<!--");
        if !in_comment {
            definitions.extend(parse(line, start, scheme));
        }
        in_comment &= !line.contains("-->");
        start += line.len();
    }
    definitions
}

fn parse<'a>(line: &'a str, start: usize, scheme: &Scheme) -> Option<Definition<'a>> {
    let (label, after) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    let version = match heading::title(label, scheme) {
        Title::Unreleased => None,
        _ => Some(heading::named_version(label, scheme)?),
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
