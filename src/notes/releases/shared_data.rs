//! Prepares the data about all windows that is needed to build the release of each.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
};

use crate::{
    changes::{OutlinedCommit, ReleasedIndex},
    messages::Outline,
    model::{Commit, IdMap},
    notes::{options::Options, select, window_data::WindowData},
};

use super::release_commit::VersionsByCommit;

/// Below this number of commits, starting a thread costs more than it saves.
pub(super) const MIN_PARALLEL: usize = 4_000;

/// The data about all windows that is needed to build the release of each.
pub(super) struct SharedData<'r> {
    pub(super) released: ReleasedIndex,
    pub(super) versions: VersionsByCommit<'r>,
    /// For each author's email address, the index of the oldest window with a commit by them; `None` if there is only
    /// one window.
    pub(super) first_seen: Option<HashMap<String, usize>>,
    /// The newest commit of each window, by ID: nearly always the tagged one. Other commits are read when needed.
    pub(super) newest: IdMap<&'r Commit>,
}

impl<'r> SharedData<'r> {
    pub(super) fn new(data: &'r WindowData, options: &Options) -> Self {
        let windows = &data.selected.windows;
        let others = || {
            let first_seen = (windows.len() > 1).then(|| first_seen(data));
            let newest = windows.iter().filter_map(|window| data.commits_of(window).next());
            (
                VersionsByCommit::new(&data.versions),
                first_seen,
                newest.map(|commit| (commit.id, commit)).collect(),
            )
        };
        let (released, (versions, first_seen, newest)) = if data.selected.commits.len() < MIN_PARALLEL {
            (released(data, options), others())
        } else {
            thread::scope(|scope| {
                let others = scope.spawn(others);
                let released = released(data, options);
                (released, others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        };
        Self { released, versions, first_seen, newest }
    }

    /// The data that is needed to compute the changes of a single window.
    pub(super) fn for_one(data: &'r WindowData, options: &Options) -> Self {
        let (released, versions) = (released(data, options), VersionsByCommit::new(&data.versions));
        Self { released, versions, first_seen: None, newest: IdMap::default() }
    }
}

/// Indexes the commits of versions on other branches, which may have released a window's changes before.
fn released(data: &WindowData, options: &Options) -> ReleasedIndex {
    let selected = &data.selected;
    let name =
        |rank: usize| data.versions.get(rank).map(|entry| entry.version.to_string()).unwrap_or_default();
    let unparsed = |commit| OutlinedCommit::unparsed(commit, Outline::of(&commit.message));
    let other =
        selected.other_branches.iter().map(|(rank, commits)| (*rank, commits.iter().map(unparsed).collect()));
    let other: Vec<(usize, Vec<OutlinedCommit<'_>>)> = other.collect();
    let between = between_base_and_target(data);
    let windows = selected.windows.iter().filter_map(|window| {
        let rank = select::rank(&data.versions, &window.target);
        let is_between = between.get(rank) == Some(&true);
        let candidates = || window.commits.iter().filter_map(|at| data.outlined(*at as usize)).collect();
        is_between.then(|| (rank, candidates()))
    });
    let all = other.iter().flat_map(|(_, candidates)| candidates).copied();
    let all = all.chain((0..selected.commits.len()).filter_map(|at| data.outlined(at)));
    let versions = other.iter().cloned().chain(windows);
    let versions = versions.map(|(rank, candidates)| (rank, name(rank), candidates));
    ReleasedIndex::new(versions, all, &options.messages)
}

/// For each version, by rank, whether it is between the base and the target of a window.
fn between_base_and_target(data: &WindowData) -> Vec<bool> {
    let (selected, versions) = (&data.selected, &data.versions);
    let mut is_between = vec![false; versions.all.len()];
    if selected.windows.len() < 2 {
        return is_between;
    }
    for window in &selected.windows {
        let (above, below) = select::ranks(versions, window);
        let from = above.map_or(0, |above| above + 1).min(is_between.len());
        let to = below.min(is_between.len());
        if let Some(between) = is_between.get_mut(from..to.max(from)).filter(|_| window.base.is_some()) {
            between.fill(true);
        }
    }
    is_between
}

/// For each author's email address, the index of the oldest window with a commit by them.
fn first_seen(data: &WindowData) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    // A history has many commits but few people, which are shared: skip those seen before by their pointer.
    let mut pointers = HashSet::new();
    for (order, window) in data.selected.windows.iter().enumerate().rev() {
        for commit in data.commits_of(window).filter(|commit| !commit.is_merge()) {
            if pointers.insert(Arc::as_ptr(&commit.author)) && !seen.contains_key(&commit.author.email) {
                seen.insert(commit.author.email.clone(), order);
            }
        }
    }
    seen
}
