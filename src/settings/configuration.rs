//! The configuration of a run, from wherever it may come.

use std::path::Path;

use crate::{config, error::Error, files::ProjectFiles, git::Repository};

use super::{host::Host, origin::Configured, overrides::Overrides, secret_keys, texts, untrusted};

/// The configuration of the repository, or of the folder `root` where there is none. Where the work tree is a stranger's it comes
/// from the base branch's commit.
pub(super) fn configuration(
    overrides: &Overrides,
    host: &Host,
    root: &Path,
    repository: Option<&Repository>,
) -> Result<Configured, Error> {
    let (source, told) = untrusted::source(overrides, host, repository)?;
    let files = ProjectFiles::new(root, &host.cwd, repository, source)?;
    let found = match &overrides.config {
        Some(path) => Some(config::read(path, &texts::utf8(path, files.read_named(path)?)?)?),
        None => config::discover(root, |name| {
            let bytes = files.find(name)?;
            bytes.map(|bytes| texts::utf8(Path::new(name), bytes)).transpose()
        })?,
    };
    let mut configured = Configured::new(found, root, &host.variables, files)?;
    configured.warnings.splice(0..0, told);
    secret_keys::refuse(&configured, root)?;
    Ok(configured)
}
