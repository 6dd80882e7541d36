//! Builds the releases of all windows, in order.

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
    runs::{Releases, RunQueue, flatten_runs, in_order, runs},
    shared_data::{MIN_PARALLEL, SharedData},
};

/// Builds the releases of all windows, converts them with `convert`, and passes them to `take` in order. If there are
/// many, other threads build the next ones while `take` runs.
///
/// # Errors
/// If trees or tags cannot be read, and those of `convert` and `take`.
pub(in crate::notes) fn each<M: Send, T, E: From<Error> + Send>(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    convert: impl Fn(Release) -> Result<M, E> + Sync,
    take: impl FnOnce(Releases<'_, M, E>) -> Result<T, E>,
) -> Result<T, E> {
    let windows = &data.selected.windows;
    let (runs, shared) = (runs(windows), SharedData::new(repository, data, options)?);
    if windows.len() < 2 || data.selected.commits.len() < MIN_PARALLEL {
        let mut builder = ReleaseBuilder::new(repository, line, data, options, &shared)?;
        return take(&mut flatten_runs(runs.iter().map(|run| builder.releases(run, &convert))));
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let forks: Vec<Repository> =
        (0..threads).map(|_| repository.fork()).collect::<Result<_, _>>().map_err(Error::from)?;
    let work = |repository: Repository, runs: RunQueue<'_, '_, M, E>| {
        let mut builder = None;
        runs.each(|run| {
            let builder = match &mut builder {
                Some(builder) => builder,
                none => none.insert(ReleaseBuilder::new(&repository, line, data, options, &shared)?),
            };
            builder.releases(run, &convert)
        });
    };
    in_order(&runs, forks, &work, take)
}
