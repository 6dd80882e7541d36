//! Damaged refs, and files that override the history.

use std::fs;

use crate::support::{Commit, Repo};

use super::sample::{assert_refused, git, rewrite, tidings};

/// Three versions with one commit each.
fn three_versions() -> Repo {
    let repo = Repo::new();
    for number in 1..=3 {
        repo.commit(Commit::new(format!("feat: c{number}")));
        repo.tag(&format!("v1.{number}.0"));
    }
    repo
}

fn name(repo: &Repo, revision: &str) -> String {
    repo.git(&["rev-parse", revision]).trim().to_owned()
}

/// Writes a file of the git directory.
fn write_git_file(repo: &Repo, path: &str, content: &str) {
    let path = repo.dir().join(".git").join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    rewrite(&path, content.as_bytes());
}

const MISSING: &str = "1111111111111111111111111111111111111111";

/// The commands that depend on the existing versions.
const COMMANDS: [&[&str]; 5] = [
    &["notes", "v1.3.0"],
    &["notes", "--all"],
    &["next"],
    &["check", "v1.3.0"],
    &["changelog", "--as", "v1.4.0"],
];

#[test]
fn broken_version_tag_is_an_error() {
    let repo = three_versions();
    let tree = name(&repo, "HEAD^{tree}");
    for content in [
        "",
        "\n",
        "garbage\n",
        &MISSING[..39],
        &format!("{MISSING}0\n"),
        MISSING,
        "0000000000000000000000000000000000000000\n",
        "ref: refs/tags/missing\n",
        "ref: refs/tags/v1.2.0\n",
        "ref: ../../x\n",
    ] {
        write_git_file(&repo, "refs/tags/v1.2.0", content);
        for args in COMMANDS {
            assert_refused(&repo, args, &["refs/tags/v1.2.0"]);
        }
    }
    // A tag of a tree is not a version tag, as in git.
    write_git_file(&repo, "refs/tags/v1.2.0", &format!("{tree}\n"));
    assert_eq!(tidings(&repo, &["next"]).status, Some(0));
}

#[test]
fn broken_tag_that_is_not_a_version_is_a_warning() {
    let repo = three_versions();
    let before = tidings(&repo, &["notes", "v1.3.0"]);
    for content in ["", "garbage\n", MISSING] {
        write_git_file(&repo, "refs/tags/latest", content);
        let run = tidings(&repo, &["notes", "v1.3.0"]);
        assert_eq!((run.status, &run.stdout), (Some(0), &before.stdout));
        assert!(run.stderr.contains("Warning: the ref `refs/tags/latest` is broken"), "{}", run.stderr);
    }
}

#[test]
fn names_that_git_skips_are_skipped() {
    let repo = three_versions();
    let before = tidings(&repo, &["next"]);
    for name in
        ["refs/tags/v1.2.0.lock", "refs/tags/.v1.2.0.swp", "packed-refs.lock", "index.lock", "HEAD.lock"]
    {
        write_git_file(&repo, name, "");
    }
    assert_eq!(tidings(&repo, &["next"]), before);
    write_git_file(&repo, "refs/tags/v1.2.0~", "");
    let run = tidings(&repo, &["next"]);
    assert_eq!((run.status, &run.stdout), (before.status, &before.stdout));
    assert!(run.stderr.contains("Warning: the ref `refs/tags/v1.2.0~` is broken"), "{}", run.stderr);
}

#[test]
fn hints_for_broken_tags_repair_them() {
    let origin = three_versions();
    let repo = origin.bare_clone();
    let url = format!("file://{}", origin.dir().display());
    let before = tidings(&repo, &["notes", "v1.3.0"]);
    let path = repo.dir().join("refs/tags/v1.2.0");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    rewrite(&path, b"");
    let error = assert_refused(&repo, &["notes", "v1.3.0"], &[]);
    assert!(
        error.contains("Hint: delete `refs/tags/v1.2.0` in the git directory, then: git fetch --tags"),
        "{error}"
    );
    fs::remove_file(&path).unwrap();
    repo.git(&["fetch", "--quiet", "--tags", &url]);
    assert_eq!(tidings(&repo, &["notes", "v1.3.0"]).stdout, before.stdout);
    rewrite(&path, MISSING.as_bytes());
    let error = assert_refused(&repo, &["notes", "v1.3.0"], &[MISSING]);
    assert!(
        error.contains(
            "Hint: delete the tag and fetch it again: git tag --delete v1.2.0, then: git fetch --tags"
        ),
        "{error}"
    );
    repo.git(&["tag", "--delete", "v1.2.0"]);
    repo.git(&["fetch", "--quiet", "--tags", &url]);
    assert_eq!(tidings(&repo, &["notes", "v1.3.0"]).stdout, before.stdout);
}

