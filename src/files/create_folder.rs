//! Creates the folder of a document that is written for the first time.

use std::path::Path;

use super::{Document, Error, WriteTarget, project::ProjectFiles};

impl ProjectFiles {
    /// As [`ProjectFiles::document_target`], and creates the folder of the document if it is missing.
    ///
    /// # Errors
    /// As [`ProjectFiles::document_target`], and if the folder cannot be created.
    pub fn new_document_target(
        &self,
        key: Option<&str>,
        path: &Path,
        document: Document,
    ) -> Result<WriteTarget, Error> {
        let target = self.document_target(key, path, document)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let (true, Some(parent)) = (target.is_parent_missing(), parent) else { return Ok(target) };
        self.create_folder(parent).map_err(|source| Error::System {
            key: key.map(str::to_owned),
            verb: "write",
            path: path.to_owned(),
            source,
        })?;
        self.document_target(key, path, document)
    }
}
