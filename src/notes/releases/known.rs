//! What is known of all windows, for the making of each.

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

use super::release_commit::Tagged;

/// Below this many commits a second thread costs more than it saves.
pub(super) const WORTH_A_THREAD: usize = 4_000;

/// What is known of all windows, for the making of each.
pub(super) struct KnownOfAll<'r> {
    pub(super) released: ReleasedIndex,
    pub(super) tagged: Tagged<'r>,
    /// For each author, the oldest window (by its index) that has a commit of theirs; `None` where there are no others.
    pub(super) first_seen: Option<HashMap<String, usize>>,
    /// The newest commit of windows, by its id: nearly always what a version stands on. What is not here is read.
    pub(super) newest: IdMap<&'r Commit>,
}

impl<'r> KnownOfAll<'r> {
    pub(super) fn new(data: &'r WindowData, options: &Options) -> Self {
        let windows = &data.selected.windows;
        let others = || {
            let first_seen = (windows.len() > 1).then(|| first_seen(data));
            let newest = windows.iter().filter_map(|window| data.commits_of(window).next());
            (Tagged::new(&data.versions), first_seen, newest.map(|commit| (commit.id, commit)).collect())
        };
        let (released, (tagged, first_seen, newest)) = if data.selected.commits.len() < WORTH_A_THREAD {
            (released(data, options), others())
        } else {
            thread::scope(|scope| {
                let others = scope.spawn(others);
                let released = released(data, options);
                (released, others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        };
        Self { released, tagged, first_seen, newest }
    }

    /// What is known where one window alone is looked into.
    pub(super) fn for_one(data: &'r WindowData, options: &Options) -> Self {
        let (released, tagged) = (released(data, options), Tagged::new(&data.versions));
        Self { released, tagged, first_seen: None, newest: IdMap::default() }
    }
}

/// The commits of versions on other branches, which may have a window's changes already.
fn released(data: &WindowData, options: &Options) -> ReleasedIndex {
    let selected = &data.selected;
    let name =
        |rank: usize| data.versions.get(rank).map(|entry| entry.version.to_string()).unwrap_or_default();
    let unread = |commit| OutlinedCommit::unparsed(commit, Outline::of(&commit.message));
    let own =
        selected.other_branches.iter().map(|(rank, commits)| (*rank, commits.iter().map(unread).collect()));
    let own: Vec<(usize, Vec<OutlinedCommit<'_>>)> = own.collect();
    let aside = aside(data);
    let windows = selected.windows.iter().filter_map(|window| {
        let rank = select::rank(&data.versions, &window.target);
        let is_aside = aside.get(rank) == Some(&true);
        let candidates = || window.commits.iter().filter_map(|at| data.candidate(*at as usize)).collect();
        is_aside.then(|| (rank, candidates()))
    });
    let all = own.iter().flat_map(|(_, candidates)| candidates).copied();
    let all = all.chain((0..selected.commits.len()).filter_map(|at| data.candidate(at)));
    let versions = own.iter().cloned().chain(windows);
    let versions = versions.map(|(rank, candidates)| (rank, name(rank), candidates));
    ReleasedIndex::new(versions, all, &options.messages)
}

/// Which versions, by their rank, lie between another one and its base.
fn aside(data: &WindowData) -> Vec<bool> {
    let (selected, versions) = (&data.selected, &data.versions);
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
fn first_seen(data: &WindowData) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    // A history has many commits and few people, who are shared: nearly all have been met before.
    let mut met = HashSet::new();
    for (order, window) in data.selected.windows.iter().enumerate().rev() {
        for commit in data.commits_of(window).filter(|commit| !commit.is_merge()) {
            if met.insert(Arc::as_ptr(&commit.author)) && !seen.contains_key(&commit.author.email) {
                seen.insert(commit.author.email.clone(), order);
            }
        }
    }
    seen
}
