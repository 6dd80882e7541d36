//! Prepares the data about all windows that is needed to build the release of each.

use std::thread;

use crate::{
    changes::{OutlinedCommit, ReleasedIndex},
    git::Repository,
    messages::Outline,
    model::{Commit, IdMap},
    notes::{error::Error, first_seen::FirstSeen, options::Options, select, window_data::WindowData},
};

use super::release_commit::VersionsByCommit;

/// Below this number of commits, starting a thread costs more than it saves.
pub(super) const MIN_PARALLEL: usize = 4_000;

/// The data about all windows that is needed to build the release of each.
pub(super) struct SharedData<'r> {
    pub(super) released: ReleasedIndex,
    pub(super) versions: VersionsByCommit<'r>,
    /// The first window of each person; `None` if there is only one window.
    pub(super) first_seen: Option<FirstSeen>,
    /// The host of the forge, lower case; empty if unknown.
    pub(super) host: String,
    /// The newest commit of each window, by ID: nearly always the tagged one. Other commits are read when needed.
    pub(super) newest: IdMap<&'r Commit>,
}

impl<'r> SharedData<'r> {
    /// # Errors
    /// If the repository cannot be read.
    pub(super) fn new(
        repository: &Repository,
        data: &'r WindowData,
        options: &Options,
    ) -> Result<Self, Error> {
        let windows = &data.selected.windows;
        let host = host(options.repository.url.as_deref());
        let commits = repository.commits()?;
        let others = || {
            let first_seen = || FirstSeen::new(data, &options.messages, &commits, &host);
            let first_seen = (windows.len() > 1).then(first_seen);
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
                let released = scope.spawn(|| released(data, options));
                let others = others();
                (released.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), others)
            })
        };
        Ok(Self { released, versions, first_seen, host, newest })
    }

    /// The data that is needed to compute the changes of a single window.
    pub(super) fn for_one(data: &'r WindowData, options: &Options) -> Self {
        let (released, versions) = (released(data, options), VersionsByCommit::new(&data.versions));
        Self { released, versions, first_seen: None, host: String::new(), newest: IdMap::default() }
    }
}

/// Indexes the commits of versions on other branches, which may have released a window's changes before.
fn released(data: &WindowData, options: &Options) -> ReleasedIndex {
    let selected = &data.selected;
    let other_end = selected.windows.first().filter(|window| window.is_range).and_then(|window| {
        let other = if window.rollback { Some(&window.target) } else { window.base.as_ref() }?;
        let name = other.version.as_ref().map(ToString::to_string);
        Some(
            name.or_else(|| other.tag.as_ref().map(|tag| tag.name.clone()))
                .unwrap_or_else(|| other.commit.short()),
        )
    });
    let name = |rank: usize| match &other_end {
        Some(name) => name.clone(),
        None => data.versions.get(rank).map(|entry| entry.version.to_string()).unwrap_or_default(),
    };
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

/// The host of a web page's URL, lower case; empty if there is none.
fn host(url: Option<&str>) -> String {
    let url = url.and_then(|url| url::Url::parse(url).ok());
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
