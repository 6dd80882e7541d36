//! Reads the changelogs of the project, and refuses one file for two packages.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::{changelog, error::Error, files::WriteTarget, notes::Line};

use super::open::Session;

/// The content of a changelog; `None` if the file does not exist.
///
/// # Errors
/// If the file cannot be read or is not UTF-8.
pub fn read_changelog(target: &WriteTarget) -> Result<Option<String>, Error> {
    let fail = |source| changelog::Error::Read { path: target.display_path().to_owned(), source };
    let bytes = target.read().map_err(fail)?;
    Ok(bytes.map(|bytes| changelog::text(target.display_path(), bytes)).transpose()?)
}

impl Session {
    /// The content of a line's changelog; `None` if there is none. It is that of the work tree, in a bare repository
    /// that of HEAD, and if the work tree is not trusted that of the base commit.
    ///
    /// # Errors
    /// If the file cannot be read or is not UTF-8.
    pub fn changelog_text(&self, line: &Line) -> Result<Option<String>, Error> {
        let (repository, settings) = (&self.repository, &self.settings);
        let head = settings.files.at_head(repository)?;
        let bytes = settings.read_changelog(line, head.as_ref().unwrap_or(&settings.files))?;
        Ok(bytes.map(|bytes| changelog::text(&line.changelog, bytes)).transpose()?)
    }

    /// Refuses a changelog that two packages have: each would treat the other's sections as its own. Checks the files
    /// of `lines`, which may be one, against those of all packages. `file` is the one from the command line.
    ///
    /// # Errors
    /// If another package has the same file, in any spelling.
    pub fn refuse_shared_changelogs(&self, lines: &[Line], file: Option<&Path>) -> Result<(), Error> {
        let (settings, all) = (&self.settings, &self.settings.lines);
        if all.len() < 2 {
            return Ok(());
        }
        let mut owners: HashMap<PathBuf, Vec<&Line>> = HashMap::new();
        for line in all {
            owners.entry(self.resolved(&line.changelog)).or_default().push(line);
        }
        for line in lines {
            let owners = owners.get(&self.resolved(file.unwrap_or(&line.changelog)));
            // A file from the command line replaces the default file, but may not be that of another package.
            let is_other = |other: &&&Line| {
                !std::ptr::eq(**other, line) && (file.is_none() || settings.has_own_changelog(other))
            };
            let Some(other) = owners.into_iter().flatten().find(is_other) else { continue };
            let both = all.iter().filter(|it| std::ptr::eq(*it, line) || std::ptr::eq(*it, *other));
            let names: Vec<&str> = both.filter_map(|line| line.package.as_deref()).collect();
            let hint = "give each package its own file: changelog = \"packages/NAME/CHANGELOG.md\" in its [[packages]]";
            return Err(Error::usage(
                format!("the packages {} use the same changelog file", names.join(" and ")),
                Some(hint),
            ));
        }
        Ok(())
    }

    /// The path without links, `.` and `..`, if it can be resolved.
    fn resolved(&self, path: &Path) -> PathBuf {
        self.settings.files.resolve_user_path(path).unwrap_or_else(|_| path.to_owned())
    }
}
