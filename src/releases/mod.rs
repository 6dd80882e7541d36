//! Windows to releases: each is grouped, judged and put together, on several threads where there are many.

mod in_turn;
mod line;
mod release_commit;
mod whole;

use std::{borrow::Cow, cell::RefCell, collections::HashMap, thread};

use chrono::NaiveDate;

use crate::{
    changes::{
        duplicates::{Candidate, Elsewhere},
        group::{self, Grouped, Surroundings},
        message::{Message, Outline},
    },
    classify::{self, Classified},
    error::Error,
    forge::Links,
    git::{self, Repository},
    history::{Point, Window},
    model::{Change, Commit, IdMap, PathSet, Person, Release},
    release::{self, AttentionRule, Facts},
    select,
};

use in_turn::Taken;
use release_commit::Tagged;

pub use line::{Line, Messages, Options, Read};
pub use whole::{Asked, Whole};

/// Below this many commits a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 4_000;

/// Of so many commits of a window the patches are compared; each costs a diff, and a window of years has thousands whose
/// subject stands in another version too.
const MOST_PATCHES: usize = 200;

/// One window as far as its changes are made and judged: for what looks inside (`explain`, `check`, `next`).
pub struct Judged {
    /// What became of the commits that make no change.
    pub grouped: Grouped,
    /// The sections, and what is hidden.
    pub classified: Classified,
}

/// Releases, or what was made of them, in their order; they are made one by one. Behind one that cannot be made come no
/// more that count.
pub type Releases<'r, M = Release> = &'r mut dyn Iterator<Item = Result<M, Error>>;

