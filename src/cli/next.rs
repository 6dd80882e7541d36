//! `tidings next`: prints the next version and why.

use serde_json::{Value, json};

use crate::{
    bump::{self, Next, ReleaseAs},
    error::Error,
    model::{Bump, IdSet, Version},
    notes::{self, Line, Selector, WindowData},
    render,
    rules::Classified,
    session::Session,
};

use super::values::AnswerFormat;

/// `tidings next`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Start or continue a pre-release with this label [default: rc]
    #[arg(long, value_name = "LABEL", num_args = 0..=1, default_missing_value = "")]
    pub pre: Option<String>,
    /// Raise this part of the version, regardless of the changes
    #[arg(long, value_name = "PART")]
    pub bump: Option<Bump>,
    /// Exit with 5 if no change requires a new version
    #[arg(long)]
    pub require_change: bool,
    /// Print the tag (v1.3.0) instead of the version
    #[arg(long)]
    pub tag: bool,
    /// Print the result in this format
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// The next version of a line of versions.
pub(super) struct Answer {
    /// The version, or why there is none.
    pub(super) next: Next,
    /// The tag of the next version.
    pub(super) tag: Option<String>,
    /// The last final version: changes since it decide the bump.
    pub(super) since: Option<Version>,
    /// Sentences about squashed commits whose `!` is not counted.
    pub(super) squashed_breaking: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// If the repository cannot be read, or with `--require-change` no change requires a new version.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let pre = args.pre.as_deref().map(|label| match label {
        "" => session.settings.next.pre.as_deref().unwrap_or("rc"),
        label => label,
    });
    let lines = session.lines(None);
    let mut answers = Vec::with_capacity(lines.len());
    for line in lines {
        let answer = answer(session, line, args.bump, pre)?;
        session.warn_of_untagged_except(line, answer.next.version.as_ref());
        answer.squashed_breaking.iter().for_each(|sentence| session.ui().warn(sentence));
        answers.push((line, answer));
    }
    if args.format == AnswerFormat::Json {
        let mut values: Vec<Value> = answers.iter().map(|(line, answer)| json(line, answer)).collect();
        let value = if values.len() == 1 { values.pop().unwrap_or_default() } else { Value::Array(values) };
        session.ui().report_json(&render::pretty(&value))?;
    } else {
        print(session, args, &answers)?;
    }
    match answers.as_slice() {
        _ if !args.require_change || answers.iter().any(|(_, answer)| answer.next.version.is_some()) => {
            Ok(())
        }
        [(_, only)] => Err(Error::NothingToRelease { reason: only.next.reason.clone() }),
        _ => Err(Error::NothingToRelease { reason: "no package requires a new version".to_owned() }),
    }
}

fn json(line: &Line, answer: &Answer) -> Value {
    let next = &answer.next;
    json!({
        "version": next.version.as_ref().map(ToString::to_string),
        "tag": answer.tag,
        "bump": next.bump.map(Bump::name),
        "reason": next.reason,
        "base": answer.since.as_ref().map(ToString::to_string),
        "read": next.derivation.read,
        "squashed_breaking": answer.squashed_breaking,
        "package": line.package,
    })
}

/// Prints a line for each version; with several packages, after the name of the package. A tag already contains that
/// name.
fn print(session: &Session, args: &Args, answers: &[(&Line, Answer)]) -> Result<(), Error> {
    for (line, Answer { next, tag, .. }) in answers {
        let package = line.package.as_deref().filter(|_| answers.len() > 1);
        if next.version.is_some() || !args.require_change {
            match package {
                Some(package) => session.ui().info(&format!("{package}: {}", next.reason)),
                None => session.ui().info(&next.reason),
            }
        }
        let Some(version) = &next.version else { continue };
        let text = match (tag, package) {
            (Some(tag), _) if args.tag => format!("{tag}\n"),
            (_, Some(package)) => format!("{package} {version}\n"),
            (_, None) => format!("{version}\n"),
        };
        session.ui().report(&text)?;
    }
    Ok(())
}

/// Computes the next version of a line of versions.
///
/// # Errors
/// If the repository cannot be read, or no valid next version exists.
pub(super) fn answer(
    session: &Session,
    line: &Line,
    bump: Option<Bump>,
    pre: Option<&str>,
) -> Result<Answer, Error> {
    let since_final = session.read(line, &Selector::SinceFinal(None))?;
    let classified = classified(session, line, &since_final)?;
    let since = base(&since_final);
    session.warn_of_similar_tags(line, &since_final.versions);
    let since_prerelease = match may_start_at_prerelease(&since_final) {
        true => Some(session.read(line, &Selector::Unreleased(None))?),
        false => None,
    };
    let last = base(since_prerelease.as_ref().unwrap_or(&since_final));
    let is_unchanged = match &since_prerelease {
        Some(data) if pre.is_some() && last != since => {
            self::classified(session, line, data)?.bump().is_none()
        }
        _ => false,
    };
    let release_as = release_as(session, line, &since_final)?;
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
