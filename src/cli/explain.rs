//! `tidings explain`: explains the outcome of a commit or a pull request, and how a version's base was selected.

use crate::{error::Error, explain, render, session::Session};

use super::values::AnswerFormat;

/// `tidings explain`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Explain a commit, a pull request (#12), or the base of a version
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// Print the result in this format
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: AnswerFormat,
}

/// Runs the command.
///
/// # Errors
/// If the repository cannot be read, or has no such commit, pull request or version.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let explanation = explain::explain(session, &args.what)?;
    match args.format {
        AnswerFormat::Json => session.ui().report_json(&render::pretty(&explanation.json))?,
        AnswerFormat::Text => session.ui().report(&explanation.text)?,
    }
    Ok(())
}
