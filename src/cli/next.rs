//! `tidings next`: the next version and why.

use serde_json::{Value, json};

use crate::{
    bump::{self, Next},
    error::Error,
    history::Versions,
    model::{Bump, Version},
    notes::{self, Line, Wanted},
    render,
    rules::RequiredBump,
    session::Session,
};

use super::values::AnswerFormat;

/// `tidings next`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A pre-release with this label (default: rc): starts one, or counts on
    #[arg(long, value_name = "LABEL", num_args = 0..=1, default_missing_value = "")]
    pub pre: Option<String>,
    /// Raise this part, whatever the changes ask for
    #[arg(long, value_name = "PART")]
    pub bump: Option<Bump>,
    /// Exit 5 if nothing asks for a new version
    #[arg(long)]
    pub require_change: bool,
    /// Print the tag (v1.3.0) instead of the version
    #[arg(long)]
    pub tag: bool,
    /// The form of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// What the next version would be, and of what.
pub(super) struct Answer {
    /// The version, or why there is none.
    pub(super) next: Next,
    /// Its tag.
    pub(super) tag: Option<String>,
    /// The last final version, which the changes are counted from.
    pub(super) since: Option<Version>,
}

/// Runs the command.
///
/// # Errors
/// When the repository cannot answer, or `--require-change` finds none.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let pre = args.pre.as_deref().map(|label| match label {
        "" => session.settings.next.pre.as_deref().unwrap_or("rc"),
        label => label,
    });
    let lines = &session.settings.lines;
    let mut answers = Vec::with_capacity(lines.len());
    for line in lines {
        answers.push((line, answer(session, line, args.bump, pre)?));
    }
    if args.format == AnswerFormat::Json {
        let mut values: Vec<Value> = answers.iter().map(|(line, answer)| json(line, answer)).collect();
        let value = if values.len() == 1 { values.pop().unwrap_or_default() } else { Value::Array(values) };
        session.ui().report_json(&render::pretty(&value))?;
    } else {
        tell(session, args, &answers)?;
    }
    match answers.as_slice() {
        _ if !args.require_change || answers.iter().any(|(_, answer)| answer.next.version.is_some()) => {
            Ok(())
        }
        [(_, only)] => Err(Error::NothingToRelease { reason: only.next.reason.clone() }),
        _ => Err(Error::NothingToRelease { reason: "no package asks for a new version".to_owned() }),
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
        "package": line.package,
    })
}

/// A line for each version: the version alone, or, with several packages, the name of each before it. A tag names its package
/// itself.
fn tell(session: &Session, args: &Args, answers: &[(&Line, Answer)]) -> Result<(), Error> {
    for (line, Answer { next, tag, .. }) in answers {
        let package = line.package.as_deref().filter(|_| answers.len() > 1);
        if next.version.is_some() || !args.require_change {
            match package {
                Some(package) => session.ui().tell(&format!("{package}: {}", next.reason)),
                None => session.ui().tell(&next.reason),
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

/// Finds the next version of a line.
///
/// # Errors
/// When the repository cannot answer, or no next version fits what is there.
pub(super) fn answer(
    session: &Session,
    line: &Line,
    bump: Option<Bump>,
    pre: Option<&str>,
) -> Result<Answer, Error> {
    let (required, versions, since) = required_bump(session, line)?;
    let contained = session.read(line, &Wanted::Unreleased(None))?;
    let last = contained.selected.choice.and_then(|choice| choice.base).and_then(|index| versions.get(index));
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
    };
    let next = bump::next(since.as_ref(), last.map(|entry| &entry.version), required.as_ref(), &options)?;
    let like = versions.all.last().map(|entry| entry.tag.name.as_str());
    let tag = next.version.as_ref().map(|version| line.history.pattern.tag_name(version, like));
    Ok(Answer { next, tag, since })
}

/// What all changes since the last final version ask for.
fn required_bump(
    session: &Session,
    line: &Line,
) -> Result<(Option<RequiredBump>, Versions, Option<Version>), Error> {
    let data = session.read(line, &Wanted::SinceFinal)?;
    let options = &session.settings.options;
    let required = match data.selected.windows.first() {
        Some(window) => {
            notes::judge(&session.repository, line, &data, options, window)?.classified.required_bump
        }
        None => None,
    };
    let base = data.selected.windows.first().and_then(|window| window.base.as_ref());
    let since = base.and_then(|base| base.version.clone());
    Ok((required, data.versions, since))
}
