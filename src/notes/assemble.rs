//! Assembles a release from a window and its changes: outcomes, statistics, URLs, contributors, attention items.
//!
//! Input: commits, changes and sections, all decided before. Output: the value that is rendered. Reads nothing itself.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::{
    changes::Grouped,
    corrections::VersionText,
    forge::{LinkedRevision, Links},
    history::{Point, Window},
    messages::Message,
    model::{
        Base, Change, Commit, CommitOutcome, IdMap, Outcome, PathChange, Release, RevisionRange, Statistics,
    },
    notes::{
        attention,
        contributors::{ContributorOptions, contributors},
        options::{AttentionRule, Line},
    },
    rules::Classified,
};

/// A window with its classified changes.
pub(super) struct ClassifiedWindow<'a> {
    /// The window.
    pub(super) window: &'a Window,
    /// Its commits, newest first.
    pub(super) commits: &'a [&'a Commit],
    /// Their messages, in the same order.
    pub(super) messages: &'a [&'a Message],
    /// The outcomes of the commits that are in no change.
    pub(super) grouped: &'a Grouped,
    /// The sections, and the hidden changes.
    pub(super) classified: Classified,
}

/// The name and date of a release.
pub(super) struct Identity<'a> {
    /// The future tag of an untagged version.
    pub(super) tag: Option<String>,
    /// Its date.
    pub(super) date: Option<NaiveDate>,
    /// FullHistory days from its base to it; `None` if it has no base.
    pub(super) days_since_base: Option<i64>,
    /// Its range, if it is neither a version nor the unreleased changes.
    pub(super) range: Option<&'a RevisionRange>,
    /// The package, in a repository of several.
    pub(super) package: Option<&'a str>,
    /// The names of the declared environments.
    pub(super) environments: &'a [String],
    /// What people wrote about it.
    pub(super) text: Option<&'a VersionText>,
    /// Builds the URLs of the repository's pages.
    pub(super) links: Option<Links<'a>>,
}

/// The paths that differ between the ends of a window, and the rules for attention items.
pub(super) struct ChangedPaths<'a> {
    /// The paths that differ between base and version.
    pub(super) changed: &'a [PathChange],
    /// The rules, by path set.
    pub(super) attention: &'a [AttentionRule],
    /// The line of versions, which may be limited to some paths.
    pub(super) line: &'a Line,
}

/// Assembles a release.
#[must_use]
pub(super) fn assemble(
    classified_window: ClassifiedWindow<'_>,
    identity: Identity<'_>,
    paths: &ChangedPaths<'_>,
    people: &ContributorOptions<'_>,
) -> Release {
    let outcomes = outcomes(&classified_window, paths.line);
    let ClassifiedWindow { window, mut classified, commits, .. } = classified_window;
    let contributors = contributors(commits, &mut classified, paths.line, people);
    let bump = classified.bump();
    let mut sections = classified.sections;
    if let Some(links) = identity.links {
        sections.iter_mut().flat_map(|section| &mut section.changes).for_each(|change| link(change, links));
    }
    let target = &window.target;
    let environment = |index: &usize| identity.environments.get(*index).cloned();
    Release {
        prerelease: target.version.as_ref().is_some_and(crate::model::Version::is_prerelease),
        version: target.version.clone(),
        range: identity.range.cloned(),
        compare_url: compare_url(window, &identity),
        tag: target.tag.as_ref().map(|tag| tag.name.clone()).or(identity.tag),
        commit: target.commit,
        date: identity.date,
        package: identity.package.map(str::to_owned),
        rollback: window.rollback,
        environments: window.environments.iter().filter_map(environment).collect(),
        prereleases: window.prereleases.clone(),
        skipped: Vec::new(),
        base: window.base.as_ref().map(base),
        bump,
        statistics: Statistics {
            commits: outcomes.len(),
            changes: sections.iter().map(|section| section.changes.len()).sum(),
            contributors: contributors.iter().filter(|contributor| !contributor.bot).count(),
            days_since_base: identity.days_since_base,
        },
        sections,
        contributors,
        attention: attention::items(paths.changed, paths.attention, window.rollback),
        commits: outcomes,
        ends: None,
        summary: identity.text.and_then(|text| text.summary.clone()),
        highlights: identity.text.map(|text| text.highlights.clone()).unwrap_or_default(),
    }
}

fn base(point: &Point) -> Base {
    Base {
        version: point.version.clone(),
        tag: point.tag.as_ref().map(|tag| tag.name.clone()),
        commit: point.commit,
    }
}

/// A point in a URL: its tag, else the tag that it will get, else its commit.
fn linked<'p>(point: &'p Point, future_tag: Option<&'p str>) -> LinkedRevision<'p> {
    let tag = point.tag.as_ref().map(|tag| tag.name.as_str()).or(future_tag);
    tag.map_or(LinkedRevision::Commit(point.commit), LinkedRevision::Tag)
}

fn compare_url(window: &Window, identity: &Identity<'_>) -> Option<String> {
    let base = linked(window.base.as_ref()?, None);
    let target = linked(&window.target, identity.tag.as_deref());
    let (older, newer) = if window.rollback { (target, base) } else { (base, target) };
    identity.links.map(|links| links.compare(older, newer))
}

fn link(change: &mut Change, links: Links<'_>) {
    if let Some(pull_request) = &mut change.pull_request {
        let number = pull_request.number;
        pull_request.url.get_or_insert_with(|| links.pull_request(number));
    }
    for issue in &mut change.closes {
        if issue.url.is_none() {
            issue.url = links.issue(issue.number, issue.repository.as_deref());
        }
    }
}

/// The outcome of each commit. A commit with several changes is listed if one of them is.
fn outcomes(classified_window: &ClassifiedWindow<'_>, line: &Line) -> Vec<CommitOutcome> {
    let ClassifiedWindow { commits, messages, grouped, classified, .. } = classified_window;
    let mut by_commit: IdMap<(Outcome, Option<Arc<str>>, Arc<str>)> = IdMap::default();
    // There are few sections: a linear search is enough to share their names.
    let mut names: Vec<Arc<str>> = Vec::new();
    for classified in classified.changes() {
        let section = classified.section.map(|id| {
            let shared = names.iter().find(|name| ***name == *id).cloned();
            shared.unwrap_or_else(|| {
                let name: Arc<str> = id.into();
                names.push(Arc::clone(&name));
                name
            })
        });
        for id in &classified.change.commits {
            by_commit.entry(*id).or_insert_with(|| {
                let (outcome, reason) = classified.outcome_of(*id);
                (outcome, section.clone().filter(|_| outcome == Outcome::Listed), reason)
            });
        }
    }
    let without_change: Arc<str> = "no change was built from this commit".into();
    let mut outcomes = Vec::with_capacity(commits.len());
    for ((commit, message), unlisted) in commits.iter().zip(*messages).zip(grouped.outcomes.iter()) {
        let of_change = by_commit.remove(&commit.id);
        if of_change.is_none() && !line.includes(&commit.touches) {
            continue;
        }
        let (outcome, section, reason) = match (unlisted, of_change) {
            (Some(unlisted), _) => (unlisted.outcome, None, Arc::clone(&unlisted.reason)),
            (None, Some(of_change)) => of_change,
            (None, None) => (Outcome::Hidden, None, Arc::clone(&without_change)),
        };
        let subject =
            if message.subject.is_empty() { "(no message)".into() } else { Arc::clone(&message.subject) };
        outcomes.push(CommitOutcome { id: commit.id, subject, outcome, section, reason });
    }
    outcomes
}
