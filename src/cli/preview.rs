//! `tidings` and `tidings preview`: what the notes would say now, for a person at a terminal.

use crate::{
    error::Error,
    releases::Line,
    render::{self, Format},
    select::Wanted,
};

use super::{
    advice,
    args::{Preview, Target},
    next,
    session::Session,
};

/// Runs the command.
///
/// # Errors
/// When the repository cannot answer.
pub(super) fn run(session: &Session, args: &Preview) -> Result<(), Error> {
    let mut text = String::new();
    for line in session.lines(args.target.target.as_deref()) {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&preview(session, line, &args.target)?);
    }
    session.ui().page(&text)?;
    Ok(())
}

fn preview(session: &Session, line: &Line, target: &Target) -> Result<String, Error> {
    let wanted = session.wanted(line, target)?;
    let notes = session.notes(line, &wanted)?;
    let options = session.settings.rendering.options(Format::Terminal);
    let mut out = Vec::new();
    render::render(&notes, &options, &mut out)?;
    let mut text = String::from_utf8_lossy(&out).into_owned();
    if wanted == Wanted::Unreleased(None) {
        text.push_str(&advice(session, line)?);
    }
    Ok(text)
}

/// The next version and why. That none can be told is no fault of the preview.
fn advice(session: &Session, line: &Line) -> Result<String, Error> {
    let answer = match next::answer(session, line, None, None) {
        Ok(answer) => answer,
        Err(Error::Next(error)) => {
            let words = &session.settings.rendering.options(Format::Terminal).locale;
            return Ok(format!("\n{}\n", words.word("next_none").replace("{reason}", &error.to_string())));
        }
        Err(error) => return Err(error),
    };
    let words = &session.settings.rendering.options(Format::Terminal).locale;
    Ok(format!("\n{}\n", advice::line(&answer.next, words, session.ui().colour)))
}
