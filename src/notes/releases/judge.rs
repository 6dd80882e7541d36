//! One window, grouped and judged, for what looks inside: `explain`, `check`, `next`.

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
    builder::{Judged, ReleaseBuilder},
    known::KnownOfAll,
};

/// Groups and judges one window.
///
/// # Errors
/// When the object database cannot be opened.
pub fn judge(
    repository: &Repository,
    line: &Line,
    data: &WindowData,
    options: &Options,
    window: &Window,
) -> Result<Judged, Error> {
    let known = KnownOfAll::for_one(data, options);
    let builder = ReleaseBuilder::new(repository, line, data, options, &known)?;
    let commits: Vec<_> = data.commits_of(window).collect();
    let messages = data.messages_of(window, &options.messages);
    builder.judge(window, &commits, &messages.iter().map(Cow::as_ref).collect::<Vec<_>>())
}
