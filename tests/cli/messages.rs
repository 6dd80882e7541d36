//! Messages of all kinds: lists, trailers, references, gitmoji, the merges of forges.

use super::support::{Commit, Repo};

fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    repo
}

#[test]
fn same_patch_beside_unchanged_folders_is_a_duplicate() {
    let repo = released();
    repo.commit(Commit::new("feat: folders").file("a/b/c", "1\n").file("d/e", "1\n"));
    repo.tag("v1.1.0").branch("release/1.1").checkout("main");
    let edit = |seconds| Commit::new("fix: e").file("d/f/g", "1\n").file("d/e", "2\n").date(seconds, "+0000");
    let plain = |seconds: i64| edit(seconds).file("own", "own\n");
    repo.commit(plain(1_700_000_000));
    repo.checkout("release/1.1").commit(plain(1_700_000_001));
    repo.tag("v1.1.1").checkout("main").tag("v1.2.0");
    let release = repo.release(&["v1.2.0"]);
    let (outcome, reason) = release.outcome("fix: e");
    assert_eq!(outcome, "duplicate", "{reason}");
    assert!(reason.contains("same subject and patch"), "{reason}");
}
