//! Reads the text files named by a configuration: templates, their includes, locales.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::origin::Origins;
use crate::{error::Error, files::ProjectFiles, render::Template};

/// Reads files named by configuration keys: only inside the work tree if the repository has set the key, anywhere if
/// the user has.
pub(super) struct TextFiles<'a> {
    pub(super) files: &'a ProjectFiles,
    pub(super) origins: &'a Origins,
    pub(super) root: &'a Path,
}

impl TextFiles<'_> {
    /// The content of the file named by a key.
    pub(super) fn read(&self, key: &str, path: &str) -> Result<String, Error> {
        let full_path = self.root.join(path);
        let bytes = match self.origins.is_set_by_user(key) {
            true => self.files.read_user_path(&full_path)?,
            false => self.files.read(key, Path::new(path))?,
        };
        utf8(&full_path, bytes)
    }

    /// The template named by a key.
    pub(super) fn template(&self, key: &str, path: &str) -> Result<Template, Error> {
        Ok(Template { name: self.root.join(path).display().to_string(), source: self.read(key, path)? })
    }

    /// The templates in the folder named by a key, with their file names.
    pub(super) fn templates(&self, key: &str, path: &str) -> Result<Vec<Template>, Error> {
        let folder = self.root.join(path);
        let files = match self.origins.is_set_by_user(key) {
            true => read_user_folder(self.files, &folder)?,
            false => self.files.read_folder(key, Path::new(path))?,
        };
        files
            .into_iter()
            .map(|(name, bytes)| Ok(Template { source: utf8(&folder.join(&name), bytes)?, name }))
            .collect()
    }
}

/// The names and contents of the files in a folder named by the user, sorted by name.
fn read_user_folder(files: &ProjectFiles, folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let fail = |source| Error::File { verb: "read", path: folder.to_owned(), source };
    let entries = std::fs::read_dir(files.resolve_user_path(folder)?).map_err(fail)?;
    let paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map_err(fail)?;
    let mut contents = Vec::new();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        contents.push((name, files.read_user_path(&path)?));
    }
    contents.sort();
    Ok(contents)
}

/// Decodes the content of a file as UTF-8.
pub(super) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| Error::File {
        verb: "read",
        path: path.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidData, error),
    })
}
