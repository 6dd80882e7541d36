//! All of history, and the windows of every version in it.

use std::thread;

use super::{order::ordered, point::head};
use crate::{
    git::{self, Progress, Repository},
    history::{self, Assignment, Graph, Versions, Window},
    model::{Commit, ObjectId, Tag, Version},
    notes::error::Error,
};

/// All of history, newest first.
pub(in crate::notes) struct Everything<T> {
    /// The commits.
    #[expect(clippy::vec_box, reason = "commits are put into order without moving them")]
    pub commits: Vec<Box<Commit>>,
    /// What was made of each.
    pub made: Vec<T>,
    /// How they hang together.
    pub graph: Graph,
}

/// All commits of the repository that a version or HEAD contains, newest first, with what `each` makes of them; and
/// their graph.
///
/// # Errors
/// When the repository cannot be read or is shallow.
pub(in crate::notes) fn everything<T: Send>(
    repository: &Repository,
    tags: &[Tag],
    each: &(dyn Fn(&Commit) -> T + Sync),
    progress: Progress<'_>,
) -> Result<Everything<T>, Error> {
    let head = head(repository)?;
    let tips: Vec<ObjectId> = tags.iter().map(|tag| tag.commit).chain([head]).collect();
    let git::Walk { commits, made, links } = repository.walk(&tips, each, progress)?;
    if let Some(edge) = commits.iter().find(|commit| repository.is_boundary(commit.id)) {
        return Err(Error::Shallow { edge: edge.id });
    }
    let graph = Graph::linked(&commits, links);
    let order = ordered(&graph, &commits)?;
    Ok(thread::scope(|scope| {
        let arranged = scope.spawn(|| (history::arranged(commits, &order), history::arranged(made, &order)));
        let graph = graph.arranged(&order);
        let (commits, made) = arranged.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Everything { commits, made, graph }
    }))
}

/// The windows of every version and of what is unreleased, over the graph of all commits, newest first.
///
/// # Errors
/// When HEAD cannot be read.
pub(in crate::notes) fn every(
    repository: &Repository,
    graph: &Graph,
    versions: &Versions,
    options: &history::Options,
    named: Option<&Version>,
) -> Result<Vec<Window>, Error> {
    let head = Some(head(repository)?);
    let assignment = Assignment { versions, head, named, prereleases: options.prereleases };
    Ok(history::assign(graph, assignment))
}
