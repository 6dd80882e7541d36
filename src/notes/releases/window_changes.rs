//! Computes the changes of one window, for `explain`, `check` and `next`.

use std::borrow::Cow;

use crate::{
    git::Repository,
    history::Window,
    notes::{
        error::Error,
        options::{Line, Options},
        window_data::WindowData,
    },
};

use super::{
    builder::{ReleaseBuilder, WindowChanges},
    shared_data::SharedData,
};

/// Groups and classifies the changes of one window.
///
/// # Errors
/// If an object that is needed for it cannot be read.
pub fn window_changes(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    window: &Window,
) -> Result<WindowChanges, Error> {
    let shared = SharedData::for_one(data, options);
    let mut builder = ReleaseBuilder::new(repository, line, data, options, &shared)?;
    builder.allow_missing_trees();
    let commits: Vec<_> = data.commits_of(window).collect();
    let messages = data.messages_of(window, &options.messages);
    builder.changes(window, &commits, &messages.iter().map(Cow::as_ref).collect::<Vec<_>>())
}
