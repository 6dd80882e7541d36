//! Reads what the comment says: the notes and the next version with and without the pull request.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    check::{self, Finding, Level},
    comment::{self, BranchCommits, Merge, NextVersion, Preview, Remark},
    error::Error,
    fragments,
    git::AssumedMerge,
    messages::{self, Message},
    model::{Commit, ComparedSets, NotesFile, PathSet, Release},
    next,
    notes::{self, AssumedPullRequest, Line, Selector},
    session::Session,
};

use super::target::Target;

/// The notes and the next version of a line of versions.
struct LineState {
    release: Option<Release>,
    next: NextVersion,
    squashed_breaking: Vec<String>,
    is_complete: bool,
}

/// Reads what the comment says. From then on, the session reads the repository as if the pull request were merged.
///
/// # Errors
/// If the repository cannot be read, or required forge data is missing.
pub(super) fn preview(session: &mut Session, target: &Target) -> Result<Preview, Error> {
    if let Some(branch) = &target.target_branch {
        let maintenance = session.settings.maintenance.clone();
        maintenance.set_line_of(branch, &mut session.settings.lines);
    }
    let branch = comment::branch_commits(&session.repository, target.base, target.head)?;
    session.repository.assume_head(target.base);
    let without = states(session)?;
    if branch.commits.is_empty() {
        return Ok(empty(session, target));
    }
    let merge = merge(session, target, &branch)?;
    // The pull request may have been edited since a response about it was cached.
    session.settings.forge.http.cache = None;
    let with = states(session)?;
    let changed = changed_paths(session, target, &merge)?;
    let paths: BTreeSet<&str> = changed.iter().map(String::as_str).collect();
    let releases: Vec<&Release> = with.iter().filter_map(|state| state.release.as_ref()).collect();
    let findings = findings(session, target, &branch, (&with, &without))?;
    let mut preview = Preview {
        commits: branch.commits.len(),
        unlisted: comment::unlisted(&releases, &merge),
        findings,
        missing_labels: missing_labels(session, target, &releases, &merge),
        notes_files: notes_files(session, &paths)?,
        is_complete: with.iter().all(|state| state.is_complete),
        ..empty(session, target)
    };
    for (with, without) in with.into_iter().zip(without) {
        let Some(release) = with.release else { continue };
        let without = (without.release, without.next);
        let found = comment::contribution((release, with.next), without, &merge, &paths);
        preview.contributions.extend(found);
    }
    Ok(preview)
}

/// What the comment says about a pull request without commits.
fn empty(session: &Session, target: &Target) -> Preview {
    Preview {
        repository: session.settings.options.repository.clone(),
        head: target.head,
        base: target.base,
        target_branch: target.target_branch.clone(),
        commits: 0,
        contributions: Vec::new(),
        unlisted: Vec::new(),
        findings: Vec::new(),
        missing_labels: Vec::new(),
        notes_files: Vec::new(),
        is_complete: true,
    }
}

/// Reads the repository as if the pull request were merged with a merge commit.
fn merge(session: &mut Session, target: &Target, branch: &BranchCommits) -> Result<Merge, Error> {
    let message = message(target);
    let assumed = AssumedMerge { base: target.base, head: target.head, fork: branch.fork, message: &message };
    let commit = session.repository.assume_merge(&assumed)?;
    session.settings.options.assumed = target.number.map(|number| AssumedPullRequest { number, commit });
    Ok(Merge { commit, title: target.title.clone(), commits: branch.commits.iter().copied().collect() })
}

/// The message of the merge commit. Without a title, the commits of the branch are the changes.
fn message(target: &Target) -> String {
    let name = |branch: &Option<String>, usual: &str| {
        let branch = branch.as_deref().unwrap_or(usual);
        branch.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>()
    };
    let (source, into) = (name(&target.source_branch, "topic"), name(&target.target_branch, "main"));
    let fork = if target.is_from_fork { "fork:" } else { "" };
    match (target.number, &target.title) {
        (Some(number), Some(title)) => {
            let title: Vec<&str> = title.split_whitespace().collect();
            format!(
                "Merge pull request #{number} in repository from {fork}{source} to {into}\n\n{}\n",
                title.join(" ")
            )
        }
        _ => format!("Merge branch '{source}' into {into}\n"),
    }
}

/// The notes and next versions of all selected lines, at the commit that is taken for HEAD.
fn states(session: &Session) -> Result<Vec<LineState>, Error> {
    session.lines(None).iter().map(|line| state(session, line)).collect()
}

