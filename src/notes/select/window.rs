//! Selects one window and reads its commits.

use crate::{
    changes::Rank,
    git::{self, Commits, Repository},
    history::{self, Ancestry, BaseChoice, Point, Versions, Window},
    model::{Commit, IdMap, ObjectId, RevisionRange, Version},
    notes::error::Error,
};

use super::{
    order::read_all,
    point::{head, latest, point, tagged},
    range,
    rank::ranks,
    selector::Selector,
};

/// The selected windows and their commits.
#[derive(Debug, Default)]
pub struct Selection {
    /// All commits of the windows, newest first.
    pub commits: Vec<Box<Commit>>,
    /// Newest first.
    pub windows: Vec<Window>,
    /// The commits of versions on other branches between base and target, by the version's rank.
    pub other_branches: Vec<(Rank, Vec<Commit>)>,
    /// How the base was chosen; `None` if it was given.
    pub choice: Option<BaseChoice>,
    /// The commit times of base and target, in seconds since 1970.
    pub seconds: IdMap<i64>,
    /// The range of the only window, if it is neither that of a version nor that of the unreleased changes.
    pub range: Option<RevisionRange>,
}

/// Selects one window and reads its commits.
///
/// # Errors
/// If a revision or version does not exist, the clone is too shallow, or the repository cannot be read.
pub(in crate::notes) fn read_window(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    selector: &Selector,
) -> Result<Selection, Error> {
    let commits = repository.commits()?;
    let read = |id| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let point = |name: &str| point(repository, versions, options, name);
    let (target, explicit) = match selector {
        Selector::Unreleased(named) | Selector::All(named) => {
            (Point { commit: head(repository)?, version: named.clone(), tag: None }, None)
        }
        Selector::SinceFinal => (Point { commit: head(repository)?, version: None, tag: None }, None),
        Selector::Latest => (latest(repository, versions, &mut ancestry)?, None),
        Selector::Target(name) => (point(name)?, None),
        Selector::Range(from, to) => {
            let to = if to.is_empty() { "HEAD" } else { to };
            let from = if from.is_empty() { None } else { Some(point(from)?) };
            (point(to)?, Some(from))
        }
    };
    let mut selected = Selection::default();
    let (base, diverged) = match explicit {
        Some(base) => (base, false),
        None => {
            let of = match (&target.version, selector) {
                (None, Selector::SinceFinal) => history::BaseOf::NextFinal,
                (None, _) => history::BaseOf::Unreleased,
                (Some(version), _) => history::BaseOf::Version { version, tagged: target.tag.is_some() },
            };
            let choice = history::choose(versions, of, target.commit, &mut ancestry)?;
            let base = choice.base.and_then(|index| versions.get(index)).map(tagged);
            let diverged = choice.candidates.iter().any(|(_, status)| status.is_diverged());
            selected.choice = Some(choice);
            (base, diverged)
        }
    };
    let rollback = is_rollback(base.as_ref(), &target, &mut ancestry)?;
    let (to, from) = match &base {
        Some(base) if rollback => (base.commit, Some(target.commit)),
        base => (target.commit, base.as_ref().map(|base| base.commit)),
    };
    let ids = ancestry.range(&[to], from.as_slice())?;
    if let Some(edge) = ids.iter().find(|id| repository.is_boundary(**id)) {
        return Err(Error::Shallow { edge: *edge });
    }
    if let Some(id) = ancestry.cycle(repository.overridden_commits())? {
        return Err(git::Error::Cycle { id }.into());
    }
    for point in base.iter().chain([&target]) {
        selected.seconds.insert(point.commit, ancestry.node(point.commit)?.seconds);
    }
    selected.range = range::range(versions, options, selector, (base.as_ref(), &target), &mut ancestry)?;
    selected.commits = read_all(repository, &commits, &ids)?;
    let mut window = window(versions, target, base, (rollback, diverged), selected.commits.len());
    window.prereleases = prereleases(versions, &window.target, &ids, options);
    selected.other_branches = on_other_branches(versions, &window, &commits, &mut ancestry)?;
    selected.windows.push(window);
    Ok(selected)
}

/// The pre-releases of a final version that its window contains, newest first.
fn prereleases(
    versions: &Versions,
    target: &Point,
    window: &[ObjectId],
    options: &history::Options,
) -> Vec<Version> {
    let collapses = options.prereleases == history::Prereleases::Collapse;
    let Some(version) = target.version.as_ref().filter(|version| collapses && !version.is_prerelease())
    else {
        return Vec::new();
    };
    let inside: crate::model::IdSet = window.iter().copied().collect();
    let own = versions.all.iter().rev().filter(|entry| {
        entry.version.is_prerelease()
            && entry.version.same_core(version)
            && inside.contains(&entry.tag.commit)
    });
    own.map(|entry| entry.version.clone()).collect()
}

fn window(
    versions: &Versions,
    target: Point,
    base: Option<Point>,
    (rollback, diverged): (bool, bool),
    commits: usize,
) -> Window {
    let entry =
        target.version.as_ref().filter(|_| target.tag.is_some()).and_then(|version| versions.find(version));
    let entry = entry.and_then(|index| versions.get(index));
    Window {
        environments: entry
            .map(|entry| entry.environments.iter().map(|(index, _)| *index).collect())
            .unwrap_or_default(),
        prereleases: Vec::new(),
        commits: (0..).take(commits).collect(),
        target,
        base,
        rollback,
        diverged,
    }
}

fn is_rollback<E>(base: Option<&Point>, target: &Point, ancestry: &mut Ancestry<'_, E>) -> Result<bool, E> {
    let Some(base) = base.filter(|base| base.commit != target.commit) else { return Ok(false) };
    if let (Some(from), Some(to)) = (&base.version, &target.version) {
        return Ok(to < from);
    }
    ancestry.is_ancestor(target.commit, base.commit)
}

/// The commits of versions between base and target that the target does not contain, by the version's rank. A commit
/// that several versions contain belongs to the lowest one.
fn on_other_branches(
    versions: &Versions,
    window: &Window,
    commits: &Commits<'_>,
    ancestry: &mut Ancestry<'_, git::Error>,
) -> Result<Vec<(Rank, Vec<Commit>)>, Error> {
    let (above, below) = ranks(versions, window);
    let between: Vec<(Rank, ObjectId)> = versions
        .all
        .iter()
        .enumerate()
        .filter(|(rank, _)| *rank < below && above.is_none_or(|above| *rank > above))
        .map(|(rank, entry)| (rank, entry.tag.commit))
        .collect();
    if window.base.is_none() || window.rollback || between.is_empty() {
        return Ok(Vec::new());
    }
    let tips: Vec<ObjectId> = between.iter().map(|(_, commit)| *commit).collect();
    let mut open: crate::model::IdSet = ancestry.range(&tips, &[window.target.commit])?.into_iter().collect();
    let mut parts = Vec::new();
    for (rank, tip) in between {
        let (mut stack, mut part) = (vec![tip], Vec::new());
        while let Some(id) = stack.pop() {
            if open.remove(&id) {
                let commit = commits.commit(id)?;
                stack.extend(&commit.parents);
                part.push(commit);
            }
        }
        if !part.is_empty() {
            parts.push((rank, part));
        }
    }
    Ok(parts)
}
