//! Reads a changelog of the project.

use crate::{changelog, error::Error, files::WriteTarget};

/// The content of a changelog; `None` if the file does not exist.
///
/// # Errors
/// If the file cannot be read or is not UTF-8.
pub fn read_changelog(target: &WriteTarget) -> Result<Option<String>, Error> {
    let fail = |source| changelog::Error::Read { path: target.display_path().to_owned(), source };
    let bytes = target.read().map_err(fail)?;
    Ok(bytes.map(|bytes| changelog::text(target.display_path(), bytes)).transpose()?)
}
