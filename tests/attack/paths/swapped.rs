//! Files swapped during a run: the check and the access must use the same file.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::trap::{SECRET, run_bounded};
use crate::support::Repo;

/// The number of rounds per test.
const RUNS: usize = 60;

/// Alternately moves `link` and `real` to `place`, until `done`.
fn swap(place: &Path, real: &Path, link: &Path, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        for other in [link, real] {
            let aside = place.with_extension("aside");
            // Either may be missing for a moment: the program must handle that, too.
            if fs::rename(place, &aside).is_ok() {
                let _ = fs::rename(other, place);
                let _ = fs::rename(&aside, if other == link { real } else { link });
            }
        }
    }
}

/// A repository in which a folder and a link with the same name to the outside alternate while the program runs.
fn race(args: &[&str], config: &str, check: impl Fn(&Repo)) {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.materialize();
    let (dir, outside) = (repo.dir().to_owned(), repo.home().join("outside"));
    fs::create_dir_all(&outside).unwrap();
    for name in ["n.tera", "CHANGELOG.md", "secret.md"] {
        fs::write(outside.join(name), SECRET).unwrap();
    }
    repo.write("docs/n.tera", "OWN")
        .write("docs/CHANGELOG.md", "# Changelog\n")
        .write("tidings.toml", config);
    symlink("../outside", dir.join("docs-link")).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| swap(&dir.join("docs"), &dir.join("docs-real"), &dir.join("docs-link"), &done));
        let runs = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..RUNS {
                let ran = run_bounded(&repo, repo.tidings(args));
                assert!(matches!(ran.status, Some(0 | 2)), "{}", ran.snapshot());
                assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{}", ran.snapshot());
                check(&repo);
            }
        }));
        done.store(true, Ordering::Relaxed);
        runs.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

fn is_unchanged(repo: &Repo) {
    let outside = repo.home().join("outside");
    let mut names: Vec<_> = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["CHANGELOG.md", "n.tera", "secret.md"]);
    for name in names {
        assert_eq!(fs::read_to_string(outside.join(&name)).unwrap(), SECRET, "{name:?}");
    }
}

#[test]
fn folder_swapped_with_a_link_is_not_read_through() {
    race(&["notes"], "[notes]\ntemplate = \"docs/n.tera\"\n", is_unchanged);
    race(&["notes"], "[notes]\ntemplate = \"docs/n.tera\"\ninclude = \"docs\"\n", is_unchanged);
}

#[test]
#[cfg(target_os = "linux")]
fn folder_swapped_with_a_link_is_not_written_through() {
    race(&["changelog", "--all", "--write"], "[changelog]\nfile = \"docs/CHANGELOG.md\"\n", is_unchanged);
    race(&["changelog", "--write"], "[changelog]\nfile = \"docs/CHANGELOG.md\"\n", is_unchanged);
}

#[test]
fn file_swapped_with_a_link_is_not_written_through() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.materialize();
    let (dir, outside) = (repo.dir().to_owned(), repo.home().join("outside"));
    fs::create_dir_all(&outside).unwrap();
    for name in ["CHANGELOG.md", "n.tera", "secret.md"] {
        fs::write(outside.join(name), SECRET).unwrap();
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (link, place) = (dir.join("link"), dir.join("CHANGELOG.md"));
            while !done.load(Ordering::Relaxed) {
                let _ = symlink("../outside/secret.md", &link);
                let _ = fs::rename(&link, &place);
                let _ = fs::remove_file(&place);
                let _ = fs::write(&place, "# Changelog\n");
            }
        });
        let runs = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..RUNS {
                let ran = run_bounded(&repo, repo.tidings(&["changelog", "--all", "--write"]));
                assert!(matches!(ran.status, Some(0 | 2)), "{}", ran.snapshot());
                assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{}", ran.snapshot());
                is_unchanged(&repo);
            }
        }));
        done.store(true, Ordering::Relaxed);
        runs.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}
