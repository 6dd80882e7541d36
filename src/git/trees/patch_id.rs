//! The patch id of a commit: the same for the same change, whatever it was applied to.

use super::diff::Trees;
use crate::git::{Error, Repository, objects::reader::Objects};
use crate::model::ObjectId;

/// More files than this in one commit are no cherry-pick, and each is read whole.
const MOST_FILES: usize = 10_000;

/// The patch id of a commit against its first parent, as `git patch-id --stable` reckons; `None` for a merge commit and
/// for a commit that changes nothing, or whose content a partial clone has not fetched.
///
/// # Errors
/// When an object cannot be read.
pub fn patch_id(repository: &Repository, commit: ObjectId) -> Result<Option<[u8; 20]>, Error> {
    match computed(repository, commit) {
        Err(Error::Missing { .. }) if repository.is_partial() => Ok(None),
        done => done,
    }
}

fn computed(repository: &Repository, commit: ObjectId) -> Result<Option<[u8; 20]>, Error> {
    let what = format!("the changes of {commit}");
    let node = repository.commits()?.recorded(commit)?;
    if node.parents.len() > 1 {
        return Ok(None);
    }
    let mut trees = Trees::new(Objects::new(repository));
    let parent = node.parents.first().map(|parent| trees.root(&repository.altered, *parent)).transpose()?;
    if parent == Some(node.tree) {
        return Ok(None);
    }
    let objects = trees.differing_objects(parent, node.tree, MOST_FILES)?;
    let Some(objects) = objects else { return Ok(None) };
    // The library compares the objects that it is given here, which have been checked; it has no others.
    let library = |source| Error::Library { what: what.clone(), source };
    let odb = git2::Odb::new().map_err(library)?;
    odb.add_new_mempack_backend(1).map_err(library)?;
    for id in objects {
        let (kind, content) = trees.object(id)?;
        odb.write(kind, content).map_err(library)?;
    }
    let inner = git2::Repository::from_odb(odb).map_err(library)?;
    let tree = |id: ObjectId| git2::Oid::from_bytes(id.as_bytes()).and_then(|id| inner.find_tree(id));
    let old = parent.map(tree).transpose().map_err(library)?;
    let new = tree(node.tree).map_err(library)?;
    let diff = inner.diff_tree_to_tree(old.as_ref(), Some(&new), None).map_err(library)?;
    if diff.deltas().len() == 0 {
        return Ok(None);
    }
    let id = diff.patchid(None).map_err(library)?;
    Ok(id.as_bytes().try_into().ok())
}
