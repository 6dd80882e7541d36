//! The notes of a comparison, from the best source that knows both ends.

use crate::{
    error::Error,
    model::Notes,
    notes,
    session::{Session, images},
    settings::Registries,
};

use super::{attached, ends::End, history};

/// What is compared: from what runs now to what would run then.
pub struct Ends<'e> {
    /// What runs now.
    pub from: &'e End,
    /// What would run then.
    pub to: &'e End,
}

/// The notes between two ends: from the history, which knows best where it knows both ends, else from what is attached to the
/// images. `by_version` keeps a release for each version in between.
///
/// # Errors
/// When neither the repository nor a registry can answer.
pub fn notes(
    session: Option<&Session>,
    registries: &Registries,
    Ends { from, to }: &Ends<'_>,
    by_version: bool,
) -> Result<Notes, Error> {
    let has_images = from.image.is_some() || to.image.is_some();
    let made = session.map(|session| history::compared(session, from, to, by_version));
    match made {
        Some(Ok(Some(notes))) => return Ok(notes),
        Some(Err(Error::Notes(notes::Error::Shallow { .. } | notes::Error::NoSuchVersion { .. })))
            if has_images => {}
        Some(Err(error)) => return Err(error),
        Some(Ok(None)) | None => {}
    }
    let notes = images::run(attached::compared(registries, from, to, by_version))?;
    notes.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    Ok(notes)
}
