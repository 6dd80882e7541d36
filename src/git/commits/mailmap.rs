//! Where the user's git configuration has more of the mailmap than `.mailmap` of the work tree (git-config(1), `mailmap.file` and
//! `mailmap.blob`).

use std::path::PathBuf;

use crate::git::{Error, Repository};

/// The most that is read of one, in bytes.
const BYTES: usize = 1 << 20;

impl Repository {
    /// The text of the mailmap that the user's git configuration names as an object; in a bare repository that of `HEAD`.
    ///
    /// # Errors
    /// When the object is missing or damaged.
    pub fn stored_mailmap(&self) -> Result<Option<String>, Error> {
        let named = self.inner.config().and_then(|config| config.get_string("mailmap.blob")).ok();
        let bare = || self.work_tree().is_none().then(|| "HEAD:.mailmap".to_owned());
        let Some(name) = named.or_else(bare) else { return Ok(None) };
        let text = match self.blob(&name) {
            // What a partial clone has not fetched, nobody here is named by.
            Err(Error::Missing { .. }) if self.is_partial() => None,
            found => found?.filter(|text| text.len() <= BYTES),
        };
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    /// The path of the mailmap that the user's git configuration names.
    #[must_use]
    pub fn mailmap_file(&self) -> Option<PathBuf> {
        let path = self.inner.config().ok()?.get_path("mailmap.file").ok()?;
        Some(self.inner.workdir().map_or_else(|| path.clone(), |root| root.join(&path)))
    }
}
