//! The releases of all windows, in their order.

use std::thread;

use crate::{
    git::Repository,
    model::Release,
    notes::{
        error::Error,
        options::{Line, Options},
        window_data::WindowData,
    },
};

use super::{
    builder::ReleaseBuilder,
    known::{KnownOfAll, WORTH_A_THREAD},
    runs::{Releases, Taken, in_turn, one_by_one, runs},
};

/// Gives what `form` makes of the releases of all windows to `take`, in their order. Where there are many, other threads
/// make and form the next ones while it has one in hand.
///
/// # Errors
/// When trees or tags cannot be read, and whatever `form` and `take` say.
pub(in crate::notes) fn each<M: Send, T, E: From<Error> + Send>(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    form: impl Fn(Release) -> Result<M, E> + Sync,
    take: impl FnOnce(Releases<'_, M, E>) -> Result<T, E>,
) -> Result<T, E> {
    let windows = &data.selected.windows;
    let (runs, known) = (runs(windows), KnownOfAll::new(data, options));
    if windows.len() < 2 || data.selected.commits.len() < WORTH_A_THREAD {
        let mut builder = ReleaseBuilder::new(repository, line, data, options, &known)?;
        return take(&mut one_by_one(runs.iter().map(|run| builder.releases(run, &form))));
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let forks: Vec<Repository> =
        (0..threads).map(|_| repository.fork()).collect::<Result<_, _>>().map_err(Error::from)?;
    let work = |repository: Repository, runs: Taken<'_, '_, M, E>| {
        let mut opened = None;
        runs.each(|run| {
            let builder = match &mut opened {
                Some(builder) => builder,
                none => none.insert(ReleaseBuilder::new(&repository, line, data, options, &known)?),
            };
            builder.releases(run, &form)
        });
    };
    in_turn(&runs, forks, &work, take)
}
