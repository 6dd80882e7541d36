//! Writes the files of a site, and deletes those of the last one that it no longer has.
//!
//! A file in the folder lists what a site may replace and delete, so that nothing else is touched. It is written first,
//! with the files of both sites, and last, so that an interrupted run can be repeated.

use std::{collections::BTreeMap, path::Path};

use crate::{
    error::Error,
    files::{OutputFolder, ProjectFiles},
};

/// The list of the files of a site. It also marks the folder as one of a site.
const LIST: &str = ".tidings-site";
/// The largest list that is read, in bytes.
const MAX_LIST: u64 = 16 << 20;
const COMMENT: &str = "# Files written by `tidings site`, which it may replace and delete.\n";

/// A file of a site: its path and its text.
pub(super) type SiteFile = (String, String);

/// How many files were written and deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// New files, and files whose content has changed.
    pub written: usize,
    /// Files of versions and languages that the site no longer has.
    pub deleted: usize,
}

/// Opens the folder of a site.
///
/// # Errors
/// If it has files that are not those of a site.
pub(super) fn open(files: &ProjectFiles, path: &Path) -> Result<OutputFolder, Error> {
    let folder = files.output_folder(path)?;
    if folder.read(LIST, MAX_LIST)?.is_none() && !folder.is_empty()? {
        return Err(Error::Refused {
            message: format!("`{}` has files that are not those of a site", path.display()),
            hint: Some(format!(
                "name an empty folder; to add a site to this one, create the file {LIST} in it"
            )),
        });
    }
    Ok(folder)
}

/// Writes the files, by path, in this order.
///
/// # Errors
/// If a file cannot be written or deleted.
pub(super) fn write(folder: &OutputFolder, files: &[SiteFile]) -> Result<Written, Error> {
    let new: BTreeMap<&str, ()> = files.iter().map(|(path, _)| (path.as_str(), ())).collect();
    let old = folder.read(LIST, MAX_LIST)?.unwrap_or_default();
    let old = String::from_utf8_lossy(&old).into_owned();
    let stale: Vec<&str> = old.lines().filter(|path| is_of_site(path) && !new.contains_key(path)).collect();
    let both = new.keys().copied().chain(stale.iter().copied());
    folder.write(LIST, list(both).as_bytes())?;
    let mut written = 0;
    for (path, text) in files {
        written += usize::from(folder.write(path, text.as_bytes())?);
    }
    for path in &stale {
        folder.remove(path)?;
    }
    folder.write(LIST, list(new.keys().copied()).as_bytes())?;
    Ok(Written { written, deleted: stale.len() })
}

fn list<'p>(paths: impl Iterator<Item = &'p str>) -> String {
    let mut paths: Vec<&str> = paths.collect();
    paths.sort_unstable();
    paths.iter().fold(COMMENT.to_owned(), |text, path| text + path + "\n")
}

/// Whether a line of the list may be the path of a file of a site. The list may come with a repository, so that it must
/// not name other files than those that a site has.
fn is_of_site(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain);
    let endings = [".html", ".js", ".css", ".atom", ".json", ".xml"];
    path.split('/').all(is_part)
        && path.split('/').count() <= 4
        && endings.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_names_only_files_of_a_site() {
        for path in ["index.html", "zh-TW/versions/core/1.0.0.html", "data/changes-1.js", "feed.atom"] {
            assert!(is_of_site(path), "{path}");
        }
        for path in
            ["", "# x.html", "../x.html", "/x.html", "a/../x.html", ".git/x.json", "x.toml", "a\\b.html"]
        {
            assert!(!is_of_site(path), "{path}");
        }
    }
}
