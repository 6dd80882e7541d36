//! Selects one window and reads its commits.

use std::borrow::Cow;

use crate::{
    changes::Rank,
    git::{self, Commits, Repository},
    history::{self, Ancestry, CandidateStatus, Point, Target, VersionTag, Versions, Window, WindowFor},
    model::{Commit, IdMap, IdSet, ObjectId, RevisionRange, Version},
    notes::error::Error,
};

use super::{
    merged_line::merged_line,
    order::read_all,
    point::{head, latest, point, tagged, unreleased},
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
    /// The commit times of base and target, in seconds since 1970.
    pub seconds: IdMap<i64>,
    /// The highest final version that the base contains, if it is higher: it was tagged out of order. Only for the
    /// window of the next final version.
    pub contained: Option<Version>,
    /// The last version of HEAD's own line, if the base is a higher version that has merged commits of that line. Only
    /// for unreleased changes outside of a maintenance line.
    pub merged_line: Option<Version>,
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
        Selector::SinceFinal(_) => (Point { commit: head(repository)?, version: None, tag: None }, None),
        Selector::Latest => (latest(repository, versions, options, &mut ancestry)?, None),
        Selector::Target(name) => (point(name)?, None),
        Selector::Range(from, to) => {
            let to = if to.is_empty() { "HEAD" } else { to };
            let from = if from.is_empty() { None } else { Some(point(from)?) };
            (point(to)?, Some(from))
        }
    };
    let options = &for_target(repository, options, selector, target.commit)?;
    let mut selected = Selection::default();
    let mut part = match explicit {
        Some(base) => range_part(base, &target, &mut ancestry)?,
        None => {
            let of = match (&target.version, selector) {
                (None, Selector::SinceFinal(version)) => WindowFor::NextFinal(version.as_ref()),
                (None, _) => WindowFor::Unreleased,
                (Some(version), _) => WindowFor::Version(version),
            };
            let wanted = Target { of, ..unreleased(target.commit, options) };
            window_part(versions, wanted, &mut ancestry)?
        }
    };
    if let Some(edge) = part.ids.iter().find(|id| repository.is_boundary(**id)) {
        return Err(Error::Shallow { edge: *edge });
    }
    if let Some(id) = ancestry.cycle(repository.overridden_commits())? {
        return Err(git::Error::Cycle { id }.into());
    }
    for point in part.base.iter().chain([&target]) {
        selected.seconds.insert(point.commit, ancestry.node(point.commit)?.seconds);
    }
    let is_unreleased = matches!(selector, Selector::Unreleased(None) | Selector::SinceFinal(None))
        && options.maintenance.is_none();
    if let Some(base) = part.base.as_ref().filter(|_| is_unreleased && part.diverged) {
        selected.merged_line = merged_line(versions, base, target.commit, &mut ancestry)?.cloned();
    }
    if let (Selector::SinceFinal(_), Some(base)) = (selector, &part.base) {
        selected.contained = highest_contained(versions, base, &mut ancestry)?;
    }
    selected.range = range::range(versions, options, selector, (part.base.as_ref(), &target), &mut ancestry)?;
    selected.commits = read_all(repository, &commits, &part.ids)?;
    let prereleases = prereleases(versions, &target, &std::mem::take(&mut part.ids), options);
    let mut window = Window { prereleases, ..part.window(versions, target, options, &selected.commits) };
    selected.other_branches = on_other_branches(versions, &mut window, &commits, &mut ancestry)?;
    selected.windows.push(window);
    Ok(selected)
}

/// The options for a target: the maintenance line is that of HEAD's branch, and not of other commits.
fn for_target<'o>(
    repository: &Repository,
    options: &'o history::Options,
    selector: &Selector,
    target: ObjectId,
) -> Result<Cow<'o, history::Options>, Error> {
    let is_named = matches!(selector, Selector::Target(_) | Selector::Range(..));
    if options.maintenance.is_none() || !is_named || head(repository)? == target {
        return Ok(Cow::Borrowed(options));
    }
    Ok(Cow::Owned(history::Options { maintenance: None, ..options.clone() }))
}

/// Why each version is the base of a version's window, or is not: indices of the versions, highest first.
///
/// # Errors
/// If the repository cannot be read.
pub fn base_candidates(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    target: &Point,
) -> Result<Vec<(usize, CandidateStatus)>, Error> {
    let commits = repository.commits()?;
    let read = |id| commits.node(id);
    let mut ancestry = Ancestry::new(&read);
    let of = target.version.as_ref().map_or(WindowFor::Unreleased, WindowFor::Version);
    let target = Target { of, ..unreleased(target.commit, options) };
    let choice = history::window_of(versions, target, &mut ancestry)?;
    Ok(history::statuses(versions, target, &choice, &mut ancestry)?)
}

