//! Where corrections are written to, and what may be written there.

use std::path::Path;

use crate::{
    config,
    error::Error,
    files::{Document, WriteTarget},
};

use super::resolve::Settings;

impl Settings {
    /// The write target of the corrections file; its folder is created if it is missing.
    ///
    /// # Errors
    /// If the path is not allowed, or the folder cannot be created.
    pub fn corrections_target(&self) -> Result<WriteTarget, Error> {
        let path = &self.corrections.path;
        match self.corrections.is_set_by_user {
            true => Ok(self.files.user_target(path)?),
            false => Ok(self.files.new_document_target(None, path, Document::Corrections)?),
        }
    }

    /// Checks the text of a corrections file.
    ///
    /// # Errors
    /// If it is not valid.
    pub fn check_corrections(&self, text: &str) -> Result<(), Error> {
        let sections: Vec<String> = self.options.rules.section_ids().map(str::to_owned).collect();
        config::corrections(text, Path::new(&*self.options.corrections.file), &sections)?;
        Ok(())
    }
}
