//! Finds the notes that a page or a frame shows.

use crate::{
    compare,
    corrections::EntryList,
    deployment::{self, Sources},
    error::Error,
    model::{Notes, Version},
    next,
    notes::Selector,
    session::{Session, images},
    settings,
};

use super::{edit, query::Query, state::Shared};

/// The notes that a page or a frame shows.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) notes: Notes,
    /// The entries that can be corrected.
    pub(super) list: Option<EntryList>,
    /// The version that unreleased changes will have.
    pub(super) planned: Option<Version>,
    /// The next version, with the reason.
    pub(super) next: Option<String>,
}

/// The notes of a query with their session, for a frame.
///
/// # Errors
/// If the repository cannot be read.
pub(super) fn shown_of(shared: &Shared, query: &Query) -> Result<(Session, Shown), Error> {
    let session = shared.session(query)?;
    let shown = shown(shared, &session, query)?;
    Ok((session, shown))
}

/// The notes of a query.
///
/// # Errors
/// If the repository cannot be read, or a target does not exist.
pub(super) fn shown(shared: &Shared, session: &Session, query: &Query) -> Result<Shown, Error> {
    if let Some((from, to)) = query.ends() {
        for end in [from, to] {
            refuse_image(session, end)?;
        }
        let registries = settings::registries(&shared.overrides, &shared.process, &[Some(from), Some(to)])?;
        let sources = Sources::new(Some(session), &registries, &[Some(from), Some(to)])?;
        let ends = deployment::both(&sources, Some((from, to)))?;
        let notes = compare::notes(&sources, &ends, false)?;
        return Ok(Shown { notes, list: None, planned: None, next: None });
    }
    let line = edit::line(session, query)?;
    let selector = session.selector(line, Query::given(&query.target), Query::given(&query.as_version))?;
    let (planned, next) = match selector {
        Selector::Unreleased(None) => match next::answer(session, line, None, None) {
            Ok(answer) => {
                let version = answer.next.version;
                let reason = answer.next.reason;
                let text = version
                    .as_ref()
                    .map_or_else(|| reason.clone(), |version| format!("{version} ({reason})"));
                (version, Some(text))
            }
            Err(Error::Next(error)) => (None, Some(error.to_string())),
            Err(error) => return Err(error),
        },
        _ => (None, None),
    };
    let data = session.read(line, &selector)?;
    let notes = session.notes_of(line, &selector, &data)?;
    let is_window = matches!(selector, Selector::Unreleased(_) | Selector::Target(_) | Selector::Latest);
    let list = is_window.then(|| session.entry_list_of(line, &data, planned.clone())).transpose()?;
    Ok(Shown { notes, list, planned, next })
}

/// Refuses an end that is neither an environment nor a revision: an address must not choose the server that is asked.
fn refuse_image(session: &Session, end: &str) -> Result<(), Error> {
    let is_known = !images::is_image(end) || session.repository.resolve(end).is_ok();
    match is_known {
        true => Ok(()),
        false => Err(Error::usage(
            format!("`{end}` is not an environment, a version or a revision"),
            Some("compare images in the terminal: tidings compare IMAGE IMAGE"),
        )),
    }
}
