//! The texts that a configuration names: templates, their includes, locales.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::origin::Origins;
use crate::{error::Error, files::ProjectFiles, render::Template};

/// Reads what a configuration names: what the repository names inside of it, what the user names wherever it lies.
pub(super) struct Texts<'a> {
    pub(super) files: &'a ProjectFiles,
    pub(super) origins: &'a Origins,
    pub(super) root: &'a Path,
}

impl Texts<'_> {
    /// The text of a file that a key names.
    pub(super) fn read(&self, key: &str, path: &str) -> Result<String, Error> {
        let place = self.root.join(path);
        let bytes = match self.origins.is_users(key) {
            true => self.files.read_named(&place)?,
            false => self.files.read(key, Path::new(path))?,
        };
        utf8(&place, bytes)
    }

    /// The template that a key names.
    pub(super) fn template(&self, key: &str, path: &str) -> Result<Template, Error> {
        Ok(Template { name: self.root.join(path).display().to_string(), source: self.read(key, path)? })
    }

    /// The templates of the folder that a key names, by their names in it.
    pub(super) fn templates(&self, key: &str, path: &str) -> Result<Vec<Template>, Error> {
        let folder = self.root.join(path);
        let files = match self.origins.is_users(key) {
            true => named(self.files, &folder)?,
            false => self.files.read_folder(key, Path::new(path))?,
        };
        files
            .into_iter()
            .map(|(name, bytes)| Ok(Template { source: utf8(&folder.join(&name), bytes)?, name }))
            .collect()
    }
}

/// The files of a folder that the user names.
fn named(files: &ProjectFiles, folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let fail = |source| Error::File { verb: "read", path: folder.to_owned(), source };
    let entries = std::fs::read_dir(files.named(folder)?).map_err(fail)?;
    let paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map_err(fail)?;
    let mut found = Vec::new();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.push((name, files.read_named(&path)?));
    }
    found.sort();
    Ok(found)
}

/// Bytes as a text.
pub(super) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| Error::File {
        verb: "read",
        path: path.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidData, error),
    })
}
