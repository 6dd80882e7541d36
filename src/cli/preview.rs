//! `tidings` and `tidings preview`: shows the notes in the terminal.

use crate::{
    error::Error,
    next,
    notes::{Line, Selector},
    render::{self, Format},
    session::Session,
};

use super::{
    advice,
    args::{Level, Target},
};

/// `tidings preview`
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// The commits to select.
    #[command(flatten)]
    pub target: Target,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
}

/// Runs the command.
///
/// # Errors
/// If the repository cannot be read.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let mut text = String::new();
    for line in session.lines(args.target.names_line()) {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&preview(session, line, &args.target)?);
    }
    session.ui().page(&text)?;
    Ok(())
}

fn preview(session: &Session, line: &Line, target: &Target) -> Result<String, Error> {
    let selector = session.selector(line, target.target.as_deref(), target.as_version.as_deref())?;
    let notes = session.notes(line, &selector)?;
    let options = session.settings.rendering.options(Format::Terminal);
    let mut out = Vec::new();
    render::render(&notes, &options, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).into_owned();
    if selector == Selector::Unreleased(None) {
        text.push_str(&advice(session, line)?);
    }
    Ok(text)
}

/// The next version and why. If no valid next version exists, the preview shows the reason and does not fail.
fn advice(session: &Session, line: &Line) -> Result<String, Error> {
    let options = session.settings.rendering.options(Format::Terminal);
    let mut notes = Vec::new();
    let line = match next::answer(session, line, None, None) {
        Ok(answer) => {
            notes = answer.squashed_breaking;
            advice::line(&answer.next, &options.locale, session.ui().colour)
        }
        Err(Error::Next(error)) => options.locale.text("next_none").replace("{reason}", &error.to_string()),
        Err(error) => return Err(error),
    };
    let wrapping = textwrap::Options::new(options.width).subsequent_indent("  ");
    let lines = std::iter::once(line).chain(notes);
    let filled: Vec<String> = lines.map(|line| textwrap::fill(&line, wrapping.clone())).collect();
    Ok(format!("\n{}\n", filled.join("\n")))
}
