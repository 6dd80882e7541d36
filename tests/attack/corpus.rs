//! Replays the fuzz corpus and the crashing inputs: `fuzz/corpus/` and `fuzz/artifacts/`, without libFuzzer.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the file is a library of its own, too")]
mod fuzz;

/// The files of a folder, sorted by name; empty if the folder does not exist.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Runs a target on all stored inputs, and reports every input that fails.
fn replay(target: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let corpus = files(&root.join("corpus").join(target));
    assert!(corpus.len() >= 10, "fuzz/corpus/{target} holds {} inputs", corpus.len());
    let all = corpus.into_iter().chain(files(&root.join("artifacts").join(target)));
    let failed: Vec<_> = all
        .filter(|path| {
            let input = fs::read(path).unwrap();
            catch_unwind(AssertUnwindSafe(|| fuzz::run(target, &input))).is_err()
        })
        .collect();
    assert!(failed.is_empty(), "{target} fails on {failed:#?}");
}

/// Defines a test for each target, and one that checks that no target is missing.
macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn every_target_and_every_corpus_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert_eq!(fuzz::TARGETS.map(|(name, _)| name), replayed);
            let folders = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus"));
            let names: Vec<_> = folders.iter().map(|folder| folder.file_name().unwrap()).collect();
            assert_eq!(names, replayed);
        }
    };
}

targets! { changelog configuration forge message notes packs refs registry }
