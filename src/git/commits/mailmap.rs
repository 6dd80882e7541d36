//! Reads the mailmaps that git's configuration adds to `.mailmap` (git-config(1), `mailmap.file` and `mailmap.blob`).

use std::path::PathBuf;

use crate::git::{Error, Repository};

/// Largest mailmap, in bytes; a larger one is ignored.
const MAX_SIZE: usize = 1 << 20;

impl Repository {
    /// The content of `mailmap.blob`, by default `HEAD:.mailmap` in a bare repository; `None` if there is none.
    ///
    /// # Errors
    /// If the blob is missing or damaged.
    pub fn mailmap_blob(&self) -> Result<Option<String>, Error> {
        let named = self.inner.config().and_then(|config| config.get_string("mailmap.blob")).ok();
        let bare = || self.work_tree().is_none().then(|| "HEAD:.mailmap".to_owned());
        let Some(name) = named.or_else(bare) else { return Ok(None) };
        let text = match self.blob(&name) {
            // A partial clone may not have fetched it: continue without it.
            Err(Error::Missing { .. }) if self.is_partial() => None,
            found => found?.filter(|text| text.len() <= MAX_SIZE),
        };
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    /// The path in `mailmap.file`, relative to the work tree.
    #[must_use]
    pub fn mailmap_file(&self) -> Option<PathBuf> {
        let path = self.inner.config().ok()?.get_path("mailmap.file").ok()?;
        Some(self.inner.workdir().map_or_else(|| path.clone(), |root| root.join(&path)))
    }
}