/// The highest final version that a version contains, if it is higher.
fn highest_contained<E>(
    versions: &Versions,
    base: &Point,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Option<Version>, E> {
    let is_higher = |entry: &&VersionTag| {
        !entry.is_prerelease() && base.version.as_ref().is_some_and(|base| entry.version > *base)
    };
    let higher: Vec<&VersionTag> = versions.all.iter().filter(is_higher).collect();
    let commits: Vec<ObjectId> = higher.iter().map(|entry| entry.tag.commit).collect();
    let is_contained = ancestry.ancestors_among(base.commit, &commits)?;
    let contained = higher.iter().zip(is_contained).rev().find(|(_, is_contained)| *is_contained);
    Ok(contained.map(|(entry, _)| entry.version.clone()))
}

/// The commits of a window, and the versions that it starts from.
struct Part {
    base: Option<Point>,
    between: Vec<Point>,
    ids: Vec<ObjectId>,
    also_in: IdMap<Version>,
    rollback: bool,
    is_range: bool,
    diverged: bool,
}

/// The commits of a range given by the user: exactly `git rev-list`.
fn range_part(
    base: Option<Point>,
    target: &Point,
    ancestry: &mut Ancestry<'_, git::Error>,
) -> Result<Part, Error> {
    let rollback = is_rollback(base.as_ref(), target, ancestry)?;
    let (to, from) = match &base {
        Some(base) if rollback => (base.commit, Some(target.commit)),
        base => (target.commit, base.as_ref().map(|base| base.commit)),
    };
    let ids = ancestry.range(&[to], from.as_slice())?;
    Ok(Part {
        base,
        between: Vec::new(),
        ids,
        also_in: IdMap::default(),
        rollback,
        is_range: true,
        diverged: false,
    })
}

/// The commits of the window of a version or of unreleased changes.
fn window_part(
    versions: &Versions,
    target: Target<'_>,
    ancestry: &mut Ancestry<'_, git::Error>,
) -> Result<Part, Error> {
    let choice = history::window_of(versions, target, ancestry)?;
    let base = choice.base.and_then(|index| versions.get(index)).map(tagged);
    let diverged = match &base {
        Some(base) => !ancestry.is_ancestor(base.commit, target.commit)?,
        None => false,
    };
    let also_in = choice
        .also_in
        .iter()
        .filter_map(|(id, index)| versions.get(*index).map(|entry| (*id, entry.version.clone())));
    Ok(Part {
        base,
        between: choice.between.iter().filter_map(|index| versions.get(*index)).map(tagged).collect(),
        also_in: also_in.collect(),
        ids: choice.commits,
        rollback: false,
        is_range: false,
        diverged,
    })
}

impl Part {
    fn window(
        self,
        versions: &Versions,
        target: Point,
        options: &history::Options,
        commits: &[Box<Commit>],
    ) -> Window {
        let entry = target.version.as_ref().filter(|_| target.tag.is_some());
        let index = entry.and_then(|version| versions.find(version));
        let also_in = (0..)
            .zip(commits)
            .filter_map(|(at, commit)| self.also_in.get(&commit.id).map(|version| (at, version.clone())));
        Window {
            environments: index.map(|at| versions.environments_running(at)).unwrap_or_default(),
            prereleases: Vec::new(),
            also_in: also_in.collect(),
            commits: (0..).take(commits.len()).collect(),
            maintenance: options.maintenance.clone().filter(|_| target.version.is_none()),
            target,
            base: self.base,
            between: self.between,
            rollback: self.rollback,
            is_range: self.is_range,
            diverged: self.diverged,
            line_start: None,
        }
    }
}

/// The pre-releases of a final version that its window contains, newest first.
fn prereleases(
    versions: &Versions,
    target: &Point,
    window: &[ObjectId],
    options: &history::Options,
) -> Vec<Version> {
    let collapses = options.prereleases == history::Prereleases::Collapse;
    if !collapses || target.version.as_ref().is_none_or(Version::is_prerelease) {
        return Vec::new();
    }
    let inside: IdSet = window.iter().copied().collect();
    let own =
        versions.all.iter().rev().filter(|entry| entry.is_prerelease() && inside.contains(&entry.tag.commit));
    own.map(|entry| entry.version.clone()).collect()
}

fn is_rollback<E>(base: Option<&Point>, target: &Point, ancestry: &mut Ancestry<'_, E>) -> Result<bool, E> {
    let Some(base) = base.filter(|base| base.commit != target.commit) else { return Ok(false) };
    if let (Some(from), Some(to)) = (&base.version, &target.version) {
        return Ok(to < from);
    }
    ancestry.is_ancestor(target.commit, base.commit)
}

/// The commits that may have released a change of the window before, by the rank of their version: those of versions
/// between base and target that the target does not contain, or of the other end of a range. A commit that several
/// versions contain belongs to the lowest one. Sets the start of the base's line in the window.
fn on_other_branches(
    versions: &Versions,
    window: &mut Window,
    commits: &Commits<'_>,
    ancestry: &mut Ancestry<'_, git::Error>,
) -> Result<Vec<(Rank, Vec<Commit>)>, Error> {
    let all = || versions.all.iter().enumerate().map(|(rank, entry)| (rank, entry.tag.commit));
    let Some(base) = &window.base else { return Ok(Vec::new()) };
    let target = window.target.commit;
    if window.is_range {
        let (other, own) = if window.rollback { (target, base.commit) } else { (base.commit, target) };
        let ids = ancestry.range(&[other], &[own])?;
        let other = ids.into_iter().map(|id| commits.commit(id)).collect::<Result<Vec<_>, _>>()?;
        return Ok(if other.is_empty() { Vec::new() } else { vec![(0, other)] });
    }
    if window.diverged {
        let line: IdSet = ancestry.range(&[base.commit], &[target])?.into_iter().collect();
        window.line_start = all().find(|(_, commit)| line.contains(commit)).map(|(rank, _)| rank);
    }
    let (above, below) = ranks(versions, window);
    let between: Vec<(Rank, ObjectId)> =
        all().filter(|(rank, _)| *rank < below && above.is_none_or(|above| *rank > above)).collect();
    if between.is_empty() {
        return Ok(Vec::new());
    }
    let tips: Vec<ObjectId> = between.iter().map(|(_, commit)| *commit).collect();
    let mut open: IdSet = ancestry.range(&tips, &[target])?.into_iter().collect();
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