#[test]
fn damaged_packed_refs_is_an_error_with_its_line() {
    let repo = three_versions();
    repo.git(&["pack-refs", "--all"]);
    let path = repo.dir().join(".git/packed-refs");
    let whole = fs::read_to_string(&path).unwrap();
    // Cut off anywhere except at the end of a line, where it looks like a shorter file.
    for end in 1..whole.len() {
        rewrite(&path, &whole.as_bytes()[..end]);
        if !whole[..end].ends_with('\n') {
            assert_refused(&repo, &["next"], &["packed-refs`, line "]);
        }
    }
    for (damaged, line) in [
        (whole.replace(" refs/tags/v1.2.0", "refs/tags/v1.2.0"), 4),
        (whole.replace(" refs/tags/v1.2.0", "\0refs/tags/v1.2.0"), 4),
        (whole.replace("refs/tags/v1.1.0\n", "refs/tags/v1.1.0 "), 3),
        (format!("{whole}<<<<<<< HEAD\n"), 6),
    ] {
        rewrite(&path, damaged.as_bytes());
        for args in COMMANDS {
            assert_refused(&repo, args, &[&format!("packed-refs`, line {line},")]);
        }
    }
}

#[test]
fn damaged_head_is_an_error() {
    let repo = three_versions();
    for content in ["", "\n", "garbage\n", "ref:\n", "ref: \u{1}\n", MISSING, "ref: HEAD\n", "ref: ../x\n"] {
        write_git_file(&repo, "HEAD", content);
        assert_refused(&repo, &["notes"], &[]);
        assert_refused(&repo, &["next"], &[]);
    }
    write_git_file(&repo, "HEAD", "ref: refs/heads/main\n");
    for content in ["", "garbage\n", MISSING] {
        write_git_file(&repo, "refs/heads/main", content);
        assert_refused(&repo, &["next"], &["refs/heads/main"]);
    }
    let tree = name(&repo, "v1.3.0^{tree}");
    write_git_file(&repo, "refs/heads/main", &tree);
    assert_refused(&repo, &["next"], &["refs/heads/main", &tree]);
}

#[test]
fn symbolic_ref_cycles_terminate() {
    let repo = three_versions();
    write_git_file(&repo, "HEAD", "ref: refs/heads/a\n");
    write_git_file(&repo, "refs/heads/a", "ref: refs/heads/b\n");
    write_git_file(&repo, "refs/heads/b", "ref: refs/heads/a\n");
    assert_refused(&repo, &["next"], &["HEAD"]);
}

#[test]
fn invalid_replacements_are_errors() {
    let (a, b) = ("v1.2.0", "v1.3.0");
    let refused = |replace: &dyn Fn(&Repo) -> Vec<(String, String)>| {
        let repo = three_versions();
        for (original, other) in replace(&repo) {
            write_git_file(&repo, &format!("refs/replace/{}", name(&repo, &original)), &other);
        }
        for args in [&["notes", "v1.3.0"][..], &["notes", "--all"]] {
            assert_refused(&repo, args, &[&name(&repo, "refs/tags/v1.2.0")]);
        }
    };
    let pair = |from: &str, to: String| (from.to_owned(), format!("{to}\n"));
    refused(&|repo| {
        let (one, other) = (name(repo, a), name(repo, b));
        vec![pair(a, other), pair(b, one)]
    });
    refused(&|repo| vec![pair(a, name(repo, a))]);
    refused(&|_| vec![pair(a, MISSING.to_owned())]);
    refused(&|repo| vec![pair(a, name(repo, "HEAD^{tree}"))]);
    refused(&|_| vec![pair(a, String::new())]);
    refused(&|_| vec![pair(a, "garbage".to_owned())]);
}

