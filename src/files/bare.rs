//! The files of a bare repository: those of the commit at HEAD.

use crate::git::Repository;

use super::{Error, ProjectFiles, Source};

impl ProjectFiles {
    /// The files of the commit at HEAD of a bare repository. `None` if there is a work tree, if the files are those of
    /// a commit of the base branch, or if there is no commit yet.
    ///
    /// # Errors
    /// If HEAD cannot be read.
    pub fn at_head(&self, repository: &Repository) -> Result<Option<Self>, Error> {
        if repository.work_tree().is_some() || !self.is_work_tree_trusted() {
            return Ok(None);
        }
        let Some(head) = repository.head()? else { return Ok(None) };
        let source = Source::Commit(Box::new(repository.fork()?), repository.tree_of(head.commit)?);
        Self::new(self.root(), self.root(), Some(repository), source).map(Some)
    }
}
