//! How one thread builds releases.

use std::{borrow::Cow, cell::RefCell};

use chrono::NaiveDate;

use crate::{
    changes::{self, Grouped, Lookups, Released},
    forge::Links,
    git::{self, Repository},
    history::{Point, Window},
    messages::Message,
    model::{Change, Commit, ComparedSetId, ComparedSets, IdMap, ObjectId, PathChange, Person, Release},
    notes::{
        assemble::{ChangedPaths, Identity, JudgedWindow, People, assemble},
        error::Error,
        options::{AttentionRule, Line, Options},
        select,
        window_data::WindowData,
    },
    rules::{self, Classified},
};

use super::{known::KnownOfAll, runs::Run};

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

/// What one thread needs to build releases.
pub(super) struct ReleaseBuilder<'a> {
    repository: &'a Repository,
    line: &'a Line,
    data: &'a WindowData,
    options: &'a Options,
    known: &'a KnownOfAll<'a>,
    commits: git::Commits<'a>,
    comparison: git::Comparison<'a>,
    /// The path sets of the comparison that each path must lie in.
    filters: Vec<ComparedSetId>,
    attention: Vec<AttentionRule>,
    environments: Vec<String>,
    /// The patch ids that were asked for, since each costs a diff.
    patches: RefCell<IdMap<Option<[u8; 20]>>>,
    /// Why an object that could have changed the answer was not read.
    failed: RefCell<Option<git::Error>>,
}

