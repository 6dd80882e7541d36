//! The entries of a window as the page lists them, with the form of the one that is edited.

use serde::Serialize;

use crate::{
    corrections::{EntryList, ListAction, ListEntry},
    model::{Notes, Release, Section},
    render::Locale,
};

use super::{forms::anchor, query::Query};

/// The entries of the page.
#[derive(Debug, Default, Serialize)]
pub(super) struct Entries {
    /// What operators must know.
    attention: Vec<AttentionView>,
    sections: Vec<SectionView>,
    hidden: Vec<EntryView>,
    /// The texts of the version; `None` if they cannot be corrected.
    version: Option<VersionView>,
}

/// What operators must know, with its paths.
#[derive(Debug, Serialize)]
struct AttentionView {
    title: String,
    paths: Vec<String>,
}

/// A section with its entries.
#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    entries: Vec<EntryView>,
}

/// An entry.
#[derive(Debug, Default, Serialize)]
struct EntryView {
    id: String,
    anchor: String,
    scope: String,
    title: String,
    /// The note of a breaking change.
    note: Option<String>,
    /// Why it is hidden.
    reason: Option<String>,
    is_corrected: bool,
    merged: Vec<MergedView>,
    /// The address that opens its form; `None` if nothing can be corrected.
    edit: Option<String>,
    form: Option<FormView>,
}

/// An entry that is listed as part of another one.
#[derive(Debug, Serialize)]
struct MergedView {
    id: String,
    title: String,
}

/// The form of an entry.
#[derive(Debug, Serialize)]
struct FormView {
    description: String,
    is_breaking: bool,
    /// Whether it can be listed in a named section only: no correction hides it.
    needs_section: bool,
    sections: Vec<Choice>,
    /// Its section; empty if it has none.
    section: String,
    /// The entries that it can be merged into.
    targets: Vec<Choice>,
    /// The address without the form.
    close: String,
}

/// A choice of a form.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    title: String,
    is_chosen: bool,
}

/// The summary and the highlights of the version.
#[derive(Debug, Serialize)]
struct VersionView {
    name: String,
    summary: String,
    highlights: String,
    edit: Option<String>,
    close: Option<String>,
}

/// The name of the form of the version's texts in addresses.
const VERSION: &str = "version";

/// The headings of the sections.
pub(super) struct Headings<'a> {
    locale: &'a Locale,
    sections: &'a [Section],
    release: Option<&'a Release>,
}

impl<'a> Headings<'a> {
    pub(super) fn new(locale: &'a Locale, notes: &'a Notes) -> Self {
        let release = notes.releases.first();
        Self { locale, sections: release.map_or(&[][..], |release| &release.sections), release }
    }

    fn attention(&self) -> Vec<AttentionView> {
        let items = self.release.into_iter().flat_map(|release| {
            release.attention.iter().map(|item| AttentionView {
                title: self.locale.heading_in(release.rollback, &item.kind, item.title.as_deref()),
                paths: item.paths.clone(),
            })
        });
        items.collect()
    }

    fn of(&self, id: &str) -> String {
        let own = self.sections.iter().find(|section| section.id == id);
        let is_rollback = self.release.is_some_and(|release| release.rollback);
        self.locale.heading_in(is_rollback, id, own.and_then(|section| section.title.as_deref()))
    }
}

impl Entries {
    /// The entries of a list. `can_write` adds the forms.
    pub(super) fn of_list(list: &EntryList, headings: &Headings<'_>, query: &Query, can_write: bool) -> Self {
        let version = version(list, query, can_write);
        let mut entries = Self { attention: headings.attention(), version, ..Self::default() };
        let mut is_hidden = false;
        for entry in &list.entries {
            match entry.action {
                ListAction::Merge => {
                    let section = entries.sections.last_mut().map(|section| &mut section.entries);
                    let target = if is_hidden { Some(&mut entries.hidden) } else { section };
                    if let Some(target) = target.and_then(|entries| entries.last_mut()) {
                        let (id, title) = (entry.id.clone(), entry.title.clone());
                        target.merged.push(MergedView { id, title });
                    }
                    continue;
                }
                ListAction::Hide => {
                    is_hidden = true;
                    entries.hidden.push(view(entry, list, headings, query, can_write));
                }
                ListAction::Keep => {
                    let title = headings.of(entry.section.as_deref().unwrap_or_default());
                    let shown = view(entry, list, headings, query, can_write);
                    match entries.sections.last_mut().filter(|section| section.title == title) {
                        Some(section) => section.entries.push(shown),
                        None => entries.sections.push(SectionView { title, entries: vec![shown] }),
                    }
                }
            }
        }
        entries
    }

    /// The entries of notes that cannot be corrected here, such as a comparison.
    pub(super) fn of_notes(notes: &Notes, locale: &Locale) -> Self {
        let headings = Headings::new(locale, notes);
        let attention = headings.attention();
        let sections = notes.releases.iter().flat_map(|release| &release.sections).map(|section| {
            let title = headings.of(&section.id);
            let entries = section.changes.iter().map(|change| EntryView {
                id: change.commits.first().map(|commit| commit.short()).unwrap_or_default(),
                title: change.title.clone(),
                scope: change.scope.clone().unwrap_or_default(),
                note: change.breaking_note.clone(),
                ..EntryView::default()
            });
            SectionView { title, entries: entries.collect() }
        });
        Self { attention, sections: sections.collect(), ..Self::default() }
    }
}

fn view(
    entry: &ListEntry,
    list: &EntryList,
    headings: &Headings<'_>,
    query: &Query,
    can_write: bool,
) -> EntryView {
    let is_open = can_write && query.edit == entry.id;
    EntryView {
        id: entry.id.clone(),
        anchor: anchor(&entry.id),
        scope: entry.scope.clone().unwrap_or_default(),
        title: entry.title.clone(),
        note: entry.description.clone().filter(|_| entry.is_breaking),
        reason: entry.reason.clone(),
        is_corrected: entry.is_corrected || !entry.entries.is_empty(),
        merged: Vec::new(),
        edit: can_write.then(|| query.with_edit(&entry.id).address()),
        form: is_open.then(|| form(entry, list, headings, query)),
    }
}

fn form(entry: &ListEntry, list: &EntryList, headings: &Headings<'_>, query: &Query) -> FormView {
    let sections = list.sections.iter().map(|id| Choice {
        value: id.clone(),
        title: headings.of(id),
        is_chosen: entry.section.as_ref() == Some(id),
    });
    let targets =
        list.entries.iter().filter(|other| other.action == ListAction::Keep && other.id != entry.id);
    let targets = targets.map(|other| Choice {
        value: other.id.clone(),
        title: format!("{} {}", other.id, other.title),
        is_chosen: false,
    });
    FormView {
        description: entry.description.clone().unwrap_or_default(),
        is_breaking: entry.is_breaking,
        needs_section: entry.action == ListAction::Hide && !entry.is_corrected,
        sections: sections.collect(),
        section: entry.section.clone().unwrap_or_default(),
        targets: targets.collect(),
        close: query.with_edit("").address(),
    }
}

fn version(list: &EntryList, query: &Query, can_write: bool) -> Option<VersionView> {
    let version = list.version.as_ref()?;
    let is_open = can_write && query.edit == VERSION;
    Some(VersionView {
        name: version.name.clone(),
        summary: version.text.summary.clone().unwrap_or_default(),
        highlights: version.text.highlights.join("\n"),
        edit: (can_write && !is_open).then(|| query.with_edit(VERSION).address()),
        close: is_open.then(|| query.with_edit("").address()),
    })
}
