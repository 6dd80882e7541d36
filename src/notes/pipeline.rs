//! Calls the stages in order. Each takes and returns values; no stage calls the next one.

use crate::{
    forge::Forge,
    git::{Progress, Repository},
    history::Versions,
    messages::{self, Message, Outline},
    model::{Commit, ForgeFacts, Notes, Release, Tag},
};

use super::{
    commit_cache::CommitCache,
    error::Error,
    forge_data,
    options::{Line, Options},
    releases::{self, FullHistory, LineRequest, Releases},
    select::{self, HistoryWalk, Selector},
    window_data::{Messages, WindowData},
};

/// Selects and reads windows, with their messages and the path sets that their commits touch. `cache` keeps these
/// between windows that overlap.
///
/// # Errors
/// If a revision or version does not exist, the tag pattern matches no tag, or the repository cannot be read.
pub fn read(
    repository: &Repository,
    tags: &[Tag],
    line: &Line,
    selector: &Selector,
    (options, cache): (&Options, Option<&CommitCache>),
    progress: Progress<'_>,
) -> Result<WindowData, Error> {
    if let Selector::All(named) = selector {
        let request = vec![(line, named.clone())];
        return Ok(full_history(repository, (tags, &|_| tags), request, options, progress)?.data);
    }
    let versions = versions(tags, line)?;
    let mut selected = select::read_window(repository, &versions, &line.history, selector)?;
    let messages = match cache {
        Some(cache) => cache.read(repository, &mut selected.commits, options)?,
        None => {
            options.compute_touches(repository, &mut selected.commits)?;
            Messages::Parsed(messages::parse_commits(&selected.commits, &options.messages))
        }
    };
    Ok(WindowData { versions, selected, messages, forge: ForgeFacts::default() })
}

/// Returns the tags that may be versions of a line.
pub type TagsOf<'f, 't> = &'f dyn Fn(&Line) -> &'t [Tag];

/// Reads the whole history once, and finds all windows of each line in it.
///
/// # Errors
/// If the tag pattern matches no tag, or the repository cannot be read.
pub fn full_history<'l, 't>(
    repository: &Repository,
    (tags, tags_of): (&[Tag], TagsOf<'_, 't>),
    requests: Vec<LineRequest<'l>>,
    options: &Options,
    progress: Progress<'_>,
) -> Result<FullHistory<'l>, Error> {
    let lines = requests.into_iter().map(|(line, named)| Ok((line, named, versions(tags_of(line), line)?)));
    let lines = lines.collect::<Result<Vec<_>, Error>>()?;
    let outline = |commit: &Commit| Outline::of(&commit.message);
    let HistoryWalk { mut commits, results: outlines, graph } =
        select::walk_history(repository, tags, &outline, progress)?;
    options.compute_touches(repository, &mut commits)?;
    let has_several = lines.len() > 1;
    let mut history = FullHistory::new(repository, (commits, outlines), &graph, lines)?;
    if has_several {
        // Each line uses all messages.
        history.data.parse_messages(&options.messages);
    }
    Ok(history)
}

/// The versions of a line. A package without a tag starts at its first version: the other tags are those of other
/// packages.
fn versions(tags: &[Tag], line: &Line) -> Result<Versions, Error> {
    let versions = Versions::new(tags, &line.history);
    if line.package.is_none() {
        select::guard_pattern(&versions, line.explicit)?;
    }
    Ok(versions)
}

/// Queries the forge for the data that the messages lack.
pub async fn enrich(forge: &Forge, data: &mut WindowData, options: &Options) {
    let mut all = data.take_messages(&options.messages);
    let selected = &data.selected;
    // The commits of all windows, newest first, each once.
    let mut seen = std::collections::HashSet::new();
    let order: Vec<usize> = selected
        .windows
        .iter()
        .flat_map(|window| &window.commits)
        .map(|index| *index as usize)
        .filter(|index| *index < selected.commits.len().min(all.len()) && seen.insert(*index))
        .collect();
    let commits: Vec<&Commit> =
        order.iter().filter_map(|index| selected.commits.get(*index).map(Box::as_ref)).collect();
    let mut messages: Vec<Box<Message>> =
        order.iter().filter_map(|index| all.get_mut(*index).map(std::mem::take)).collect();
    let base = selected.windows.last().and_then(|window| window.base.as_ref());
    let before = base.and_then(|base| selected.seconds.get(&base.commit).copied());
    data.forge = forge_data::enrich(forge, &commits, &mut messages, options, before).await;
    for (index, message) in order.into_iter().zip(messages) {
        if let Some(slot) = all.get_mut(index) {
            *slot = message;
        }
    }
    data.messages = Messages::Parsed(all);
}

/// Passes the notes of the windows to `write`: first the notes without releases, then the releases, newest first. Each
/// release is converted by `convert` as soon as it is built, so that those of a long history need not be in memory at
/// once.
///
/// # Errors
/// If trees or tags cannot be read, and those of `convert` and `write`.
pub fn notes<M: Send, T, E: From<Error> + Send>(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    convert: impl Fn(Release) -> Result<M, E> + Sync,
    write: impl FnOnce(Notes, Releases<'_, M, E>) -> Result<T, E>,
) -> Result<T, E> {
    let mut warnings = data.versions.warnings.clone();
    warnings.extend(
        data.forge.missing.iter().map(|missing| format!("pull request data is incomplete: {missing}")),
    );
    if let [only] = data.selected.windows.as_slice() {
        let left = releases::left_fragments(repository, line, data, options, only);
        warnings.extend(left.map_err(Error::from)?);
    }
    let complete = data.forge.missing.is_empty();
    let head = Notes { complete, warnings, repository: options.repository.clone(), releases: Vec::new() };
    releases::each(repository, line, data, options, convert, |releases| write(head, releases))
}

/// Collects the releases into the notes.
///
/// # Errors
/// If a release cannot be built.
pub fn collect_releases<E>(head: Notes, releases: Releases<'_, Release, E>) -> Result<Notes, E> {
    Ok(Notes { releases: releases.collect::<Result<_, _>>()?, ..head })
}
