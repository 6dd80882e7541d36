//! Repositories that are not plain complete clones: other formats, partial clones, and those that git's variables name.

use std::{fs, path::Path};

use super::support::{Commit, Ran, Repo};

/// Asserts that a run failed because of the repository, with these words on stderr.
fn assert_refused(ran: &Ran, words: &[&str]) {
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(3), ""), "{}", ran.snapshot());
    for word in words {
        assert!(ran.stderr.contains(word), "`{word}` is not in stderr: {}", ran.snapshot());
    }
    // The words of the git library are not for people.
    assert!(!ran.stderr.contains("class="), "{}", ran.snapshot());
}

fn assert_succeeds(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    for word in words {
        assert!(ran.stdout.contains(word), "`{word}` is not in stdout: {}", ran.snapshot());
    }
}

/// A released version and a feature after it, each with a file.
fn released() -> Repo {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: first").file("a/x", "1\n"));
    repo.tag("v1.0.0").commit(Commit::new("feat: second").file("a/x", "2\n"));
    repo
}

/// A repository in the home folder, initialised with an option, with a linked worktree and a bare clone: their paths.
/// `None`, with a message, if the installed git does not know the option.
fn initialised(repo: &Repo, option: &str) -> Option<[String; 3]> {
    let paths = ["other", "linked", "bare.git"].map(|name| repo.home().join(name).display().to_string());
    let [other, linked, bare] = &paths;
    if let Err(error) = repo.try_git(&["init", "--quiet", "--initial-branch=main", option, other]) {
        eprintln!("skipped: the installed git does not support {option}: {error}");
        return None;
    }
    repo.git(&["-C", other, "commit", "--quiet", "--allow-empty", "--message=feat: first"]);
    repo.git(&["-C", other, "tag", "v1.0.0"]);
    repo.git(&["-C", other, "commit", "--quiet", "--allow-empty", "--message=fix: second"]);
    repo.git(&["-C", other, "worktree", "add", "--quiet", "--detach", linked]);
    let format = option.starts_with("--ref-format").then_some(option);
    let clone = ["clone", "--quiet", "--bare", other, bare];
    repo.git(&clone.into_iter().chain(format).collect::<Vec<_>>());
    Some(paths)
}

#[test]
fn reftable_is_an_error_with_the_command_that_converts_it() {
    let repo = Repo::new();
    let Some(paths) = initialised(&repo, "--ref-format=reftable") else { return };
    for path in &paths {
        for args in [&["next"][..], &["preview"], &["check"]] {
            let ran = repo.run(&[&["--repo", path], args].concat());
            assert_refused(&ran, &["`reftable`", "Hint: ", "git refs migrate --ref-format=files"]);
        }
    }
    let [other, _, bare] = &paths;
    let copy = repo.home().join("copy.git").display().to_string();
    repo.git(&["clone", "--quiet", "--mirror", "--ref-format=files", other, &copy]);
    assert_succeeds(&repo.run(&["--repo", &copy, "next"]), &["1.0.1"]);
    match repo.try_git(&["-C", bare, "refs", "migrate", "--ref-format=files"]) {
        Ok(_) => assert_succeeds(&repo.run(&["--repo", bare, "next"]), &["1.0.1"]),
        Err(error) => eprintln!("skipped: the installed git cannot convert refs: {error}"),
    }
}

#[test]
fn sha256_is_an_error_that_names_the_format() {
    let repo = Repo::new();
    let Some(paths) = initialised(&repo, "--object-format=sha256") else { return };
    for path in &paths {
        assert_refused(&repo.run(&["--repo", path, "next"]), &["the object format `sha256`", "only SHA-1"]);
    }
}

#[test]
fn other_extensions_are_named() {
    let repo = released();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.compatObjectFormat", "sha256"]);
    assert_refused(&repo.run(&["next"]), &["the extension `compatobjectformat`", "git clone --mirror"]);
    repo.git(&["config", "--unset", "extensions.compatObjectFormat"]);
    assert_succeeds(&repo.run(&["next"]), &["1.1.0"]);
    repo.git(&["config", "core.repositoryFormatVersion", "2"]);
    assert_refused(&repo.run(&["next"]), &["format version 2"]);
}

