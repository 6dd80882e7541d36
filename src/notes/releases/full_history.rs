//! The whole history with the windows of several lines of versions: read once, then used for each line in turn.

use crate::{
    git::Repository,
    history::{Graph, Versions},
    messages::Outline,
    model::{Commit, ForgeFacts, ObjectId, Version},
    notes::{
        discard,
        error::Error,
        options::Line,
        select::{self, Selection},
        window_data::{Messages, WindowData},
    },
};

/// A line of which all versions are requested, with the version to give to unreleased changes, if any.
pub type LineRequest<'l> = (&'l Line, Option<Version>);

/// The whole history, read for some lines.
pub struct FullHistory<'l> {
    /// The commits, and the windows of all lines one line after another, so that the forge is queried once for all.
    pub data: WindowData,
    /// Each line with its versions and the number of its windows.
    lines: Vec<(LineRequest<'l>, Versions, usize)>,
}

impl<'l> FullHistory<'l> {
    /// Finds the windows of each line. Takes all commits with the outlines of their messages, and each line with its
    /// versions.
    ///
    /// # Errors
    /// If HEAD cannot be read.
    pub fn new(
        repository: &Repository,
        (commits, outlines): (Vec<Box<Commit>>, Vec<Outline>),
        graph: &Graph,
        requests: Vec<(&'l Line, Option<Version>, Versions)>,
    ) -> Result<Self, Error> {
        let (mut windows, mut lines) = (Vec::new(), Vec::with_capacity(requests.len()));
        let mut first = None;
        let ids: Vec<ObjectId> = commits.iter().map(|commit| commit.id).collect();
        for (line, named, versions) in requests {
            let own =
                select::all_windows(repository, (graph, &ids), &versions, &line.history, named.as_ref())?;
            first.get_or_insert_with(|| versions.clone());
            lines.push(((line, named), versions, own.len()));
            windows.extend(own);
        }
        let selected = Selection { commits, windows, ..Selection::default() };
        let versions = first.unwrap_or_default();
        let messages = Messages::Unparsed(outlines);
        Ok(Self { data: WindowData { versions, selected, messages, forge: ForgeFacts::default() }, lines })
    }

    /// Calls `build` for each line in turn, with the data as if it were read for that line only.
    ///
    /// # Errors
    /// The first error of `build`; the lines after it are not built.
    pub fn each<T, E>(
        self,
        build: impl Fn(LineRequest<'l>, &WindowData) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let Self { mut data, lines } = self;
        let mut windows = std::mem::take(&mut data.selected.windows).into_iter();
        let mut results = Vec::with_capacity(lines.len());
        for (request, versions, count) in lines {
            data.versions = versions;
            data.selected.windows = windows.by_ref().take(count).collect();
            results.push(build(request, &data)?);
        }
        discard(data);
        Ok(results)
    }
}
