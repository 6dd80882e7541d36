//! The changelog that stands in the project.

use crate::{changelog, error::Error, files::Place};

/// What a changelog holds, where there is one.
///
/// # Errors
/// When it cannot be read or is not UTF-8.
pub fn read_changelog(place: &Place) -> Result<Option<String>, Error> {
    let fail = |source| changelog::Error::Read { path: place.shown().to_owned(), source };
    let bytes = place.read().map_err(fail)?;
    Ok(bytes.map(|bytes| changelog::text(place.shown(), bytes)).transpose()?)
}
