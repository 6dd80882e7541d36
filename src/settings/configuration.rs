//! Reads the configuration of a run.

use std::path::Path;

use crate::{config, error::Error, files::ProjectFiles, git::Repository};

use super::{origin::Configured, overrides::Overrides, process::Process, secret_keys, text_files, trust};

/// Reads the configuration of the repository, or of the folder `root` if there is no repository. If the work tree is
/// not trusted, it is read from the commit of the base branch.
///
/// # Errors
/// If the configuration cannot be read or is invalid, or contains a key that a repository may not set.
pub(super) fn configuration(
    overrides: &Overrides,
    process: &Process,
    root: &Path,
    repository: Option<&Repository>,
) -> Result<Configured, Error> {
    let (source, notice) = trust::source(overrides, process, repository)?;
    let files = ProjectFiles::new(root, &process.cwd, repository, source)?;
    let found = match &overrides.config {
        Some(path) => Some(config::read(path, &text_files::utf8(path, files.read_user_path(path)?)?)?),
        None => config::discover(root, |name| {
            let bytes = files.find(name)?;
            bytes.map(|bytes| text_files::utf8(Path::new(name), bytes)).transpose()
        })?,
    };
    let mut configured = Configured::new(found, root, &process.variables, files)?;
    configured.warnings.splice(0..0, notice);
    secret_keys::refuse(&configured, root)?;
    Ok(configured)
}
