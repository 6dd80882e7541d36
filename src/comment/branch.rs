//! The commits of a pull request: those that its target branch does not contain.

use crate::{
    git::Repository,
    history::Ancestry,
    model::{IdSet, ObjectId},
    notes,
};

/// The commits of a pull request.
#[derive(Debug, Clone, Default)]
pub struct BranchCommits {
    /// Newest first.
    pub commits: Vec<ObjectId>,
    /// The newest common ancestor of both branches; `None` if there is none, or the target contains all commits.
    pub fork: Option<ObjectId>,
}

/// The commits that `head` contains and `base` does not.
///
/// # Errors
/// If the clone is too shallow, or a commit cannot be read.
pub fn branch_commits(
    repository: &Repository,
    base: ObjectId,
    head: ObjectId,
) -> Result<BranchCommits, notes::Error> {
    let reader = repository.commits()?;
    let read = |id| reader.node(id);
    let mut ancestry = Ancestry::new(&read);
    let commits = ancestry.range(&[head], &[base])?;
    if let Some(edge) = commits.iter().find(|id| repository.is_boundary(**id)) {
        return Err(notes::Error::Shallow { edge: *edge });
    }
    let own: IdSet = commits.iter().copied().collect();
    let mut shared: Vec<(i64, ObjectId)> = Vec::new();
    for id in &commits {
        let parents = ancestry.node(*id)?.parents.clone();
        for parent in parents.iter().filter(|parent| !own.contains(parent)) {
            shared.push((ancestry.node(*parent)?.seconds, *parent));
        }
    }
    Ok(BranchCommits { commits, fork: shared.into_iter().max().map(|(_, id)| id) })
}
