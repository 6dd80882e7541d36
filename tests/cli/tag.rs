//! `tidings tag`, with the real git.

use super::support::Repo;

fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.commit("feat: sell maps (#7)");
    repo.commit("fix: # is no comment");
    repo.materialize();
    repo.git(&["init", "--quiet", "--bare", "../remote.git"]);
    repo.git(&["remote", "add", "origin", "../remote.git"]);
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\"]\n");
    repo
}

#[test]
fn tag_contains_the_notes_and_is_pushed() {
    let repo = repo();
    let shown = repo.run(&["tag", "1.1.0", "--dry-run"]);
    assert_eq!(repo.git(&["tag", "--list"]).trim(), "v1.0.0");
    let ran = repo.run(&["tag", "1.1.0", "--push", "--note"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(0), "v1.1.0\n"), "{}", ran.stderr);
    // A remote may be slow, and git may ask for a password.
    assert_eq!(ran.stderr, "pushing refs/tags/v1.1.0 and refs/notes/tidings to origin\n");
    let message = repo.git(&["for-each-ref", "--format=%(contents)", "refs/tags/v1.1.0"]);
    assert_eq!(message.trim_end(), shown.stdout.trim_end());
    assert!(message.starts_with("1.1.0 (") && message.contains("* # is no comment"), "{message}");
    let remote = repo.git(&["ls-remote", "origin"]);
    assert!(remote.contains("refs/tags/v1.1.0^{}") && remote.contains("refs/notes/tidings"), "{remote}");
    // The note renders in any format.
    let page = repo.run(&["show", "v1.1.0", "--format", "html"]);
    assert!(page.status == Some(0) && page.stdout.contains("sell maps"), "{}", page.snapshot());

    let again = repo.run(&["tag", "v1.1.0", "--push"]);
    assert!(
        again.status == Some(0) && again.stderr.contains("the tag v1.1.0 already exists"),
        "{}",
        again.snapshot()
    );
    let staged = repo.run(&["tag", "v1.1.0", "--environment", "staging", "--push"]);
    assert_eq!((staged.status, staged.stdout.as_str()), (Some(0), "v1.1.0-staging\n"), "{}", staged.stderr);
    let commit = |tag: &str| repo.git(&["rev-parse", &format!("{tag}^{{commit}}")]);
    assert_eq!(commit("v1.1.0-staging"), commit("v1.1.0"));
    assert!(repo.git(&["ls-remote", "origin"]).contains("refs/tags/v1.1.0-staging"));
}

#[test]
fn existing_tag_is_not_moved_without_force() {
    let repo = repo();
    let moved = repo.run(&["tag", "v1.0.0"]);
    assert!(
        moved.status == Some(1) && moved.stderr.contains("the tag v1.0.0 already points to"),
        "{}",
        moved.snapshot()
    );
    assert_eq!(repo.run(&["tag", "v1.0.0", "--force"]).status, Some(0));
    assert_eq!(repo.git(&["rev-parse", "v1.0.0^{commit}"]), repo.git(&["rev-parse", "HEAD"]));
}

#[test]
fn tag_runs_the_check_first() {
    let repo = repo();
    let small = repo.run(&["tag", "v1.0.1"]);
    assert!(small.status == Some(1) && small.stdout.contains("is too low"), "{}", small.snapshot());
    assert_eq!(repo.git(&["tag", "--list"]).trim(), "v1.0.0");
    assert_eq!(repo.run(&["tag", "v1.0.1", "--allow", "bump"]).stdout, "v1.0.1\n");
    for (args, status, words) in [
        (vec!["tag", "x"], 2, "`x` is not a valid version"),
        (vec!["tag", "v1.0.0", "--environment", "uat"], 2, "there is no environment `uat`"),
        (vec!["tag", "v9.0.0", "--environment", "prod"], 3, "no tag found for version 9.0.0"),
    ] {
        let ran = repo.run(&args);
        assert!(ran.status == Some(status) && ran.stderr.contains(words), "{}", ran.snapshot());
    }
}
