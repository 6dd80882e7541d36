//! The page.

use std::path::Path;

use axum::http::StatusCode;
use serde::Serialize;

use crate::{
    changelog,
    changelog_update::{File, FileText, Update},
    error::Error,
    model::{Notes, NotesPurpose},
    notes::{Line, Selector},
    render::{self, Format, Locale},
    session::Session,
};

use super::{
    commits::{self, Commits},
    edit::{self, Message},
    entries::{Entries, Headings},
    frames::{self, Limit},
    query::Query,
    shown::{Shown, shown},
    state::Shared,
    tabs::Tab,
};

/// The longest text that a tab shows, in bytes: a browser takes seconds for more.
const SHOWN_BYTES: usize = 4 << 20;

/// What the page is made of.
#[derive(Serialize)]
struct Page<'a> {
    title: String,
    project: String,
    query: &'a Query,
    /// The parameters of the address, for forms.
    parameters: String,
    /// The number of the last change that it shows.
    changes: u64,
    tabs: Vec<TabView>,
    heading: Heading,
    picker: Picker,
    next: Option<String>,
    warnings: Vec<String>,
    /// The name of the corrections file's text.
    seen: String,
    undo: Option<UndoView>,
    can_write: bool,
    is_read_only: bool,
    entries: Option<Entries>,
    frame: Option<String>,
    limit: Option<Limit>,
    text: Option<String>,
    diff: Option<Vec<DiffLine>>,
    problem: Option<Problem>,
    commits: Commits,
}

/// The edit that is undone next.
#[derive(Serialize)]
struct UndoView {
    number: usize,
    about: String,
}

#[derive(Serialize)]
struct TabView {
    title: String,
    address: String,
    is_current: bool,
}

/// The heading: what the notes are about.
#[derive(Default, Serialize)]
struct Heading {
    name: String,
    date: Option<String>,
    base: Option<String>,
    /// The address that explains how the base was selected.
    explain: Option<String>,
    changes: usize,
    commits: usize,
}

/// The choices of the form above the notes.
#[derive(Default, Serialize)]
struct Picker {
    versions: Vec<String>,
    packages: Vec<String>,
    /// The package that is shown.
    package: String,
    environments: Vec<String>,
    locales: Vec<&'static str>,
    locale: String,
}

#[derive(Serialize)]
struct DiffLine {
    class: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Problem {
    text: String,
    hint: Option<String>,
}

impl Problem {
    fn new(error: &Error) -> Self {
        Self { text: error.to_string(), hint: error.hint() }
    }
}

/// The page of a request.
pub(super) fn page(shared: &Shared, query: &Query) -> (StatusCode, String) {
    let made = content(shared, query).and_then(|page| Ok(shared.pages.render("page", &page)?));
    match made {
        Ok(html) => (StatusCode::OK, html),
        Err(error) => {
            let lines = std::iter::once(error.to_string()).chain(error.hint()).collect();
            let back = Query { locale: query.locale.clone(), ..Query::default() }.address();
            let message = Message { title: "The notes cannot be shown", lines, back, ..Message::default() };
            let html = shared.pages.render("message", &message);
            // Open pages stay connected, and reload when the cause is mended.
            (StatusCode::UNPROCESSABLE_ENTITY, html.unwrap_or_else(|error| error.to_string()))
        }
    }
}

fn content<'a>(shared: &Shared, query: &'a Query) -> Result<Page<'a>, Error> {
    // What changes while the page is made is news for it.
    let changes = *shared.changes.borrow();
    let session = &shared.session(query)?;
    let (shown, problem) = match shown(shared, session, query) {
        Ok(shown) => (shown, None),
        Err(error) => (Shown::default(), Some(Problem::new(&error))),
    };
    let is_read_only = !edit::can_write(shared, session);
    let can_write = !is_read_only && shown.list.is_some();
    let release = shown.notes.releases.first();
    let (seen, undo) = {
        let mut edits = shared.edits();
        let seen = edits.show(session.settings.corrections.text.as_deref().unwrap_or_default());
        let undo = edits.last().map(|last| UndoView { number: last.number, about: last.about() });
        (seen, undo.filter(|_| can_write))
    };
    let heading = heading(&shown.notes, query);
    let project = project(session);
    let mut page = Page {
        title: format!("{} · {project}", heading.name),
        project,
        query,
        parameters: query.encoded(),
        changes,
        tabs: tabs(&shown.notes, query),
        heading,
        picker: picker(session, query),
        next: shown.next.clone(),
        warnings: warnings(shared, session, &shown.notes),
        seen,
        undo,
        can_write,
        is_read_only,
        entries: None,
        frame: None,
        limit: None,
        text: None,
        diff: None,
        problem,
        commits: commits::commits(session, release, query),
    };
    if page.problem.is_none()
        && let Err(error) = fill(&mut page, session, &shown)
    {
        page.problem = Some(Problem::new(&error));
    }
    // The tab may have looked for more files.
    shared.watcher.follow(session);
    Ok(page)
}

/// Adds what the tab shows.
fn fill(page: &mut Page<'_>, session: &Session, shown: &Shown) -> Result<(), Error> {
    let (query, notes) = (page.query, &shown.notes);
    let locale = &session.settings.rendering.locale;
    match query.tab {
        Tab::Entries => {
            page.entries = Some(match &shown.list {
                Some(list) => Entries::of_list(list, &Headings::new(locale, notes), query, page.can_write),
                None => Entries::of_notes(notes, locale),
            });
        }
        Tab::Forge | Tab::Slack | Tab::Teams | Tab::Mail => {
            page.limit = frames::limit(session, shown, query.tab)?;
            page.frame = Some(format!("/frame?{}", query.encoded()));
        }
        Tab::Changelog => page.diff = Some(diff(&changelog_diff(session, query, shown)?)),
        Tab::Text => page.text = Some(text(session, notes, NotesPurpose::Notify, Format::Text)?),
        Tab::Markdown => page.text = Some(text(session, notes, NotesPurpose::Release, Format::Release)?),
        Tab::Json => {
            let json = text(session, notes, NotesPurpose::Changelog, Format::Json)?;
            let value: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
            page.text = Some(cut(render::pretty(&value)));
        }
    }
    Ok(())
}

