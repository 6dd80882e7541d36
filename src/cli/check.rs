//! `tidings check`: the gate before tagging, and the lint of one message.

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
    /// The version that is to be tagged; without it, only the rest is checked
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Check this message (a file, or - for stdin) instead: for a commit-msg hook or a pull request's title
    #[arg(short, long, value_name = "FILE", conflicts_with = "version")]
    pub message: Option<String>,
    /// Let a finding pass, by its name (may be given several times)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// The form of the findings
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: check::Format,
}

/// Runs the command.
///
/// # Errors
/// When a finding says no, the message cannot be read, or the repository cannot be read.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let mut findings = match &args.message {
        Some(path) => check::message(session, &message(session, path)?),
        None => check::project(session, args.version.as_deref(), &args.allow)?,
    };
    for name in check::allow(&mut findings, &args.allow) {
        session.ui().warn(&format!("--allow {name}: there is no such finding"));
    }
    report(session.ui(), &findings, args.format)
}

fn message(session: &Session, path: &str) -> Result<Vec<u8>, Error> {
    if path != "-" {
        return Ok(session.settings.files.read_named(path.as_ref())?);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Prints findings.
///
/// # Errors
/// When one of them says no.
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
