//! The patch id of a commit: the same for the same change, whatever it was applied to.

use super::{Error, Repository, repository::oid};
use crate::model::ObjectId;

/// The patch id of a commit against its first parent, as `git patch-id --stable` reckons; `None` for a merge commit and
/// for a commit that changes nothing.
///
/// # Errors
/// When an object cannot be read.
pub fn patch_id(repository: &Repository, commit: ObjectId) -> Result<Option<[u8; 20]>, Error> {
    let what = || format!("the changes of {commit}");
    let inner = &repository.inner;
    let commit = inner.find_commit(oid(commit)?).map_err(Error::library(what()))?;
    if commit.parent_count() > 1 {
        return Ok(None);
    }
    let tree = commit.tree().map_err(Error::library(what()))?;
    let parent = commit.parent(0).and_then(|parent| parent.tree()).ok();
    let diff = inner.diff_tree_to_tree(parent.as_ref(), Some(&tree), None).map_err(Error::library(what()))?;
    if diff.deltas().len() == 0 {
        return Ok(None);
    }
    let id = diff.patchid(None).map_err(Error::library(what()))?;
    Ok(id.as_bytes().try_into().ok())
}