#[test]
fn replaced_commit_is_read_as_in_git() {
    let repo = three_versions();
    let other = repo.git(&["commit-tree", "-m", "feat: in its place", "-p", "v1.2.0~", "v1.2.0^{tree}"]);
    let next =
        repo.git(&["commit-tree", "-m", "feat: in the place of that", "-p", "v1.2.0~", "v1.2.0^{tree}"]);
    repo.git(&["replace", "v1.2.0", other.trim()]);
    repo.git(&["replace", other.trim(), next.trim()]);
    let run = tidings(&repo, &["notes", "v1.2.0"]);
    assert!(String::from_utf8(run.stdout).unwrap().contains("in the place of that"), "{}", run.stderr);
    repo.git(&["config", "core.useReplaceRefs", "false"]);
    let run = tidings(&repo, &["notes", "v1.2.0"]);
    assert!(String::from_utf8(run.stdout).unwrap().contains("c2"), "{}", run.stderr);
}

#[test]
fn cyclic_history_is_an_error() {
    for (commit, parent) in [("v1.2.0", "v1.3.0"), ("v1.2.0", "v1.2.0"), ("v1.1.0", "v1.2.0")] {
        let repo = three_versions();
        write_git_file(&repo, "info/grafts", &format!("{} {}\n", name(&repo, commit), name(&repo, parent)));
        for args in [&["notes", "v1.3.0"][..], &["notes", "--all"], &["notes", "v1.2.0..v1.3.0"]] {
            assert_refused(&repo, args, &["history has a cycle: commit "]);
        }
    }
    // The same with a replace ref.
    let repo = three_versions();
    let other = repo.git(&["commit-tree", "-m", "feat: c2", "-p", "v1.3.0", "v1.2.0^{tree}"]);
    write_git_file(&repo, &format!("refs/replace/{}", name(&repo, "v1.2.0")), &other);
    for args in [&["notes", "v1.3.0"][..], &["notes", "--all"]] {
        assert_refused(&repo, args, &["history has a cycle"]);
    }
}

#[test]
fn damaged_grafts_and_shallow_boundaries_are_errors_with_their_line() {
    for (file, content, line) in [
        ("info/grafts", format!("# remark\n{MISSING} {}\n", &MISSING[..39]), 2),
        ("info/grafts", "garbage\n".to_owned(), 1),
        ("shallow", format!("{MISSING}\n{}\n", &MISSING[..20]), 2),
    ] {
        let repo = three_versions();
        write_git_file(&repo, file, &content);
        let named = format!("{file}`, line {line},");
        assert_refused(&repo, &["notes", "v1.3.0"], &[&named]);
        assert_refused(&repo, &["notes", "--all"], &[&named]);
    }
    let repo = three_versions();
    write_git_file(&repo, "info/grafts", &format!("{} {MISSING}\n", name(&repo, "v1.2.0")));
    assert_refused(&repo, &["notes", "--all"], &[MISSING]);
}

#[test]
fn shallow_clone_without_its_boundary_names_what_is_missing() {
    let origin = three_versions();
    let repo = origin.shallow_clone(1);
    fs::remove_file(repo.dir().join(".git/shallow")).unwrap();
    let parent = name(&origin, "v1.2.0");
    let error = assert_refused(&repo, &["notes", "v1.3.0"], &[&parent, "git fetch --unshallow"]);
    assert!(error.contains("is missing"), "{error}");
}

#[test]
fn partial_clone_names_the_missing_object_and_the_fetch_command() {
    let origin = three_versions();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let (url, copy) = (format!("file://{}", origin.dir().display()), origin.home().join("partial"));
    let copy = copy.display().to_string();
    origin.git(&["clone", "--quiet", "--bare", "--filter=tree:0", &url, &copy]);
    let before = tidings(&origin, &["next"]);
    let partial = tidings(&origin, &["--repo", &copy, "next"]);
    assert_eq!((partial.status, &partial.stdout), (before.status, &before.stdout));
    // Whether a bare repository has corrections is in its trees.
    assert!(partial.stderr.starts_with("Warning: the clone lacks trees, so corrections are not read"));
    assert!(partial.stderr.ends_with(&before.stderr), "{partial:?}");
    let args = ["--repo", &copy, "notes", "v1.2.0", "--path", "src"];
    assert_refused(&origin, &args, &["is missing", "git fetch --refetch --filter=blob:none --tags"]);
    origin.git(&["-C", &copy, "fetch", "--quiet", "--refetch", "--filter=blob:none", "--tags"]);
    assert_eq!(tidings(&origin, &args).status, Some(0));
}

