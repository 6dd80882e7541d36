//! Lists the changes of a window to correct, and applies edits to the corrections file.

use crate::{
    changelog,
    corrections::{self, Edit, EntryList, ListVersion, VersionText},
    error::Error,
    files::WriteTarget,
    model::Version,
    notes::{Line, Selector, WindowData, named_version},
};

use super::open::Session;

impl Session {
    /// The list of the changes of a window. `next` is the version of unreleased changes.
    ///
    /// # Errors
    /// If the window cannot be read.
    pub fn entry_list(
        &self,
        line: &Line,
        selector: &Selector,
        next: Option<Version>,
    ) -> Result<EntryList, Error> {
        let data = self.read(line, selector)?;
        self.entry_list_of(line, &data, next)
    }

    /// As [`Self::entry_list`], of a window that was read.
    ///
    /// # Errors
    /// If the changes cannot be classified.
    pub fn entry_list_of(
        &self,
        line: &Line,
        data: &WindowData,
        next: Option<Version>,
    ) -> Result<EntryList, Error> {
        let options = &self.settings.options;
        let sections = options.rules.section_ids().map(str::to_owned).collect();
        let corrections = &options.corrections;
        let Some(window) = data.selected.windows.first() else {
            return Ok(EntryList::new(corrections, &[], std::iter::empty(), None, sections));
        };
        let classified = self.window_changes(line, data, window)?.classified;
        let hidden = classified.hidden.iter().filter(|hidden| !hidden.skipped);
        let hidden = hidden.map(|hidden| (&hidden.change, &*hidden.reason));
        let version = window.target.version.clone().or(next).map(|version| self.list_version(line, &version));
        Ok(EntryList::new(corrections, &classified.sections, hidden, version, sections))
    }

    fn list_version(&self, line: &Line, version: &Version) -> ListVersion {
        let corrections = &self.settings.options.corrections;
        let mut named = corrections.versions();
        match named.find(|(name, _)| named_version(line, name).as_ref() == Some(version)) {
            Some((name, text)) => ListVersion { name: name.to_owned(), text: text.clone() },
            None => {
                let name = match &line.package {
                    Some(package) => format!("{package}@{version}"),
                    None => version.to_string(),
                };
                ListVersion { name, text: VersionText::default() }
            }
        }
    }

    /// The corrections file with these edits, and where to write it; `None` if the edits change nothing. The file is
    /// read again: what was written to it since it was read first is kept.
    ///
    /// # Errors
    /// If someone else has changed an edited key meanwhile, the result is not valid, or the file cannot be read.
    pub fn edited_corrections(&self, edits: &[Edit]) -> Result<Option<(WriteTarget, String)>, Error> {
        let before = self.settings.corrections.text.as_deref().unwrap_or_default();
        let target = self.settings.corrections_target()?;
        let current = read(&target)?.unwrap_or_default();
        let written = self.edited(before, &current, edits)?;
        Ok((written != current).then_some((target, written)))
    }

    /// Writes edits of the text `before` to the file. What another process writes meanwhile is kept. Returns the text
    /// that the file had (`None` if there was no file), and its new text; `None` if the edits change nothing.
    ///
    /// # Errors
    /// If someone else has changed an edited key since `before`, the result is not valid, or the file cannot be
    /// written.
    pub fn write_corrections(
        &self,
        before: &str,
        edits: &[Edit],
    ) -> Result<Option<(Option<String>, String)>, Error> {
        let mut texts = None;
        self.update_corrections(|current| {
            let written = self.edited(before, current.unwrap_or_default(), edits)?;
            texts = Some((current.map(str::to_owned), written.clone()));
            Ok(written)
        })?;
        Ok(texts.filter(|(old, new)| old.as_deref().unwrap_or_default() != new))
    }

    /// Takes back edits that changed the text `before` (`None`: there was no file) to `after`: `inverse` restores their
    /// keys. If nothing else has changed since, the file gets the same bytes as before.
    ///
    /// # Errors
    /// As [`Self::write_corrections`].
    pub fn restore_corrections(
        &self,
        (before, after): (Option<&str>, &str),
        inverse: &[Edit],
    ) -> Result<(), Error> {
        self.update_corrections(|current| match current {
            Some(current) if current == after => Ok(before.unwrap_or_default().to_owned()),
            current => self.edited(after, current.unwrap_or_default(), inverse),
        })?;
        let target = self.settings.corrections_target()?;
        if before.is_none() && read(&target)?.as_deref() == Some("") {
            let fail =
                |source| Error::File { verb: "remove", path: target.display_path().to_owned(), source };
            target.remove().map_err(fail)?;
        }
        Ok(())
    }

    /// Replaces the text of the file, under a lock that other runs respect. `update` is called again if another program
    /// has changed the file.
    fn update_corrections(
        &self,
        update: impl FnMut(Option<&str>) -> Result<String, Error>,
    ) -> Result<(), Error> {
        let target = self.settings.corrections_target()?;
        let old = read(&target)?;
        let done = changelog::update(self.repository.common_dir(), target.path(), old, update);
        done.map(drop).map_err(|error| match error {
            Error::Changelog(error) => error.at(target.display_path()).into(),
            other => other,
        })
    }

    /// The text `current` with edits of the text `before`.
    fn edited(&self, before: &str, current: &str, edits: &[Edit]) -> Result<String, Error> {
        let file = &self.settings.options.corrections.file;
        if let Some(edit) = corrections::overwritten(before, current, edits) {
            return Err(Error::Refused {
                message: format!(
                    "{file} was changed meanwhile: `{}` of {} {}",
                    edit.key,
                    edit.table.replace('_', " "),
                    edit.name
                ),
                hint: Some("run the command again to see what is there now".to_owned()),
            });
        }
        let written = corrections::write(file, current, edits).map_err(crate::notes::Error::from)?;
        self.settings.check_corrections(&written)?;
        Ok(written)
    }
}

/// The text of the file; `None` if there is none.
fn read(target: &WriteTarget) -> Result<Option<String>, Error> {
    let fail = |source| Error::File { verb: "read", path: target.display_path().to_owned(), source };
    let bytes = target.read().map_err(fail)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
