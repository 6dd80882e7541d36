//! What was asked for to windows: reads the repository exactly as far as the answer needs.

mod everything;
mod place;

use std::borrow::Borrow;

use crate::{
    changes::Rank,
    git::{self, Commits, Repository},
    history::{self, Ancestry, Choice, Graph, Point, Versions, Window},
    model::{Commit, IdMap, ObjectId, Place, Version},
};

pub use everything::{Everything, every, everything};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What no version contains; the version that it will have, where that is known.
    Unreleased(Option<Version>),
    /// What no final version contains: what the next final version would bring.
    SinceFinal,
    /// One version or commit.
    Target(String),
    /// From one to another; an empty end is the beginning of history, or HEAD.
    Range(String, String),
    /// The highest version that HEAD contains.
    Latest,
    /// Every version and what is unreleased; the version that the latter will have, where that is known.
    All(Option<Version>),
}

impl Wanted {
    /// Reads a target as it is given on the command line.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once("...").or_else(|| text.split_once("..")) {
            Some((from, to)) => Self::Range(from.to_owned(), to.to_owned()),
            None => Self::Target(text.to_owned()),
        }
    }
}

/// The commits and windows that were asked for.
#[derive(Debug, Default)]
pub struct Selected {
    /// All commits of the windows, newest first.
    pub commits: Vec<Box<Commit>>,
    /// Newest first.
    pub windows: Vec<Window>,
    /// The commits of versions on other branches between base and target, by version.
    pub elsewhere: Vec<(Rank, Vec<Commit>)>,
    /// How the base was found, where one was looked for.
    pub choice: Option<Choice>,
    /// The moments of the commits that bases stand on, in seconds.
    pub moments: IdMap<i64>,
    /// What the one window is called where it is neither a version's nor what is unreleased.
    pub place: Option<Place>,
}

/// The repository cannot answer what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The window runs into the edge of a shallow clone.
    #[error("the clone is shallow: history ends at {} before the window does", edge.short())]
    Shallow {
        /// The commit at the edge.
        edge: ObjectId,
    },
    /// A version is named that no tag names.
    #[error("no tag names the version {version}")]
    NoSuchVersion {
        /// As it was given.
        version: String,
        /// The highest versions there are.
        highest: Vec<String>,
    },
    /// An environment is named, and nothing has been tagged for it.
    #[error("no version is tagged for the environment `{name}`")]
    NothingInEnvironment {
        /// The environment.
        name: String,
        /// What its tags end with.
        suffix: String,
    },
    /// The last version was asked for and there is none.
    #[error("there is no version yet: {} tag{} there, none of them a version that HEAD contains", tags, if *tags == 1 { " is" } else { "s are" })]
    NoVersion {
        /// How many tags there are.
        tags: usize,
    },
    /// The tags look like versions, but not in the form that is looked for.
    #[error("none of the {count} tags is a version under the tag pattern; there are: {}", examples.join(", "))]
    PatternMatchesNothing {
        /// How many tags there are.
        count: usize,
        /// Some of them.
        examples: Vec<String>,
    },
}

impl Error {
    /// The way out, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Shallow { .. } => Some(
                "`tidings --deepen` fetches the rest, or: git fetch --unshallow --tags (actions/checkout: fetch-depth: 0)"
                    .to_owned(),
            ),
            Self::NoSuchVersion { version, highest } => Some(format!(
                "to name what is unreleased: --as {version}{}",
                if highest.is_empty() {
                    "; there is no version yet".to_owned()
                } else {
                    format!("; the highest versions are {}", highest.join(", "))
                }
            )),
            Self::NothingInEnvironment { name, suffix } => Some(format!(
                "its tags end with `{suffix}`, as in `v1.2.0{suffix}`: tidings tag VERSION --environment {name}"
            )),
            Self::NoVersion { .. } => {
                Some("a clone in a pipeline often lacks tags: git fetch --tags (or `tidings --deepen`)".to_owned())
            }
            Self::PatternMatchesNothing { .. } => {
                Some("set `tag_pattern` (or `scheme`) in tidings.toml; `tidings init` proposes one".to_owned())
            }
        }
    }
}

/// Refuses to take a repository for one without versions when its tags only have another form.
///
/// # Errors
/// When there are tags that hold a version's numbers, and none is read as one.
pub fn guard_pattern(versions: &Versions, explicit: bool) -> Result<(), Error> {
    if !versions.all.is_empty() || versions.passed_over.is_empty() {
        return Ok(());
    }
    let holds_numbers = |tag: &str| {
        let mut parts = tag.split(|c: char| !c.is_ascii_digit());
        tag.contains('.') && parts.by_ref().filter(|part| !part.is_empty()).count() >= 2
    };
    let tags = || versions.passed_over.iter().map(|passed| passed.tag.as_str());
    if !explicit && !tags().any(holds_numbers) {
        return Ok(());
    }
    let examples = tags().rev().take(5).map(|tag| format!("`{tag}`")).collect();
    Err(Error::PatternMatchesNothing { count: versions.passed_over.len(), examples })
}

