//! Commits in the order of history.

use std::borrow::Borrow;

use crate::{
    git::{self, Commits, Repository},
    history::{self, Graph},
    model::{Commit, ObjectId},
    notes::error::Error,
};

/// Below this many commits, more threads would cost more than they save.
const WORTH_THREADS: usize = 4_000;

/// Whole commits, newest first. Many are read by several threads, unless they have been opened already.
#[expect(clippy::vec_box, reason = "as a walk over all of history gives them")]
pub(super) fn read_all(
    repository: &Repository,
    commits: &Commits<'_>,
    ids: &[ObjectId],
) -> Result<Vec<Box<Commit>>, Error> {
    let read = if ids.len() < WORTH_THREADS || commits.has_opened() {
        ids.iter().map(|id| Ok(Box::new(commits.commit(*id)?))).collect::<Result<_, git::Error>>()?
    } else {
        repository.read(ids)?
    };
    let commits: Vec<&Commit> = read.iter().map(Box::as_ref).collect();
    let order = ordered(&Graph::new(&commits), &commits)?;
    Ok(history::arranged(read, &order))
}

/// All commits of a graph by their places, newest first.
pub(super) fn ordered(graph: &Graph, commits: &[impl Borrow<Commit>]) -> Result<Vec<u32>, git::Error> {
    let order = graph.newest_first(commits);
    if order.len() < commits.len()
        && let Some(commit) = graph.in_circle(&order).and_then(|at| commits.get(at as usize))
    {
        return Err(git::Error::Circle { id: commit.borrow().id });
    }
    Ok(order)
}
