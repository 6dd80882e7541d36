//! The text of a changelog file with the sections of releases.

use std::path::Path;

use crate::{
    changelog::{self, InsertError, InsertStatus, Inserted, Notice, Style},
    error::Error,
    files::WriteTarget,
    history::Prereleases,
    model::{Notes, Release},
    notes::{Line, Selector},
    render::Format,
    session::{Session, Untagged},
};

use super::section::Section;

/// How a changelog is updated.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// The version to insert, as the user typed it; `None` for the last version that the file lacks, else unreleased
    /// changes.
    pub version: Option<String>,
    /// Replace a section even if it was edited.
    pub replace: bool,
    /// Move hand-written unreleased text into the section.
    pub adopts_unreleased: bool,
    /// Ignore versions of the file that are not tagged.
    pub allows_untagged: bool,
    /// Regenerate the whole file.
    pub replaces_all: bool,
}

/// The changelog file of a line of versions.
pub struct File<'s> {
    /// The line.
    pub line: &'s Line,
    /// The file.
    pub target: WriteTarget,
    /// Its text; `None` if it does not exist.
    pub old: Option<String>,
    /// The notes of every version, if the file is created or regenerated.
    pub regenerated: Option<Notes>,
}

/// Makes the new text of a file. A file that another program changed in between is read again, so it may be asked for
/// more than one text; the notes are generated once.
pub struct FileText<'a> {
    session: &'a Session,
    update: &'a Update,
    file: &'a File<'a>,
    options: changelog::Options,
    cached: Option<(Selector, Notes)>,
}

impl<'a> FileText<'a> {
    /// The text of `file`, updated as asked.
    #[must_use]
    pub fn new(session: &'a Session, update: &'a Update, file: &'a File<'a>) -> Self {
        let history = &file.line.history;
        let options = changelog::Options {
            scheme: history.scheme.clone(),
            replace: update.replace,
            // Files in the Keep a Changelog format have their link definitions at the end.
            definitions: session.settings.changelog_format.is_some_and(Format::defines_links),
            adopt: update.adopts_unreleased,
            collapse: history.prereleases == Prereleases::Collapse,
        };
        Self { session, update, file, options, cached: None }
    }

    /// The new text for the current one.
    ///
    /// # Errors
    /// If the notes cannot be generated or inserted, or `--all` would overwrite changes by another program.
    pub fn updated(&mut self, current: Option<&str>) -> Result<String, Error> {
        let replaces_all = self.update.replaces_all;
        match (&self.file.regenerated, current) {
            (Some(notes), None) => self.whole(notes),
            // --all replaces the text that was read first, not changes by another program since then.
            (Some(_), current) if replaces_all && current != self.file.old.as_deref() => {
                Err(changelog::Error::Changed { path: self.path().to_owned() }.into())
            }
            (Some(notes), _) if replaces_all => self.whole(notes),
            (_, current) => {
                let old = current.unwrap_or_default();
                Ok(self.insert(old)?.map_or_else(|| old.to_owned(), |inserted| inserted.text))
            }
        }
    }

    /// The section of the version that is inserted into the current text, as it is in the file.
    ///
    /// # Errors
    /// If the notes cannot be generated or inserted.
    pub fn section(&mut self, current: Option<&str>) -> Result<String, Error> {
        Ok(self.insert(current.unwrap_or_default())?.map(|inserted| inserted.section).unwrap_or_default())
    }

