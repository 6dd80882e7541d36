//! Random trees for tests.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::model::ObjectId;

/// Content of files by path; no path is a directory of another.
pub(super) type Files = BTreeMap<&'static str, u8>;

pub(super) fn files() -> impl Strategy<Value = Files> {
    const PATHS: [&str; 9] = ["a", "a.b", "a/x", "a/y/z", "a0", "b/c/d", "b/c/e", "b/é 新", "c"];
    let any = proptest::collection::btree_map(proptest::sample::select(&PATHS[..]), 0..3u8, 0..9);
    any.prop_map(|mut files| {
        if files.contains_key("a") {
            files.retain(|path, _| !path.starts_with("a/"));
        }
        files
    })
}

pub(super) fn written(repository: &git2::Repository, files: &Files) -> ObjectId {
    let mut index = git2::Index::new().unwrap();
    for (path, content) in files {
        let id = repository.blob(&[*content]).unwrap();
        let time = git2::IndexTime::new(0, 0);
        index
            .add(&git2::IndexEntry {
                ctime: time,
                mtime: time,
                dev: 0,
                ino: 0,
                mode: 0o100_644,
                uid: 0,
                gid: 0,
                file_size: 1,
                id,
                flags: 0,
                flags_extended: 0,
                path: path.as_bytes().to_vec(),
            })
            .unwrap();
    }
    let tree = index.write_tree_to(repository).unwrap();
    ObjectId::from_bytes(tree.as_bytes().try_into().unwrap())
}
