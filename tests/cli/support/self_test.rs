//! Tests the harness against git itself: git must report the described history.

use super::{Commit, Repo};

/// The output of `git log` for a revision in this format.
fn log(repo: &Repo, format: &str, revision: &str) -> String {
    repo.git(&["log", "--no-show-signature", &format!("--format={format}"), revision, "--"])
}

#[test]
fn same_scenario_has_the_same_commit_ids_everywhere() {
    let repo = Repo::new();
    let id = repo.commit("feat: one");
    assert_eq!(repo.sha(id), "b8e8bffa855a81917eacb587f2332ae9ebdce53b");
    insta::assert_snapshot!(log(&repo, "%an <%ae> %ai, %cn %ci: %s", "HEAD"), @"Ada Lovelace <ada@example.com> 2026-01-01 00:00:00 +0000, Ada Lovelace 2026-01-01 00:00:00 +0000: feat: one");
}

#[test]
fn commit_has_the_requested_properties() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: keep").file("keep.txt", "1").file("a \"b\".txt", "2"));
    let commit = Commit::new(b"fix: caf\xe9".as_slice()).author("Ming", "ming@example.com");
    repo.commit(commit.date(1_000_000_000, "+0800").encoding("ISO-8859-1").remove("a \"b\".txt"));
    repo.commit(Commit::new("chore: nothing").empty());
    insta::assert_snapshot!(log(&repo, "%an <%ae> %ai: %s", "HEAD"), @r"
    Ada Lovelace <ada@example.com> 2026-01-01 02:00:00 +0000: chore: nothing
    Ming <ming@example.com> 2001-09-09 09:46:40 +0800: fix: café
    Ada Lovelace <ada@example.com> 2026-01-01 00:00:00 +0000: feat: keep
    ");
    assert_eq!(repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "keep.txt\n");
    assert!(repo.git(&["cat-file", "commit", "HEAD~1"]).contains("\nencoding ISO-8859-1\n"));
}

#[test]
fn merges_have_the_parents_and_files_of_git() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: base").file("a", "1").file("b", "1"));
    repo.branch("develop").commit(Commit::new("feat: theirs").file("a", "2"));
    repo.checkout("main").commit(Commit::new("fix: ours").file("b", "2"));
    repo.merge("develop", "Merge branch 'develop'");
    assert_eq!((repo.git(&["show", "HEAD:a"]), repo.git(&["show", "HEAD:b"])), ("2".into(), "2".into()));

    repo.branch("one").commit("feat: one");
    repo.checkout("main").branch("two").commit("feat: two");
    repo.checkout("main").octopus(&["one", "two"], "Merge branches 'one' and 'two'");
    let parents = [repo.rev_list("HEAD^1..HEAD").len(), repo.rev_list("HEAD^!").len()];
    assert_eq!(parents, [3, 1]);
    assert_eq!(log(&repo, "%s", "HEAD^3^!"), "feat: two\n");
}

#[test]
fn cherry_pick_and_revert_match_git() {
    let repo = Repo::new();
    let base = repo.commit(Commit::new("feat: base").file("a", "1\n"));
    let fix = repo.commit(Commit::new("fix: a").file("a", "2\n"));
    repo.branch("release").reset(base).cherry_pick(fix);
    assert_eq!(
        log(&repo, "%B", "HEAD^!").trim(),
        format!("fix: a\n\n(cherry picked from commit {})", repo.sha(fix))
    );
    assert_eq!(repo.git(&["show", "HEAD:a"]), "2\n");

    repo.checkout("main").revert(fix);
    let ours = log(&repo, "%B", "HEAD^!");
    assert_eq!(repo.git(&["show", "HEAD:a"]), "1\n");
    repo.git(&["checkout", "--quiet", "--force", "--detach", &repo.sha(fix)]);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(ours, log(&repo, "%B", "HEAD^!"));
}

#[test]
fn tags_and_heads_point_to_their_commits() {
    let repo = Repo::new();
    let first = repo.at(1_700_000_000).commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.annotated_tag("v1.1.0", "Version 1.1.0", 1_700_003_600).tag_at("v1", first);
    repo.orphan("pages").commit("docs: pages");
    repo.detach(first).commit("fix: detached");
    let refs = repo.git(&[
        "for-each-ref",
        "--format=%(objecttype) %(refname)%(if)%(taggerdate)%(then) %(taggerdate:unix)%(end)",
    ]);
    insta::assert_snapshot!(refs, @r"
    commit refs/heads/main
    commit refs/heads/pages
    commit refs/tags/v1
    commit refs/tags/v1.0.0
    tag refs/tags/v1.1.0 1700003600
    ");
    assert_eq!(repo.rev_list("v1.0.0..v1.1.0").len(), 1);
    assert_eq!(repo.rev_list("v1.0.0..HEAD"), [repo.sha(repo.head())]);
    assert_eq!(repo.rev_list("pages").len(), 1);
}

#[test]
fn clones_have_the_requested_kind() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    let shallow = repo.shallow_clone(1);
    assert_eq!(shallow.rev_list("HEAD").len(), 1);
    assert_eq!(repo.bare_clone().git(&["rev-parse", "--is-bare-repository"]), "true\n");
    assert_eq!(repo.worktree("v1.0.0").rev_list("HEAD").len(), 1);
    repo.materialize().write("docs/new.md", "new\n");
    assert_eq!((repo.read("files/1.txt"), repo.read("docs/new.md")), ("1\n".into(), "new\n".into()));
    assert_eq!(repo.git(&["status", "--porcelain"]), "?? docs/\n");
}

#[test]
fn snapshot_contains_no_machine_name_and_no_commit_id() {
    let repo = Repo::new();
    let id = repo.commit("feat: one");
    let sha = repo.sha(id);
    let text =
        format!("{}/a: {sha} {} tidings {}", repo.dir().display(), &sha[..7], env!("CARGO_PKG_VERSION"));
    let output = std::process::Output {
        status: repo.tidings(&["--version"]).status().unwrap(),
        stdout: format!("{text}\n").into_bytes(),
        stderr: text.into_bytes(),
    };
    insta::assert_snapshot!(repo.ran(output).snapshot(), @r"
    status: 0
    ----- stdout -----
    [REPO]/a: [commit 1] [c1] tidings [VERSION]
    ----- stderr -----
    [REPO]/a: [commit 1] [c1] tidings [VERSION][no line end]
    ");
}

#[test]
fn closed_pipe_is_not_an_error() {
    let repo = Repo::new();
    repo.commit("feat: one");
    insta::assert_snapshot!(repo.run_into_closed_pipe(&["--quiet", "notes", "--all", "--format", "json"], 1).snapshot(), @"status: 0");
    assert_eq!(repo.run_with_input(&["--version"], "unread").status, Some(0));
    assert_eq!(repo.run(&["--version"]).stderr, "");
}

#[test]
#[should_panic(expected = "status: 0")]
fn invalid_json_fails_with_the_full_output() {
    let repo = Repo::new();
    repo.run_json(&["--version"]);
}
