//! Announcements in pull requests and issues.

use super::*;

#[test]
fn pull_requests_and_issues_get_one_comment() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let dry = ok(&repo, &fake, &["--announce", "--dry-run"]);
    assert!(dry.stdout.contains("- comment on pull request #11: v1.1.0 is released"), "{}", dry.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
    for _ in 0..2 {
        ok(&repo, &fake, &["--announce"]);
        ok(&repo, &fake, &["--announce-only"]);
        let (door, hinges, issue) = (fake.pull_now(11), fake.pull_now(12), fake.issue_now(7));
        for (labels, comments) in
            [(door.labels, door.comments), (hinges.labels, hinges.comments), (issue.labels, issue.comments)]
        {
            assert_eq!((labels, comments.len()), (vec!["released".to_owned()], 1));
            assert!(comments[0].body.starts_with("Released in [v1.1.0](http"), "{}", comments[0].body);
        }
    }
}

#[test]
fn announcement_targets_are_configurable_and_deleted_issues_are_skipped() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure(&repo, "github", "[publish]\nannounce = true\nannounce_bots = false\nlabel = ''\n");
    fake.fail_at("/issues/11/comments", 404, 1);
    let ran = ok(&repo, &fake, &[]);
    let announced = (fake.pull_now(11).comments.len(), fake.pull_now(12).comments.len(), fake.issue_now(7));
    assert_eq!(
        (announced.0, announced.1, announced.2.comments.len(), announced.2.labels),
        (0, 0, 1, vec![]),
        "{}",
        ran.snapshot()
    );
    fake.fail_at("POST /api/v3/repos/o/r/issues/11/comments", 403, 1);
    let ran = run(&repo, &fake, &[]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("1 of 2 announcements failed"), "{}", ran.snapshot());
    ok(&repo, &fake, &[]);
    assert_eq!((fake.pull_now(11).comments.len(), fake.issue_now(7).comments.len()), (1, 1));
}

#[test]
fn only_published_releases_are_announced() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let ran = run(&repo, &fake, &["--announce-only"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    ok(&repo, &fake, &["--draft"]);
    assert_eq!(fake.pull_now(11).comments.len(), 0);
}

#[test]
fn draft_is_not_announced_and_a_warning_says_so() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let both = run(&repo, &fake, &["--announce", "--draft"]);
    assert_eq!((both.status, fake.releases().len()), (Some(2), 0), "{}", both.snapshot());
    // The two settings do not conflict: one is for all versions, the other for this run.
    let later =
        "the draft v1.1.0 is not announced; after publishing it: tidings publish v1.1.0 --announce-only";
    for (config, args) in [("announce = true", ["--draft"]), ("draft = true", ["--announce"])] {
        configure(&repo, "github", &format!("[publish]\n{config}\n"));
        for args in [&args[..], &[args[0], "--dry-run"]] {
            let ran = ok(&repo, &fake, args);
            assert!(ran.stderr.contains(later), "{}", ran.snapshot());
        }
    }
    assert_eq!(fake.pull_now(11).comments.len(), 0);
}
