//! Publishing to GitLab, Gitea and Bitbucket.

use super::*;

#[test]
fn gitlab_release_is_created_after_its_files_without_draft() {
    let fake = Fake::gitlab("o", "r");
    let repo = repo(&fake);
    configure(&repo, "gitlab", "");
    fake.pull(11).milestone("1.1");
    repo.write("sums.txt", "abc");
    let args = ["--attach", "sums.txt", "--milestone", "1.1", "--released-at", "2026-01-31T12:00:00Z"];
    ok(&repo, &fake, &args);
    let release = fake.release("v1.1.0").unwrap();
    assert_eq!(
        (release.milestones.join(""), release.released_at.as_deref()),
        ("1.1".to_owned(), Some("2026-01-31T12:00:00Z"))
    );
    assert!(release.body.contains("add a door"), "{}", release.body);
    let url = String::from_utf8_lossy(&release.assets[0].content).into_owned();
    assert!(url.contains("/packages/generic/release/v1.1.0/sums.txt#sha256=ba7816bf"), "{url}");
    let sent = writes(&fake);
    assert!(sent.len() == 2 && sent[0].starts_with("PUT") && sent[1].starts_with("POST"), "{sent:?}");
    fake.clear_log();
    ok(&repo, &fake, &args);
    assert_eq!(writes(&fake), [""; 0]);
    repo.write("sums.txt", "abcd");
    ok(&repo, &fake, &["--attach", "sums.txt"]);
    assert_eq!(fake.release("v1.1.0").unwrap().assets.len(), 1);
    assert_eq!(run(&repo, &fake, &["v1.0.0", "--draft"]).status, Some(1));
    assert_eq!(run(&repo, &fake, &["--rollback-to", "v1.0.0"]).status, Some(1));
    ok(&repo, &fake, &["--announce"]);
    ok(&repo, &fake, &["--announce"]);
    let door = fake.pull_now(11);
    assert_eq!((door.comments.len(), door.labels), (1, vec!["released".to_owned()]));
}

#[test]
fn gitea_release_is_published_after_draft_and_files() {
    let fake = Fake::gitea("o", "r");
    let repo = repo(&fake);
    configure(&repo, "gitea", "");
    repo.write("sums.txt", "abc");
    fake.fail_at("/assets", 500, 1);
    assert_eq!(run(&repo, &fake, &["--attach", "sums.txt"]).status, Some(4));
    assert!(fake.release("v1.1.0").unwrap().draft);
    ok(&repo, &fake, &["--attach", "sums.txt"]);
    let release = fake.release("v1.1.0").unwrap();
    assert_eq!(
        (release.draft, release.assets.len(), &release.assets[0].content[..]),
        (false, 1, &b"abc"[..])
    );
    fake.clear_log();
    ok(&repo, &fake, &["--attach", "sums.txt"]);
    assert_eq!(writes(&fake), [""; 0]);
    ok(&repo, &fake, &["--announce"]);
    ok(&repo, &fake, &["--announce"]);
    let door = fake.pull_now(11);
    assert_eq!((door.comments.len(), door.labels), (1, vec!["released".to_owned()]));
}

#[test]
fn publishing_to_bitbucket_is_an_error() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure(&repo, "bitbucket", "");
    let ran = run(&repo, &fake, &[]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("publishing a release is not possible on Bitbucket"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("--outputs"), "{}", ran.snapshot());
}
