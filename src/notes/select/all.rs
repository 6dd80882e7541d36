//! Reads the whole history, and finds the windows of all versions in it.

use std::thread;

use super::{order::ordered, point::head};
use crate::{
    git::{self, Progress, Repository},
    history::{self, Assignment, Graph, Versions, Window},
    model::{Commit, ObjectId, Tag, Version},
    notes::error::Error,
};

/// The whole history, newest first.
pub(in crate::notes) struct HistoryWalk<T> {
    /// The commits.
    #[expect(clippy::vec_box, reason = "commits are ordered without moving them")]
    pub commits: Vec<Box<Commit>>,
    /// The result of `each` for each commit.
    pub results: Vec<T>,
    /// The commit graph.
    pub graph: Graph,
}

/// Reads all commits that a tag or HEAD contains, and calls `each` for every one.
///
/// # Errors
/// If the repository cannot be read or is shallow.
pub(in crate::notes) fn walk_history<T: Send>(
    repository: &Repository,
    tags: &[Tag],
    each: &(dyn Fn(&Commit) -> T + Sync),
    progress: Progress<'_>,
) -> Result<HistoryWalk<T>, Error> {
    let head = head(repository)?;
    let tips: Vec<ObjectId> = tags.iter().map(|tag| tag.commit).chain([head]).collect();
    let git::Walk { commits, results, edges } = repository.walk(&tips, each, progress)?;
    if let Some(edge) = commits.iter().find(|commit| repository.is_boundary(commit.id)) {
        return Err(Error::Shallow { edge: edge.id });
    }
    let graph = Graph::from_edges(&commits, edges);
    let order = ordered(&graph, &commits)?;
    Ok(thread::scope(|scope| {
        let arranged = scope.spawn(|| (history::reorder(commits, &order), history::reorder(results, &order)));
        let graph = graph.reordered(&order);
        let (commits, results) = arranged.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        HistoryWalk { commits, results, graph }
    }))
}

/// The windows of all versions and of the unreleased changes, newest first. `graph` is that of all commits, with
/// these IDs, `named` the version to give to unreleased changes.
///
/// # Errors
/// If HEAD cannot be read.
pub(in crate::notes) fn all_windows(
    repository: &Repository,
    (graph, ids): (&Graph, &[ObjectId]),
    versions: &Versions,
    options: &history::Options,
    named: Option<&Version>,
) -> Result<Vec<Window>, Error> {
    let head = Some(head(repository)?);
    let assignment = Assignment {
        versions,
        head,
        unreleased_version: named,
        prereleases: options.prereleases,
        line: options.maintenance.as_ref(),
    };
    Ok(history::assign(graph, ids, assignment))
}
