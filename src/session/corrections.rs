//! Lists the changes of a window to correct, and applies edits to the corrections file.

use crate::{
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
        self.edited_corrections_since(self.settings.corrections.text.as_deref().unwrap_or_default(), edits)
    }

    /// As [`Self::edited_corrections`], for edits of the text `before`.
    ///
    /// # Errors
    /// As [`Self::edited_corrections`].
    pub fn edited_corrections_since(
        &self,
        before: &str,
        edits: &[Edit],
    ) -> Result<Option<(WriteTarget, String)>, Error> {
        let target = self.settings.corrections_target()?;
        let path = target.display_path().to_owned();
        let file = &self.settings.options.corrections.file;
        let read =
            target.read().map_err(|source| Error::File { verb: "read", path: path.clone(), source })?;
        let current = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        if let Some(edit) = corrections::overwritten(before, &current, edits) {
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
        let written = corrections::write(file, &current, edits).map_err(crate::notes::Error::from)?;
        self.settings.check_corrections(&written)?;
        Ok((written != current).then_some((target, written)))
    }
}
