//! Builds releases in one thread.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use chrono::NaiveDate;

use crate::{
    changes::{self, Grouped, Lookups, Released},
    corrections::{self, VersionText},
    forge::Links,
    git::{self, PatchId, PathMatcher, Repository},
    history::{Point, Window},
    messages::Message,
    model::{Change, Commit, ComparedSets, IdMap, ObjectId, PathChange, PathSetId, Person, Release, Version},
    notes::{
        areas::{Surroundings, areas},
        assemble::{ChangedPaths, ClassifiedWindow, Identity, assemble},
        attention::ContentChecks,
        contributors::ContributorOptions,
        error::Error,
        options::{AttentionRule, Line, Options},
        select,
        version_text::{unreleased_text, version_text},
        window_data::WindowData,
    },
    rules::{self, Classified},
};

use super::{
    fragments::{self, Asked, KnownSources, WindowFragments},
    habits::Habits,
    own_edits,
    runs::Run,
    shared_data::SharedData,
    touched_files::{Reads, read_touched_files},
};

/// At most this many patch IDs are computed for a window: each costs a diff, and a window of several years can have
/// thousands of commits with the subject of a released one.
const MAX_PATCHES: usize = 200;

/// At most this many pairs of patches are compared for a window: commits that a script wrote in one second have the
/// same author and date.
const MAX_PAIRS: usize = 100;

/// The changes of one window, grouped and classified, for `explain`, `check` and `next`.
pub struct WindowChanges {
    /// The outcomes of the commits that are in no change.
    pub grouped: Grouped,
    /// The sections, and the hidden changes.
    pub classified: Classified,
    /// Whether files were not read because a partial clone lacks trees: all count as files of the product then.
    pub lacks_trees: bool,
    /// A warning about fragments that no window brings.
    pub stale_fragments: Option<String>,
    /// The corrections whose `merge_into` names no change of the window, as in `commit a1b2c3d`.
    pub unmerged: Vec<String>,
}

/// The state with which one thread builds releases.
pub(super) struct ReleaseBuilder<'a> {
    repository: &'a Repository,
    line: &'a Line,
    data: &'a WindowData,
    options: &'a Options,
    shared: &'a SharedData<'a>,
    commits: git::Commits<'a>,
    comparison: git::Comparison<'a>,
    /// Lists of path sets: each path must be in one set of each list.
    filters: Vec<Vec<PathMatcher>>,
    attention: Vec<AttentionRule>,
    contents: ContentChecks,
    environments: Vec<String>,
    patches: RefCell<git::Patches<'a>>,
    files: RefCell<git::CommitFiles<'a>>,
    habits: Habits<'a>,
    known_sources: RefCell<KnownSources>,
    /// Whether a partial clone may lack trees.
    allows_missing_trees: bool,
    /// Whether files were not read because trees were missing.
    lacked_trees: Cell<bool>,
    /// The first error in a lookup; the result may be wrong then.
    error: RefCell<Option<git::Error>>,
}