#[test]
fn damaged_configuration_is_an_error_with_its_file() {
    let repo = three_versions();
    let before = tidings(&repo, &["notes", "v1.3.0"]);
    for content in [
        "[core\n",
        "garbage\0",
        "[core]\n\trepositoryformatversion = 9\n",
        "[extensions]\n\tobjectformat = sha999\n[core]\n\trepositoryformatversion = 1\n",
    ] {
        write_git_file(&repo, "config", content);
        let run = tidings(&repo, &["notes", "v1.3.0"]);
        let is_same = run.status == Some(0) && run.stdout == before.stdout;
        assert!(is_same || run.status == Some(3), "{content:?}: {run:?}");
    }
    write_git_file(&repo, "config", "[core\n");
    assert_refused(&repo, &["notes", "v1.3.0"], &["the git configuration", ".git/config"]);
}

#[test]
fn pipes_in_place_of_files_do_not_hang() {
    if !cfg!(unix) {
        return;
    }
    for file in [
        "refs/tags/v1.2.0",
        "refs/heads/main",
        "packed-refs",
        "shallow",
        "info/grafts",
        "objects/info/alternates",
        "refs/replace/x",
    ] {
        let repo = three_versions();
        let path = repo.dir().join(".git").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        drop(fs::remove_file(&path));
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let run = tidings(&repo, &["notes", "--all"]);
        assert!(run.is_orderly(), "{file}: {run:?}");
    }
}

#[test]
fn revisions_are_resolved_as_in_git() {
    let repo = three_versions();
    repo.annotated_tag("v1.4.0", "v1.4.0", 1_772_000_000);
    repo.branch("side");
    repo.commit(Commit::new("feat: side"));
    repo.checkout("main");
    repo.commit(Commit::new("feat: main"));
    repo.merge("side", Commit::new("Merge branch 'side'"));
    repo.git(&["update-ref", "-m", "moved", "refs/heads/side", "side~1"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repo.git(&["config", "branch.main.remote", "origin"]);
    repo.git(&["config", "branch.main.merge", "refs/heads/main"]);
    repo.git(&["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
    repo.git(&["config", "remote.origin.url", "https://example.com/o/r"]);
    let short = &name(&repo, "v1.1.0")[..7].to_owned();
    let described = format!("v1.4.0-2-g{}", &name(&repo, "main")[..8]);
    let revisions = [
        "HEAD",
        "@",
        "main",
        "heads/main",
        "refs/heads/main",
        "v1.4.0",
        "tags/v1.4.0",
        "v1.4.0^{}",
        "v1.4.0^{commit}",
        "v1.4.0^0",
        "main^",
        "main^2",
        "main~2",
        "main^2~1",
        "main^^",
        "@~1",
        "origin",
        "origin/main",
        "@{u}",
        "main@{upstream}",
        short,
        &described,
    ];
    for revision in revisions {
        let expected = git(&repo, &["rev-parse", "--verify", &format!("{revision}^{{commit}}")]);
        assert_eq!(expected.status, Some(0), "{revision}: {}", expected.stderr);
        let expected = String::from_utf8(expected.stdout).unwrap().trim().to_owned();
        let notes = repo.run_json(&["notes", &format!("v1.1.0..{revision}"), "--format", "json"]);
        assert_eq!(notes["releases"][0]["commit"], expected, "{revision}");
    }
    for revision in [
        "main^9",
        "main~99999",
        "none",
        "main^{tree}",
        "HEAD:x",
        ":/feat",
        "main@{yesterday}",
        "v1.1.0^{/x}",
        "^",
        "~",
        "main^{",
        "../../x",
    ] {
        let run = tidings(&repo, &["notes", &format!("v1.1.0..{revision}")]);
        assert!(matches!(run.status, Some(2 | 3)), "{revision}: {run:?}");
    }
}
