//! Resolves a path inside a root folder, one component at a time on open folders.

use std::{
    collections::VecDeque,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    Refusal,
    folder::{AccessError, Folder, FolderEntry, Identity},
    path::{Step, link_steps, normalize},
};

/// Linux follows at most 40 symbolic links (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// A resolved path.
pub(super) struct ResolvedPath<'r> {
    /// The folder that contains the last component.
    pub(super) folder: Folder<'r>,
    /// The last component; `None` for the root itself.
    pub(super) name: Option<OsString>,
    /// The path relative to the root, without links.
    pub(super) path: PathBuf,
    /// The entry at the path; never a link.
    pub(super) entry: FolderEntry<'r>,
    /// Whether a parent folder is missing as well.
    pub(super) is_parent_missing: bool,
}

/// A folder that resolved paths must not leave.
pub(super) struct ConfinedRoot<'r, 'a> {
    /// The folder.
    pub(super) folder: &'a Folder<'r>,
    /// Its path, for messages.
    pub(super) path: &'a Path,
    /// The git directories, which may be inside it under any name.
    pub(super) git: &'a [Identity],
}

impl<'r> ConfinedRoot<'r, '_> {
    /// Resolves the steps, starting at the root.
    pub(super) fn resolve(&self, mut steps: VecDeque<Step>) -> Result<ResolvedPath<'r>, AccessError> {
        // The folders below the root that were entered, with their names.
        let mut entered: Vec<(Folder<'r>, OsString)> = Vec::new();
        let mut links = 0;
        while let Some(step) = steps.pop_front() {
            let Step::Into(name) = step else {
                if entered.pop().is_none() {
                    return Err(self.outside(&entered, Path::new(".."), &steps));
                }
                continue;
            };
            let here = entered.last().map_or(self.folder, |(folder, _)| folder);
            match here.entry(&name)? {
                FolderEntry::Folder(folder) => {
                    if folder.identity()?.is_some_and(|identity| self.git.contains(&identity)) {
                        return Err(Refusal::InGit.into());
                    }
                    entered.push((folder, name));
                }
                FolderEntry::Link(target) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Refusal::Links.into());
                    }
                    let Some(mut ahead) = link_steps(&target)? else {
                        return Err(Refusal::Outside { to: target }.into());
                    };
                    ahead.append(&mut steps);
                    steps = ahead;
                }
                FolderEntry::File(_) | FolderEntry::Other(_) if !steps.is_empty() => {
                    return Err(std::io::Error::from(std::io::ErrorKind::NotADirectory).into());
                }
                entry => {
                    let (folder, path) = (here.try_clone()?, path_of(&entered).join(&name));
                    let is_parent_missing = !steps.is_empty();
                    return Ok(ResolvedPath { folder, name: Some(name), path, entry, is_parent_missing });
                }
            }
        }
        let path = path_of(&entered);
        let (last, name) = entered.pop().map_or((None, None), |(folder, name)| (Some(folder), Some(name)));
        let folder = entered.last().map_or(self.folder, |(folder, _)| folder).try_clone()?;
        let entry = FolderEntry::Folder(last.map_or_else(|| self.folder.try_clone(), Ok)?);
        Ok(ResolvedPath { folder, name, path, entry, is_parent_missing: false })
    }

    /// The error for a step above the root, with the path that the remaining steps would reach.
    fn outside(&self, entered: &[(Folder<'r>, OsString)], up: &Path, rest: &VecDeque<Step>) -> AccessError {
        let mut to = self.path.join(path_of(entered)).join(up);
        for step in rest {
            match step {
                Step::Up => to.push(".."),
                Step::Into(name) => to.push(name),
            }
        }
        Refusal::Outside { to: normalize(&to) }.into()
    }
}

fn path_of(entered: &[(Folder<'_>, OsString)]) -> PathBuf {
    entered.iter().map(|(_, name)| name).collect()
}