impl<'a> ReleaseBuilder<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        line: &'a Line,
        data: &'a WindowData,
        options: &'a Options,
        shared: &'a SharedData<'a>,
    ) -> Result<Self, Error> {
        // The sets of the attention rules come first, so that their indices are those of the rules.
        let mut sets = ComparedSets::default();
        for (set, _) in &options.attention {
            sets.push(set.clone())?;
        }
        let compiled = |any: &Vec<PathSetId>| {
            any.iter().filter_map(|set| options.sets.get(*set)).map(PathMatcher::new).collect()
        };
        let filters = line.filters.iter().map(compiled).collect::<Result<_, git::Error>>()?;
        let (commits, comparison) = (repository.commits()?, repository.comparison(&sets)?);
        let environments = line.history.environments.iter().map(|environment| environment.name.clone());
        Ok(Self {
            repository,
            line,
            data,
            options,
            shared,
            commits,
            comparison,
            filters,
            attention: options.attention.iter().map(|(_, rule)| rule.clone()).collect(),
            contents: ContentChecks::default(),
            environments: environments.collect(),
            patches: RefCell::new(git::Patches::new(repository)),
            files: RefCell::new(git::CommitFiles::new(repository)),
            habits: Habits::new(data, options),
            known_sources: RefCell::default(),
            allows_missing_trees: false,
            lacked_trees: Cell::new(false),
            error: RefCell::default(),
        })
    }

    /// Reads no files of commits whose trees a partial clone lacks. The next version seldom depends on them, and
    /// release pipelines clone without trees.
    pub(super) fn allow_missing_trees(&mut self) {
        self.allows_missing_trees = self.repository.is_partial();
    }

    /// Groups and classifies the changes of a window with these commits and messages, both newest first.
    ///
    /// # Errors
    /// If an object that a message names, or that a commit changes, is corrupt.
    pub(super) fn changes(
        &self,
        window: &Window,
        commits: &[&Commit],
        messages: &[&Message],
    ) -> Result<WindowChanges, Error> {
        let is_one = self.data.selected.windows.len() < 2;
        let (patches, pairs) = (Cell::new(0), Cell::new(0));
        let is_same_patch = |one, other| {
            pairs.set(pairs.get() + 1);
            let is_same = || self.record_error(self.patches.borrow_mut().is_same(one, other));
            pairs.get() <= MAX_PAIRS && is_same() == Some(true)
        };
        let patch_id = |id| {
            // For the whole history this would be thousands of diffs: there, only author, date and subject are
            // compared.
            if !is_one {
                return None;
            }
            if !self.patches.borrow().has_id(id) {
                patches.set(patches.get() + 1);
            }
            if patches.get() <= MAX_PATCHES { self.patch_id(id) } else { None }
        };
        let mailmap = |person: Person| self.commits.apply_mailmap(person);
        let commit = |id: &str| match self.repository.resolve(id) {
            // The ID in a message may be wrong, or from another repository.
            Err(
                git::Error::NoSuchRevision { .. }
                | git::Error::Ambiguous { .. }
                | git::Error::NotACommit { .. }
                | git::Error::Unsupported { .. },
            ) => None,
            found => self.record_error(found.and_then(|id| self.commits.commit(id))),
        };
        let (after, before) = select::ranks(&self.data.versions, window);
        let mut grouped = changes::group(
            commits,
            messages,
            self.options.unit,
            Released { index: &self.shared.released, after, before },
            &self.data.forge.pull_requests,
            Lookups {
                patch_id: &patch_id,
                is_same_patch: &is_same_patch,
                compares_window: is_one,
                commit: &commit,
                mailmap: &mailmap,
            },
        );
        let stale_fragments = self.keep_own(&mut grouped.changes, window, commits)?;
        let reads_plain = self.habits.reads_plain(&grouped.changes, window.target.commit, &self.commits);
        self.read_touched_files(commits, &mut grouped.changes, reads_plain);
        if let Some(error) = self.error.take() {
            return Err(error.into());
        }
        let changes = std::mem::take(&mut grouped.changes);
        let (classified, unmerged) = self.classify(changes, commits, reads_plain)?;
        Ok(WindowChanges {
            grouped,
            classified,
            lacks_trees: self.lacked_trees.get(),
            stale_fragments,
            unmerged,
        })
    }

    /// Corrects and classifies changes. Also returns the corrections whose `merge_into` names none of them.
    fn classify(
        &self,
        changes: Vec<Change>,
        commits: &[&Commit],
        reads_plain: bool,
    ) -> Result<(Classified, Vec<String>), Error> {
        let rules = &self.options.rules;
        let mut joined = rules::join_changes(changes, rules);
        let reads = (self.options, self.allows_missing_trees);
        own_edits::mark(&mut joined, &by_id(commits), &mut self.files.borrow_mut(), reads)?;
        let unmerged = corrections::assign(&self.options.corrections, &mut joined)?;
        Ok((rules::classify_joined(joined, rules, reads_plain), unmerged))
    }

    /// Keeps the changes of the line, with the texts of their fragments. Returns a warning about fragments that the
    /// window does not bring.
    fn keep_own(
        &self,
        changes: &mut Vec<Change>,
        window: &Window,
        commits: &[&Commit],
    ) -> Result<Option<String>, Error> {
        let fragments = self.fragments(window, commits)?;
        let is_about_line = |change: &Change| fragments.as_ref().is_some_and(|found| found.includes(change));
        changes.retain(|change| self.line.includes(&change.touches) || is_about_line(change));
        self.add_facts(changes, window, commits);
        let Some(found) = fragments else { return Ok(None) };
        *changes = found.apply(std::mem::take(changes));
        Ok(found.stale)
    }

    /// Adds what is known of the window: the components, the versions that released a change before, and whether a
    /// title is only the version.
    fn add_facts(&self, changes: &mut [Change], window: &Window, commits: &[&Commit]) {
        let also_in = also_in(window, commits);
        for change in changes {
            self.name_components(change);
            let versions: BTreeSet<&Version> =
                change.commits.iter().filter_map(|id| also_in.get(id).copied()).collect();
            change.also_in = versions.into_iter().cloned().collect();
            change.names_version = self.shared.versions.is_named_by(change, window);
        }
    }

    fn fragments(&self, window: &Window, commits: &[&Commit]) -> Result<Option<WindowFragments>, Error> {
        let asked = Asked { mode: self.options.fragments, package: self.line.package.as_deref(), window };
        let (files, known) = (&mut self.files.borrow_mut(), &mut self.known_sources.borrow_mut());
        match fragments::find(asked, commits, files, known) {
            Err(git::Error::Missing { .. }) if self.allows_missing_trees => {
                self.lacked_trees.set(true);
                Ok(None)
            }
            found => Ok(found?),
        }
    }

    fn patch_id(&self, id: ObjectId) -> Option<PatchId> {
        self.record_error(self.patches.borrow_mut().id(id)).flatten()
    }

    /// The value; an error is recorded, because lookups cannot return it.
    fn record_error<T>(&self, result: Result<T, git::Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.borrow_mut().get_or_insert(error);
                None
            }
        }
    }

    fn read_touched_files(&self, commits: &[&Commit], changes: &mut [Change], reads_plain: bool) {
        let reads = Reads { plain: reads_plain, allows_missing_trees: self.allows_missing_trees };
        let files = &mut self.files.borrow_mut();
        let lacks_trees = self.record_error(read_touched_files(changes, &by_id(commits), files, reads));
        self.lacked_trees.set(self.lacked_trees.get() || lacks_trees == Some(true));
    }

    fn name_components(&self, change: &mut Change) {
        let touched = self.options.components.iter().filter(|(_, set)| change.touches.contains(set));
        change.components = touched.map(|(name, _)| name.clone()).collect();
    }

    /// Names the areas of the listed changes. A merge has the paths of what it merges, so it counts only alone.
    fn name_areas(&self, classified: &mut Classified, commits: &[&Commit]) -> Result<(), Error> {
        let by_id = by_id(commits);
        let root = commits.first().map(|commit| commit.tree);
        let mut files = self.files.borrow_mut();
        let surroundings = Surroundings {
            product: self.options.repository.name.as_deref(),
            packages: &self.options.package_folders,
            own_package: self.line.package.as_deref(),
        };
        for change in classified.sections.iter_mut().flat_map(|section| &mut section.changes) {
            let own = change.commits.iter().filter_map(|id| by_id.get(id).copied());
            let (merges, plain): (Vec<&Commit>, Vec<&Commit>) = own.partition(|commit| commit.is_merge());
            let mut paths = Vec::new();
            for commit in if plain.is_empty() { merges } else { plain } {
                paths.extend(files.paths(commit)?);
            }
            let mut only_folder = |folder: &str| match root {
                Some(root) => files.only_folder(root, folder),
                None => Ok(None),
            };
            change.areas = areas(&paths, &surroundings, &mut only_folder)?;
        }
        Ok(())
    }

    /// Builds the releases of a run of windows. Each is converted in this thread as soon as it is built, while it is in
    /// the CPU cache.
    pub(super) fn releases<M, E: From<Error>>(
        &mut self,
        run: &Run<'_>,
        convert: &impl Fn(Release) -> Result<M, E>,
    ) -> Result<Vec<M>, E> {
        let mut paths = self.paths(run)?.into_iter();
        let releases = run.iter().map(|(order, window)| {
            let paths = if is_compared(window) { paths.next() } else { None };
            convert(self.release(window, *order, &paths.unwrap_or_default())?)
        });
        releases.collect()
    }

    /// The changed paths that match an attention rule, for each window of a run whose trees are compared.
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
        let windows = run.iter().map(|(_, window)| window).filter(|window| is_compared(window));
        for (paths, window) in paths.iter_mut().zip(windows) {
            paths.retain(|path| {
                self.filters.iter().all(|any| any.iter().any(|matcher| matcher.matches(&path.path)))
            });
            self.contents.retain(paths, (&self.attention, window.rollback), &mut |file, limit| {
                self.comparison.file(file, limit)
            });
        }
        Ok(paths)
    }

    /// The root tree of a commit.
    fn tree(&mut self, commit: ObjectId) -> Result<ObjectId, Error> {
        match self.shared.newest.get(&commit) {
            Some(commit) => Ok(commit.tree),
            None => Ok(self.comparison.root(commit)?),
        }
    }

    fn release(&self, window: &Window, order: usize, paths: &[PathChange]) -> Result<Release, Error> {
        let commits: Vec<&Commit> = self.data.commits_of(window).collect();
        let messages = self.data.messages_of(window, &self.options.messages);
        let messages: Vec<&Message> = messages.iter().map(Cow::as_ref).collect();
        let mut changes = self.changes(window, &commits, &messages)?;
        if self.options.areas {
            self.name_areas(&mut changes.classified, &commits)?;
        }
        let to = self.seconds(&window.target)?;
        let from = window.base.as_ref().map(|base| self.seconds(base)).transpose()?;
        let classified_window = ClassifiedWindow {
            window,
            commits: &commits,
            messages: &messages,
            grouped: &changes.grouped,
            classified: changes.classified,
        };
        let identity = Identity {
            tag: self.future_tag(window),
            date: self.date(window)?,
            days_since_base: from.map(|from| to.saturating_sub(from).div_euclid(86_400)),
            range: self.data.selected.range.as_ref(),
            package: self.line.package.as_deref(),
            environments: &self.environments,
            text: self.text(window),
            links: Links::new(&self.options.repository),
        };
        let paths = ChangedPaths { changed: paths, attention: &self.attention, line: self.line };
        let people = ContributorOptions {
            excluded: &self.options.excluded,
            bots: self.options.bots,
            forge: &self.data.forge,
            host: &self.shared.host,
            first_seen: self.shared.first_seen.as_ref().map(|seen| (seen, order)),
        };
        Ok(assemble(classified_window, identity, &paths, &people))
    }

    /// What people wrote about the version. A rollback removes it, so its text is not about the result.
    fn text(&self, window: &Window) -> Option<&VersionText> {
        let corrections = &self.options.corrections;
        let base = window.base.as_ref().and_then(|base| base.version.as_ref());
        match (&window.target.version, &self.data.selected.range) {
            _ if window.rollback => None,
            (Some(version), _) => version_text(corrections, self.line, version),
            (None, None) => unreleased_text(corrections, self.line, &self.data.versions, base),
            (None, Some(_)) => None,
        }
    }

    fn seconds(&self, point: &Point) -> Result<i64, Error> {
        if let Some(commit) = self.shared.newest.get(&point.commit) {
            return Ok(commit.committer_time.seconds);
        }
        match self.data.selected.seconds.get(&point.commit) {
            Some(seconds) => Ok(*seconds),
            None => Ok(self.commits.node(point.commit)?.seconds),
        }
    }

    /// The tag of a version that is not tagged yet, in the form of the highest version's tag.
    fn future_tag(&self, window: &Window) -> Option<String> {
        let version = window.target.version.as_ref().filter(|_| window.target.tag.is_none())?;
        let newest = self.data.versions.all.last().map(|entry| entry.tag.name.as_str());
        Some(self.line.history.pattern.tag_name(version, newest))
    }

    /// The date of the tag, else of its commit; today for a version that is not tagged.
    fn date(&self, window: &Window) -> Result<Option<NaiveDate>, Error> {
        let Some(tag) = &window.target.tag else {
            return Ok(window.target.version.as_ref().map(|_| self.options.today));
        };
        let time = match self.commits.tag_time(tag)? {
            Some(time) => time,
            None => match self.shared.newest.get(&tag.commit) {
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

fn by_id<'c>(commits: &[&'c Commit]) -> IdMap<&'c Commit> {
    commits.iter().map(|commit| (commit.id, *commit)).collect()
}

/// The commits of a window that a version before its base contains too, each with that version.
fn also_in<'w>(window: &'w Window, commits: &[&Commit]) -> IdMap<&'w Version> {
    let at = |position: &u32| window.commits.binary_search(position).ok();
    let also = window.also_in.iter().filter_map(|(position, version)| {
        at(position).and_then(|at| commits.get(at)).map(|commit| (commit.id, version))
    });
    also.collect()
}

/// Whether the trees of a window's ends are compared: without commits, no difference belongs to the window.
fn is_compared(window: &Window) -> bool {
    !window.commits.is_empty()
}
