//! The text of a changelog file with the sections of releases.

use std::path::Path;

use crate::{
    changelog::{self, InsertError, InsertStatus, ReleaseSection},
    error::Error,
    files::WriteTarget,
    model::{Notes, Release},
    notes::{Line, Selector},
    render,
    session::Session,
};

use super::args::Args;

/// The changelog file of a line of versions.
pub(super) struct File<'s> {
    pub(super) line: &'s Line,
    pub(super) target: WriteTarget,
    /// Its text; `None` if it does not exist.
    pub(super) old: Option<String>,
    /// The notes of every version, if the file is created or regenerated.
    pub(super) regenerated: Option<Notes>,
}

/// Makes the new text of a file. A file that another program changed in between is read again, so it may be asked for
/// more than one text; the notes are generated once.
pub(super) struct FileText<'a> {
    session: &'a Session,
    args: &'a Args,
    file: &'a File<'a>,
    format: render::Options,
    options: changelog::Options,
    cached: Option<(Selector, Notes)>,
}

impl<'a> FileText<'a> {
    pub(super) fn new(session: &'a Session, args: &'a Args, file: &'a File<'a>) -> Self {
        let settings = &session.settings;
        let mut format = settings.rendering.options(settings.changelog_format);
        if let Some(template) = &settings.changelog_template {
            format.template = Some(template.clone());
        }
        // Files in the Keep a Changelog format have their link definitions at the end.
        let options = changelog::Options {
            scheme: file.line.history.scheme.clone(),
            replace: args.replace,
            definitions: settings.changelog_format.defines_links(),
        };
        Self { session, args, file, format, options, cached: None }
    }

    /// The new text for the current one.
    ///
    /// # Errors
    /// If the notes cannot be generated or inserted, or `--all` would overwrite changes by another program.
    pub(super) fn updated(&mut self, current: Option<&str>) -> Result<String, Error> {
        let replaces_all = self.args.all;
        match (&self.file.regenerated, current) {
            (Some(notes), None) => self.whole(notes),
            // --all replaces the text that was read first, not changes by another program since then.
            (Some(_), current) if replaces_all && current != self.file.old.as_deref() => {
                Err(changelog::Error::Changed { path: self.path().to_owned() }.into())
            }
            (Some(notes), _) if replaces_all => self.whole(notes),
            (_, current) => self.insert(current.unwrap_or_default()),
        }
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
            sections.push((release, render::section(release, notes, &self.format)?));
        }
        let entries: Vec<_> = sections.iter().map(|(release, section)| entry(release, section)).collect();
        changelog::create(&self.session.settings.changelog_header, &entries, &self.options)
            .map_err(|error| self.insert_error(error))
    }

    /// Inserts one version, or unreleased changes, into the text `old`.
    fn insert(&mut self, old: &str) -> Result<String, Error> {
        let (session, line) = (self.session, self.file.line);
        let selector = match &self.args.as_version {
            Some(text) => session.named(line, text)?,
            None => self.default_target(old)?,
        };
        let mut notes = match self.cached.take().filter(|(of, _)| *of == selector) {
            Some((_, notes)) => notes,
            None => session.notes(line, &selector)?,
        };
        self.cached = Some((selector, notes.clone()));
        notes.releases.iter_mut().for_each(|release| keep_date(release, &self.options, old));
        let Some(release) = notes.releases.first().filter(|release| is_worth_a_section(release)) else {
            return Ok(old.to_owned());
        };
        let section = render::section(release, &notes, &self.format)?;
        let inserted = changelog::insert(old, &entry(release, &section), &self.options);
        let inserted = inserted.map_err(|error| self.insert_error(error))?;
        let name = release.version.as_ref().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
        if inserted.status == InsertStatus::Added && changelog::has_unparsed_versions(old, &self.options) {
            session.ui().warn(&format!(
                "no heading of the file is a version, so {name} was added at the end; use headings such as `## 1.2.0`"
            ));
        }
        match inserted.status {
            InsertStatus::KeptEdited => session.ui().warn(&format!(
                "kept the section of {name}: it was edited by hand (use --replace to overwrite it)"
            )),
            InsertStatus::KeptForeign => session.ui().warn(&format!(
                "kept the section of {name}: it was not written by tidings (use --replace to overwrite it)"
            )),
            _ => {}
        }
        Ok(inserted.text)
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

fn entry<'a>(release: &'a Release, section: &'a str) -> ReleaseSection<'a> {
    ReleaseSection {
        version: release.version.as_ref(),
        markdown: section,
        tag: release.tag.as_deref(),
        compare_url: release.compare_url.as_deref(),
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
