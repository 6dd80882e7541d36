//! Failures during a run, and that the same command completes it.

use super::*;

#[test]
fn interrupted_run_is_completed_by_the_next_run() {
    for (part, status) in [("/assets", 502), ("PATCH", 500), ("POST /api/v3", 503)] {
        let fake = Fake::github("o", "r");
        let repo = repo(&fake);
        repo.write("sums.txt", "abc");
        fake.fail_at(part, status, 1);
        let broken = run(&repo, &fake, &["--attach", "sums.txt"]);
        assert_eq!(broken.status, Some(4), "{part}: {}", broken.snapshot());
        assert!(broken.stderr.contains("run the command again"), "{}", broken.snapshot());
        if part == "/assets" {
            assert!(broken.stderr.contains("not done: publish the release v1.1.0"), "{}", broken.snapshot());
        }
        // No partial release was visible.
        assert!(fake.release("v1.1.0").is_none_or(|release| release.draft), "{part}");
        ok(&repo, &fake, &["--attach", "sums.txt"]);
        let release = fake.release("v1.1.0").unwrap();
        assert_eq!((release.draft, release.assets.len(), fake.releases().len()), (false, 1, 1), "{part}");
    }
}

#[test]
fn losing_concurrent_run_deletes_its_draft_and_updates_differences() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let taken = json!({ "message": "Validation Failed", "errors": [
        { "resource": "Release", "code": "already_exists", "field": "tag_name" }
    ] });
    // The other run publishes between our draft and its publication.
    fake.respond_at("PATCH", 1, Response::json(422, &taken));
    let ran = ok(&repo, &fake, &[]);
    assert_eq!(fake.releases().len(), 1, "{}", ran.snapshot());
    assert!(!fake.release("v1.1.0").unwrap().draft);
    assert!(fake.lines().iter().any(|line| line.starts_with("DELETE")), "{:?}", fake.lines());
    let again = Fake::github("o", "r");
    let repo = super::repo(&again);
    again.respond_at("PATCH", 9, Response::json(422, &taken));
    let ran = run(&repo, &again, &[]);
    assert_eq!((ran.status, again.releases().len()), (Some(4), 0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("another run has published"), "{}", ran.snapshot());
}

#[test]
fn missing_token_scope_is_reported() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let refused = json!({ "message": "Resource not accessible by integration" });
    fake.respond_at("POST /api/v3", 1, Response::json(403, &refused));
    let ran = run(&repo, &fake, &[]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("Resource not accessible by integration"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("docs/forges lists the required scopes"), "{}", ran.snapshot());
}

#[test]
fn differing_asset_is_replaced() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("my sums.txt", "abc");
    ok(&repo, &fake, &["--attach", "my sums.txt"]);
    repo.write("my sums.txt", "abcd");
    let ran = ok(&repo, &fake, &["--attach", "my sums.txt"]);
    let assets = fake.release("v1.1.0").unwrap().assets;
    assert_eq!(
        (assets.len(), assets[0].name.as_str(), &assets[0].content[..]),
        (1, "my.sums.txt", &b"abcd"[..])
    );
    assert!(
        ran.stderr.contains("remove the file") && ran.stderr.contains("attach the file"),
        "{}",
        ran.snapshot()
    );
    fake.clear_log();
    ok(&repo, &fake, &["--attach", "my sums.txt"]);
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn first_of_several_drafts_is_published() {
    let fake = Fake::github("o", "r");
    fake.lenient();
    let repo = repo(&fake);
    for _ in 0..2 {
        let draft = || Release { tag: "v1.1.0".to_owned(), draft: true, ..Release::default() };
        let first = fake.publish(draft());
        fake.publish(draft());
        ok(&repo, &fake, &[]);
        let published: Vec<_> = fake.releases().into_iter().filter(|release| !release.draft).collect();
        assert_eq!(published.iter().map(|release| release.id).collect::<Vec<_>>(), [first]);
        fake.clear();
    }
}
