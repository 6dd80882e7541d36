//! Reads the corrections file: from the work tree, so that the notes of an old version honour what was written later;
//! in a bare repository from HEAD; if the work tree is not trusted, from the commit of the base branch.

use std::path::{Path, PathBuf};

use crate::{
    config::{self, Config},
    corrections::Corrections,
    error::Error,
    files::{self, Document, ProjectFiles},
    git::{self, Repository},
};

use super::{origin::Origins, text_files::utf8};

/// The default path.
const PATH: &str = ".tidings/corrections.toml";

const NO_TREES: &str = "the clone lacks trees, so corrections are not read; to fetch the trees: git fetch --refetch --filter=blob:none";

/// The corrections file.
#[derive(Debug, Clone)]
pub struct CorrectionsFile {
    /// Its path: absolute if the user has set it elsewhere, otherwise relative to the root.
    pub path: PathBuf,
    /// Whether the user has set the path.
    pub is_set_by_user: bool,
    /// Its text; `None` if it does not exist.
    pub text: Option<String>,
}

impl CorrectionsFile {
    /// The file that a configuration names, not read yet.
    pub(super) fn new(config: &Config, origins: &Origins) -> Self {
        let path = PathBuf::from(config.corrections.as_deref().unwrap_or(PATH));
        let is_set_by_user = config.corrections.is_some() && origins.is_set_by_user("corrections");
        Self { path, is_set_by_user, text: None }
    }

    /// Reads the file, and resolves the commits that it names.
    ///
    /// # Errors
    /// If it cannot be read or is invalid, or a commit ID in it is ambiguous.
    pub(super) fn read<'s>(
        &mut self,
        files: &ProjectFiles,
        (repository, remote): (&Repository, &str),
        sections: impl Iterator<Item = &'s str>,
        warnings: &mut Vec<String>,
    ) -> Result<Corrections, Error> {
        let given = self.path.display().to_string();
        let bytes = if self.is_set_by_user {
            self.path = files.root().join(&self.path);
            if self.path.exists() { Some(files.read_user_path(&self.path)?) } else { None }
        } else {
            let head = files.at_head(repository)?;
            match find(head.as_ref().unwrap_or(files), &self.path) {
                Err(Error::Files(files::Error::Git(git::Error::Missing { .. })))
                    if head.is_some() && repository.omits_trees(remote) =>
                {
                    warnings.push(NO_TREES.to_owned());
                    None
                }
                found => found?,
            }
        };
        self.text = bytes.map(|bytes| utf8(Path::new(&given), bytes)).transpose()?;
        match &self.text {
            Some(text) => {
                let sections: Vec<String> = sections.map(str::to_owned).collect();
                resolved(&given, text, repository, &sections)
            }
            None => Ok(Corrections::empty(&given)),
        }
    }
}

fn find(files: &ProjectFiles, path: &Path) -> Result<Option<Vec<u8>>, Error> {
    Ok(files.find_document(None, path, Document::Corrections)?)
}

fn resolved(
    path: &str,
    text: &str,
    repository: &Repository,
    sections: &[String],
) -> Result<Corrections, Error> {
    let written = config::corrections(text, Path::new(path), sections)?;
    Corrections::new(path, written, |digits| match repository.commit_of_prefix(digits) {
        Err(git::Error::Ambiguous { .. }) => {
            Err(config::ambiguous_commit(text, Path::new(path), digits).into())
        }
        found => Ok(found?),
    })
}
