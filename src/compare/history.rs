//! Compares two ends by the history of the git repository.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{
    deployment::{DeploymentEnd, DeploymentEnds},
    error::Error,
    history::{Ancestry, Prereleases, Versions},
    model::{End, ObjectId, Release, plural},
    notes::{self, Line, Selector},
    session::Session,
};

use super::{
    compared::{Compared, completed},
    merge,
};

/// The notes of one window from end to end, so that a change that was reverted in between is not listed, and what is
/// known of both ends. `None` if an end is an image that this repository cannot resolve.
///
/// # Errors
/// If a revision does not exist, or the repository cannot be read.
pub(super) fn compared(
    (session, line): (&Session, &Line),
    ends: &DeploymentEnds,
    by_version: bool,
) -> Result<Option<Compared>, Error> {
    let versions = session.versions(line);
    let revision = |end| revision(session, &versions, end);
    let (Some(from), Some(to)) = (revision(&ends.from), revision(&ends.to)) else { return Ok(None) };
    let mut notes = session.notes(line, &Selector::Range(from.clone(), to.clone()))?;
    let Some(whole) = notes.releases.first_mut() else { return Ok(None) };
    if let Some(version) = ends.to.facts.version.as_ref().filter(|_| whole.version.is_none()) {
        (whole.version, whole.range) = (Some(version.clone()), None);
    }
    let (mut from_end, mut to_end) = completed(ends, whole);
    for end in [&mut from_end, &mut to_end] {
        end.date = end.commit.map(|commit| date(session, &versions, end, commit)).transpose()?.flatten();
    }
    let inside = versions_inside(&versions, whole, line);
    let warning = divergence(session, whole)?;
    if by_version {
        let (low, high) = if whole.rollback { (to, from) } else { (from, to) };
        let mut names: Vec<String> = vec![low];
        names.extend(inside.iter().rev().filter_map(|index| Some(versions.get(*index)?.tag.name.clone())));
        names.push(high);
        let whole = whole.clone();
        notes.releases = merge::by_version(&whole, parts(session, line, &names)?);
    } else {
        let is_rollback = whole.rollback;
        for index in inside.iter().filter(|_| !is_rollback) {
            let version = versions.get(*index).map(|entry| &entry.version);
            let corrections = &session.settings.options.corrections;
            let text = version.and_then(|version| notes::version_text(corrections, line, version));
            if let Some(text) = text {
                merge::add_texts(whole, text.summary.as_deref(), &text.highlights);
            }
        }
        whole.skipped =
            inside.iter().filter_map(|index| Some(versions.get(*index)?.version.clone())).collect();
    }
    if let Some(warning) = warning {
        session.ui().warn(&warning);
        notes.warnings.push(warning);
    }
    Ok(Some(Compared { notes, from: from_end, to: to_end }))
}

/// The date of an end: that of its tag, else that of its commit.
fn date(
    session: &Session,
    versions: &Versions,
    end: &End,
    commit: ObjectId,
) -> Result<Option<NaiveDate>, Error> {
    let commits = session.repository.commits()?;
    let tagged = end.version.as_ref().and_then(|version| versions.find(version));
    let tag = tagged.and_then(|at| versions.get(at)).map(|entry| &entry.tag);
    let time = match tag.filter(|tag| tag.commit == commit) {
        Some(tag) => commits.tag_time(tag)?,
        None => None,
    };
    let time = match time {
        Some(time) => time,
        None => commits.commit(commit)?.committer_time,
    };
    Ok(match session.settings.options.offset {
        Some(offset) => time.at(offset),
        None => time.date(),
    })
}

/// The git revision of an end; empty for an empty environment, `None` if this repository cannot resolve it.
fn revision(session: &Session, versions: &Versions, end: &DeploymentEnd) -> Option<String> {
    if end.is_empty() {
        return Some(String::new());
    }
    if let Some(revision) = &end.revision {
        return Some(revision.clone());
    }
    if end.images.is_empty() {
        return Some(end.name().to_owned());
    }
    let version = end.facts.version.as_ref();
    let images = || end.images.iter().filter(|image| image.version.as_ref() == version);
    let mut revisions = images().filter_map(|image| image.revision.as_ref());
    let revision = revisions.find(|revision| session.repository.resolve(revision).is_ok()).cloned();
    // An image from another git repository may be tagged with the same versions.
    if revision.is_none() && images().any(|image| image.is_labelled) {
        return None;
    }
    let tagged = version.and_then(|version| versions.find(version));
    tagged.and_then(|index| versions.get(index)).map(|entry| entry.tag.name.clone()).or(revision)
}

/// The indices of the versions inside the window, except those at its ends, newest first.
fn versions_inside(versions: &Versions, whole: &Release, line: &Line) -> Vec<usize> {
    let inside: BTreeSet<ObjectId> = whole.commits.iter().map(|commit| commit.id).collect();
    let base = whole.base.as_ref().and_then(|base| base.version.as_ref());
    let ends = [whole.version.as_ref(), base];
    let high = if whole.rollback { base } else { whole.version.as_ref() };
    let counts = |index: &usize| {
        let Some(entry) = versions.get(*index) else { return false };
        let version = &entry.version;
        let has_own_notes = !version.is_prerelease()
            || line.history.prereleases == Prereleases::Separate
            || high.is_some_and(|high| high.is_prerelease() && high.same_core(version));
        has_own_notes && inside.contains(&entry.tag.commit) && !ends.contains(&Some(version))
    };
    (0..versions.all.len()).rev().filter(counts).collect()
}

/// The releases of the windows from each name to the next, newest first.
fn parts(session: &Session, line: &Line, names: &[String]) -> Result<Vec<Release>, Error> {
    let mut parts = Vec::new();
    for pair in names.windows(2).rev() {
        let [from, to] = pair else { continue };
        let data = session.read(line, &Selector::Range(from.clone(), to.clone()))?;
        let options = &session.settings.options;
        let notes =
            notes::notes(&session.repository, line, &data, options, Ok::<_, Error>, notes::collect_releases)?;
        parts.extend(notes.releases);
    }
    Ok(parts)
}

/// A warning if the end that is replaced has commits that the other end lacks, such as a hotfix that was never merged
/// back.
fn divergence(session: &Session, whole: &Release) -> Result<Option<String>, Error> {
    let Some(base) = &whole.base else { return Ok(None) };
    let commits = session.repository.commits()?;
    let read = |id| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let (have, lack) = if whole.rollback { (whole.commit, base.commit) } else { (base.commit, whole.commit) };
    let missing = ancestry.range(&[have], &[lack])?;
    let Some(newest) = missing.first() else { return Ok(None) };
    let commit = commits.commit(*newest)?;
    let subject = commit.message.lines().next().unwrap_or_default().trim().to_owned();
    let count = plural(missing.len(), "commit", "commits");
    let effect = if whole.rollback {
        format!("adds {count} that the current version lacks")
    } else {
        format!("removes {count} that the new version lacks")
    };
    Ok(Some(format!(
        "the current and the new version have diverged: deploying also {effect}, such as {} ({subject})",
        newest.short()
    )))
}
