//! `tidings compare`: what lies between two ends, from the history where there is one, else from what is attached to images.

mod attached;
mod ends;
mod history;

use crate::{
    error::Error,
    git,
    model::Notes,
    notes::select,
    render::{self, Format, Presentation},
    settings::{self, Host, Registries},
};

use super::{
    args::{self, Global},
    session::Session,
};
use ends::End;

/// Runs the command.
///
/// # Errors
/// When an end means nothing, neither the repository nor a registry can answer, or notes are missing that had to be there.
pub(super) fn run(global: &Global, host: &Host, args: &args::Compare) -> Result<(), Error> {
    let named = [args.from.as_deref(), args.to.as_deref()];
    let registries = settings::registries(global, host, &args.access, &named)?;
    let session = match Session::open(global, host) {
        Ok(session) => Some(session).filter(|_| !args.attached),
        Err(Error::Git(git::Error::NotARepository { .. } | git::Error::NoCommit { .. })) => {
            registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
            None
        }
        Err(error) => return Err(error),
    };
    let (from, to) = ends::both(session.as_ref(), &registries, args)?;
    let notes = notes(session.as_ref(), &registries, (&from, &to), args.by_version)?;
    let (ui, format) = (&registries.ui, Format::parse(&args.format)?);
    let mut options = registries.rendering.options(format);
    if let Some(locale) = &args.locale {
        options.locale = settings::locale(locale, &registries.files)?;
    }
    if notes.releases.iter().any(|release| release.rollback) {
        ui.tell(&format!("{} is older than {}: this is a rollback", to.name, from.name));
    }
    let mut out = Vec::new();
    render::render(&notes, &options, &mut out)?;
    match format.presentation() {
        Presentation::Styled => ui.page(&String::from_utf8_lossy(&out))?,
        Presentation::Cleaned => ui.show(&String::from_utf8_lossy(&out))?,
        Presentation::Exact => ui.print(&out)?,
    }
    if args.require_complete && !notes.complete {
        return Err(Error::NotesMissing { missing: notes.warnings.join("; ") });
    }
    Ok(())
}

/// The history knows best, where it knows both ends; an image remembers what a clone lacks.
fn notes(
    session: Option<&Session>,
    registries: &Registries,
    (from, to): (&End, &End),
    by_version: bool,
) -> Result<Notes, Error> {
    let has_images = from.image.is_some() || to.image.is_some();
    let made = session.map(|session| history::compared(session, from, to, by_version));
    match made {
        Some(Ok(Some(notes))) => return Ok(notes),
        Some(Err(Error::Select(select::Error::Shallow { .. } | select::Error::NoSuchVersion { .. })))
            if has_images => {}
        Some(Err(error)) => return Err(error),
        Some(Ok(None)) | None => {}
    }
    let notes = super::images::run(attached::compared(registries, from, to, by_version))?;
    notes.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    Ok(notes)
}
