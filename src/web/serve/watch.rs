//! Watches the files that the page was made of: refs, configuration, templates, locales, changelog and corrections.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use fs_notify::{
    ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind,
    recommended_watcher,
};
use tokio::sync::watch;

use crate::session::Session;

/// The files of the git directory that say where refs point, and what history is.
const GIT_FILES: [&str; 5] = ["HEAD", "packed-refs", "shallow", "config", "FETCH_HEAD"];

/// Watches files, and counts their changes.
pub(super) struct Watcher {
    inner: Mutex<Result<RecommendedWatcher, fs_notify::Error>>,
    watched: Arc<Mutex<Watched>>,
    /// Why some files are not watched.
    problem: Mutex<Option<String>>,
}

/// What is watched.
#[derive(Debug, Default)]
struct Watched {
    /// The files whose changes count.
    files: BTreeSet<PathBuf>,
    /// The git directories.
    git: BTreeSet<PathBuf>,
    /// The folders that the system watches.
    folders: BTreeSet<PathBuf>,
}

impl Watched {
    /// Whether a change at a path changes the page.
    fn concerns(&self, path: &Path) -> bool {
        let of_git = self.git.iter().any(|folder| {
            path.strip_prefix(folder).is_ok_and(|below| {
                let is_ref = below.starts_with("refs");
                let is_lock = below.extension().is_some_and(|extension| extension == "lock");
                !is_lock && (is_ref || GIT_FILES.iter().any(|name| below == Path::new(name)))
            })
        });
        // A folder above a file may be created, moved or removed.
        of_git || self.files.iter().any(|file| file == path || file.starts_with(path))
    }
}

impl Watcher {
    /// A watcher that watches nothing yet, and adds to `changes` what changes later.
    pub(super) fn new(changes: watch::Sender<u64>) -> Self {
        let watched = Arc::new(Mutex::new(Watched::default()));
        let seen = Arc::clone(&watched);
        let handler = move |event: Result<Event, fs_notify::Error>| {
            let Ok(event) = event else { return };
            // The server's own reads are such events.
            let is_access = matches!(event.kind, EventKind::Access(_));
            let mut watched = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) {
                // Its watch is gone with it; a new folder of that name needs one of its own.
                event.paths.iter().for_each(|path| _ = watched.folders.remove(path));
            }
            if !is_access && event.paths.iter().any(|path| watched.concerns(path)) {
                changes.send_modify(|count| *count += 1);
            }
        };
        Self { inner: Mutex::new(recommended_watcher(handler)), watched, problem: Mutex::default() }
    }

    /// Watches the git directories of a session, and the files that it has looked for.
    pub(super) fn follow(&self, session: &Session) {
        let repository = &session.repository;
        let git = [repository.path(), repository.common_dir()].map(canonical);
        let files: BTreeSet<PathBuf> =
            session.settings.files.sought().iter().map(|path| canonical(path)).collect();
        let mut folders: BTreeSet<(PathBuf, bool)> =
            files.iter().filter_map(|file| existing_above(file)).map(|it| (it, false)).collect();
        folders.extend(git.iter().map(|folder| (folder.clone(), false)));
        folders.extend(git.iter().map(|folder| (folder.join("refs"), true)));
        let mut new = Vec::new();
        {
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            watched.files.extend(files);
            watched.git.extend(git);
            for (folder, is_deep) in folders {
                if folder.is_dir() && watched.folders.insert(folder.clone()) {
                    new.push((folder, is_deep));
                }
            }
        }
        // The handler may be waiting for the lock above.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let watcher = match inner.as_mut() {
            Ok(watcher) => watcher,
            Err(error) => return self.fail(error),
        };
        for (folder, is_deep) in new {
            let mode = if is_deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            match watcher.watch(&folder, mode) {
                // It was removed meanwhile.
                Err(fs_notify::Error { kind: ErrorKind::PathNotFound, .. }) | Ok(()) => {}
                Err(error) => self.fail(&error),
            }
        }
    }
}

impl Watcher {
    /// Why the page does not follow all files; `None` if it does.
    pub(super) fn problem(&self) -> Option<String> {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        problem
            .as_ref()
            .map(|why| format!("files cannot be watched ({why}): load the page again to see changes"))
    }

    fn fail(&self, error: &fs_notify::Error) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
    }
}

/// The path without links in its folders, as the system reports it.
fn canonical(path: &Path) -> PathBuf {
    let mut names = Vec::new();
    for folder in path.ancestors() {
        if let Ok(real) = folder.canonicalize() {
            return names.iter().rev().fold(real, |path, name| path.join(name));
        }
        names.extend(folder.file_name());
    }
    path.to_owned()
}

/// The lowest folder above a path that exists.
fn existing_above(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refs_and_sought_files_concern_the_page() {
        let mut watched = Watched::default();
        watched.git.insert("/r/.git".into());
        watched.files.insert("/r/.tidings/corrections.toml".into());
        for path in [
            "/r/.git/HEAD",
            "/r/.git/refs/tags/v1",
            "/r/.git/packed-refs",
            "/r/.tidings",
            "/r/.tidings/corrections.toml",
        ] {
            assert!(watched.concerns(Path::new(path)), "{path}");
        }
        for path in [
            "/r/.git/index",
            "/r/.git/HEAD.lock",
            "/r/.git/refs/tags/v1.lock",
            "/r/src/main.rs",
            "/r/.git/objects/aa",
        ] {
            assert!(!watched.concerns(Path::new(path)), "{path}");
        }
    }
}