impl<'a> ReleaseBuilder<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        line: &'a Line,
        data: &'a WindowData,
        options: &'a Options,
        known: &'a KnownOfAll<'a>,
    ) -> Result<Self, Error> {
        // The sets of the attention rules first: their numbers are those of the rules.
        let mut sets = ComparedSets::default();
        for (set, _) in &options.attention {
            sets.push(set.clone())?;
        }
        let filters = line.filters.iter().filter_map(|filter| options.sets.get(*filter));
        let filters = filters.map(|set| sets.push(set.clone())).collect::<Result<_, _>>()?;
        let (commits, comparison) = (repository.commits()?, repository.comparison(&sets)?);
        let environments = line.history.environments.iter().map(|environment| environment.name.clone());
        Ok(Self {
            repository,
            line,
            data,
            options,
            known,
            commits,
            comparison,
            filters,
            attention: options.attention.iter().map(|(_, rule)| rule.clone()).collect(),
            environments: environments.collect(),
            patches: RefCell::default(),
            failed: RefCell::default(),
        })
    }

    /// Groups and judges a window, whose commits and messages these are.
    ///
    /// # Errors
    /// When an object that a message names, or that a commit changes, is damaged.
    pub(super) fn judge(
        &self,
        window: &Window,
        commits: &[&Commit],
        messages: &[&Message],
    ) -> Result<Judged, Error> {
        let is_one = self.data.selected.windows.len() < 2;
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
                let patch = self.or_fail(git::patch_id(self.repository, id)).flatten();
                self.patches.borrow_mut().insert(id, patch);
                patch
            })
        };
        let mapped = |person: Person| self.commits.mapped(person);
        let named = |name: &str| match self.repository.resolve(name) {
            // What a message says may be wrong, or of another repository.
            Err(
                git::Error::NoSuchRevision { .. }
                | git::Error::Ambiguous { .. }
                | git::Error::NotACommit { .. }
                | git::Error::Unsupported { .. },
            ) => None,
            found => self.or_fail(found.and_then(|id| self.commits.commit(id))),
        };
        let (after, before) = select::ranks(&self.data.versions, window);
        let mut grouped = changes::group(
            commits,
            messages,
            self.options.unit,
            Released { index: &self.known.released, after, before },
            &self.data.forge.pull_requests,
            Lookups { patch_id: &patch_id, commit: &named, mailmap: &mapped },
        );
        grouped.changes.retain(|change| self.line.takes(&change.touches));
        for change in &mut grouped.changes {
            self.name_components(change);
            change.names_version = self.known.tagged.is_named_by(change, window);
        }
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let classified = rules::classify(std::mem::take(&mut grouped.changes), &self.options.rules);
        Ok(Judged { grouped, classified })
    }

    /// What was read; a failure is kept until the grouping is done.
    fn or_fail<T>(&self, result: Result<T, git::Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    fn name_components(&self, change: &mut Change) {
        let touched = self.options.components.iter().filter(|(_, set)| change.touches.contains(set));
        change.components = touched.map(|(name, _)| name.clone()).collect();
    }

    /// Makes the releases of a run of windows, and forms each as soon as it is made: what goes to another thread is out of
    /// reach of both threads' caches.
    pub(super) fn releases<M, E: From<Error>>(
        &mut self,
        run: &Run<'_>,
        form: &impl Fn(Release) -> Result<M, E>,
    ) -> Result<Vec<M>, E> {
        let mut paths = self.paths(run)?.into_iter();
        let made = run.iter().map(|(order, window)| {
            let paths = if is_compared(window) { paths.next() } else { None };
            form(self.release(window, *order, &paths.unwrap_or_default())?)
        });
        made.collect()
    }

    /// The paths that want attention in each window of a run that is compared.
    fn paths(&mut self, run: &Run<'_>) -> Result<Vec<Vec<PathChange>>, Error> {
        if self.options.attention.is_empty() {
            return Ok(Vec::new());
        }
        let mut pairs = Vec::with_capacity(run.len());
        for (_, window) in run.iter().filter(|(_, window)| is_compared(window)) {
            let old = window.base.as_ref().map(|base| self.tree(base.commit)).transpose()?;
            pairs.push((old, self.tree(window.target.commit)?));
        }
        let mut paths = self.comparison.changed_paths(&pairs)?;
        for paths in &mut paths {
            paths.retain(|path| self.filters.iter().all(|filter| path.sets.contains(filter)));
        }
        Ok(paths)
    }

    /// The root tree of a commit.
    fn tree(&mut self, commit: ObjectId) -> Result<ObjectId, Error> {
        match self.known.newest.get(&commit) {
            Some(commit) => Ok(commit.tree),
            None => Ok(self.comparison.root(commit)?),
        }
    }

    fn release(&self, window: &Window, order: usize, paths: &[PathChange]) -> Result<Release, Error> {
        let commits: Vec<&Commit> = self.data.commits_of(window).collect();
        let messages = self.data.messages_of(window, &self.options.messages);
        let messages: Vec<&Message> = messages.iter().map(Cow::as_ref).collect();
        let judged = self.judge(window, &commits, &messages)?;
        let to = self.seconds(&window.target)?;
        let from = window.base.as_ref().map(|base| self.seconds(base)).transpose()?;
        let excluded = |person: &Person| {
            let name = format!("{} <{}>", person.name, person.email);
            (!self.options.bots && rules::is_bot_name(&person.name))
                || self.options.excluded.iter().any(|pattern| pattern.is_match(&name))
        };
        let first_time = |person: &Person| {
            let seen = self.known.first_seen.as_ref();
            seen.map(|seen| seen.get(&person.email).is_none_or(|first| *first == order))
        };
        let judged = JudgedWindow {
            window,
            commits: &commits,
            messages: &messages,
            grouped: &judged.grouped,
            classified: judged.classified,
        };
        let identity = Identity {
            tag: self.future_tag(window),
            date: self.date(window)?,
            days_since_base: from.map(|from| to.saturating_sub(from).div_euclid(86_400)),
            place: self.data.selected.place.as_ref(),
            package: self.line.package.as_deref(),
            environments: &self.environments,
            links: Links::new(&self.options.repository),
        };
        let paths = ChangedPaths { changed: paths, attention: &self.attention, line: self.line };
        let people = People { excluded: &excluded, first_time: &first_time, forge: &self.data.forge };
        Ok(assemble(judged, identity, &paths, &people))
    }

    fn seconds(&self, point: &Point) -> Result<i64, Error> {
        if let Some(commit) = self.known.newest.get(&point.commit) {
            return Ok(commit.committer_time.seconds);
        }
        match self.data.selected.moments.get(&point.commit) {
            Some(seconds) => Ok(*seconds),
            None => Ok(self.commits.node(point.commit)?.seconds),
        }
    }

    /// The tag that a named version will have, in the form of the newest that is there.
    fn future_tag(&self, window: &Window) -> Option<String> {
        let version = window.target.version.as_ref().filter(|_| window.target.tag.is_none())?;
        let newest = self.data.versions.all.last().map(|entry| entry.tag.name.as_str());
        Some(self.line.history.pattern.tag_name(version, newest))
    }

    /// The tag's date, else the commit's; the day's for what is named but not tagged.
    fn date(&self, window: &Window) -> Result<Option<NaiveDate>, Error> {
        let Some(tag) = &window.target.tag else {
            return Ok(window.target.version.as_ref().map(|_| self.options.today));
        };
        let time = match self.commits.tag_time(tag)? {
            Some(time) => time,
            None => match self.known.newest.get(&tag.commit) {
                Some(commit) => commit.committer_time,
                None => self.commits.commit(tag.commit)?.committer_time,
            },
        };
        Ok(match self.options.offset {
            Some(offset) => time.at(offset),
            None => time.date(),
        })
    }
}

/// Whether the trees of a window's ends are compared: without a commit, nothing that differs is the window's.
fn is_compared(window: &Window) -> bool {
    !window.commits.is_empty()
}
