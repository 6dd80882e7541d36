//! Computes the patch ID of a commit: equal for the same change on different parents.

use super::diff::Trees;
use crate::git::{Error, Repository, objects::reader::Objects};
use crate::model::ObjectId;

/// Most changed files for which a patch ID is computed: each file is read whole, and a cherry-pick has fewer.
const MAX_FILES: usize = 10_000;

/// The patch ID of a commit against its first parent, as computed by `git patch-id --stable`. `None` for a merge
/// commit, a commit without changes or with more than 10,000 changed files, and if a partial clone lacks the blobs.
///
/// # Errors
/// If an object cannot be read.
pub fn patch_id(repository: &Repository, commit: ObjectId) -> Result<Option<[u8; 20]>, Error> {
    match compute(repository, commit) {
        Err(Error::Missing { .. }) if repository.is_partial() => Ok(None),
        done => done,
    }
}

fn compute(repository: &Repository, commit: ObjectId) -> Result<Option<[u8; 20]>, Error> {
    let what = format!("the changes of {commit}");
    let node = repository.commits()?.tree_and_parents(commit)?;
    if node.parents.len() > 1 {
        return Ok(None);
    }
    let mut trees = Trees::new(Objects::new(repository));
    let parent = node.parents.first().map(|parent| trees.root(&repository.overrides, *parent)).transpose()?;
    if parent == Some(node.tree) {
        return Ok(None);
    }
    let objects = trees.differing_objects(parent, node.tree, MAX_FILES)?;
    let Some(objects) = objects else { return Ok(None) };
    // The library sees only the objects written here, which have been validated.
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