fn state(session: &Session, line: &Line) -> Result<LineState, Error> {
    let data = session.read(line, &Selector::SinceFinal(None))?;
    let options = &session.settings.options;
    let collect = notes::collect_releases::<Error>;
    let notes = notes::notes(&session.repository, line, &data, options, Ok, collect)?;
    let refused = |error: Error| NextVersion { version: None, reason: error.to_string(), is_refused: true };
    let (next, squashed_breaking) = match next::answer_since(session, line, &data, (None, None)) {
        Ok(answer) => {
            let (version, reason) = (answer.next.version, answer.next.reason);
            (NextVersion { version, reason, is_refused: false }, answer.squashed_breaking)
        }
        Err(error @ (Error::Next(_) | Error::Usage { .. })) => (refused(error), Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(LineState {
        release: notes.releases.into_iter().next(),
        next,
        squashed_breaking,
        is_complete: notes.complete,
    })
}

/// The paths that the pull request changes.
fn changed_paths(session: &Session, target: &Target, merge: &Merge) -> Result<Vec<String>, Error> {
    let mut sets = ComparedSets::default();
    sets.push(PathSet::default())?;
    let mut comparison = session.repository.comparison(&sets)?;
    let pair = (Some(comparison.root(target.base)?), comparison.root(merge.commit)?);
    let changed = comparison.changed_paths(&[pair])?;
    Ok(changed.into_iter().flatten().map(|change| change.path).collect())
}

fn notes_files(session: &Session, changed: &BTreeSet<&str>) -> Result<Vec<(NotesFile, String)>, Error> {
    let settings = &session.settings;
    let mut named = settings.notes_files.clone();
    let corrections = &settings.corrections;
    let path = corrections.path.to_str().filter(|_| !corrections.is_set_by_user);
    named.extend(path.map(|path| (path.to_owned(), NotesFile::Corrections)));
    let sources = fragments::sources(&mut |path| {
        let text = settings.files.find(path)?;
        Ok::<_, Error>(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    })?;
    Ok(comment::changed_notes_files(changed, &named, &sources))
}

/// The labels that decide, if the pull request has none of them and a change of it has no type that decides instead.
fn missing_labels(session: &Session, target: &Target, releases: &[&Release], merge: &Merge) -> Vec<String> {
    let Some(labels) = &target.labels else { return Vec::new() };
    let sections = releases.iter().flat_map(|release| &release.sections);
    let mut changes = sections.flat_map(|section| &section.changes);
    let is_untyped = changes.any(|change| change.kind.is_none() && change.commits.contains(&merge.commit));
    if !is_untyped {
        return Vec::new();
    }
    let missing = session.settings.options.rules.missing_labels(labels);
    missing.into_iter().map(str::to_owned).collect()
}

/// The findings about the title and the messages, if the project has rules for them, and about squashed breaking
/// changes that the pull request brings.
fn findings(
    session: &Session,
    target: &Target,
    branch: &BranchCommits,
    (with, without): (&[LineState], &[LineState]),
) -> Result<Vec<Remark>, Error> {
    let settings = &session.settings;
    let mut found = Vec::new();
    if let Some(title) = target.title.as_ref().filter(|_| settings.lint_is_set) {
        let of_title = check::message(session, title.as_bytes(), false).into_iter();
        found.extend(of_title.map(|it| Finding { message: format!("title: {}", it.message), ..it }));
    }
    if settings.lint_is_set {
        found.extend(of_messages(session, branch)?);
    }
    let mut remarks: Vec<Remark> = found.into_iter().filter_map(remark).collect();
    let known: Vec<&String> = without.iter().flat_map(|state| &state.squashed_breaking).collect();
    for sentence in with.iter().flat_map(|state| &state.squashed_breaking) {
        let is_new = !known.contains(&sentence) && !remarks.iter().any(|it| it.message == *sentence);
        if is_new {
            remarks.push(Remark { is_error: false, message: sentence.clone(), fix: String::new() });
        }
    }
    Ok(remarks)
}

fn of_messages(session: &Session, branch: &BranchCommits) -> Result<Vec<Finding>, Error> {
    let options = &session.settings.options.messages;
    let reader = session.repository.commits()?;
    let commits: Vec<Commit> =
        branch.commits.iter().map(|id| reader.commit(*id)).collect::<Result<_, _>>()?;
    let parsed: Vec<Message> = commits.iter().map(|commit| messages::parse_commit(commit, options)).collect();
    let pairs: Vec<_> = commits.iter().zip(parsed.iter().map(Cow::Borrowed)).collect();
    Ok(check::commit_messages(session, &pairs))
}

fn remark(finding: Finding) -> Option<Remark> {
    let is_error = match finding.level {
        Level::Ok | Level::Allowed => return None,
        Level::Warning => false,
        Level::Error => true,
    };
    Some(Remark { is_error, message: finding.message, fix: finding.fix })
}
