//! The folders that hold a repository's objects: its own, and those it borrows from (`objects/info/alternates`,
//! gitrepository-layout(5)), with the packs in all of them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use super::pack::Packs;

/// Alternates of alternates: git follows as many.
const DEEPEST: usize = 5;
/// More folders than this are no honest repository's.
const MAX_FOLDERS: usize = 256;
/// A longer list of alternates is not read to its end.
const LONGEST: u64 = 1 << 20;

/// Where the objects of a repository are, opened when they are first asked for and shared by its threads.
pub(in crate::git) struct Stores {
    objects: PathBuf,
    opened: OnceLock<Arc<Opened>>,
}

/// Folders of objects, with their packs.
pub(in crate::git) struct Opened {
    /// The repository's own folder first.
    pub(in crate::git) folders: Vec<PathBuf>,
    pub(super) packs: Packs,
}

impl Stores {
    /// The objects of the repository whose common directory is `folder`.
    pub(in crate::git) fn new(folder: &Path) -> Self {
        Self { objects: folder.join("objects"), opened: OnceLock::new() }
    }

    /// The folders and packs as they were when first asked for.
    pub(in crate::git) fn opened(&self) -> Arc<Opened> {
        let open = || {
            let folders = folders(&self.objects);
            let packs = Packs::open(&folders);
            Arc::new(Opened { folders, packs })
        };
        Arc::clone(self.opened.get_or_init(open))
    }
}

/// A folder of objects and those it borrows from, each once, however they refer to one another.
fn folders(objects: &Path) -> Vec<PathBuf> {
    let (mut folders, mut known) = (vec![objects.to_owned()], Vec::new());
    let mut borrowers = vec![objects.to_owned()];
    known.extend(objects.canonicalize());
    for _ in 0..DEEPEST {
        let lenders: Vec<PathBuf> = borrowers.iter().flat_map(|borrower| alternates(borrower)).collect();
        borrowers.clear();
        for lender in lenders {
            // What does not exist lends nothing; an object that is missing for it is named when it is needed.
            let Ok(real) = lender.canonicalize() else { continue };
            if !known.contains(&real) && folders.len() < MAX_FOLDERS {
                known.push(real);
                folders.push(lender.clone());
                borrowers.push(lender);
            }
        }
    }
    folders
}

/// The folders that a folder of objects names as its alternates.
fn alternates(objects: &Path) -> Vec<PathBuf> {
    let list = objects.join("info").join("alternates");
    let is_short = fs::metadata(&list).is_ok_and(|data| data.is_file() && data.len() <= LONGEST);
    let text = if is_short { fs::read(&list).unwrap_or_default() } else { Vec::new() };
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .map(|line| objects.join(path(line)))
        .collect()
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> &Path {
    Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(home: &Path, name: &str, alternates: &str) -> PathBuf {
        let folder = home.join(name);
        fs::create_dir_all(folder.join("info")).unwrap();
        fs::write(folder.join("info/alternates"), alternates).unwrap();
        folder
    }

    #[test]
    fn alternates_are_followed_once_even_in_a_cycle() {
        let home = tempfile::tempdir().unwrap();
        let own = store(home.path(), "a", "../b\n# a remark\n\n../missing\n");
        let next = store(home.path(), "b", "../c\n../a\n../b\n");
        let last = store(home.path(), "c", "../a\n");
        let names = |folders: Vec<PathBuf>| -> Vec<PathBuf> {
            folders.into_iter().map(|folder| folder.canonicalize().unwrap()).collect()
        };
        let expected = [&own, &next, &last].map(|folder| folder.canonicalize().unwrap());
        assert_eq!(names(folders(&own)), expected);
    }

    #[test]
    fn garbage_names_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let own = store(home.path(), "a", "\0\u{1}\n/dev/null\n../a\nx\0y\n");
        let found = folders(&own);
        assert!(found.iter().all(|folder| folder == &own || folder == Path::new("/dev/null")), "{found:?}");
    }
}
