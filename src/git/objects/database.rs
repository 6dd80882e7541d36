//! Opens a repository's object database: its object directory and alternates (`objects/info/alternates`,
//! gitrepository-layout(5)), with their packs.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use super::{memory::MemoryObjects, pack::Packs};
use crate::git::environment::ObjectPaths;

/// Depth to which alternates of alternates are followed, as in git.
const MAX_ALTERNATE_DEPTH: usize = 5;
/// Limit on object directories, far above what real repositories have.
const MAX_DIRECTORIES: usize = 256;
/// Largest list of alternates, in bytes; a larger one is ignored.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// A repository's object database, opened on first use and shared by all threads.
pub(in crate::git) struct LazyObjectDatabase {
    objects: PathBuf,
    /// Alternates in addition to those that the object directory lists.
    alternates: Vec<PathBuf>,
    /// Whether a remote has promised the objects that are missing: a partial clone.
    is_partial: bool,
    /// Objects that are in memory only.
    memory: Arc<MemoryObjects>,
    opened: OnceLock<Arc<ObjectDatabase>>,
}

/// Object directories with their packs.
pub(in crate::git) struct ObjectDatabase {
    /// The repository's own directory first.
    pub(in crate::git) directories: Vec<PathBuf>,
    pub(super) packs: Packs,
    /// Whether a remote has promised the objects that are missing: a partial clone.
    pub(super) is_partial: bool,
    /// Objects that are in memory only.
    pub(super) memory: Arc<MemoryObjects>,
}

impl LazyObjectDatabase {
    /// The database of the repository with this common directory; `paths` are those that the environment names.
    pub(in crate::git) fn new(folder: &Path, paths: &ObjectPaths, is_partial: bool) -> Self {
        let objects = paths.directory.clone().unwrap_or_else(|| folder.join("objects"));
        let (memory, opened) = (Arc::default(), OnceLock::new());
        Self { objects, alternates: paths.alternates.clone(), is_partial, memory, opened }
    }

    /// The same database, not opened yet, with these objects in addition.
    pub(in crate::git) fn with_memory(&self, memory: MemoryObjects) -> Self {
        Self {
            objects: self.objects.clone(),
            alternates: self.alternates.clone(),
            is_partial: self.is_partial,
            memory: Arc::new(memory),
            opened: OnceLock::new(),
        }
    }

    /// The database; opens it on the first call.
    pub(in crate::git) fn get(&self) -> Arc<ObjectDatabase> {
        let open = || {
            let directories = directories(&self.objects, &self.alternates);
            let packs = Packs::open(&directories);
            let memory = Arc::clone(&self.memory);
            Arc::new(ObjectDatabase { directories, packs, is_partial: self.is_partial, memory })
        };
        Arc::clone(self.opened.get_or_init(open))
    }
}

/// An object directory, the given alternates, and the alternates that they list, each once, even if they form a cycle.
fn directories(objects: &Path, given: &[PathBuf]) -> Vec<PathBuf> {
    let (mut directories, mut visited) = (vec![objects.to_owned()], Vec::new());
    let mut borrowers = vec![objects.to_owned()];
    visited.extend(objects.canonicalize());
    for depth in 0..MAX_ALTERNATE_DEPTH {
        let listed = borrowers.iter().flat_map(|borrower| alternates(borrower));
        let given = given.iter().filter(|_| depth == 0).cloned();
        let lenders: Vec<PathBuf> = given.chain(listed).collect();
        borrowers.clear();
        for lender in lenders {
            // Ignore a missing directory: objects missing because of it are reported when they are read.
            let Ok(real) = lender.canonicalize() else { continue };
            if !visited.contains(&real) && directories.len() < MAX_DIRECTORIES {
                visited.push(real);
                directories.push(lender.clone());
                borrowers.push(lender);
            }
        }
    }
    directories
}

/// The alternates of an object directory.
fn alternates(objects: &Path) -> Vec<PathBuf> {
    let list = objects.join("info").join("alternates");
    let is_short = fs::metadata(&list).is_ok_and(|data| data.is_file() && data.len() <= MAX_FILE_SIZE);
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
    fn each_alternate_is_listed_once_even_in_a_cycle() {
        let home = tempfile::tempdir().unwrap();
        let own = store(home.path(), "a", "../b\n# a comment\n\n../missing\n");
        let next = store(home.path(), "b", "../c\n../a\n../b\n");
        let last = store(home.path(), "c", "../a\n");
        let names = |directories: Vec<PathBuf>| -> Vec<PathBuf> {
            directories.into_iter().map(|folder| folder.canonicalize().unwrap()).collect()
        };
        let expected = [&own, &next, &last].map(|folder| folder.canonicalize().unwrap());
        assert_eq!(names(directories(&own, &[])), expected);
        let expected = [&last, &own, &next].map(|folder| folder.canonicalize().unwrap());
        assert_eq!(names(directories(&last, &[own, next])), expected);
    }

    #[test]
    fn invalid_alternates_are_ignored() {
        let home = tempfile::tempdir().unwrap();
        let own = store(home.path(), "a", "\0\u{1}\n/dev/null\n../a\nx\0y\n");
        let found = directories(&own, &[]);
        assert!(found.iter().all(|folder| folder == &own || folder == Path::new("/dev/null")), "{found:?}");
    }
}
