//! `tidings status`: shows what runs in each environment, and what waits for the next one.

use crate::{
    compare,
    deployment::Sources,
    error::Error,
    model::{EnvironmentStatus, Summary},
    render,
};

use super::{args::Access, context::Context};

/// `tidings status`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the table in this format
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: StatusFormat,
    /// Exit with 1 if this waits for the next environment: migration, breaking (a list with commas)
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub fail_if_pending: Vec<PendingKind>,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}

/// The format of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFormat {
    /// Plain text.
    Text,
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
    /// A page.
    Html,
}

/// What may wait for the next environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingKind {
    /// Database migrations.
    Migration,
    /// Breaking changes.
    Breaking,
}

/// Runs the command.
///
/// # Errors
/// If no environment is declared, the registry or the repository cannot be read, or something waits that
/// `--fail-if-pending` names.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[])?;
    let session = context.session_if_any(&registries)?;
    let sources = Sources::new(session.as_ref(), &registries, &[])?;
    let status = compare::status(&sources)?;
    let (ui, locale) = (&registries.ui, &registries.rendering.locale);
    match args.format {
        StatusFormat::Text => ui.show(&render::status_text(&status, locale))?,
        StatusFormat::Json => ui.report_json(&render::status_json(&status))?,
        StatusFormat::Markdown => ui.print(render::status_markdown(&status, locale).as_bytes())?,
        StatusFormat::Html => ui.print(render::status_html(&status, locale).as_bytes())?,
    }
    check(&status, args)
}

/// Checks what waits for the next environments. What a newer environment would lose does not wait for it.
fn check(status: &[EnvironmentStatus], args: &Args) -> Result<(), Error> {
    if args.fail_if_pending.is_empty() {
        return Ok(());
    }
    let pending = || status.iter().filter_map(|it| it.pending.as_ref());
    if let Some(unknown) = pending().find(|pending| pending.changes.is_none()) {
        let missing = format!("cannot determine what waits for {}", unknown.environment);
        return Err(Error::NotesMissing { missing });
    }
    let waits = |changes: &Summary| {
        args.fail_if_pending.iter().any(|kind| match kind {
            PendingKind::Migration => !changes.migrations.is_empty(),
            PendingKind::Breaking => changes.breaking > 0,
        })
    };
    let mut known = pending().filter_map(|pending| pending.changes.as_ref()).filter(|it| !it.is_rollback);
    if known.any(waits) { Err(Error::CheckFailed) } else { Ok(()) }
}
