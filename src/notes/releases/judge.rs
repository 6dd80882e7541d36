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
    read: &WindowData,
    options: &Options,
    window: &Window,
) -> Result<Judged, Error> {
    let known = KnownOfAll::for_one(read, options);
    let builder = ReleaseBuilder::new(repository, line, read, options, &known)?;
    let commits: Vec<_> = read.commits_of(window).collect();
    let messages = read.messages_of(window, &options.messages);
    builder.judge(window, &commits, &messages.iter().map(Cow::as_ref).collect::<Vec<_>>())
}
