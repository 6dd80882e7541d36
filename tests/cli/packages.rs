//! Repositories with several packages: their tags, paths, changelogs, and the package of the current directory.

use std::fs;

use crate::support::{Commit, Ran, Repo};

const TWO: &str = "[[packages]]\nname = \"a\"\npaths = [\"a\"]\nchangelog = \"a/CHANGELOG.md\"\n\
                   [[packages]]\nname = \"b\"\npaths = [\"b\"]\nchangelog = \"b/CHANGELOG.md\"\n";

fn touching(message: &str, path: &str) -> Commit {
    Commit::new(message).file(path, message)
}

/// Package `a` has a version and a fix since, `b` is new.
fn with_new_package() -> Repo {
    let repo = Repo::new();
    repo.commit(touching("feat: a", "a/x"));
    repo.tag("a@1.0.0");
    repo.commit(touching("fix: a", "a/x"));
    repo.commit(touching("feat: b begins", "b/x"));
    repo.materialize();
    repo.write("tidings.toml", TWO);
    repo
}

fn run_in(repo: &Repo, folder: &str, args: &[&str]) -> Ran {
    let mut command = repo.tidings(args);
    command.current_dir(repo.dir().join(folder));
    repo.run_command(command)
}

#[test]
fn package_without_a_tag_starts_at_its_first_version() {
    let repo = with_new_package();
    insta::assert_snapshot!(repo.run(&["next"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    a 1.0.1
    b 0.1.0
    ----- stderr -----
    a: patch: 1 fix since 1.0.0
    b: first version
    ");
    assert_eq!(repo.run(&["--package", "b", "next"]).stdout, "0.1.0\n");
    assert_eq!(repo.run(&["--package", "b", "next", "--tag"]).stdout, "b@0.1.0\n");
    for args in [
        &["check"][..],
        &["check", "b@0.1.0"],
        &["check", "b@3.0.0"],
        &["preview"],
        &["notes"],
        &["notes", "--all"],
        &["notes", "--latest"],
        &["notes", "--as", "b@0.1.0"],
        &["context"],
        &["changelog"],
        &["changelog", "--as", "b@0.1.0"],
        &["changelog", "--write"],
        &["tag", "--dry-run", "b@0.1.0"],
        &["--package", "b", "explain", "HEAD"],
    ] {
        let ran = repo.run(args);
        assert_eq!(ran.status, Some(0), "{args:?}: {}", ran.snapshot());
        assert!(!ran.stderr.contains("Warning"), "{args:?}: {}", ran.stderr);
    }
    assert!(repo.read("b/CHANGELOG.md").contains("b begins"));
}

#[test]
fn latest_notes_need_a_version_of_at_least_one_package() {
    let repo = with_new_package();
    let ran = repo.run(&["notes", "--latest"]);
    assert!(
        ran.stdout.contains("1.0.0") && ran.stderr.contains("b: no version is tagged yet"),
        "{}",
        ran.snapshot()
    );
    repo.git(&["tag", "--delete", "a@1.0.0"]);
    assert_eq!(repo.run(&["notes", "--latest"]).status, Some(3));
}

#[test]
fn tags_of_a_package_in_another_form_are_reported() {
    let repo = with_new_package();
    repo.tag("b-v1.0.0");
    insta::assert_snapshot!(repo.run(&["--package", "b", "next"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    0.1.0
    ----- stderr -----
    Warning: no version of b is tagged in the form `b@0.1.0`, but 1 tag has its name, such as `b-v1.0.0`; if b has versions, set `tag_pattern` in its [[packages]]
    first version
    ");
    let ran = repo.run(&["preview"]);
    assert_eq!(ran.stderr.matches("b-v1.0.0").count(), 1, "{}", ran.stderr);
    assert!(repo.run(&["check"]).stdout.contains("`b-v1.0.0`"));
    // The only pattern of a repository without packages is still an error.
    repo.write("tidings.toml", "tag_pattern = \"c@{version}\"\n");
    assert_eq!(repo.run(&["next"]).status, Some(3));
}

#[test]
fn missing_tags_are_reported_if_the_repository_has_none() {
    let repo = Repo::new();
    repo.commit(touching("feat: a", "a/x"));
    repo.materialize();
    repo.write("tidings.toml", TWO);
    let ran = repo.run(&["preview"]);
    assert_eq!(ran.stderr.matches("the repository has no tags").count(), 1, "{}", ran.stderr);
}

#[test]
fn shared_changelog_is_refused_in_any_spelling() {
    let repo = with_new_package();
    let refused = |args: &[&str]| {
        let ran = repo.run(args);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.snapshot());
        assert!(ran.stderr.contains("the packages a and b use the same changelog file"), "{}", ran.stderr);
    };
    fs::create_dir_all(repo.dir().join("docs")).unwrap();
    for (first, second) in [
        ("C.md", "C.md"),
        ("C.md", "./C.md"),
        ("C.md", "a/../C.md"),
        ("docs//C.md", "docs/./C.md"),
        ("NEWS.md", "LINK.md"),
    ] {
        #[cfg(unix)]
        if second == "LINK.md" {
            repo.write("NEWS.md", "# News\n");
            std::os::unix::fs::symlink("NEWS.md", repo.dir().join("LINK.md")).unwrap();
        }
        if cfg!(windows) && second == "LINK.md" {
            continue;
        }
        repo.write("tidings.toml", TWO.replace("a/CHANGELOG.md", first).replace("b/CHANGELOG.md", second));
        for args in [
            &["changelog"][..],
            &["--package", "a", "changelog", "--write"],
            &["--package", "b", "changelog", "--write"],
            &["--package", "b", "changelog", "--check"],
            &["changelog", "--as", "b@0.1.0"],
        ] {
            refused(args);
        }
    }
    // Packages without a file of their own share the default one.
    repo.write("tidings.toml", TWO.replace("changelog = ", "# "));
    refused(&["--package", "a", "changelog"]);
    assert_eq!(repo.run(&["--package", "a", "changelog", "--file", "A.md"]).status, Some(0));
    // A file from the command line may not be that of another package.
    repo.write("tidings.toml", TWO);
    refused(&["--package", "a", "changelog", "--file", "b/CHANGELOG.md", "--write"]);
    assert_eq!(repo.run(&["--package", "a", "changelog", "--file", "a/CHANGELOG.md"]).status, Some(0));
}

#[test]
fn check_reports_a_shared_changelog() {
    let repo = with_new_package();
    repo.write("tidings.toml", TWO.replace("changelog = ", "# "));
    repo.write("CHANGELOG.md", "# Changelog\n\n## 1.0.1\n\n- x\n");
    let ran = repo.run(&["check", "a@1.0.1"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.stdout.contains("the packages a and b use the same changelog file"), "{}", ran.stdout);
}

#[test]
fn hints_name_the_file_and_tag_of_the_package() {
    let repo = with_new_package();
    repo.run(&["--package", "a", "changelog", "--write"]);
    let ran = repo.run(&["check", "a@1.0.1"]);
    assert!(ran.stdout.contains("a/CHANGELOG.md has no section for 1.0.1"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`tidings changelog --as a@1.0.1 --write`"), "{}", ran.stdout);
    repo.write("a/CHANGELOG.md", "# Changelog\n\n## 0.9.0\n\n- old\n");
    let ran = repo.run(&["--package", "a", "changelog", "--check"]);
    assert!(
        ran.stderr
            .contains("a/CHANGELOG.md is out of date; to update it: tidings --package a changelog --write")
    );
}

#[test]
fn root_package_leaves_the_paths_of_its_children_to_them() {
    let repo = Repo::new();
    for path in ["src/lib.rs", "a/lib.rs", "a/plugins/x/lib.rs"] {
        repo.commit(touching("feat: begin", path));
    }
    for tag in ["root@0.1.0", "a@0.1.0", "x@0.1.0"] {
        repo.tag(tag);
    }
    let config = "[[packages]]\nname = \"root\"\n[[packages]]\nname = \"a\"\npaths = [\"a\"]\n\
                  [[packages]]\nname = \"x\"\npaths = [\"a/plugins/x\"]\n";
    let next = || repo.run(&["next"]).stdout;
    repo.materialize();
    repo.write("tidings.toml", config);
    repo.commit(touching("fix: x only", "a/plugins/x/lib.rs"));
    assert_eq!(next(), "x 0.1.1\n");
    repo.commit(touching("fix: a only", "a/plugins/y"));
    assert_eq!(next(), "a 0.1.1\nx 0.1.1\n");
    repo.commit(touching("fix: root", "README.md"));
    assert_eq!(next(), "root 0.1.1\na 0.1.1\nx 0.1.1\n");
    repo.commit(touching("feat: both", "a/src/lib.rs").file("a/plugins/x/lib.rs", "both"));
    assert_eq!(next(), "root 0.1.1\na 0.2.0\nx 0.2.0\n");
}

#[test]
fn parent_may_share_the_paths_of_its_children() {
    let repo = Repo::new();
    repo.commit(touching("feat: begin", "a/x"));
    for tag in ["all@0.1.0", "a@0.1.0", "host@0.1.0"] {
        repo.tag(tag);
    }
    repo.commit(touching("fix: a", "a/x"));
    repo.materialize();
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"all\"\noverlap = true\n[[packages]]\nname = \"a\"\npaths = [\"a\"]\n\
         [[packages]]\nname = \"host\"\npaths = [\".\", \"a\"]\n",
    );
    assert_eq!(repo.run(&["next"]).stdout, "all 0.1.1\na 0.1.1\nhost 0.1.1\n");
}

#[test]
fn empty_commit_is_not_excluded_by_a_filter() {
    let repo = Repo::new();
    repo.commit(touching("feat: begin", "src/x"));
    repo.tag("v1.0.0");
    repo.commit(Commit::new("fix: align the release with its tag").empty());
    repo.materialize();
    for filter in ["exclude_paths = [\"docs\"]", "paths = [\"src\"]"] {
        repo.write("tidings.toml", format!("[filter]\n{filter}\n"));
        assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n", "{filter}");
    }
    let explained = repo.run(&["explain", "HEAD"]).stdout;
    assert!(explained.contains("outcome  listed"), "{explained}");
    // As in git, a commit without paths is in no list of the commits that touch a path.
    let notes = |args: &[&str]| repo.run(&[&["notes"], args].concat()).stdout;
    assert!(
        notes(&["--exclude-path", "docs"]).contains("align") && notes(&["--path", "."]).contains("align")
    );
    assert!(!notes(&["--path", "src"]).contains("align"));
}

#[test]
fn empty_commit_belongs_to_the_package_that_its_scope_names() {
    let repo = Repo::new();
    repo.commit(touching("feat: begin", "a/x").file("b/x", "1"));
    repo.tag("a@1.0.0").tag("b@1.0.0");
    repo.commit(Commit::new("fix(a): build again").empty());
    repo.materialize();
    repo.write("tidings.toml", TWO);
    let next = || repo.run(&["next"]).stdout;
    assert_eq!(next(), "a 1.0.1\n");
    let explained = |package| repo.run(&["--package", package, "explain", "HEAD"]).stdout;
    assert!(explained("a").contains("outcome  listed"));
    let reason = "it touches no path, and belongs to `a`, which its scope names";
    assert!(explained("b").contains(reason), "{}", explained("b"));
    repo.commit(Commit::new("fix: build all again").empty());
    assert_eq!(next(), "a 1.0.1\nb 1.0.1\n");
    repo.write("tidings.toml", format!("{TWO}[[packages]]\nname = \"root\"\n"));
    assert_eq!(next(), "a 1.0.1\nroot 0.1.0\n");
    let last = repo.run(&["--package", "b", "explain", "HEAD"]).stdout;
    assert!(last.contains("belongs to `root`, which is for the whole repository"), "{last}");
}

#[test]
fn in_the_folder_of_a_package_commands_mean_it() {
    let repo = with_new_package();
    insta::assert_snapshot!(run_in(&repo, "a", &["next"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    1.0.1
    ----- stderr -----
    using the package a: the current directory is in it (--all-packages for all)
    patch: 1 fix since 1.0.0
    ");
    fs::create_dir_all(repo.dir().join("a/src")).unwrap();
    assert_eq!(run_in(&repo, "a/src", &["next"]).stdout, "1.0.1\n");
    let all = "a 1.0.1\nb 0.1.0\n";
    assert_eq!(run_in(&repo, "a", &["--all-packages", "next"]).stdout, all);
    assert_eq!(run_in(&repo, "a", &["--package", "b", "next"]).stdout, "0.1.0\n");
    assert_eq!(run_in(&repo, "a", &["--repo", "..", "next"]).stdout, all);
    assert_eq!(run_in(&repo, ".", &["next"]).stdout, all);
    let ran = run_in(&repo, "a", &["-q", "next"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("1.0.1\n", ""));
    // A version of another package names it.
    let ran = run_in(&repo, "a", &["check", "b@0.1.0"]);
    assert!(ran.stdout.contains("0.1.0 is a valid version") && ran.stderr.is_empty(), "{}", ran.snapshot());
    let ran = run_in(&repo, "a", &["changelog", "--write"]);
    assert!(ran.stderr.contains("wrote CHANGELOG.md"), "{}", ran.stderr);
    assert!(!repo.dir().join("b/CHANGELOG.md").exists());
    assert_eq!(repo.run(&["--package", "a", "--all-packages", "next"]).status, Some(2));
}

#[test]
fn package_name_in_a_version_is_understood_everywhere() {
    let repo = with_new_package();
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"a\"\npaths = [\"a\"]\nchangelog = \"a/C.md\"\n\
         [[packages]]\nname = \"@acme/ui\"\npaths = [\"b\"]\ntag_pattern = \"pkgs/ui/v{version}\"\nchangelog = \"b/C.md\"\n",
    );
    repo.tag("pkgs/ui/v0.1.0");
    repo.commit(touching("fix: b", "b/x"));
    for (name, title) in [
        ("a@1.0.1", "1.0.1"),
        ("a@v1.0.1", "1.0.1"),
        ("pkgs/ui/v0.1.1", "0.1.1"),
        ("@acme/ui@0.1.1", "0.1.1"),
        ("@acme/ui@v0.1.1", "0.1.1"),
        ("@acme/ui@0.1.0", "0.1.0"),
    ] {
        for args in [
            &["notes", "--as", name][..],
            &["preview", "--as", name],
            &["context", "--as", name],
            &["changelog", "--as", name],
        ] {
            let ran = repo.run(args);
            assert!(ran.status == Some(0) && ran.stdout.contains(title), "{args:?}: {}", ran.snapshot());
        }
        let checked = repo.run(&["check", name]);
        assert!(checked.stdout.contains(title), "{}", checked.snapshot());
        assert!(!checked.stdout.contains("not a valid version"), "{}", checked.snapshot());
    }
    assert!(repo.run(&["notes", "@acme/ui@0.1.0"]).stdout.contains("b begins"));
    assert!(repo.run(&["explain", "@acme/ui@0.1.0"]).stdout.starts_with("0.1.0 is the tag pkgs/ui/v0.1.0"));
    assert!(
        repo.run(&["tag", "--dry-run", "@acme/ui@0.1.1"]).stderr.contains("create the tag pkgs/ui/v0.1.1")
    );
}

#[test]
fn version_of_another_package_is_refused_in_the_same_words() {
    let repo = with_new_package();
    for args in [
        &["notes", "--as", "b@0.1.0"][..],
        &["preview", "--as", "b@0.1.0"],
        &["context", "--as", "b@0.1.0"],
        &["changelog", "--as", "b@0.1.0"],
        &["check", "b@0.1.0"],
        &["tag", "--dry-run", "b@0.1.0"],
    ] {
        let ran = repo.run(&[&["--package", "a"], args].concat());
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.status != Some(0), "{args:?}: {text}");
        assert!(text.contains("`b@0.1.0` is a version of the package b, not of a"), "{args:?}: {text}");
        assert!(text.contains("such as a@0.1.0") && text.contains("--package b"), "{args:?}: {text}");
        let ran = repo.run(
            &args
                .iter()
                .map(|arg| arg.replace("b@", "c@"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(text.contains("there is no package `c`"), "{args:?}: {text}");
    }
}
