//! The stages in their order: each takes values and gives values, and none calls the next.

use crate::{
    forge::Forge,
    git::{Progress, Repository},
    history::Versions,
    messages::{self, Message, Outline},
    model::{Commit, ForgeFacts, Notes, Release, Tag},
};

use super::{
    error::Error,
    forge_data,
    options::{Line, Options},
    releases::{self, Asked, Releases, Whole},
    select::{self, Everything, Wanted},
    window_data::{Messages, WindowData},
};

/// Reads the windows that were asked for, with their messages and the paths that matter.
///
/// # Errors
/// When the repository cannot answer.
pub fn read(
    repository: &Repository,
    tags: &[Tag],
    line: &Line,
    wanted: &Wanted,
    options: &Options,
    progress: Progress<'_>,
) -> Result<WindowData, Error> {
    if let Wanted::All(named) = wanted {
        return Ok(whole(repository, tags, vec![(line, named.clone())], options, progress)?.data);
    }
    let versions = versions(tags, line)?;
    let mut selected = select::one(repository, &versions, &line.history, wanted)?;
    let messages = messages::parse_commits(&selected.commits, &options.messages);
    repository.touch(&mut selected.commits, &options.sets)?;
    Ok(WindowData { versions, selected, messages: Messages::Read(messages), forge: ForgeFacts::default() })
}

/// Reads all of history once, and finds every window of each line in it.
///
/// # Errors
/// When the repository cannot answer.
pub fn whole<'l>(
    repository: &Repository,
    tags: &[Tag],
    asked: Vec<Asked<'l>>,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Whole<'l>, Error> {
    let known = asked.into_iter().map(|asked| Ok((asked.0, asked.1, versions(tags, asked.0)?)));
    let known = known.collect::<Result<Vec<_>, Error>>()?;
    let outline = |commit: &Commit| Outline::of(&commit.message);
    let Everything { mut commits, made: outlines, graph } =
        select::everything(repository, tags, &outline, progress)?;
    repository.touch(&mut commits, &options.sets)?;
    let several = known.len() > 1;
    let mut whole = Whole::new(repository, (commits, outlines), &graph, known)?;
    if several {
        // Each line looks at all of them.
        whole.data.read_messages(&options.messages);
    }
    Ok(whole)
}

fn versions(tags: &[Tag], line: &Line) -> Result<Versions, Error> {
    let versions = Versions::new(tags, &line.history);
    select::guard_pattern(&versions, line.explicit)?;
    Ok(versions)
}

/// Asks the forge for what the messages lack.
pub async fn enrich(forge: &Forge, data: &mut WindowData, options: &Options) {
    let mut all = data.take_messages(&options.messages);
    let selected = &data.selected;
    // Newest first, as the windows have them; a walk over all of history comes in any order.
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
    let before = base.and_then(|base| selected.moments.get(&base.commit).copied());
    data.forge = forge_data::enrich(forge, &commits, &mut messages, &options.messages, before).await;
    for (index, message) in order.into_iter().zip(messages) {
        if let Some(slot) = all.get_mut(index) {
            *slot = message;
        }
    }
    data.messages = Messages::Read(all);
}

/// Gives the notes of the windows to `write`: their head, and what `form` makes of each release as they are made, so that
/// those of a long history need not all be held.
///
/// # Errors
/// When trees or tags cannot be read, and whatever `form` and `write` say.
pub fn notes<M: Send, T, E: From<Error> + Send>(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    form: impl Fn(Release) -> Result<M, E> + Sync,
    write: impl FnOnce(Notes, Releases<'_, M, E>) -> Result<T, E>,
) -> Result<T, E> {
    let mut warnings = data.versions.warnings.clone();
    warnings.extend(
        data.forge.missing.iter().map(|missing| format!("not all pull requests are known: {missing}")),
    );
    let complete = data.forge.missing.is_empty();
    let head = Notes { complete, warnings, repository: options.repository.clone(), releases: Vec::new() };
    releases::each(repository, line, data, options, form, |releases| write(head, releases))
}

/// The notes with all their releases.
///
/// # Errors
/// When a release cannot be made.
pub fn gathered<E>(head: Notes, releases: Releases<'_, Release, E>) -> Result<Notes, E> {
    Ok(Notes { releases: releases.collect::<Result<_, _>>()?, ..head })
}
