//! Reads blobs by object ID or path, and lists the files of a commit.

use super::{Error, Repository, objects::reader::Objects, trees::diff::Trees};
use crate::model::ObjectId;

impl Repository {
    /// Reads a blob by object ID, or by revision and path (`HEAD:.mailmap`); `None` if there is none.
    pub(super) fn blob(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some((revision, path)) = name.split_once(':') else {
            let Ok(id) = name.parse() else { return Ok(None) };
            return Ok(Some(Objects::new(self).read(id)?.1.to_vec()));
        };
        match self.resolve(revision) {
            Ok(commit) => self.file(commit, path),
            Err(Error::NoSuchRevision { .. } | Error::NotACommit { .. } | Error::Unsupported { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The paths of all files in the commit's tree, in git's order; at most `limit`.
    ///
    /// # Errors
    /// If the commit or one of its trees cannot be read.
    pub fn files(&self, commit: ObjectId, limit: usize) -> Result<Vec<String>, Error> {
        let mut trees = Trees::new(Objects::new(self));
        let root = trees.root(&self.overrides, commit)?;
        let mut files = Vec::new();
        if limit > 0 {
            trees.diff((None, Some(root)), &|_| true, &mut |path, _| {
                files.push(path.to_owned());
                files.len() < limit
            })?;
        }
        Ok(files)
    }

    /// The content of the file at `path` in the commit's tree; `None` if there is none.
    ///
    /// # Errors
    /// If the commit, a tree of the path, or the file cannot be read.
    pub fn file(&self, commit: ObjectId, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut trees = Trees::new(Objects::new(self));
        let root = trees.root(&self.overrides, commit)?;
        trees.file(root, path)
    }
}
