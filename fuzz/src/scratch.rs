//! A scratch folder for the files of a target, in memory if the system has such a file system; emptied before each use.

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
};

pub(super) struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self(folder.unwrap_or_else(|error| panic!("no folder for files: {error}")))
    }

    /// Returns this thread's folder, empty.
    pub(super) fn with<T>(work: impl FnOnce(&Self) -> T) -> T {
        thread_local! {
            static FOLDER: RefCell<Scratch> = RefCell::new(Scratch::new());
        }
        FOLDER.with_borrow(|folder| {
            folder.empty();
            work(folder)
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and creates its parent folders.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        let written = fs::write(&path, bytes).or_else(|_| {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, bytes)
        });
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    fn empty(&self) {
        for entry in fs::read_dir(self.path()).into_iter().flatten().flatten() {
            let path = entry.path();
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}
