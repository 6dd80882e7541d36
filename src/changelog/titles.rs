//! Decides which headings of a file are releases: by their own words, or by words that several headings share.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::{self, Reading, Title};
use crate::model::{Scheme, Version};

/// A heading with what it means in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadTitle {
    pub(super) title: Title,
    /// Whether it may be a release that could not be parsed: `Release (2026-01-31)`, a single `shop 1.2.0`.
    pub(super) unclear: bool,
}

/// What the headings of a file mean. Each has its text, without `#` or underline, and its level.
pub(super) fn titles<'t>(headings: impl Iterator<Item = (&'t str, u8)>, scheme: &Scheme) -> Vec<ReadTitle> {
    let readings: Vec<_> = headings.map(|(text, level)| (text, level, heading::read(text, scheme))).collect();
    let certain = |reading: &Reading| match reading {
        Reading::Title(Title::Version(release)) => Some(release.version.clone()),
        _ => None,
    };
    let released: BTreeSet<Version> = readings.iter().filter_map(|(_, _, it)| certain(it)).collect();
    let levels: BTreeSet<u8> =
        readings.iter().filter(|(_, _, it)| certain(it).is_some()).map(|(_, level, _)| *level).collect();
    let mut groups: BTreeMap<(u8, String), BTreeSet<Version>> = BTreeMap::new();
    for (_, level, reading) in &readings {
        if let Reading::Possible { release, words } = reading {
            groups.entry((*level, words.clone())).or_default().insert(release.version.clone());
        }
    }
    // Two headings of one form are no accident, unless their versions have headings of their own.
    groups.retain(|(level, _), versions| {
        let is_level = levels.is_empty() || levels.contains(level);
        versions.len() > 1 && is_level && versions.is_disjoint(&released)
    });
    let title = |(text, level, reading): (&str, u8, Reading)| match reading {
        Reading::Title(Title::Other) => ReadTitle { title: Title::Other, unclear: heading::is_dated(text) },
        Reading::Title(title) => ReadTitle { title, unclear: false },
        Reading::Possible { release, words } if groups.contains_key(&(level, words.clone())) => {
            ReadTitle { title: Title::Version(release), unclear: false }
        }
        Reading::Possible { release, .. } => {
            ReadTitle { title: Title::Other, unclear: !released.contains(&release.version) }
        }
    };
    readings.into_iter().map(title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The versions of headings of level 2; `?` for an unclear one, `-` for any other.
    fn read(headings: &[&str]) -> Vec<String> {
        titles(headings.iter().map(|text| (*text, 2)), &Scheme::SemVer)
            .into_iter()
            .map(|it| match it.title {
                Title::Version(release) => release.version.to_string(),
                _ if it.unclear => "?".to_owned(),
                Title::Unreleased | Title::Other => "-".to_owned(),
            })
            .collect()
    }

    #[test]
    fn words_that_several_headings_share_belong_to_releases() {
        assert_eq!(read(&["Shop 1.1.0", "Shop 1.0.0"]), ["1.1.0", "1.0.0"]);
        assert_eq!(read(&["Shop 1.1.0"]), ["?"]);
        assert_eq!(read(&["1.2.0", "Shop 1.1.0", "Shop 1.0.0"]), ["1.2.0", "1.1.0", "1.0.0"]);
        assert_eq!(read(&["1.2.0", "Shop 1.1.0", "1.0.0"]), ["1.2.0", "?", "1.0.0"]);
    }

    #[test]
    fn headings_about_other_versions_are_not_releases() {
        assert_eq!(read(&["2.0.0", "Node 18.0.0", "Node 2.0.0"]), ["2.0.0", "?", "-"]);
        assert_eq!(read(&["2.0.0", "Upgrade to 2.0.0", "Upgrade to 1.0.0"]), ["2.0.0", "-", "-"]);
        assert_eq!(read(&["1.0.0", "Notes", "Release (2026-01-31)"]), ["1.0.0", "-", "?"]);
    }
}
