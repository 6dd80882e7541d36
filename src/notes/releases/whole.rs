//! All of history with the windows of several lines of versions: it is read once, and each line looks at it in turn.

use crate::{
    git::Repository,
    history::{Graph, Versions},
    messages::Outline,
    model::{Commit, ForgeFacts, Version},
    notes::{
        discard,
        error::Error,
        options::Line,
        select::{self, Selected},
        window_data::{Messages, WindowData},
    },
};

/// A line whose every version is asked for, with the version that what is unreleased will have, where that is known.
pub type Asked<'l> = (&'l Line, Option<Version>);

/// All of history, as it was read for some lines.
pub struct Whole<'l> {
    /// The commits, and the windows of all lines one after another, so that a forge is asked once for all.
    pub data: WindowData,
    /// Each line with its versions, and how many of the windows are its own.
    lines: Vec<(Asked<'l>, Versions, usize)>,
}

impl<'l> Whole<'l> {
    /// Finds the windows of each line, whose versions are given with it, among all commits, of whose messages the outlines are
    /// given.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn new(
        repository: &Repository,
        (commits, outlines): (Vec<Box<Commit>>, Vec<Outline>),
        graph: &Graph,
        asked: Vec<(&'l Line, Option<Version>, Versions)>,
    ) -> Result<Self, Error> {
        let (mut windows, mut lines) = (Vec::new(), Vec::with_capacity(asked.len()));
        let mut first = None;
        for (line, named, versions) in asked {
            let own = select::every(repository, graph, &versions, &line.history, named.as_ref())?;
            first.get_or_insert_with(|| versions.clone());
            lines.push(((line, named), versions, own.len()));
            windows.extend(own);
        }
        let selected = Selected { commits, windows, ..Selected::default() };
        let versions = first.unwrap_or_default();
        let messages = Messages::Unread(outlines);
        Ok(Self { data: WindowData { versions, selected, messages, forge: ForgeFacts::default() }, lines })
    }

    /// What `make` makes of each line in turn, of what was read as if for that line alone.
    ///
    /// # Errors
    /// Those of `make`; the lines after it are not tried.
    pub fn each<T, E>(self, make: impl Fn(Asked<'l>, &WindowData) -> Result<T, E>) -> Result<Vec<T>, E> {
        let Self { mut data, lines } = self;
        let mut windows = std::mem::take(&mut data.selected.windows).into_iter();
        let mut made = Vec::with_capacity(lines.len());
        for (asked, versions, count) in lines {
            data.versions = versions;
            data.selected.windows = windows.by_ref().take(count).collect();
            made.push(make(asked, &data)?);
        }
        discard(data);
        Ok(made)
    }
}
