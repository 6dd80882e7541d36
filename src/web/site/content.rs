//! The content of a site: the releases of all lines of versions, newest first, with the paths of their pages.

use std::cmp::Reverse;

use crate::{
    compare::{self, UpgradeHistory, Upgrades},
    error::Error,
    model::{Notes, Release, RepositoryInfo},
    session::Session,
};

use super::{
    anchors::anchors,
    file_names::FileNames,
    lead_time::LeadTimes,
    site_release::{Lacking, LackingChange, SiteRelease},
};

/// The content of a site.
pub(super) struct Content {
    pub(super) repository: RepositoryInfo,
    /// Newest first, by date; unreleased changes come first.
    pub(super) releases: Vec<SiteRelease>,
    /// The lines with several versions.
    pub(super) lines: Vec<SiteLine>,
    /// Whether there are several packages.
    pub(super) has_packages: bool,
    pub(super) lead_times: LeadTimes,
}

/// The versions of a line, for a comparison with the newest one. Releases are positions in [`Content::releases`].
pub(super) struct SiteLine {
    pub(super) package: Option<String>,
    pub(super) newest: usize,
    /// The lower versions, newest first.
    pub(super) from: Vec<usize>,
}

/// Reads the notes of all versions.
///
/// # Errors
/// If the repository cannot be read, or required forge data is missing.
pub(super) fn content(session: &Session) -> Result<Content, Error> {
    let lines = session.lines(None);
    let requests = lines.iter().map(|line| (line, None)).collect();
    let notes = session.notes_of_all(requests)?;
    let (mut releases, mut upgrades) = (Vec::new(), Vec::new());
    let notes: Vec<Vec<Release>> = notes.into_iter().map(with_changes).collect();
    let history = UpgradeHistory::read(session, &notes.iter().flatten().collect::<Vec<_>>())?;
    for (line, own) in lines.iter().zip(notes) {
        let found = compare::upgrades(&history, &own);
        let lacking = lacking(&own, found.as_ref());
        upgrades.push((line.package.clone(), releases.len(), found));
        releases.extend(own.into_iter().zip(lacking));
    }
    let has_packages = lines.len() > 1;
    let (releases, positions) = sorted(releases, has_packages);
    let position = |at: usize| positions.get(at).copied().unwrap_or_default();
    let lines = upgrades.into_iter().filter_map(|(package, start, found)| {
        let found = found?;
        let from = found.from.iter().map(|at| position(start + at)).collect();
        Some(SiteLine { package, newest: position(start + found.newest), from })
    });
    let repository = session.settings.options.repository.clone();
    let lead_times = LeadTimes::new(&history, &releases);
    Ok(Content { repository, lines: lines.collect(), releases, has_packages, lead_times })
}

/// The releases without unreleased changes that are empty.
fn with_changes(notes: Notes) -> Vec<Release> {
    let is_wanted = |release: &Release| release.version.is_some() || !release.sections.is_empty();
    notes.releases.into_iter().filter(is_wanted).collect()
}

/// For each release, the versions that lack it.
fn lacking(releases: &[Release], upgrades: Option<&Upgrades>) -> Vec<Lacking> {
    let mut all: Vec<Lacking> = Vec::with_capacity(releases.len());
    for (at, release) in releases.iter().enumerate() {
        let own = upgrades.and_then(|found| found.lacking.get(at)).cloned();
        let changes =
            release.sections.iter().map(|section| vec![LackingChange::default(); section.changes.len()]);
        all.push(Lacking { release: own.unwrap_or_default(), changes: changes.collect() });
    }
    for found in upgrades.iter().flat_map(|found| &found.changes) {
        let slot = all
            .get_mut(found.release)
            .and_then(|lacking| lacking.changes.get_mut(found.section))
            .and_then(|section| section.get_mut(found.change));
        let lacking = LackingChange { ranges: found.lacking.clone(), joined: found.joined };
        slot.into_iter().for_each(|slot| *slot = lacking.clone());
    }
    all
}

/// The releases newest first, with their pages, and for each position before sorting the one after it.
fn sorted(releases: Vec<(Release, Lacking)>, has_packages: bool) -> (Vec<SiteRelease>, Vec<usize>) {
    let mut order: Vec<(usize, (Release, Lacking))> = releases.into_iter().enumerate().collect();
    // A stable sort: versions of one day stay in the order of the notes.
    order.sort_by_key(|(_, (release, _))| {
        Reverse(release.version.as_ref().map_or(chrono::NaiveDate::MAX, |_| release.date.unwrap_or_default()))
    });
    let mut positions = vec![0; order.len()];
    for (new, (old, _)) in order.iter().enumerate() {
        positions.get_mut(*old).into_iter().for_each(|slot| *slot = new);
    }
    // Oldest first, so that a name that is taken does not depend on newer versions.
    let mut names = FileNames::default();
    let mut pages: Vec<SiteRelease> = Vec::with_capacity(order.len());
    for (_, (release, lacking)) in order.into_iter().rev() {
        let package = release.package.as_deref().filter(|_| has_packages);
        let version = release.version.as_ref().map_or_else(|| "unreleased".to_owned(), ToString::to_string);
        let path = names.version_page(package, &version);
        pages.push(SiteRelease { anchors: anchors(&release), path, lacking, release });
    }
    pages.reverse();
    (pages, positions)
}
