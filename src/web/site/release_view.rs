//! What the templates get of one release.

use serde::Serialize;

use crate::{
    model::RepositoryInfo,
    render::{self, AttentionParts, ReleaseParts},
};

use super::site_release::SiteRelease;

/// A release on a page.
#[derive(Serialize)]
pub(super) struct ReleaseView<'a> {
    pub(super) name: String,
    pub(super) package: Option<&'a str>,
    pub(super) date: Option<String>,
    pub(super) prerelease: bool,
    pub(super) environments: &'a [String],
    pub(super) compare_url: Option<&'a str>,
    /// The path of its page, relative to the folder of the language.
    pub(super) path: &'a str,
    notice: Option<String>,
    summary_html: Option<String>,
    highlights: Vec<String>,
    pub(super) attention: Vec<AttentionParts>,
    pub(super) sections: Vec<SectionView<'a>>,
    contributors: Vec<ContributorView<'a>>,
    /// How many of its entries are not shown.
    pub(super) left_out: usize,
    /// How many changes it has.
    pub(super) count: usize,
    pub(super) is_version: bool,
}

#[derive(Serialize)]
pub(super) struct SectionView<'a> {
    id: String,
    title: String,
    pub(super) entries: Vec<EntryView<'a>>,
}

#[derive(Clone, Serialize)]
pub(super) struct EntryView<'a> {
    pub(super) anchor: &'a str,
    pub(super) html: String,
}

#[derive(Clone, Serialize)]
struct ContributorView<'a> {
    name: &'a str,
    first_time: bool,
}

/// What the pages say of a release, in one language.
pub(super) fn release_view<'a>(
    page: &'a SiteRelease,
    repository: &RepositoryInfo,
    options: &'a render::Options,
) -> ReleaseView<'a> {
    let release = &page.release;
    let parts = ReleaseParts::new(release, repository, options);
    let sections: Vec<SectionView<'_>> = parts
        .sections
        .into_iter()
        .enumerate()
        .map(|(at, section)| SectionView {
            id: section.id,
            title: section.title,
            entries: (0..)
                .zip(section.entries)
                .map(|(change, html)| EntryView { anchor: page.anchor(at, change), html })
                .collect(),
        })
        .collect();
    let people = release.contributors.iter().filter(|_| options.contributors);
    let contributors = people
        .map(|who| ContributorView { name: &who.person.name, first_time: who.first_time == Some(true) });
    ReleaseView {
        name: parts.name,
        package: release.package.as_deref(),
        date: release.date.map(|date| date.to_string()),
        prerelease: release.prerelease,
        environments: &release.environments,
        compare_url: release.compare_url.as_deref(),
        path: &page.path,
        notice: parts.notice,
        summary_html: parts.summary_html,
        highlights: parts.highlights,
        attention: parts.attention,
        count: sections.iter().map(|section| section.entries.len()).sum(),
        sections,
        contributors: contributors.collect(),
        left_out: 0,
        is_version: page.is_version(),
    }
}

impl<'a> ReleaseView<'a> {
    /// The name with the package.
    pub(super) fn full_name(&self) -> String {
        self.package.map_or_else(|| self.name.clone(), |package| format!("{package} {}", self.name))
    }

    /// The IDs and titles of the sections.
    pub(super) fn sections(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sections.iter().map(|section| (section.id.as_str(), section.title.as_str()))
    }

    /// The release with its first entries, at most `count` of them.
    pub(super) fn shortened(&self, count: usize) -> Self {
        let mut left = count;
        let mut short = self.with_entries(|_| {
            let is_kept = left > 0;
            left = left.saturating_sub(1);
            is_kept
        });
        short.left_out = self.count.saturating_sub(count);
        short
    }

    /// What is to be done before an upgrade: breaking changes and attention items. `None` if there are none.
    pub(super) fn upgrade_notes(&self, is_breaking: &dyn Fn(&str) -> bool) -> Option<Self> {
        let mut notes = self.with_entries(|entry| is_breaking(entry.anchor));
        notes.highlights.clear();
        notes.contributors.clear();
        (notes.summary_html, notes.notice) = (None, None);
        (!notes.sections.is_empty() || !notes.attention.is_empty()).then_some(notes)
    }

    fn with_entries(&self, mut is_kept: impl FnMut(&EntryView<'_>) -> bool) -> Self {
        let section = |section: &SectionView<'a>| SectionView {
            id: section.id.clone(),
            title: section.title.clone(),
            entries: section.entries.iter().filter(|entry| is_kept(entry)).cloned().collect(),
        };
        let sections = self.sections.iter().map(section).filter(|section| !section.entries.is_empty());
        let sections = sections.collect();
        Self {
            sections,
            name: self.name.clone(),
            date: self.date.clone(),
            notice: self.notice.clone(),
            summary_html: self.summary_html.clone(),
            highlights: self.highlights.clone(),
            attention: self.attention.clone(),
            contributors: self.contributors.clone(),
            ..*self
        }
    }
}
