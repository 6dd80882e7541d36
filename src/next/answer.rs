//! Computes the next version of a line of versions.

use crate::{
    bump::{self, Next, ReleaseAs},
    error::Error,
    model::{Bump, IdSet, Version},
    notes::{self, Line, Selector, WindowData},
    rules::Classified,
    session::Session,
};

/// The next version of a line of versions.
pub struct Answer {
    /// The version, or why there is none.
    pub next: Next,
    /// The tag of the next version.
    pub tag: Option<String>,
    /// The last final version: changes since it decide the bump.
    pub since: Option<Version>,
    /// Sentences about squashed commits whose `!` is not counted.
    pub squashed_breaking: Vec<String>,
}

/// Computes the next version of a line of versions.
///
/// # Errors
/// If the repository cannot be read, or no valid next version exists.
pub fn answer(
    session: &Session,
    line: &Line,
    bump: Option<Bump>,
    pre: Option<&str>,
) -> Result<Answer, Error> {
    let since_final = session.read(line, &Selector::SinceFinal(None))?;
    answer_since(session, line, &since_final, (bump, pre))
}

/// Computes the next version of a line of versions from the changes since the last final version.
///
/// # Errors
/// As [`answer`].
pub fn answer_since(
    session: &Session,
    line: &Line,
    since_final: &WindowData,
    (bump, pre): (Option<Bump>, Option<&str>),
) -> Result<Answer, Error> {
    let classified = classified(session, line, since_final)?;
    let since = base(since_final);
    session.warn_of_similar_tags(line, &since_final.versions);
    let since_prerelease = match may_start_at_prerelease(since_final) {
        true => Some(session.read(line, &Selector::Unreleased(None))?),
        false => None,
    };
    let last = base(since_prerelease.as_ref().unwrap_or(since_final));
    let is_unchanged = match &since_prerelease {
        Some(data) if pre.is_some() && last != since => {
            self::classified(session, line, data)?.bump().is_none()
        }
        _ => false,
    };
    let release_as = release_as(session, line, since_final)?;
    let versions = &since_final.versions;
    let existing: Vec<Version> = versions.all.iter().map(|entry| entry.version.clone()).collect();
    let settings = &session.settings.next;
    let options = bump::Options {
        scheme: &line.history.scheme,
        bump_override: bump,
        pre: pre.map(str::to_owned),
        zero: settings.zero,
        initial: line.initial.clone(),
        date: session.settings.options.today,
        existing: &existing,
        contained: since_final.selected.contained.as_ref(),
        line: line.history.maintenance.as_ref(),
        is_unchanged_since_last: is_unchanged,
        release_as: release_as.as_ref(),
    };
    let next = bump::next(since.as_ref(), last.as_ref(), classified.required_bump.as_ref(), &options)?;
    let like = versions.all.last().map(|entry| entry.tag.name.as_str());
    let tag = next.version.as_ref().map(|version| line.history.pattern.tag_name(version, like));
    Ok(Answer { next, tag, since, squashed_breaking: classified.squashed_breaking().collect() })
}

/// The version that unreleased changes will have; `None` if there is none, or the target has one.
///
/// # Errors
/// If the repository cannot be read.
pub fn planned(session: &Session, line: &Line, selector: &Selector) -> Result<Option<Version>, Error> {
    match selector {
        Selector::Unreleased(None) => match answer(session, line, None, None) {
            Ok(answer) => Ok(answer.next.version),
            Err(Error::Next(_)) => Ok(None),
            Err(error) => Err(error),
        },
        _ => Ok(None),
    }
}

/// Whether the changes since the last version may be fewer than those since the last final one: a pre-release is tagged
/// on a commit of its window, or on a parent of one.
fn may_start_at_prerelease(since_final: &WindowData) -> bool {
    let selected = &since_final.selected;
    let targets = selected.windows.iter().map(|window| window.target.commit);
    let commits = selected.commits.iter().flat_map(|commit| commit.parents.iter().chain([&commit.id]));
    let near: IdSet = targets.chain(commits.copied()).collect();
    let mut versions = since_final.versions.all.iter();
    versions.any(|entry| entry.is_prerelease() && near.contains(&entry.tag.commit))
}

/// The version that a window starts from.
fn base(data: &WindowData) -> Option<Version> {
    let base = data.selected.windows.first().and_then(|window| window.base.as_ref());
    base.and_then(|base| base.version.clone())
}

/// The changes of a window, classified.
fn classified(session: &Session, line: &Line, data: &WindowData) -> Result<Classified, Error> {
    Ok(match data.selected.windows.first() {
        Some(window) => session.window_changes(line, data, window)?.classified,
        None => Classified::default(),
    })
}

/// The version that a commit of a window requests.
fn release_as(session: &Session, line: &Line, data: &WindowData) -> Result<Option<ReleaseAs>, Error> {
    let in_pull_requests = session.settings.next.release_as_in_pull_requests;
    let options = &session.settings.options.messages;
    let Some(request) = notes::requested_version(data, line, options, in_pull_requests) else {
        return Ok(None);
    };
    let commit = request.commit.short();
    let version = session.new_version(line, &request.text).map_err(|error| {
        Error::usage(
            format!("commit {commit} has `Release-As: {}`: {error}", request.text),
            error.hint().as_deref(),
        )
    })?;
    Ok(Some(ReleaseAs { version, commit }))
}
