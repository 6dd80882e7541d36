//! Reads commits and sorts them, newest first.

use std::borrow::Borrow;

use crate::{
    git::{self, Commits, Repository},
    history::{self, Graph},
    model::{Commit, ObjectId},
    notes::error::Error,
};

/// Below this number of commits, starting threads costs more than it saves.
const MIN_PARALLEL: usize = 4_000;

/// Reads commits and sorts them, newest first. Uses several threads for many commits that are not open yet.
#[expect(clippy::vec_box, reason = "same type as the result of a walk over the whole history")]
pub(super) fn read_all(
    repository: &Repository,
    commits: &Commits<'_>,
    ids: &[ObjectId],
) -> Result<Vec<Box<Commit>>, Error> {
    let read = if ids.len() < MIN_PARALLEL || commits.has_opened() {
        ids.iter().map(|id| Ok(Box::new(commits.commit(*id)?))).collect::<Result<_, git::Error>>()?
    } else {
        repository.read_commits(ids)?
    };
    let commits: Vec<&Commit> = read.iter().map(Box::as_ref).collect();
    let order = ordered(&Graph::new(&commits), &commits)?;
    Ok(history::reorder(read, &order))
}

/// The indices of all commits of a graph, newest first.
///
/// # Errors
/// If the graph has a cycle.
pub(super) fn ordered(graph: &Graph, commits: &[impl Borrow<Commit>]) -> Result<Vec<u32>, git::Error> {
    let order = graph.newest_first(commits);
    if order.len() < commits.len()
        && let Some(commit) = graph.find_cycle(&order).and_then(|at| commits.get(at as usize))
    {
        return Err(git::Error::Cycle { id: commit.borrow().id });
    }
    Ok(order)
}
