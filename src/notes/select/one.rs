//! One window, and the commits of it.

use crate::{
    changes::Rank,
    git::{self, Commits, Repository},
    history::{self, Ancestry, Choice, Point, Versions, Window},
    model::{Commit, IdMap, ObjectId, Place, Version},
    notes::error::Error,
};

use super::{
    order::read_all,
    place,
    point::{head, latest, point, tagged},
    rank::ranks,
    wanted::Wanted,
};

/// The commits and windows that were asked for.
#[derive(Debug, Default)]
pub struct Selected {
    /// All commits of the windows, newest first.
    pub commits: Vec<Box<Commit>>,
    /// Newest first.
    pub windows: Vec<Window>,
    /// The commits of versions on other branches between base and target, by version.
    pub other_branches: Vec<(Rank, Vec<Commit>)>,
    /// How the base was found, where one was looked for.
    pub choice: Option<Choice>,
    /// The moments of the commits that bases stand on, in seconds.
    pub moments: IdMap<i64>,
    /// What the one window is called where it is neither a version's nor what is unreleased.
    pub place: Option<Place>,
}

/// One window.
///
/// # Errors
/// When the repository cannot answer.
pub(in crate::notes) fn one(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    wanted: &Wanted,
) -> Result<Selected, Error> {
    let commits = repository.commits()?;
    let read = |id| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let point = |name: &str| point(repository, versions, options, name);
    let (target, explicit) = match wanted {
        Wanted::Unreleased(named) | Wanted::All(named) => {
            (Point { commit: head(repository)?, version: named.clone(), tag: None }, None)
        }
        Wanted::SinceFinal => (Point { commit: head(repository)?, version: None, tag: None }, None),
        Wanted::Latest => (latest(repository, versions, &mut ancestry)?, None),
        Wanted::Target(name) => (point(name)?, None),
        Wanted::Range(from, to) => {
            let to = if to.is_empty() { "HEAD" } else { to };
            let from = if from.is_empty() { None } else { Some(point(from)?) };
            (point(to)?, Some(from))
        }
    };
    let mut selected = Selected::default();
    let (base, aside) = match explicit {
        Some(base) => (base, false),
        None => {
            let of = match (&target.version, wanted) {
                (None, Wanted::SinceFinal) => history::BaseOf::NextFinal,
                (None, _) => history::BaseOf::Unreleased,
                (Some(version), _) => history::BaseOf::Version { version, tagged: target.tag.is_some() },
            };
            let choice = history::choose(versions, of, target.commit, &mut ancestry)?;
            let base = choice.base.and_then(|index| versions.get(index)).map(tagged);
            let is_aside =
                |verdict| matches!(verdict, history::Verdict::ChosenAside | history::Verdict::ChosenFinished);
            let aside = choice.verdicts.iter().any(|(_, verdict)| is_aside(*verdict));
            selected.choice = Some(choice);
            (base, aside)
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
    if let Some(id) = ancestry.circle(repository.altered())? {
        return Err(git::Error::Circle { id }.into());
    }
    for point in base.iter().chain([&target]) {
        selected.moments.insert(point.commit, ancestry.node(point.commit)?.seconds);
    }
    selected.place = place::place(versions, options, wanted, (base.as_ref(), &target), &mut ancestry)?;
    selected.commits = read_all(repository, &commits, &ids)?;
    let mut window = window(versions, target, base, (rollback, aside), selected.commits.len());
    window.prereleases = prereleases(versions, &window.target, &ids, options);
    selected.other_branches = on_other_branches(versions, &window, &commits, &mut ancestry)?;
    selected.windows.push(window);
    Ok(selected)
}

/// The pre-releases of a final version that its window holds, newest first.
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
    (rollback, aside): (bool, bool),
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
        aside,
    }
}

fn is_rollback<E>(base: Option<&Point>, target: &Point, ancestry: &mut Ancestry<'_, E>) -> Result<bool, E> {
    let Some(base) = base.filter(|base| base.commit != target.commit) else { return Ok(false) };
    if let (Some(from), Some(to)) = (&base.version, &target.version) {
        return Ok(to < from);
    }
    ancestry.is_ancestor(target.commit, base.commit)
}

/// The commits of versions between base and target that the target does not contain, by version.
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
