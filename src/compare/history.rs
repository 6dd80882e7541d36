//! What lies between two ends, from the history.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    history::{Ancestry, Prereleases, Versions},
    model::{Notes, ObjectId, Release},
    notes::{self, Line, Wanted},
    session::Session,
};

use super::{ends::End, merge};

/// The notes of one window, so that what was done and undone inside it is not told. `None` where the repository does not know
/// an end.
///
/// # Errors
/// When the repository cannot answer.
pub(super) fn compared(
    session: &Session,
    from: &End,
    to: &End,
    by_version: bool,
) -> Result<Option<Notes>, Error> {
    let line = session.line()?;
    let versions = Versions::new(&session.tags, &line.history);
    let (Some(from), Some(to)) = (name(session, &versions, from), name(session, &versions, to)) else {
        return Ok(None);
    };
    let mut notes = session.notes(line, &Wanted::Range(from.clone(), to.clone()))?;
    let Some(whole) = notes.releases.first_mut() else { return Ok(Some(notes)) };
    let passed = passed(&versions, whole, line);
    let warning = aside(session, whole)?;
    if by_version {
        let (low, high) = if whole.rollback { (to, from) } else { (from, to) };
        let mut names: Vec<String> = vec![low];
        names.extend(passed.iter().rev().filter_map(|index| Some(versions.get(*index)?.tag.name.clone())));
        names.push(high);
        let whole = whole.clone();
        notes.releases = merge::by_version(&whole, parts(session, line, &names)?);
    } else {
        whole.skipped =
            passed.iter().filter_map(|index| Some(versions.get(*index)?.version.clone())).collect();
    }
    if let Some(warning) = warning {
        session.ui().warn(&warning);
        notes.warnings.push(warning);
    }
    Ok(Some(notes))
}

/// What git knows an end by.
fn name(session: &Session, versions: &Versions, end: &End) -> Option<String> {
    if end.is_empty {
        return Some(String::new());
    }
    let Some(image) = &end.image else { return Some(end.name.clone()) };
    let revision =
        image.revision.as_ref().filter(|revision| session.repository.resolve(revision).is_ok()).cloned();
    // An image of another repository may have the numbers of this one's versions.
    if image.is_labelled && revision.is_none() {
        return None;
    }
    let tagged = image.version.as_ref().and_then(|version| versions.find(version));
    tagged.and_then(|index| versions.get(index)).map(|entry| entry.tag.name.clone()).or(revision)
}

/// The versions inside the window but for those at its ends, newest first.
fn passed(versions: &Versions, whole: &Release, line: &Line) -> Vec<usize> {
    let inside: BTreeSet<ObjectId> = whole.commits.iter().map(|commit| commit.id).collect();
    let base = whole.base.as_ref().and_then(|base| base.version.as_ref());
    let ends = [whole.version.as_ref(), base];
    let high = if whole.rollback { base } else { whole.version.as_ref() };
    let counts = |index: &usize| {
        let Some(entry) = versions.get(*index) else { return false };
        let version = &entry.version;
        let stands_alone = !version.is_prerelease()
            || line.history.prereleases == Prereleases::Separate
            || high.is_some_and(|high| high.is_prerelease() && high.same_core(version));
        stands_alone && inside.contains(&entry.tag.commit) && !ends.contains(&Some(version))
    };
    (0..versions.all.len()).rev().filter(counts).collect()
}

/// The windows from each name to the next, newest first.
fn parts(session: &Session, line: &Line, names: &[String]) -> Result<Vec<Release>, Error> {
    let mut parts = Vec::new();
    for pair in names.windows(2).rev() {
        let [from, to] = pair else { continue };
        let data = session.read(line, &Wanted::Range(from.clone(), to.clone()))?;
        let options = &session.settings.options;
        let notes = notes::notes(&session.repository, line, &data, options, Ok::<_, Error>, notes::gathered)?;
        parts.extend(notes.releases);
    }
    Ok(parts)
}

/// What the end that is left has and the other has not: a hotfix that was never merged back.
fn aside(session: &Session, whole: &Release) -> Result<Option<String>, Error> {
    let Some(base) = &whole.base else { return Ok(None) };
    let commits = session.repository.commits()?;
    let read = |id| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let (have, lack) = if whole.rollback { (whole.commit, base.commit) } else { (base.commit, whole.commit) };
    let aside = ancestry.range(&[have], &[lack])?;
    let Some(newest) = aside.first() else { return Ok(None) };
    let commit = commits.commit(*newest)?;
    let subject = commit.message.lines().next().unwrap_or_default().trim().to_owned();
    let count = match aside.len() {
        1 => "1 commit".to_owned(),
        count => format!("{count} commits"),
    };
    let end = if whole.rollback { "it also brings" } else { "it also takes away" };
    Ok(Some(format!(
        "the two ends are on different branches: {end} {count} that the other lacks, such as {} ({subject})",
        newest.short()
    )))
}