/// Partial clones of git before 2.24.
#[test]
fn partial_clone_extension_is_replaced_as_the_hint_says() {
    let copy = released().partial_clone("blob:none", &[]);
    copy.git(&["config", "--unset", "remote.origin.promisor"]);
    copy.git(&["config", "extensions.partialClone", "origin"]);
    let hint = "git config remote.origin.promisor true, then: git config --unset extensions.partialclone";
    assert_refused(&copy.run(&["next"]), &["the extension `partialclone`", hint]);
    copy.git(&["config", "remote.origin.promisor", "true"]);
    copy.git(&["config", "--unset", "extensions.partialclone"]);
    assert_succeeds(&copy.run(&["next"]), &["1.1.0"]);
}

const FETCH_TREES: &str = "git fetch --refetch --filter=blob:none";

#[test]
fn treeless_clone_names_the_command_that_fetches_the_trees() {
    let origin = released();
    for options in [&[][..], &["--bare"], &["--no-checkout"]] {
        let copy = origin.partial_clone("tree:0", options);
        assert_succeeds(&copy.run(&["next"]), &["1.1.0"]);
        assert_succeeds(&copy.run(&["check"]), &[]);
        assert_refused(
            &copy.run(&["preview"]),
            &["Error: tree ", "is missing", "partial clone", FETCH_TREES],
        );
        copy.git(&["fetch", "--quiet", "--refetch", "--filter=blob:none"]);
        assert_succeeds(&copy.run(&["preview"]), &["second"]);
    }
}

#[test]
fn deepen_fetches_the_trees_of_a_treeless_clone() {
    let origin = released();
    for (filter, options) in [
        ("tree:0", &[][..]),
        ("tree:1", &["--bare"]),
        ("combine:blob:none+tree:0", &[]),
        ("tree:0", &["--depth=1", "--no-single-branch"]),
    ] {
        let copy = origin.partial_clone(filter, options);
        assert_ne!(copy.run(&["preview"]).status, Some(0), "{filter} {options:?}");
        assert_succeeds(&copy.run(&["--deepen", "preview"]), &["second"]);
        // The repair is permanent, also for later fetches.
        assert_succeeds(&copy.run(&["preview"]), &["second"]);
        assert_eq!(copy.git(&["config", "remote.origin.partialclonefilter"]), "blob:none\n");
    }
}

#[test]
fn later_fetches_of_a_deepened_treeless_clone_include_trees() {
    let origin = released();
    let copy = origin.partial_clone("tree:0", &[]);
    assert_succeeds(&copy.run(&["--deepen", "preview"]), &["second"]);
    origin.commit(Commit::new("feat: third").file("b/y", "3\n"));
    let fourth = origin.commit(Commit::new("fix: fourth").file("b/y", "4\n"));
    let range = format!("v1.0.0..{}", origin.sha(fourth));
    copy.git(&["fetch", "--quiet"]);
    assert_succeeds(&copy.run(&["preview", &range]), &["second", "third", "fourth"]);
}

#[test]
fn blobless_clone_has_notes_and_keeps_its_filter() {
    let copy = released().partial_clone("blob:none", &["--no-checkout"]);
    for args in [&["preview"][..], &["changelog", "--all"], &["notes", "v1.0.0"], &["--deepen", "preview"]] {
        assert_eq!(copy.run(args).status, Some(0), "{}", copy.run(args).snapshot());
    }
    // Only a clone without trees is downloaded again.
    assert_eq!(copy.git(&["config", "remote.origin.partialclonefilter"]), "blob:none\n");
    let packs = fs::read_dir(copy.dir().join(".git/objects/pack")).unwrap();
    let is_pack = |path: &Path| path.extension().is_some_and(|extension| extension == "pack");
    assert_eq!(packs.filter(|file| is_pack(&file.as_ref().unwrap().path())).count(), 1);
}

#[test]
fn missing_blob_names_the_command_that_fetches_all_objects() {
    let origin = Repo::new();
    origin.commit(Commit::new("feat: first").file("tidings.toml", "scheme = \"calver:YYYY.MM.MICRO\"\n"));
    let copy = origin.partial_clone("blob:none", &["--bare"]);
    let args = ["--untrusted", "--config-from", "HEAD", "next"];
    let fetch = "git fetch --refetch --no-filter --tags";
    assert_refused(&copy.run(&args), &["blob ", "is missing", "partial clone", fetch]);
    copy.git(&["fetch", "--quiet", "--refetch", "--no-filter", "--tags"]);
    assert_succeeds(&copy.run(&args), &["2026.3.0"]);
}
