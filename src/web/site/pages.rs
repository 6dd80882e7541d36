//! Renders the pages of one language.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    error::Error,
    render::{Options, Pages},
};

use super::{
    charts::Chart,
    content::Content,
    folder::SiteFile,
    page_frame::{Frames, PageFrame, PageKind},
    release_view::ReleaseView,
    site_release::SiteRelease,
    statistics::charts,
};

/// How much of the first page the newest versions may take, in bytes, and how many entries each may show.
const INDEX_BYTES: usize = 90_000;
const INDEX_ENTRIES: usize = 60;
const INDEX_VERSIONS: usize = 20;
/// How many other versions the first page links.
const INDEX_LINKS: usize = 300;

/// A page: its frame and its content.
#[derive(Serialize)]
struct Page<'a, T: Serialize> {
    page: PageFrame<'a>,
    #[serde(flatten)]
    content: T,
}

#[derive(Serialize)]
struct IndexContent<'v> {
    /// Unreleased changes, which have pages of their own.
    unreleased: Vec<UnreleasedLink<'v>>,
    releases: Vec<String>,
    others: Vec<VersionLink<'v>>,
    /// How many versions are not linked.
    more: usize,
    count: usize,
}

#[derive(Serialize)]
struct VersionContent<'v, 'a> {
    release: &'v ReleaseView<'a>,
    newer: Option<VersionLink<'v>>,
    older: Option<VersionLink<'v>>,
    /// What selects the version on the page of comparisons.
    since: Option<String>,
    level: u8,
    has_anchors: bool,
    has_heading: bool,
}

#[derive(Serialize)]
struct VersionLink<'v> {
    name: &'v str,
    package: Option<&'v str>,
    date: Option<&'v str>,
    path: &'v str,
    count: usize,
    breaking: usize,
    prerelease: bool,
}

#[derive(Serialize)]
struct UnreleasedLink<'v> {
    name: String,
    path: &'v str,
    /// The number of changes, in words.
    changes: String,
}

#[derive(Serialize)]
struct ListContent<'v> {
    versions: Vec<VersionLink<'v>>,
    has_packages: bool,
}

#[derive(Serialize)]
struct UpgradeContent {
    releases: Vec<String>,
}

#[derive(Serialize)]
struct SinceContent<'v> {
    lines: Vec<SinceLine<'v>>,
}

#[derive(Serialize)]
struct SinceLine<'v> {
    package: Option<&'v str>,
    from: Vec<&'v str>,
}

#[derive(Serialize)]
struct StatisticsContent {
    charts: Vec<Chart>,
}

/// The pages.
///
/// # Errors
/// If a template fails.
pub(super) fn pages(
    templates: &Pages,
    frames: &Frames<'_>,
    content: &Content,
    views: &[ReleaseView<'_>],
    options: &Options,
) -> Result<Vec<SiteFile>, Error> {
    let comparable = content.lines.iter().flat_map(|line| &line.from).copied().collect();
    let writer = PageWriter { comparable, templates, frames, content, views, options };
    let mut files = Vec::with_capacity(views.len() + 5);
    for at in 0..views.len() {
        files.extend(writer.version(at)?);
    }
    files.push(writer.versions()?);
    files.push(writer.upgrade()?);
    files.extend(writer.since()?);
    files.push(writer.statistics()?);
    // The first page comes last, so that the pages that it links exist.
    files.push(writer.index()?);
    Ok(files)
}

struct PageWriter<'s, 'a> {
    templates: &'s Pages,
    frames: &'s Frames<'s>,
    content: &'s Content,
    views: &'s [ReleaseView<'a>],
    /// The releases that the page of comparisons offers.
    comparable: HashSet<usize>,
    options: &'s Options,
}

impl PageWriter<'_, '_> {
    fn text(&self, key: &str) -> String {
        self.options.locale.text(key).to_owned()
    }

    fn render(
        &self,
        template: &str,
        (kind, path): (PageKind, &str),
        (title, description): (String, String),
        content: impl Serialize,
    ) -> Result<SiteFile, Error> {
        let page = self.frames.page(kind, path, (title, description));
        let text = self.templates.render(template, &Page { page, content })?;
        Ok((path.to_owned(), text))
    }

