//! What may go wrong on the way, and that the same command again makes it right.

use super::*;

#[test]
fn pitfall_28_a_run_that_broke_off_is_completed_by_the_next() {
    for (part, status) in [("/assets", 502), ("PATCH", 500), ("POST /api/v3", 503)] {
        let fake = Fake::github("o", "r");
        let repo = repo(&fake);
        repo.write("sums.txt", "abc");
        fake.fail_at(part, status, 1);
        let broken = run(&repo, &fake, &["--attach", "sums.txt"]);
        assert_eq!(broken.status, Some(4), "{part}: {}", broken.snapshot());
        assert!(broken.stderr.contains("the same command again"), "{}", broken.snapshot());
        if part == "/assets" {
            assert!(broken.stderr.contains("not done: publish the release v1.1.0"), "{}", broken.snapshot());
        }
        // Nobody has seen half of it.
        assert!(fake.release("v1.1.0").is_none_or(|release| release.draft), "{part}");
        ok(&repo, &fake, &["--attach", "sums.txt"]);
        let release = fake.release("v1.1.0").unwrap();
        assert_eq!((release.draft, release.assets.len(), fake.releases().len()), (false, 1, 1), "{part}");
    }
}

#[test]
fn pitfall_27_who_comes_second_leaves_no_draft_and_changes_what_differs() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let taken = json!({ "message": "Validation Failed", "errors": [
        { "resource": "Release", "code": "already_exists", "field": "tag_name" }
    ] });
    // The other one publishes between our draft and its publication.
    fake.answer_at("PATCH", 1, Answer::json(422, &taken));
    let ran = ok(&repo, &fake, &[]);
    assert_eq!(fake.releases().len(), 1, "{}", ran.snapshot());
    assert!(!fake.release("v1.1.0").unwrap().draft);
    assert!(fake.lines().iter().any(|line| line.starts_with("DELETE")), "{:?}", fake.lines());
    let again = Fake::github("o", "r");
    let repo = super::repo(&again);
    again.answer_at("PATCH", 9, Answer::json(422, &taken));
    let ran = run(&repo, &again, &[]);
    assert_eq!((ran.status, again.releases().len()), (Some(4), 0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("somebody else has published"), "{}", ran.snapshot());
}

#[test]
fn pitfall_28_a_token_without_the_scope_is_told() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let refused = json!({ "message": "Resource not accessible by integration" });
    fake.answer_at("POST /api/v3", 1, Answer::json(403, &refused));
    let ran = run(&repo, &fake, &[]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("Resource not accessible by integration"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("docs/forges names the least scopes"), "{}", ran.snapshot());
}

#[test]
fn a_file_that_differs_is_replaced() {
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
    fake.forget();
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
