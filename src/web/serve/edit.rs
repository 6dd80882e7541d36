//! Writes what the forms say to the corrections file, and undoes it.

use serde::Serialize;

use crate::{
    corrections::{self, Edit, EditValue, ListError},
    error::Error,
    next,
    notes::Line,
    session::Session,
};

use super::{
    forms::{EditForm, UndoForm},
    query::Query,
    state::Shared,
};

/// The outcome of a form.
pub(super) enum Written {
    /// The file has it; or nothing was to be changed.
    Done,
    /// A page that says why it was not written, or asks.
    Asked(String),
}

/// Why corrections cannot be written; `None` if they can.
pub(super) fn read_only(session: &Session) -> Option<&'static str> {
    if session.repository.work_tree().is_none() {
        return Some("a bare repository has no work tree");
    }
    (!session.settings.files.is_work_tree_trusted()).then_some("the work tree is not trusted")
}

/// Whether the page can correct.
pub(super) fn can_write(shared: &Shared, session: &Session) -> bool {
    shared.options.read_only.is_none() && read_only(session).is_none()
}

/// Why a form was not written.
enum Refusal {
    Error(Error),
    List(Vec<ListError>),
    /// Someone else has changed what the form changes: the text as it is now.
    Changed(Vec<Edit>, String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Writes a form.
pub(super) fn correct(shared: &Shared, query: &Query, form: &EditForm) -> Written {
    match try_correct(shared, query, form) {
        Ok(()) => Written::Done,
        Err(refusal) => Written::Asked(asked(shared, query, Some(form), refusal)),
    }
}

fn try_correct(shared: &Shared, query: &Query, form: &EditForm) -> Result<(), Refusal> {
    // One form after the other: each sees what the one before has written.
    let mut all = shared.edits();
    let session = shared.session(query)?;
    refuse_read_only(shared, &session)?;
    let line = line(&session, query)?;
    let selector = session.selector(line, Query::given(&query.target), Query::given(&query.as_version))?;
    let list = session.entry_list(line, &selector, next::planned(&session, line, &selector)?)?;
    let edits = list.edits(&form.to_list()).map_err(Refusal::List)?;
    let text = session.settings.corrections.text.clone().unwrap_or_default();
    let before = all.text(&form.seen).map_or_else(String::new, str::to_owned);
    if corrections::overwritten(&before, &text, &edits).is_some() {
        return Err(Refusal::Changed(edits, text));
    }
    if let Some((before, after)) = session.write_corrections(&before, &edits)? {
        all.push((edits, before, after));
    }
    Ok(())
}

fn refuse_read_only(shared: &Shared, session: &Session) -> Result<(), Error> {
    match can_write(shared, session) {
        true => Ok(()),
        false => Err(Error::usage("this page is read-only", None)),
    }
}

/// Undoes the last edit, unless someone else has changed the same.
pub(super) fn undo(shared: &Shared, query: &Query, form: &UndoForm) -> Written {
    match try_undo(shared, query, form) {
        Ok(()) => Written::Done,
        Err(refusal) => Written::Asked(asked(shared, query, None, refusal)),
    }
}

fn try_undo(shared: &Shared, query: &Query, form: &UndoForm) -> Result<(), Refusal> {
    let mut all = shared.edits();
    let session = shared.session(query)?;
    refuse_read_only(shared, &session)?;
    let Some(last) = all.last().filter(|last| last.number == form.number).cloned() else { return Ok(()) };
    let text = session.settings.corrections.text.clone().unwrap_or_default();
    let before = last.before.clone().unwrap_or_default();
    let inverse: Vec<Edit> = last.edits.iter().map(|edit| corrections::restored(&before, edit)).collect();
    if corrections::overwritten(&last.after, &text, &inverse).is_some() {
        return Err(Refusal::Changed(inverse, text));
    }
    session.restore_corrections((last.before.as_deref(), &last.after), &inverse)?;
    all.pop();
    Ok(())
}

/// A page about a form that was not written.
#[derive(Debug, Default, Serialize)]
pub(super) struct Message<'a> {
    pub(super) title: &'a str,
    pub(super) lines: Vec<String>,
    pub(super) back: String,
    /// What stands in the file, and what the form would write.
    pub(super) conflicts: Vec<Conflict>,
    /// The form to write it nevertheless.
    pub(super) form: Option<Vec<(String, String)>>,
    pub(super) query: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Conflict {
    what: String,
    theirs: String,
    yours: String,
}

fn asked(shared: &Shared, query: &Query, form: Option<&EditForm>, refusal: Refusal) -> String {
    let back = query.address();
    let query = query.encoded();
    let message = match refusal {
        Refusal::Error(error) => {
            let lines = std::iter::once(error.to_string()).chain(error.hint()).collect();
            Message { title: "This was not written", lines, back, query, ..Message::default() }
        }
        Refusal::List(errors) => {
            let lines = errors.into_iter().map(|error| error.problem).collect();
            Message { title: "This was not written", lines, back, query, ..Message::default() }
        }
        Refusal::Changed(edits, text) => {
            let conflicts = edits.iter().map(|edit| conflict(edit, &text)).collect();
            let seen = shared.edits().show(&text);
            let form = form.and_then(|form| fields(&EditForm { seen, ..form.clone() }));
            let lines = vec!["The corrections file was changed meanwhile. Nothing was written.".to_owned()];
            Message { title: "Someone else has changed this", lines, back, conflicts, form, query }
        }
    };
    shared.pages.render("message", &message).unwrap_or_else(|error| error.to_string())
}

fn conflict(edit: &Edit, text: &str) -> Conflict {
    let shown = |edit: &Edit| match &edit.value {
        Some(EditValue::Text(text)) => text.clone(),
        Some(EditValue::Flag(flag)) => flag.to_string(),
        Some(EditValue::Lines(lines)) => lines.join("\n"),
        None => "(not set)".to_owned(),
    };
    let what = format!("{} of {} {}", edit.key.replace('_', " "), edit.table.replace('_', " "), edit.name);
    Conflict { what, theirs: shown(&corrections::restored(text, edit)), yours: shown(edit) }
}

/// The fields of a form, to send it again.
fn fields(form: &EditForm) -> Option<Vec<(String, String)>> {
    let serde_json::Value::Object(fields) = serde_json::to_value(form).ok()? else { return None };
    Some(fields.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect())
}

/// The line of versions that a page is about.
///
/// # Errors
/// If the repository has several packages, and nothing selects one.
pub(super) fn line<'s>(session: &'s Session, query: &Query) -> Result<&'s Line, Error> {
    session.line_of(query.named())
}