    fn link(&self, at: usize) -> Option<VersionLink<'_>> {
        let (view, page) = (self.views.get(at)?, self.content.releases.get(at)?);
        let breaking = changes(page).filter(|(change, _)| change.breaking).count();
        Some(VersionLink {
            name: &view.name,
            package: view.package,
            date: view.date.as_deref(),
            path: view.path,
            count: view.count,
            breaking,
            prerelease: view.prerelease,
        })
    }

    fn version(&self, at: usize) -> Result<Option<SiteFile>, Error> {
        let (Some(view), Some(page)) = (self.views.get(at), self.content.releases.get(at)) else {
            return Ok(None);
        };
        let is_of_line = |other: &usize| {
            self.content
                .releases
                .get(*other)
                .is_some_and(|other| other.release.package == page.release.package)
        };
        let newer = (0..at).rev().find(is_of_line).and_then(|at| self.link(at));
        let older = (at + 1..self.views.len()).find(is_of_line).and_then(|at| self.link(at));
        let since = self.comparable.contains(&at).then(|| since(view));
        let title = view.full_name();
        let counted = self.options.locale.counted("one_change", "change_count", view.count);
        let date = view.date.as_deref().unwrap_or_default();
        let description = format!("{} {title} {date}: {counted}", self.frames.site);
        let content = VersionContent {
            release: view,
            newer,
            older,
            since,
            level: 2,
            has_anchors: true,
            has_heading: false,
        };
        self.render("version.tera", (PageKind::Version, view.path), (title, description), content).map(Some)
    }

    /// A release as a part of a page of several.
    fn part(&self, release: &ReleaseView<'_>) -> Result<String, Error> {
        let content = VersionContent {
            release,
            newer: None,
            older: None,
            since: None,
            level: 3,
            has_anchors: false,
            has_heading: true,
        };
        Ok(self.templates.render("release.tera", &content)?)
    }

    fn index(&self) -> Result<SiteFile, Error> {
        let (mut releases, mut bytes) = (Vec::new(), 0);
        let versions: Vec<usize> = (0..self.views.len()).filter(|at| self.is_version(*at)).collect();
        for view in versions.iter().filter_map(|at| self.views.get(*at)).take(INDEX_VERSIONS) {
            let part = self.part(&view.shortened(INDEX_ENTRIES))?;
            bytes += part.len();
            if bytes > INDEX_BYTES && !releases.is_empty() {
                break;
            }
            releases.push(part);
        }
        let (count, rest) = (versions.len(), versions.iter().skip(releases.len()));
        let more = rest.len().saturating_sub(INDEX_LINKS);
        let others = rest.take(INDEX_LINKS).filter_map(|at| self.link(*at)).collect();
        let unreleased = self.views.iter().filter(|view| !view.is_version).map(|view| UnreleasedLink {
            name: view.full_name(),
            path: view.path,
            changes: self.options.locale.counted("one_change", "change_count", view.count),
        });
        let content = IndexContent { unreleased: unreleased.collect(), releases, others, more, count };
        let counted = self.options.locale.counted("one_version", "version_count", count);
        let title = self.text("changelog");
        let description = format!("{} {title}: {counted}", self.frames.site);
        self.render("index.tera", (PageKind::Index, "index.html"), (title, description), content)
    }

    fn is_version(&self, at: usize) -> bool {
        self.views.get(at).is_some_and(|view| view.is_version)
    }

    fn versions(&self) -> Result<SiteFile, Error> {
        let versions = (0..self.views.len()).filter_map(|at| self.link(at)).collect();
        let content = ListContent { versions, has_packages: self.content.has_packages };
        let title = self.text("site_all_versions");
        self.render("versions.tera", (PageKind::Versions, "versions.html"), self.titled(title), content)
    }

    fn upgrade(&self) -> Result<SiteFile, Error> {
        let mut releases = Vec::new();
        for (page, view) in self.content.releases.iter().zip(self.views) {
            let breaking: HashSet<&str> =
                changes(page).filter(|(change, _)| change.breaking).map(|(_, anchor)| anchor).collect();
            if let Some(notes) = view.upgrade_notes(&|anchor| breaking.contains(anchor)) {
                releases.push(self.part(&notes)?);
            }
        }
        let title = self.text("site_upgrade_notes");
        self.render(
            "upgrade.tera",
            (PageKind::Upgrade, "upgrade.html"),
            self.titled(title),
            UpgradeContent { releases },
        )
    }

    fn since(&self) -> Result<Option<SiteFile>, Error> {
        let name = |at: &usize| self.views.get(*at).map_or("", |view| view.name.as_str());
        let lines = self.content.lines.iter().map(|line| SinceLine {
            package: line.package.as_deref(),
            from: line.from.iter().map(name).collect(),
        });
        let content = SinceContent { lines: lines.collect() };
        if content.lines.is_empty() {
            return Ok(None);
        }
        let title = self.text("site_since_title");
        self.render("since.tera", (PageKind::Since, "since.html"), self.titled(title), content).map(Some)
    }

    fn statistics(&self) -> Result<SiteFile, Error> {
        let sections = &self.frames.filters.sections;
        let charts = charts(self.content, sections, &self.options.locale);
        let title = self.text("site_statistics");
        let place = (PageKind::Statistics, "statistics.html");
        self.render("statistics.tera", place, self.titled(title), StatisticsContent { charts })
    }

    /// A title with a description.
    fn titled(&self, title: String) -> (String, String) {
        let description = format!("{}: {title}", self.frames.site);
        (title, description)
    }
}

/// What selects a version on the page of comparisons, as the script reads it.
fn since(view: &ReleaseView<'_>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("from", &view.name);
    query.extend_pairs(view.package.map(|package| ("package", package)));
    query.finish()
}

/// The changes of a release with their anchors.
fn changes(page: &SiteRelease) -> impl Iterator<Item = (&crate::model::Change, &str)> {
    let sections = page.release.sections.iter().zip(&page.anchors);
    sections.flat_map(|(section, anchors)| section.changes.iter().zip(anchors.iter().map(String::as_str)))
}