fn text(session: &Session, notes: &Notes, purpose: NotesPurpose, format: Format) -> Result<String, Error> {
    Ok(cut(frames::text(session, notes, purpose, format)?))
}

fn cut(mut text: String) -> String {
    if text.len() > SHOWN_BYTES {
        let end = (0..=SHOWN_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str("\n…");
    }
    text
}

fn project(session: &Session) -> String {
    let name = session.settings.options.repository.name.clone();
    let folder = session.repository.work_tree().unwrap_or_else(|| session.repository.path());
    let folder = || folder.file_name().map(|name| name.to_string_lossy().into_owned());
    name.or_else(folder).unwrap_or_default()
}

fn heading(notes: &Notes, query: &Query) -> Heading {
    let Some(release) = notes.releases.first() else {
        let name = Query::given(&query.target).unwrap_or("Notes").to_owned();
        return Heading { name, ..Heading::default() };
    };
    let version = release.version.as_ref().map(ToString::to_string);
    let range = release.range.as_ref().map(|range| range.revisions.clone());
    let name = match query.ends() {
        Some((from, to)) => format!("{from} → {to}"),
        None => version.clone().or(range).unwrap_or_else(|| "Unreleased".to_owned()),
    };
    let base = release.base.as_ref();
    let base =
        base.and_then(|base| base.version.as_ref().map(ToString::to_string).or_else(|| base.tag.clone()));
    let tag = release.tag.as_deref().filter(|_| version.is_some() && query.ends().is_none());
    Heading {
        name,
        date: release.date.map(|date| date.to_string()),
        base,
        explain: tag.map(|tag| query.with_explanation(tag).address()),
        changes: release.statistics.changes,
        commits: release.commits.len(),
    }
}

fn tabs(notes: &Notes, query: &Query) -> Vec<TabView> {
    let tabs = Tab::ALL.into_iter().filter(|tab| query.ends().is_none() || *tab != Tab::Changelog);
    tabs.map(|tab| {
        let forge = notes.repository.forge.filter(|_| tab == Tab::Forge);
        TabView {
            title: forge.map_or(tab.title(), |forge| forge.title()).to_owned(),
            address: query.with_tab(tab).address(),
            is_current: tab == query.tab,
        }
    })
    .collect()
}

fn picker(session: &Session, query: &Query) -> Picker {
    let lines = &session.settings.lines;
    let packages: Vec<String> = lines.iter().filter_map(|line| line.package.clone()).collect();
    let locale = session.settings.rendering.locale.name().to_owned();
    let picker = Picker { packages, locale, locales: Locale::names().collect(), ..Picker::default() };
    let line = edit::line(session, query).or_else(|_| session.line());
    let Ok(line) = line else { return picker };
    let environments = line.history.environments.iter().map(|environment| environment.name.clone());
    Picker {
        versions: session.versions(line).all.iter().rev().map(|entry| entry.tag.name.clone()).collect(),
        environments: environments.collect(),
        package: line.package.clone().unwrap_or_default(),
        ..picker
    }
}

fn warnings(shared: &Shared, session: &Session, notes: &Notes) -> Vec<String> {
    let own = session.settings.warnings.iter().chain(&notes.warnings).cloned();
    own.chain(shared.watcher.problem()).collect()
}

/// The change of the changelog, as a unified diff.
fn changelog_diff(session: &Session, query: &Query, shown: &Shown) -> Result<String, Error> {
    let line = edit::line(session, query)?;
    let tag = shown.notes.releases.first().and_then(|release| release.tag.clone());
    let planned = shown.planned.as_ref().map(ToString::to_string);
    let version = Query::given(&query.as_version).map(str::to_owned).or(tag).or(planned);
    let old = session.changelog_text(line)?;
    let new = updated(session, line, (version, old.clone()))?;
    let name = line.changelog.file_name().map(Path::new).unwrap_or(&line.changelog).display().to_string();
    Ok(changelog::diff(old.as_deref().unwrap_or_default(), &new, &name))
}

fn updated(
    session: &Session,
    line: &Line,
    (version, old): (Option<String>, Option<String>),
) -> Result<String, Error> {
    let target = session.settings.changelog(line)?;
    changelog::require_markdown(target.display_path(), old.as_deref())?;
    let named = match &version {
        Some(version) => match session.named(line, version)? {
            Selector::Unreleased(named) => named,
            _ => None,
        },
        None => None,
    };
    let regenerated = match old {
        Some(_) => None,
        None => session.notes_of_all(vec![(line, named)])?.into_iter().next(),
    };
    let update = Update { version, ..Update::default() };
    let file = File { line, target, old: old.clone(), regenerated };
    FileText::new(session, &update, &file).updated(old.as_deref())
}

fn diff(text: &str) -> Vec<DiffLine> {
    let lines = text.lines().map(|line| {
        let class = match line.as_bytes().first() {
            Some(b'+') => "added",
            Some(b'-') => "removed",
            Some(b'@') => "place",
            _ => "",
        };
        DiffLine { class, text: line.to_owned() }
    });
    lines.collect()
}
