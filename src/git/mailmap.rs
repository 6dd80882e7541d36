//! The mailmap: a text that the caller gives, since the git library would follow a committed link to anywhere; and where the user's
//! git configuration has more of it (git-config(1), `mailmap.file` and `mailmap.blob`).

use std::{path::PathBuf, sync::Arc};

use super::{
    Repository, Stored,
    repository::{Shared, id},
};

/// The most that is read of one, in bytes.
const BYTES: u64 = 1 << 20;

impl Repository {
    /// Sets the text of the mailmap. Before this nobody is mapped.
    pub fn set_mailmap(&mut self, text: &str) {
        self.shared.mailmap = Arc::from(text);
    }

    /// The text of the mailmap that the user's git configuration names as an object; in a bare repository that of `HEAD`.
    #[must_use]
    pub fn stored_mailmap(&self) -> Option<String> {
        self.mailmap_blob().map(|text| String::from_utf8_lossy(&text).into_owned())
    }

    /// The path of the mailmap that the user's git configuration names.
    #[must_use]
    pub fn mailmap_file(&self) -> Option<PathBuf> {
        let path = self.inner.config().ok()?.get_path("mailmap.file").ok()?;
        Some(self.inner.workdir().map_or_else(|| path.clone(), |root| root.join(&path)))
    }

    fn mailmap_blob(&self) -> Option<Vec<u8>> {
        let object = match self.inner.config().ok()?.get_string("mailmap.blob") {
            Ok(revision) => id(self.inner.revparse_single(&revision).ok()?.id()).ok()?,
            Err(_) if self.inner.is_bare() => {
                let tree = self.tree_of(self.head().ok()??.commit).ok()?;
                let Some(Stored::File(object)) = self.stored(tree, ".mailmap").ok()? else { return None };
                object
            }
            Err(_) => return None,
        };
        self.content(object, BYTES).ok()?
    }
}

impl Shared {
    pub(super) fn mailmap(&self) -> Option<git2::Mailmap> {
        if self.mailmap.is_empty() { None } else { git2::Mailmap::from_buffer(&self.mailmap).ok() }
    }
}
