//! `tidings check`: the gate before tagging, and the lint of one message.

use std::io::Read as _;

use crate::{
    check::{self, Finding, Format, Level},
    error::Error,
    session::Session,
    ui::Ui,
};

use super::args;

/// Runs the command.
///
/// # Errors
/// When a finding says no, the message cannot be read, or the repository cannot be read.
pub(super) fn run(session: &Session, args: &args::Check) -> Result<(), Error> {
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
