//! Windows to releases: each is grouped, judged and put together, on several threads where there are many.

mod in_turn;
mod line;
mod release_commit;
mod stage;
mod whole;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
};

use crate::{
    changes::{Grouped, OutlinedCommit, ReleasedIndex},
    error::Error,
    git::Repository,
    history::Window,
    messages::Outline,
    model::{Commit, IdMap, Release},
    notes::select,
    rules::Classified,
};

use in_turn::Taken;
use release_commit::Tagged;
use stage::Stage;

pub use line::{Line, Messages, Options, Read};
pub use whole::{Asked, Whole};

/// Below this many commits a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 4_000;

/// One window as far as its changes are made and judged: for what looks inside (`explain`, `check`, `next`).
pub struct Judged {
    /// What became of the commits that make no change.
    pub grouped: Grouped,
    /// The sections, and what is hidden.
    pub classified: Classified,
}

/// Releases, or what was made of them, in their order. They are made in runs; where one of a run cannot be made, none of that
/// run come, and none behind it that count.
pub type Releases<'r, M = Release> = &'r mut dyn Iterator<Item = Result<M, Error>>;

/// Gives what `form` makes of the releases of all windows to `take`, in their order. Where there are many, other threads
/// make and form the next ones while it has one in hand.
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
    let (runs, around) = (in_turn::runs(windows), Around::new(read, options));
    if windows.len() < 2 || read.selected.commits.len() < WORTH_A_THREAD {
        let mut stage = Stage::new(repository, line, read, options, &around)?;
        return take(&mut in_turn::one_by_one(runs.iter().map(|run| stage.releases(run, &form))));
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let forks: Vec<Repository> = (0..threads).map(|_| repository.fork()).collect::<Result<_, _>>()?;
    let work = |repository: Repository, runs: Taken<'_, '_, M>| {
        let mut opened = None;
        runs.each(|run| {
            let stage = match &mut opened {
                Some(stage) => stage,
                none => none.insert(Stage::new(&repository, line, read, options, &around)?),
            };
            stage.releases(run, &form)
        });
    };
    in_turn::in_turn(&runs, forks, &work, take)
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
    let around = Around {
        released: released(read, options),
        tagged: Tagged::new(&read.versions),
        first_seen: None,
        newest: IdMap::default(),
    };
    let stage = Stage::new(repository, line, read, options, &around)?;
    let commits: Vec<_> = read.commits_of(window).collect();
    let messages = read.messages_of(window, &options.messages);
    stage.judge(window, &commits, &messages.iter().map(Cow::as_ref).collect::<Vec<_>>())
}

/// What is known of all windows, for the making of each.
struct Around<'r> {
    released: ReleasedIndex,
    tagged: Tagged<'r>,
    /// For each author, the oldest window (by its index) that has a commit of theirs; `None` where there are no others.
    first_seen: Option<HashMap<String, usize>>,
    /// The newest commit of windows, by its id: nearly always what a version stands on. What is not here is read.
    newest: IdMap<&'r Commit>,
}

impl<'r> Around<'r> {
    fn new(read: &'r Read, options: &Options) -> Self {
        let windows = &read.selected.windows;
        let others = || {
            let first_seen = (windows.len() > 1).then(|| first_seen(read));
            let newest = windows.iter().filter_map(|window| read.commits_of(window).next());
            (Tagged::new(&read.versions), first_seen, newest.map(|commit| (commit.id, commit)).collect())
        };
        let (released, (tagged, first_seen, newest)) = if read.selected.commits.len() < WORTH_A_THREAD {
            (released(read, options), others())
        } else {
            thread::scope(|scope| {
                let others = scope.spawn(others);
                let released = released(read, options);
                (released, others.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        };
        Self { released, tagged, first_seen, newest }
    }
}

/// The commits of versions on other branches, which may have a window's changes already.
fn released(read: &Read, options: &Options) -> ReleasedIndex {
    let selected = &read.selected;
    let name =
        |rank: usize| read.versions.get(rank).map(|entry| entry.version.to_string()).unwrap_or_default();
    let unread = |commit| OutlinedCommit::unparsed(commit, Outline::of(&commit.message));
    let own = selected.elsewhere.iter().map(|(rank, commits)| (*rank, commits.iter().map(unread).collect()));
    let own: Vec<(usize, Vec<OutlinedCommit<'_>>)> = own.collect();
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
    ReleasedIndex::new(versions, all, &options.messages)
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
    // A history has many commits and few people, who are shared: nearly all have been met before.
    let mut met = HashSet::new();
    for (order, window) in read.selected.windows.iter().enumerate().rev() {
        for commit in read.commits_of(window).filter(|commit| !commit.is_merge()) {
            if met.insert(Arc::as_ptr(&commit.author)) && !seen.contains_key(&commit.author.email) {
                seen.insert(commit.author.email.clone(), order);
            }
        }
    }
    seen
}
