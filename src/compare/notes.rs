//! Builds the notes of a comparison, from the first source that has both ends.

use crate::{
    error::Error,
    model::Notes,
    notes,
    session::{Session, images},
    settings::Registries,
};

use super::{attached, ends::End, history};

/// The two ends to compare.
pub struct Ends<'e> {
    /// The end that is deployed now.
    pub from: &'e End,
    /// The end to deploy next.
    pub to: &'e End,
}

/// The notes between two ends: from the history if the repository has both ends, else from the notes attached to
/// images. `by_version` returns one release for each version in between, newest first, instead of one for all.
///
/// # Errors
/// If neither the repository nor a registry has both ends, or one of them cannot be read.
pub fn notes(
    session: Option<&Session>,
    registries: &Registries,
    Ends { from, to }: &Ends<'_>,
    by_version: bool,
) -> Result<Notes, Error> {
    let has_images = from.image.is_some() || to.image.is_some();
    match session.map(|session| history::compared(session, from, to, by_version)) {
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
