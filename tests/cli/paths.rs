//! `--path` and `--exclude-path`: relative to the current directory, with brackets in names, and without matches.

use std::fs;

use crate::support::{Commit, Ran, Repo};

/// One commit in each of some folders since `v1.0.0`.
fn shop() -> Repo {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: begin").file("a/x", "1").file("app/s/page.tsx", "1"));
    repo.tag("v1.0.0");
    for (message, path) in [
        ("fix: ax", "a/x"),
        ("fix: aby", "a/b/y"),
        ("fix: bx", "b/x"),
        ("fix: slug", "app/[slug]/page.tsx"),
        ("fix: user", "app/(shop)/[user-id]/page.tsx"),
        ("fix: s", "app/s/page.tsx"),
        ("fix: template", "gen/{{name}}/x.rs"),
    ] {
        repo.commit(Commit::new(message).file(path, message));
    }
    repo.materialize();
    repo
}

fn run_in(repo: &Repo, folder: &str, args: &[&str]) -> Ran {
    fs::create_dir_all(repo.dir().join(folder)).unwrap();
    let mut command = repo.tidings(args);
    command.current_dir(repo.dir().join(folder));
    repo.run_command(command)
}

/// The titles of the changes, in alphabetical order, and stderr.
fn titles(repo: &Repo, folder: &str, args: &[&str]) -> (String, String) {
    let ran = run_in(repo, folder, &[&["notes", "--format", "json"], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    let notes: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let sections = notes["releases"][0]["sections"].as_array().unwrap();
    let changes = sections.iter().flat_map(|section| section["changes"].as_array().unwrap());
    let mut titles: Vec<_> = changes.map(|change| change["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    (titles.join(" "), ran.stderr)
}

#[test]
fn paths_are_those_of_git_pathspecs() {
    let repo = shop();
    let absolute = repo.dir().join("a/b").display().to_string();
    for (folder, path, expected) in [
        (".", ".", "aby ax bx s slug template user"),
        (".", "./", "aby ax bx s slug template user"),
        (".", "a/.", "aby ax"),
        ("a", ".", "aby ax"),
        ("a", "x", "ax"),
        ("a", "./x", "ax"),
        ("a", "b", "aby"),
        ("a", "*", "ax"),
        ("a", "../b", "bx"),
        ("a", "../b/x", "bx"),
        ("a/b", "../x", "ax"),
        ("a/b", "../..", "aby ax bx s slug template user"),
        ("a/b", ":/b", "bx"),
        ("a/b", ":(top)b/x", "bx"),
        ("b", &absolute, "aby"),
        ("app/[slug]", ".", "slug"),
        ("app/[slug]", "*.tsx", "slug"),
        ("app/(shop)", "[user-id]", "user"),
    ] {
        let (titles, stderr) = titles(&repo, folder, &["--path", path]);
        assert_eq!((titles.as_str(), stderr.as_str()), (expected, ""), "{folder}: {path}");
    }
    let (titles, _) = titles(&repo, "a", &["--exclude-path", ".", "--exclude-path", "../app"]);
    assert_eq!(titles, "bx template");
}

#[test]
fn brackets_match_names_and_globs() {
    let repo = shop();
    for (path, expected) in [
        // The name, and the glob for one letter.
        ("app/[slug]", "slug"),
        ("app/[slug]/**", "s slug"),
        ("app/\\[slug\\]/**", "slug"),
        ("app/[slug]/*.tsx", "s slug"),
        ("app/(shop)", "user"),
        ("app/(shop)/[user-id]", "user"),
        ("app/(shop)/[user-id]/page.tsx", "user"),
        ("gen/{{name}}", "template"),
        ("{a,b}/x", "ax bx"),
        ("[ab]/x", "ax bx"),
    ] {
        let (titles, stderr) = titles(&repo, ".", &["--path", path]);
        assert_eq!((titles.as_str(), stderr.as_str()), (expected, ""), "{path}");
    }
    repo.write("tidings.toml", "[filter]\npaths = [\"app/(shop)/[user-id]\", \"gen/{{name}}/**\"]\n");
    assert_eq!(titles(&repo, ".", &[]).0, "template user");
}

#[test]
fn path_without_matches_is_reported() {
    let repo = shop();
    insta::assert_snapshot!(repo.run(&["preview", "--path", "nosuch"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    Unreleased  since v1.0.0 · 0 commits

    No changes.

    Next version: none (no change since 1.0.0 requires a new version)
    ----- stderr -----
    Warning: no path matches `nosuch`, neither in the last commit nor in the selected ones
    ");
    for (folder, args, warned) in [
        ("a", &["--path", "a/x"][..], "`a/x` (a/a/x)"),
        (".", &["--path", "a", "--path", "nosuch/**"], "`nosuch/**`"),
        (".", &["--exclude-path", "nosuch"], "`nosuch`"),
        (".", &["--all", "--path", "*.nosuch"], "`*.nosuch`"),
    ] {
        let ran = run_in(&repo, folder, &[&["notes"], args].concat());
        assert_eq!(ran.status, Some(0));
        assert_eq!(ran.stderr.matches("Warning: no path matches").count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains(warned), "{}", ran.stderr);
    }
}

#[test]
fn path_that_was_deleted_is_not_reported() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: begin").file("a", "1"));
    repo.tag("v1.0.0");
    repo.commit(Commit::new("feat: add old").file("old/x", "1"));
    repo.commit(Commit::new("feat: remove old").remove("old/x"));
    repo.tag("v1.1.0");
    repo.commit(Commit::new("fix: later").file("a", "2"));
    repo.materialize();
    for args in [&["notes", "v1.1.0", "--path", "old"][..], &["notes", "--all", "--path", "old"]] {
        let ran = repo.run(args);
        assert!(ran.stderr.is_empty() && ran.stdout.contains("remove old"), "{args:?}: {}", ran.snapshot());
    }
}

#[test]
fn paths_outside_the_repository_are_refused() {
    let repo = shop();
    let outside = repo.dir().parent().unwrap().display().to_string();
    for (folder, path) in [(".", ".."), ("a", "../../x"), (".", outside.as_str())] {
        let ran = run_in(&repo, folder, &["notes", "--path", path]);
        assert_eq!(ran.status, Some(2), "{path}");
        assert!(
            ran.stderr.contains(
                &format!("`{path}` is outside the repository [REPO]")
                    .replace("[REPO]", &repo.dir().display().to_string())
            ),
            "{}",
            ran.stderr
        );
    }
    let ran = repo.run(&["notes", "--path", ":!a"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("--exclude-path"), "{}", ran.stderr);
}

#[test]
fn azure_compares_by_commit() {
    let repo = shop();
    repo.git(&["remote", "add", "origin", "https://acme@dev.azure.com/acme/shop/_git/shop"]);
    let url = |args: &[&str]| {
        let notes = repo.run_json(&[&["notes", "--format", "json"], args].concat());
        notes["releases"][0]["compare_url"].as_str().unwrap().rsplit('?').next().unwrap().to_owned()
    };
    let head = repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let parent = repo.git(&["rev-parse", "HEAD~1"]).trim().to_owned();
    assert_eq!(url(&[]), format!("baseVersion=GTv1.0.0&targetVersion=GC{head}"));
    assert_eq!(url(&["--as", "1.0.1"]), "baseVersion=GTv1.0.0&targetVersion=GTv1.0.1");
    assert_eq!(url(&["HEAD~1..main"]), format!("baseVersion=GC{parent}&targetVersion=GC{head}"));
}