/// A commit with the version that was meant by its name.
fn point(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    name: &str,
) -> Result<Point, Error> {
    let environment = options.environments.iter().position(|environment| environment.name == name);
    let text = options.pattern.version_text(name).or(Some(name.strip_prefix('v').unwrap_or(name)));
    let version = text.and_then(|text| Version::parse(text, &options.scheme));
    let found = versions
        .find_tag(name)
        .or_else(|| version.as_ref().and_then(|version| versions.find(version)))
        .or_else(|| environment.and_then(|index| versions.in_environment(index)));
    if let Some(entry) = found.and_then(|index| versions.get(index)) {
        return Ok(tagged(entry));
    }
    let resolved = repository.resolve(name).or_else(|error| match name.strip_prefix("sha-") {
        Some(sha) => repository.resolve(sha),
        None => Err(error),
    });
    match resolved {
        Ok(commit) => {
            // A commit on which versions stand is meant as the highest of them.
            let highest = versions.at(commit).max().and_then(|index| versions.get(index));
            Ok(highest.map_or(Point { commit, version: None, tag: None }, tagged))
        }
        Err(git::Error::NoSuchRevision { .. }) if version.is_some() => {
            let highest = versions.all.iter().rev().take(3).map(|entry| entry.tag.name.clone()).collect();
            Err(Error::NoSuchVersion { version: name.to_owned(), highest })
        }
        Err(error @ git::Error::NoSuchRevision { .. }) => {
            let declared = environment.and_then(|index| options.environments.get(index));
            Err(declared.map_or_else(
                || error.into(),
                |it| Error::NothingInEnvironment { name: it.name.clone(), suffix: it.suffix.clone() },
            ))
        }
        Err(error) => Err(error.into()),
    }
}

fn tagged(entry: &history::VersionTag) -> Point {
    Point { commit: entry.tag.commit, version: Some(entry.version.clone()), tag: Some(entry.tag.clone()) }
}

fn head(repository: &Repository) -> Result<ObjectId, Error> {
    let none = || git::Error::NoCommit { path: repository.path().to_owned() };
    Ok(repository.head()?.ok_or_else(none)?.commit)
}

/// One window.
///
/// # Errors
/// When the repository cannot answer.
pub fn one(
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
    selected.elsewhere = elsewhere(versions, &window, &commits, &mut ancestry)?;
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

/// Below this many commits, more threads would cost more than they save.
const WORTH_THREADS: usize = 4_000;

/// Whole commits, newest first. Many are read by several threads, unless they have been opened already.
#[expect(clippy::vec_box, reason = "as a walk over all of history gives them")]
fn read_all(
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
fn ordered(graph: &Graph, commits: &[impl Borrow<Commit>]) -> Result<Vec<u32>, git::Error> {
    let order = graph.newest_first(commits);
    if order.len() < commits.len()
        && let Some(commit) = graph.in_circle(&order).and_then(|at| commits.get(at as usize))
    {
        return Err(git::Error::Circle { id: commit.borrow().id });
    }
    Ok(order)
}

fn is_rollback<E>(base: Option<&Point>, target: &Point, ancestry: &mut Ancestry<'_, E>) -> Result<bool, E> {
    let Some(base) = base.filter(|base| base.commit != target.commit) else { return Ok(false) };
    if let (Some(from), Some(to)) = (&base.version, &target.version) {
        return Ok(to < from);
    }
    ancestry.is_ancestor(target.commit, base.commit)
}

fn latest<E>(
    repository: &Repository,
    versions: &Versions,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Point, Error>
where
    Error: From<E>,
{
    let head = head(repository)?;
    let choice = history::choose(versions, history::BaseOf::Unreleased, head, ancestry)?;
    let tags = versions.all.len() + versions.passed_over.len();
    choice.base.and_then(|index| versions.get(index)).map(tagged).ok_or(Error::NoVersion { tags })
}

/// Where a version stands, or would stand, among those that are tagged.
#[must_use]
pub fn rank(versions: &Versions, point: &Point) -> Rank {
    match &point.version {
        Some(version) => versions.all.partition_point(|entry| entry.version < *version),
        None => usize::MAX,
    }
}

/// The ranks between which versions on other branches count: above the base (and the base itself, where it is no
/// ancestor), below the target.
#[must_use]
pub fn ranks(versions: &Versions, window: &Window) -> (Option<Rank>, Rank) {
    let base = window.base.as_ref().filter(|base| base.version.is_some()).map(|base| rank(versions, base));
    let above = if window.aside { base.and_then(|base| base.checked_sub(1)) } else { base };
    (above, rank(versions, &window.target))
}

/// The commits of versions between base and target that the target does not contain, by version.
fn elsewhere(
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