    fn path(&self) -> &'a Path {
        self.file.target.display_path()
    }

    fn insert_error(&self, source: InsertError) -> Error {
        changelog::Error::Insert { path: self.path().to_owned(), source }.into()
    }

    /// The whole file from all of history. Unreleased changes get a section only if there are any.
    fn whole(&self, notes: &Notes) -> Result<String, Error> {
        let mut sections = Vec::with_capacity(notes.releases.len());
        for release in notes.releases.iter().filter(|release| is_worth_a_section(release)) {
            let section = Section::render(self.session, release.clone(), notes, &Style::default())?;
            sections.push((release, section));
        }
        let entries: Vec<_> = sections.iter().map(|(release, section)| section.entry(release)).collect();
        changelog::create(&self.session.settings.changelog_header, &entries, &self.options)
            .map_err(|error| self.insert_error(error))
    }

    /// Inserts one version, or unreleased changes, into the text `old`; `None` if there is nothing to insert.
    fn insert(&mut self, old: &str) -> Result<Option<Inserted>, Error> {
        let (session, line) = (self.session, self.file.line);
        let selector = match &self.update.version {
            Some(text) => session.named(line, text)?,
            None => self.default_target(old)?,
        };
        self.refuse_untagged(old)?;
        let mut notes = match self.cached.take().filter(|(of, _)| *of == selector) {
            Some((_, notes)) => notes,
            None => session.notes(line, &selector)?,
        };
        self.cached = Some((selector, notes.clone()));
        notes.releases.iter_mut().for_each(|release| keep_date(release, &self.options, old));
        let Some(release) = notes.releases.first().filter(|release| is_worth_a_section(release)) else {
            return Ok(None);
        };
        let style = match session.settings.changelog_template.is_some()
            || session.settings.changelog_format.is_some()
        {
            true => Style::default(),
            false => Style::of(old, &self.options, release.version.as_ref()),
        };
        let mut section = Section::render(session, release.clone(), &notes, &style)?;
        if self.options.adopt
            && release.sections.is_empty()
            && changelog::unreleased_text(old, &self.options).is_some()
        {
            section.keep_heading();
        }
        let inserted = changelog::insert(old, &section.entry(release), &self.options);
        let inserted = inserted.map_err(|error| self.insert_error(error))?;
        self.report(release, &inserted);
        Ok(Some(inserted))
    }

    /// Refuses a version whose notes would repeat changes that the file has under versions without a tag. A section
    /// that is in the file already can be updated.
    fn refuse_untagged(&self, old: &str) -> Result<(), Error> {
        let (session, line) = (self.session, self.file.line);
        let Some(text) = self.update.version.as_deref().filter(|_| !self.update.allows_untagged) else {
            return Ok(());
        };
        let version = session.version(line, text)?;
        let there = changelog::versions(old, &self.options);
        if there.iter().any(|heading| heading.version.as_ref() == Some(&version)) {
            return Ok(());
        }
        let file = session.display_path(self.path());
        match Untagged::in_text(session, line, &file, old, Some(&version)) {
            Some(untagged) => Err(untagged.into_error()),
            None => Ok(()),
        }
    }

    fn report(&self, release: &Release, inserted: &Inserted) {
        let ui = self.session.ui();
        let name = release.version.as_ref().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
        match inserted.status {
            InsertStatus::KeptEdited => ui.warn(&format!(
                "kept the section of {name}: it was edited by hand (use --replace to overwrite it)"
            )),
            InsertStatus::KeptForeign => ui.warn(&format!(
                "kept the section of {name}: it was not written by tidings (use --replace to overwrite it)"
            )),
            _ => {}
        }
        for notice in &inserted.notices {
            ui.warn(&match notice {
                Notice::PrereleaseKept(version) => format!(
                    "kept the section of {version}: it was edited by hand; {name} lists its changes too"
                ),
                Notice::UnreleasedText { line } => format!(
                    "the text under [Unreleased] (line {line}) was written by hand and is not part of {name}; pass --adopt-unreleased to move it there"
                ),
            });
        }
    }

    /// What to insert without `--as`: the last version if the file lacks it, else unreleased changes.
    fn default_target(&self, old: &str) -> Result<Selector, Error> {
        let there = changelog::versions(old, &self.options);
        let read = self.session.read(self.file.line, &Selector::Unreleased(None))?;
        let base = read.selected.windows.first().and_then(|window| window.base.as_ref());
        let last = base.and_then(|base| base.version.as_ref()).and_then(|it| read.versions.find(it));
        let last = last.and_then(|index| read.versions.get(index));
        // A version may be in the file before it is tagged.
        let newest = there.iter().filter_map(|heading| heading.version.as_ref()).max();
        if let Some(ahead) = newest.filter(|newest| last.is_none_or(|last| **newest > last.version)) {
            return Ok(Selector::Unreleased(Some(ahead.clone())));
        }
        Ok(match last {
            Some(last) if !there.iter().any(|heading| heading.version.as_ref() == Some(&last.version)) => {
                Selector::Target(last.tag.name.clone())
            }
            _ => Selector::Unreleased(None),
        })
    }
}

/// A version always has a section; unreleased changes only if there are any.
fn is_worth_a_section(release: &Release) -> bool {
    release.version.is_some() || !release.sections.is_empty()
}

/// Keeps the date of a section for a version without a tag, so that a second run changes nothing.
fn keep_date(release: &mut Release, options: &changelog::Options, old: &str) {
    let is_named = matches!(&release.version, Some(version) if release.date.is_some() && !version.to_string().is_empty());
    let there = changelog::versions(old, options);
    let heading =
        there.iter().find(|heading| heading.version.is_some() && heading.version == release.version);
    let written = heading.and_then(changelog::Heading::date);
    if let (true, Some(date)) = (is_named, written) {
        release.date = Some(date);
    }
}