/// Gives what `form` makes of the releases of all windows to `take`, in their order. Where there are many, other threads
/// make the next ones while it has one in hand, and form each as soon as it is made: a release that goes to another thread
/// is out of reach of both threads' caches.
///
/// # Errors
/// When trees or tags cannot be read, and whatever `form` and `take` say.
pub fn each<M: Send, T>(
    repository: &Repository,
    line: &Line,
    read: &Read,
    options: &Options,
    form: impl Fn(Release) -> Result<M, Error> + Sync,
    take: impl FnOnce(Releases<'_, M>) -> Result<T, Error>,
) -> Result<T, Error> {
    let windows = &read.selected.windows;
    if windows.len() < 2 || read.selected.commits.len() < WORTH_A_THREAD {
        let elsewhere = elsewhere(read, options);
        let first_seen = (windows.len() > 1).then(|| first_seen(read));
        let mut stage = Stage::new(repository, line, read, options, &elsewhere)?;
        let made = windows
            .iter()
            .enumerate()
            .map(|(at, window)| stage.release(window, at, first_seen.as_ref()).and_then(&form));
        return take(&mut { made });
    }
    let (elsewhere, first_seen) = thread::scope(|scope| {
        let first_seen = scope.spawn(|| first_seen(read));
        (elsewhere(read, options), Some(joined(first_seen)))
    });
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let forks: Vec<Repository> = (0..threads).map(|_| repository.fork()).collect::<Result<_, _>>()?;
    let work = |repository: Repository, runs: Taken<'_, '_, M>| {
        let mut opened = None;
        runs.each(|run| {
            let stage = match &mut opened {
                Some(stage) => stage,
                none => none.insert(Stage::new(&repository, line, read, options, &elsewhere)?),
            };
            run.iter()
                .map(|(at, window)| stage.release(window, *at, first_seen.as_ref()).and_then(&form))
                .collect()
        });
    };
    in_turn::in_turn(&in_turn::runs(windows), forks, &work, take)
}

/// Groups and judges one window.
///
/// # Errors
/// When the object database cannot be opened.
pub fn judge(
    repository: &Repository,
    line: &Line,
    read: &Read,
    options: &Options,
    window: &Window,
) -> Result<Judged, Error> {
    let elsewhere = elsewhere(read, options);
    let stage = Stage::new(repository, line, read, options, &elsewhere)?;
    let commits: Vec<_> = read.commits_of(window).collect();
    let messages = read.messages_of(window, &options.messages);
    Ok(stage.judge(window, &commits, &messages.iter().map(Cow::as_ref).collect::<Vec<_>>()))
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The commits of versions on other branches, which may have a window's changes already.
fn elsewhere(read: &Read, options: &Options) -> Elsewhere {
    let selected = &read.selected;
    let name =
        |rank: usize| read.versions.get(rank).map(|entry| entry.version.to_string()).unwrap_or_default();
    let unread = |commit| Candidate::unread(commit, Outline::of(&commit.message));
    let own = selected.elsewhere.iter().map(|(rank, commits)| (*rank, commits.iter().map(unread).collect()));
    let own: Vec<(usize, Vec<Candidate<'_>>)> = own.collect();
    let aside = aside(read);
    let windows = selected.windows.iter().filter_map(|window| {
        let rank = select::rank(&read.versions, &window.target);
        let is_aside = aside.get(rank) == Some(&true);
        let candidates = || window.commits.iter().filter_map(|at| read.candidate(*at as usize)).collect();
        is_aside.then(|| (rank, candidates()))
    });
    let all = own.iter().flat_map(|(_, candidates)| candidates).copied();
    let all = all.chain((0..selected.commits.len()).filter_map(|at| read.candidate(at)));
    let versions = own.iter().cloned().chain(windows);
    let versions = versions.map(|(rank, candidates)| (rank, name(rank), candidates));
    Elsewhere::new(versions, all, &options.messages)
}

/// Which versions, by their rank, lie between another one and its base.
fn aside(read: &Read) -> Vec<bool> {
    let (selected, versions) = (&read.selected, &read.versions);
    let mut aside = vec![false; versions.all.len()];
    if selected.windows.len() < 2 {
        return aside;
    }
    for window in &selected.windows {
        let (above, below) = select::ranks(versions, window);
        let from = above.map_or(0, |above| above + 1).min(aside.len());
        let to = below.min(aside.len());
        if let Some(between) = aside.get_mut(from..to.max(from)).filter(|_| window.base.is_some()) {
            between.fill(true);
        }
    }
    aside
}

/// For each author, the oldest window (by its index) that has a commit of theirs.
fn first_seen(read: &Read) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    for (order, window) in read.selected.windows.iter().enumerate().rev() {
        for commit in read.commits_of(window) {
            if !commit.is_merge() && !seen.contains_key(commit.author.email.as_str()) {
                seen.insert(commit.author.email.clone(), order);
            }
        }
    }
    seen
}

/// What one thread needs to make releases.
struct Stage<'a> {
    repository: &'a Repository,
    line: &'a Line,
    read: &'a Read,
    options: &'a Options,
    elsewhere: &'a Elsewhere,
    commits: git::Commits<'a>,
    comparison: git::Comparison<'a>,
    tagged: Tagged<'a>,
    /// The patch ids that were asked for, since each costs a diff.
    patches: RefCell<IdMap<Option<[u8; 20]>>>,
}

impl<'a> Stage<'a> {
    fn new(
        repository: &'a Repository,
        line: &'a Line,
        read: &'a Read,
        options: &'a Options,
        elsewhere: &'a Elsewhere,
    ) -> Result<Self, Error> {
        let rules = options.attention.iter().map(|(set, _)| set);
        let filters = line.filters.iter().filter_map(|filter| options.sets.get(usize::from(*filter)));
        let sets: Vec<PathSet> = rules.chain(filters).cloned().collect();
        let (commits, comparison) = (repository.commits()?, repository.comparison(&sets)?);
        Ok(Self {
            repository,
            line,
            read,
            options,
            elsewhere,
            commits,
            comparison,
            tagged: Tagged::new(&read.versions),
            patches: RefCell::default(),
        })
    }

    /// Groups and judges a window, whose commits and messages these are.
    fn judge(&self, window: &Window, commits: &[&Commit], messages: &[&Message]) -> Judged {
        let is_one = self.read.selected.windows.len() < 2;
        let patch_id = |id| {
            // Over all of history this would be thousands of diffs; there, what a cherry-pick keeps must do.
            if !is_one {
                return None;
            }
            let known = self.patches.borrow().get(&id).copied();
            if known.is_none() && self.patches.borrow().len() >= MOST_PATCHES {
                return None;
            }
            known.unwrap_or_else(|| {
                let patch = git::patch_id(self.repository, id).ok().flatten();
                self.patches.borrow_mut().insert(id, patch);
                patch
            })
        };
        let mapped = |person: Person| self.commits.mapped(person);
        let named = |name: &str| self.commits.commit(self.repository.resolve(name).ok()?).ok();
        let mut grouped = group::group(
            commits,
            messages,
            Surroundings {
                unit: self.options.unit,
                elsewhere: self.elsewhere,
                ranks: select::ranks(&self.read.versions, window),
                patch_id: &patch_id,
                named: &named,
                mapped: &mapped,
                pull_requests: &self.read.forge.pull_requests,
            },
        );
        let filters = &self.line.filters;
        grouped.changes.retain(|change| filters.iter().all(|filter| change.touches.contains(filter)));
        for change in &mut grouped.changes {
            self.name_components(change);
            change.names_version = self.tagged.is_named_by(change, window);
        }
        let classified = classify::classify(std::mem::take(&mut grouped.changes), &self.options.classify);
        Judged { grouped, classified }
    }

    fn name_components(&self, change: &mut Change) {
        let touched = self.options.components.iter().filter(|(_, set)| change.touches.contains(set));
        change.components = touched.map(|(name, _)| name.clone()).collect();
    }

    fn release(
        &mut self,
        window: &Window,
        order: usize,
        first_seen: Option<&HashMap<String, usize>>,
    ) -> Result<Release, Error> {
        let commits: Vec<&Commit> = self.read.commits_of(window).collect();
        let messages = self.read.messages_of(window, &self.options.messages);
        let messages: Vec<&Message> = messages.iter().map(Cow::as_ref).collect();
        let judged = self.judge(window, &commits, &messages);
        let base = window.base.as_ref().map(|base| base.commit);
        let paths = if self.options.attention.is_empty() || window.commits.is_empty() {
            Vec::new()
        } else {
            let first_filter = self.options.attention.len();
            let mut paths = self.comparison.changed_paths(base, window.target.commit)?;
            // The sets of the filters stand behind those of the rules: a path must lie in each of them.
            let filters = || {
                (first_filter..)
                    .take(self.line.filters.len())
                    .map(|set| u16::try_from(set).unwrap_or(u16::MAX))
            };
            paths.retain(|path| filters().all(|filter| path.sets.contains(&filter)));
            paths
        };
        let attention: Vec<AttentionRule> =
            self.options.attention.iter().map(|(_, rule)| rule.clone()).collect();
        let to = self.seconds(&window.target)?;
        let from = window.base.as_ref().map(|base| self.seconds(base)).transpose()?;
        let excluded = |person: &Person| {
            let name = format!("{} <{}>", person.name, person.email);
            (!self.options.bots && classify::is_bot_name(&person.name))
                || self.options.excluded.iter().any(|pattern| pattern.is_match(&name))
        };
        let first_time = |person: &Person| {
            first_seen.map(|seen| seen.get(&person.email).is_none_or(|first| *first == order))
        };
        let environments: Vec<String> =
            self.line.history.environments.iter().map(|environment| environment.name.clone()).collect();
        Ok(release::assemble(
            window,
            &commits,
            &messages,
            &judged.grouped,
            judged.classified,
            &Facts {
                environments: &environments,
                tag: self.future_tag(window),
                date: self.date(window)?,
                place: self.read.selected.place.as_ref(),
                package: self.line.package.as_deref(),
                attention: &attention,
                paths: &paths,
                links: Links::new(&self.options.repository),
                moments: (from, to),
                excluded: &excluded,
                first_time: &first_time,
                filters: &self.line.filters,
                forge: &self.read.forge,
            },
        ))
    }

    fn seconds(&self, point: &Point) -> Result<i64, Error> {
        match self.read.selected.moments.get(&point.commit) {
            Some(seconds) => Ok(*seconds),
            None => Ok(self.commits.node(point.commit)?.seconds),
        }
    }

    /// The tag that a named version will have, in the form of the newest that is there.
    fn future_tag(&self, window: &Window) -> Option<String> {
        let version = window.target.version.as_ref().filter(|_| window.target.tag.is_none())?;
        let newest = self.read.versions.all.last().map(|entry| entry.tag.name.as_str());
        Some(self.line.history.pattern.tag_name(version, newest))
    }

    /// The tag's date, else the commit's; the day's for what is named but not tagged.
    fn date(&self, window: &Window) -> Result<Option<NaiveDate>, Error> {
        let Some(tag) = &window.target.tag else {
            return Ok(window.target.version.as_ref().map(|_| self.options.today));
        };
        let time = match self.commits.tag_time(tag)? {
            Some(time) => time,
            None => self.commits.commit(tag.commit)?.committer_time,
        };
        Ok(match self.options.offset {
            Some(offset) => time.at(offset),
            None => time.date(),
        })
    }
}
