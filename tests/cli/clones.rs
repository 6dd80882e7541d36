//! Repositories that are not plain complete clones: other formats, partial clones, and those that git's variables name.

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
