//! What a release is called at its head.

use super::support::Repo;

/// Two versions, two commits inside the window of the second, and one that is unreleased.
fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.commit("feat: three");
    repo.tag("v1.1.0").commit("feat: four");
    repo
}

fn heading(repo: &Repo, args: &[&str]) -> String {
    let ran = repo.run(args);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_commit_inside_a_version_is_not_unreleased() {
    let repo = released();
    let short = repo.git(&["rev-parse", "--short=7", "HEAD~2"]).trim().to_owned();
    let named = format!("v1.0.0..{short} (in 1.1.0)");
    assert!(heading(&repo, &["preview", "HEAD~2"]).starts_with(&format!("{named}  ")));
    assert_eq!(heading(&repo, &["notes", "HEAD~2"]), format!("## [{named}]"));
    assert!(heading(&repo, &["notes", "HEAD~2", "--format", "text"]).starts_with(&named));
    let release = repo.release(&["HEAD~2"]);
    assert_eq!(release.0["range"], format!("v1.0.0..{short}"));
    assert_eq!((&release.0["within"], &release.0["version"]), (&"1.1.0".into(), &serde_json::Value::Null));
}

#[test]
fn a_commit_of_a_collapsed_pre_release_is_in_the_final_version() {
    let repo = released();
    repo.commit("fix: five");
    repo.tag("v1.2.0-rc.1");
    assert!(heading(&repo, &["notes", "HEAD~1"]).ends_with("(in 1.2.0-rc.1)]"));
    repo.commit("fix: six");
    repo.tag("v1.2.0");
    assert!(heading(&repo, &["notes", "HEAD~2"]).ends_with("(in 1.2.0)]"));
}

#[test]
fn a_range_is_called_what_it_is() {
    let repo = released();
    // It holds a released commit beside the unreleased one.
    assert_eq!(heading(&repo, &["notes", "v1.0.0..HEAD"]), "## [v1.0.0..HEAD]");
    assert_eq!(heading(&repo, &["notes", "HEAD~3..HEAD~2"]), "## [HEAD\\~3..HEAD\\~2 (in 1.1.0)]");
    assert!(heading(&repo, &["notes", "v1.0.0..v1.1.0"]).starts_with("## [1.1.0]"));
    for unreleased in [&["notes"][..], &["notes", "v1.1.0..HEAD"], &["notes", "v1.1.0.."], &["notes", "HEAD"]]
    {
        assert_eq!(heading(&repo, unreleased), "## [Unreleased]", "{unreleased:?}");
    }
    assert_eq!(repo.release(&[]).0["range"], serde_json::Value::Null);
}
