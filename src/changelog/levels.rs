//! Finds the levels of release headings, and the headings that may be releases in a form that is not known.

use super::{
    blocks::{Blocks, RawHeading},
    heading::{self, Title},
    titles::ReadTitle,
};
use crate::model::Scheme;

/// The levels of release headings: level 1 and 2 if they have versions, that of the first version first. A deeper level
/// if only it has versions, or clearly more of them: the versions above are then series, such as `## 2.0`. Level 3 also
/// for linked and dated versions, which standard-version writes for patch releases.
pub(super) fn release_levels(headings: &[RawHeading], read: &[ReadTitle]) -> Vec<u8> {
    let all = || headings.iter().map(|heading| heading.level).zip(read.iter().map(|it| &it.title));
    let levels = |is_release: &dyn Fn(u8, &Title) -> bool| {
        let mut levels: Vec<u8> = Vec::new();
        for (level, _) in all().filter(|(level, title)| is_release(*level, title)) {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
        levels
    };
    let top = all().filter(|(level, title)| *level < 3 && is_version(title)).count();
    let count = |level: u8| {
        all().filter(|(it, title)| *it == level && is_version(title) && !is_linked(title)).count()
    };
    let deep = (3..=6).max_by_key(|level| (count(*level), std::cmp::Reverse(*level))).unwrap_or(3);
    if count(deep) > 2 * top {
        return vec![deep];
    }
    let mut found = levels(&|level, title| level < 3 && is_version(title));
    if found.is_empty() {
        found = levels(&|level, title| level == 3 && is_version(title));
    }
    if found.is_empty() {
        return levels(&|level, title| level < 3 && *title == Title::Unreleased);
    }
    if !found.contains(&3) && all().any(|(level, title)| level == 3 && is_linked(title)) {
        found.push(3);
    }
    found
}

fn is_version(title: &Title) -> bool {
    matches!(title, Title::Version(_))
}

fn is_linked(title: &Title) -> bool {
    matches!(title, Title::Version(release) if release.linked_and_dated)
}

/// Where there may be releases that could not be parsed, in file order: start offsets.
pub(super) fn unclear(
    text: &str,
    blocks: &Blocks,
    read: &[ReadTitle],
    scheme: &Scheme,
    levels: &[u8],
) -> Vec<usize> {
    let deepest = levels.iter().copied().max().unwrap_or(6);
    // The first heading is the title of the file, if it is above the releases.
    let top = levels.iter().copied().min().unwrap_or(1);
    let titles = usize::from(blocks.headings.first().is_some_and(|heading| heading.level < top));
    let headings = blocks.headings.iter().zip(read).skip(titles);
    let headings = headings.filter(|(heading, it)| it.unclear && heading.level <= deepest);
    let lines = blocks.lines.iter().filter(|line| line.looks_like_heading);
    let lines = lines.filter(|line| names_version(text.get(line.range.clone()).unwrap_or(""), scheme));
    let mut all: Vec<_> =
        headings.map(|(heading, _)| heading.start).chain(lines.map(|line| line.range.start)).collect();
    all.sort_unstable();
    all
}

/// Where a file without release headings has sections in a form that is not known: the start offset.
pub(super) fn unknown_form(
    text: &str,
    blocks: &Blocks,
    read: &[ReadTitle],
    scheme: &Scheme,
) -> Option<usize> {
    // The first heading is the title of the file.
    let titles = usize::from(!read.first().is_some_and(|it| it.unclear));
    let heading = blocks.headings.get(titles).map(|heading| heading.start);
    let is_version = |range| names_version(text.get(range).unwrap_or(""), scheme);
    let line = blocks.lines.iter().find(|line| is_version(line.range.clone()));
    heading.into_iter().chain(line.map(|line| line.range.start)).min()
}

fn names_version(line: &str, scheme: &Scheme) -> bool {
    let line = line.trim_start_matches(['-', '*', '+', ' ', '\t']);
    is_version(&heading::title(line, scheme))
}
