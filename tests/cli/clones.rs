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
        let warning = "the clone lacks trees, so changes of only documentation, tests or CI count";
        assert_succeeds(&copy.run(&["next"]), &["1.1.0"]);
        assert_succeeds(&copy.run(&["check"]), &[]);
        for command in ["next", "check"] {
            let stderr = copy.run(&[command]).stderr;
            assert_eq!(stderr.matches(warning).count(), 1, "{command}: {stderr}");
        }
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

/// A `pre-receive` hook that runs the program with these arguments; the output that the pusher sees.
fn pushed(origin: &Repo, arguments: &str) -> String {
    let bare = origin.bare_clone();
    let hook = bare.dir().join("hooks/pre-receive");
    let program = env!("CARGO_BIN_EXE_tidings");
    let script = format!("#!/bin/sh\nread old new ref\n'{program}' {arguments} 2>&1\nexit 1\n");
    fs::write(&hook, script).unwrap();
    make_executable(&hook);
    let tree = origin.git(&["rev-parse", "HEAD^{tree}"]);
    let commit = origin.git(&["commit-tree", "-p", "HEAD", "-m", "feat: pushed", tree.trim()]);
    let target = format!("{}:refs/heads/main", commit.trim());
    origin.try_git(&["push", &bare.dir().display().to_string(), &target]).unwrap_err()
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) {}

#[test]
fn pre_receive_hook_reads_the_pushed_objects() {
    let origin = released();
    for arguments in ["preview \"$new\"", "--repo . preview \"$new\"", "--repo \"$GIT_DIR\" preview \"$new\""]
    {
        let output = pushed(&origin, arguments);
        for subject in ["second", "pushed"] {
            assert!(output.contains(subject), "`{subject}` is not in the output of {arguments}: {output}");
        }
    }
}

/// The variables say where the objects of their repository are, not those of another one.
#[test]
fn variables_of_a_hook_do_not_apply_to_another_repository() {
    let (origin, other) = (released(), Repo::new());
    other.commit("feat: of the other");
    let output = pushed(&origin, &format!("--repo '{}' preview", other.dir().display()));
    assert!(output.contains("of the other"), "{output}");
    // Git, which creates the tag, does not inherit them either.
    let output = pushed(&origin, &format!("--repo '{}' tag v2.0.0 --allow tags", other.dir().display()));
    assert_eq!(other.git(&["tag"]), "v2.0.0\n", "{output}");
}

#[test]
fn object_directories_of_the_environment_are_read() {
    let repo = released();
    let (own, moved) = (repo.dir().join(".git/objects"), repo.home().join("moved:objects"));
    fs::rename(&own, &moved).unwrap();
    fs::create_dir(&own).unwrap();
    let run = |name: &str, value: String| {
        let mut command = repo.tidings(&["preview"]);
        command.env(name, value);
        repo.run_command(command)
    };
    let moved = moved.display().to_string();
    assert_succeeds(&run("GIT_OBJECT_DIRECTORY", moved.clone()), &["second"]);
    assert_succeeds(&run("GIT_ALTERNATE_OBJECT_DIRECTORIES", format!("/nowhere:\"{moved}\"")), &["second"]);
    // Without quotes the colon separates two paths.
    assert_refused(&run("GIT_ALTERNATE_OBJECT_DIRECTORIES", moved), &["is missing"]);
}

#[test]
fn git_dir_and_work_tree_of_the_environment_are_used() {
    let (repo, elsewhere) = (released(), Repo::new());
    repo.materialize();
    elsewhere.write("tidings.toml", "tag_pattern = \"none-{version}\"\n").write("below/x", "");
    elsewhere.commit("feat: of the other");
    let git_dir = repo.dir().join(".git");
    let run = |folder: &Path, variables: &[(&str, &Path)], args: &[&str]| {
        let mut command = elsewhere.tidings(args);
        command.current_dir(folder).envs(variables.iter().copied());
        elsewhere.run_command(command)
    };
    // As in git, the current directory is then the work tree, with its configuration.
    let ran = run(elsewhere.dir(), &[("GIT_DIR", &git_dir)], &["next"]);
    assert_eq!(ran.status, Some(3), "{}", ran.snapshot());
    assert!(ran.stderr.contains("no tag matches the tag pattern"), "{}", ran.snapshot());
    let below = elsewhere.dir().join("below");
    assert_succeeds(&run(&below, &[("GIT_DIR", &git_dir)], &["next"]), &["1.1.0"]);
    let both = [("GIT_DIR", git_dir.as_path()), ("GIT_WORK_TREE", repo.dir())];
    assert_succeeds(&run(elsewhere.dir(), &both, &["next"]), &["1.1.0"]);
    // Relative paths start at the current directory.
    assert_succeeds(&run(repo.dir(), &[("GIT_DIR", Path::new(".git"))], &["next"]), &["1.1.0"]);
    assert_succeeds(&run(&git_dir, &[("GIT_DIR", Path::new("."))], &["next"]), &["1.1.0"]);
    // A path on the command line takes precedence.
    let other = elsewhere.dir().display().to_string();
    let ran = run(repo.dir(), &[("GIT_DIR", &git_dir)], &["--repo", &other, "preview"]);
    assert!(ran.stdout.contains("of the other"), "{}", ran.snapshot());
}

#[test]
fn git_dir_that_is_no_repository_is_an_error() {
    let repo = released();
    for path in ["/nowhere", "..", "a", ""] {
        let mut command = repo.tidings(&["next"]);
        command.env("GIT_DIR", path);
        let ran = repo.run_command(command);
        match path {
            "" => assert_succeeds(&ran, &["1.1.0"]),
            _ => assert_refused(&ran, &["GIT_DIR", path, "unset GIT_DIR"]),
        }
    }
}

#[test]
fn git_dir_of_a_linked_worktree_is_used() {
    let repo = released();
    let linked = repo.worktree("v1.0.0");
    let git_dir = linked.git(&["rev-parse", "--absolute-git-dir"]);
    let mut command = linked.tidings(&["preview", "HEAD"]);
    command.env("GIT_DIR", git_dir.trim());
    let ran = linked.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(!ran.stdout.contains("second"), "{}", ran.snapshot());
}
