//! Builds the notes of a comparison, from the first source that has both ends.

use std::collections::BTreeSet;

use crate::{
    deployment::{DeploymentEnds, Sources, versions_run},
    error::Error,
    model::{Ends, Notes, Version},
    notes,
    session::images,
};

use super::{attached, compared::Compared, history};

/// The notes between two ends: from the history if the repository has both ends, else from the notes attached to
/// images. `by_version` returns one release for each version in between, newest first, instead of one for all. The
/// first release has the ends.
///
/// # Errors
/// If neither the repository nor a registry has both ends, or one of them cannot be read.
pub fn notes(sources: &Sources<'_>, ends: &DeploymentEnds, by_version: bool) -> Result<Notes, Error> {
    let DeploymentEnds { from, to } = ends;
    let has_images = !from.images.is_empty() || !to.images.is_empty();
    match sources.git.map(|(session, line)| history::compared((session, line), ends, by_version)) {
        Some(Ok(Some(compared))) => return with_ends(sources, compared),
        Some(Err(Error::Notes(notes::Error::Shallow { .. } | notes::Error::NoSuchVersion { .. })))
            if has_images => {}
        Some(Err(error)) => return Err(error),
        Some(Ok(None)) | None => {}
    }
    let registries = sources.registries;
    let order = match sources.git {
        Some((session, _)) => {
            session.settings.options.rules.section_ids().map(str::to_owned).collect::<Vec<_>>()
        }
        None => registries.sections.clone(),
    };
    let compared = images::run(attached::compared(registries, ends, (by_version, &order)))?;
    compared.notes.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    with_ends(sources, compared)
}

/// The notes with the ends in their first release.
fn with_ends(sources: &Sources<'_>, compared: Compared) -> Result<Notes, Error> {
    let Compared { mut notes, from, to } = compared;
    let covers_all = notes.releases.len() == 1;
    // The versions in between are lost by a rollback, whether they ran or not.
    let is_rollback = notes.releases.iter().any(|release| release.rollback);
    let passed: Vec<Version> = notes.releases.iter().flat_map(|release| &release.skipped).cloned().collect();
    let ran = match &from.environment {
        Some(environment) if !passed.is_empty() && !is_rollback => versions_run(sources, environment)?,
        _ => BTreeSet::new(),
    };
    let is_new = |version: &Version| from.environment.is_some() && !is_rollback && !ran.contains(version);
    let never_ran = passed.into_iter().filter(is_new).collect();
    if let Some(first) = notes.releases.first_mut() {
        first.ends = Some(Box::new(Ends { from, to, never_ran, covers_all }));
    }
    Ok(notes)
}
