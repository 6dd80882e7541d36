//! `tidings check`: checks a version before it is tagged, or lints one commit message.

use std::io::Read as _;

use crate::{
    check::{self, Finding, Format, Level},
    error::Error,
    session::Session,
    ui::Ui,
};

/// `tidings check`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Check whether VERSION fits the changes and may be tagged [default: check the repository only]
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Check only a commit message or pull request title, from FILE or - for stdin
    #[arg(short, long, value_name = "FILE", conflicts_with = "version")]
    pub message: Option<String>,
    /// Allow a finding by its name (repeatable)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// Treat warnings as errors, and report messages that cannot be read
    #[arg(long)]
    pub strict: bool,
    /// Print findings in this format
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: check::Format,
}

/// Runs the command.
///
/// # Errors
/// If a finding is an error, or the message or the repository cannot be read.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    check::check_names(&args.allow)?;
    let mut findings = match &args.message {
        Some(path) => check::message(session, &message(session, path)?, path != "-"),
        None => check::project(session, args.version.as_deref(), &args.allow, args.strict)?,
    };
    if args.strict {
        check::treat_warnings_as_errors(&mut findings);
    }
    check::allow(&mut findings, &args.allow);
    // A hook says nothing when all is well.
    let is_hook = args.message.as_deref().is_some_and(|path| path != "-");
    if is_hook && args.format == Format::Text {
        findings.retain(|finding| finding.level != Level::Ok);
    }
    report(session.ui(), &findings, args.format)
}

fn message(session: &Session, path: &str) -> Result<Vec<u8>, Error> {
    if path != "-" {
        return Ok(session.settings.files.read_user_path(path.as_ref())?);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Prints findings.
///
/// # Errors
/// If one of them is an error.
pub(super) fn report(ui: &Ui, findings: &[Finding], format: Format) -> Result<(), Error> {
    let text = check::write(findings, format, ui.colour);
    match format {
        Format::Json => ui.report_json(&text)?,
        Format::Github => ui.commands(&text)?,
        Format::Text => ui.report_styled(&text)?,
    }
    match findings.iter().any(|finding| finding.level == Level::Error) {
        true => Err(Error::CheckFailed),
        false => Ok(()),
    }
}
