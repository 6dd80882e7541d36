//! `tidings next`: prints the next version and why.

use serde_json::{Value, json};

use crate::{
    error::Error,
    model::Bump,
    next::{self, Answer},
    notes::Line,
    render,
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
        let answer = next::answer(session, line, args.bump, pre)?;
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
