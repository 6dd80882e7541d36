//! Rollbacks of production.

use super::*;

#[test]
fn rollback_republishes_the_older_release_and_lists_lost_changes() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.0.0"]);
    ok(&repo, &fake, &["v1.1.0"]);
    fake.clear_log();
    let dry = ok(&repo, &fake, &["--rollback-to", "v1.0.0", "--dry-run"]);
    assert_eq!(writes(&fake), [""; 0]);
    assert!(dry.stdout.contains("turn the release v1.0.0 back into a draft"), "{}", dry.snapshot());
    let ran = ok(&repo, &fake, &["v1.1.0", "--rollback-to", "v1.0.0"]);
    assert!(ran.stderr.contains("rolling back from 1.1.0 to 1.0.0 loses 2 changes"), "{}", ran.snapshot());
    let release = fake.release("v1.0.0").unwrap();
    assert!(
        release.body.contains("Rolling back from 1.1.0 to 1.0.0 loses these changes"),
        "{}",
        release.body
    );
    assert!(release.body.contains("add a door") && release.body.contains("start"), "{}", release.body);
    assert_eq!((release.draft, fake.latest().as_deref()), (false, Some("v1.1.0")));
    let drafts: Vec<bool> = fake
        .log()
        .iter()
        .filter(|request| request.method == "PATCH")
        .map(|request| request.json()["draft"] == true)
        .collect();
    assert_eq!(drafts, [true, false]);
    fake.clear_log();
    ok(&repo, &fake, &["v1.1.0", "--rollback-to", "v1.0.0"]);
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn interrupted_rollback_is_completed_by_the_next_run() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.0.0"]);
    // The first PATCH hides the release, the second fails.
    let hide = run(&repo, fake.fail_at("PATCH", 500, 0), &["--rollback-to", "v1.1.0"]);
    assert_eq!(hide.status, Some(2), "nothing is taken back: {}", hide.snapshot());
    let body = fake.release("v1.0.0").unwrap().body;
    let body = format!("<!-- tidings:rollback v1.1.0 -->\nx\n<!-- tidings:rollback-end -->\n\n{body}");
    let left = Release { tag: "v1.0.0".to_owned(), draft: true, body, ..Release::default() };
    let other = Fake::github("o", "r");
    let repo = super::repo(&other);
    other.publish(left);
    ok(&repo, &other, &["--rollback-to", "v1.0.0"]);
    assert_eq!((writes(&other).len(), other.release("v1.0.0").unwrap().draft), (1, false));
}

#[test]
fn rollback_to_an_unpublished_version_publishes_it() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.1.0"]);
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    let release = fake.release("v1.0.0").unwrap();
    assert!(!release.draft && release.body.contains("loses these changes"), "{}", release.body);
    assert_eq!(fake.latest().as_deref(), Some("v1.1.0"));
}
