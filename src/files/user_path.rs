//! Resolves a path from the user, which may be anywhere.
//!
//! Follows all symbolic links, and records those inside the work tree.

use std::{
    collections::VecDeque,
    ffi::OsString,
    fs, io,
    path::{Component, Path, PathBuf},
};

use cap_std::{ambient_authority, fs::Dir};

use super::{
    Refusal,
    folder::{Identity, identity},
    path::is_dot_git,
};

/// Linux follows at most 40 symbolic links (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// A resolved path from the user.
#[derive(Debug)]
pub(super) struct UserPath {
    /// The absolute path without links.
    pub(super) path: PathBuf,
    /// The path relative to the work tree, if it is inside.
    pub(super) below: Option<PathBuf>,
    /// Whether it is inside the git directory.
    pub(super) in_git: bool,
    /// The links inside the work tree that were followed, relative to it.
    pub(super) links: Vec<PathBuf>,
}

/// Resolves an absolute path. Components that do not exist are kept as written.
pub(super) fn resolve(
    path: &Path,
    root: Option<Identity>,
    git: &[Identity],
) -> io::Result<Result<UserPath, Refusal>> {
    let (mut steps, mut here, mut links) = (VecDeque::new(), PathBuf::new(), Vec::new());
    prepend(&mut steps, path);
    let mut count = 0;
    while let Some(step) = steps.pop_front() {
        match step {
            Part::Root(root) => here = PathBuf::from(root),
            Part::Up => {
                here.pop();
            }
            Part::Into(name) => {
                let next = here.join(&name);
                // Targets of magic links are not paths, as in `/proc/self/fd/1 -> pipe:[42]`.
                let is_magic = cfg!(unix) && next.starts_with("/proc");
                let data = if is_magic { None } else { fs::symlink_metadata(&next).ok() };
                if !data.is_some_and(|data| data.is_symlink()) {
                    here = next;
                    continue;
                }
                count += 1;
                if count > MAX_LINKS {
                    return Ok(Err(Refusal::Links));
                }
                links.extend(locate(&here, root, git).0.map(|below| below.join(&name)));
                prepend(&mut steps, &fs::read_link(&next)?);
            }
        }
    }
    let (below, in_git) = locate(&here, root, git);
    Ok(Ok(UserPath { path: here, below, in_git, links }))
}

enum Part {
    Root(OsString),
    Up,
    Into(OsString),
}

fn prepend(steps: &mut VecDeque<Part>, path: &Path) {
    let mut root: Option<OsString> = None;
    let mut parts = VecDeque::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => {
                root.get_or_insert_default().push(component.as_os_str());
            }
            Component::CurDir => {}
            Component::ParentDir => parts.push_back(Part::Up),
            Component::Normal(name) => parts.push_back(Part::Into(name.to_owned())),
        }
    }
    parts.append(steps);
    *steps = parts;
    if let Some(root) = root {
        steps.push_front(Part::Root(root));
    }
}

/// The path relative to the work tree, if it is inside, and whether it is inside the git directory. `path` must not
/// contain links. Compares folders by identity, because their names may differ in case or mount point.
fn locate(path: &Path, root: Option<Identity>, git: &[Identity]) -> (Option<PathBuf>, bool) {
    let (mut below, mut in_git) = (None, false);
    for folder in path.ancestors() {
        let Ok(found) = Dir::open_ambient_dir(folder, ambient_authority()).and_then(|dir| identity(&dir))
        else {
            continue;
        };
        in_git |= git.contains(&found);
        if root == Some(found) {
            below = path.strip_prefix(folder).ok().map(Path::to_owned);
            break;
        }
    }
    in_git |= below.as_ref().is_some_and(|below: &PathBuf| below.iter().any(is_dot_git));
    (below, in_git)
}
