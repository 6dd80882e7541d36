//! Following a path inside a root, one component at a time on open folders.

use std::{
    collections::VecDeque,
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    Why,
    folder::{Entry, Fault, Folder, Identity},
    path::{Step, link_steps, shown},
};

/// Linux follows at most 40 links (path_resolution(7)).
const LINKS: usize = 40;

/// Where a path leads.
pub(super) struct Found<'r> {
    /// The folder that the last name lies in.
    pub(super) folder: Folder<'r>,
    /// The last name; `None` where the path leads to the root itself.
    pub(super) name: Option<OsString>,
    /// The path from the root, without links.
    pub(super) path: PathBuf,
    /// What lies there; never a link.
    pub(super) entry: Entry<'r>,
    /// Whether folders on the way are missing, too.
    pub(super) is_deep: bool,
}

/// A root that paths stay in.
pub(super) struct Root<'r, 'a> {
    /// The folder.
    pub(super) folder: &'a Folder<'r>,
    /// How messages name it.
    pub(super) path: &'a Path,
    /// The git directories, which may lie in it under any name.
    pub(super) git: &'a [Identity],
}

impl<'r> Root<'r, '_> {
    /// Follows the steps from the root.
    pub(super) fn follow(&self, mut steps: VecDeque<Step>) -> Result<Found<'r>, Fault> {
        // The folders that were entered, with their names; what is above the first is outside.
        let mut way: Vec<(Folder<'r>, OsString)> = Vec::new();
        let mut links = 0;
        while let Some(step) = steps.pop_front() {
            let Step::Into(name) = step else {
                if way.pop().is_none() {
                    return Err(self.outside(&way, Path::new(".."), &steps));
                }
                continue;
            };
            let here = way.last().map_or(self.folder, |(folder, _)| folder);
            match here.entry(&name)? {
                Entry::Folder(folder) => {
                    if folder.identity()?.is_some_and(|identity| self.git.contains(&identity)) {
                        return Err(Why::InGit.into());
                    }
                    way.push((folder, name));
                }
                Entry::Link(target) => {
                    links += 1;
                    if links > LINKS {
                        return Err(Why::Links.into());
                    }
                    let Some(mut ahead) = link_steps(&target)? else {
                        return Err(Why::Outside { to: target }.into());
                    };
                    ahead.append(&mut steps);
                    steps = ahead;
                }
                Entry::File(_) | Entry::Other(_) if !steps.is_empty() => {
                    return Err(std::io::Error::from(std::io::ErrorKind::NotADirectory).into());
                }
                entry => {
                    let (folder, path) = (here.again()?, path_of(&way).join(&name));
                    let is_deep = !steps.is_empty();
                    return Ok(Found { folder, name: Some(name), path, entry, is_deep });
                }
            }
        }
        let path = path_of(&way);
        let (last, name) = way.pop().map_or((None, None), |(folder, name)| (Some(folder), Some(name)));
        let folder = way.last().map_or(self.folder, |(folder, _)| folder).again()?;
        let entry = Entry::Folder(last.map_or_else(|| self.folder.again(), Ok)?);
        Ok(Found { folder, name, path, entry, is_deep: false })
    }

    /// A step up from the root, and where it and the rest would lead.
    fn outside(&self, way: &[(Folder<'r>, OsString)], up: &Path, rest: &VecDeque<Step>) -> Fault {
        let mut to = self.path.join(path_of(way)).join(up);
        for step in rest {
            match step {
                Step::Up => to.push(".."),
                Step::Into(name) => to.push(name),
            }
        }
        Why::Outside { to: shown(&to) }.into()
    }
}

fn path_of(way: &[(Folder<'_>, OsString)]) -> PathBuf {
    way.iter().map(|(_, name)| name).collect()
}
