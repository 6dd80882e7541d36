//! The pull request of a pipeline, by its event.

use super::*;

fn workflow_run(world: &World, repository_name: &str, id: u64, pull_requests: Value) -> Value {
    json!({
        "workflow_run": {
            "event": "pull_request",
            "head_sha": world.head,
            "head_branch": "topic",
            "head_repository": repository(id, repository_name),
            "pull_requests": pull_requests,
        },
        "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
    })
}

fn pull_request(world: &World, head: &str, repository_name: &str, id: u64) -> Value {
    json!({
        "pull_request": {
            "number": 12,
            "title": "feat: add a door",
            "labels": [],
            "head": { "sha": head, "ref": "topic", "repo": repository(id, repository_name) },
            "base": { "sha": world.base, "ref": "main", "repo": repository(1, "o/r") },
        },
        "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
    })
}

#[test]
fn merge_that_the_forge_tests_is_compared_with_its_first_parent() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    world.repo.checkout("main");
    world.repo.commit("feat: of another pull request");
    world.repo.merge("topic", Commit::new(format!("Merge {} into main", world.head)));
    world.repo.materialize();
    let merge = world.sha("HEAD");
    let event = world.event("pull_request", &merge, &pull_request(&world, &world.head, "o/r", 1));
    let ran = world.run_with(&fake, &[], &event);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    let body = only_comment(&fake, 12);
    assert!(body.contains("**1.1.0**, with or without this pull request"), "{body}");
    assert!(body.contains("add a door") && !body.contains("of another pull request"), "{body}");
}

#[test]
fn run_for_an_older_commit_leaves_the_comment_to_the_newer_one() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let old = world.sha("topic~1");
    let event = world.event("pull_request", &old, &pull_request(&world, &old, "o/r", 1));
    let ran = world.run_with(&fake, &[], &event);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("pull request #12 has a newer commit"), "{}", ran.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn comment_of_a_newer_commit_that_was_pushed_meanwhile_is_kept() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let side = |sha: &str| json!({ "ref": "x", "sha": sha, "repo": repository(1, "o/r") });
    let newer = json!({ "number": 12, "title": "x", "state": "open", "labels": [],
        "head": side(&world.base), "base": side(&world.base) });
    // The pull request is found in the list, and read once more before the comment is written.
    fake.respond_at("GET /api/v3/repos/o/r/pulls/12", 1, Response::json(200, &newer));
    let ran = world.run(&fake, &["--head", "topic"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("pull request #12 has a newer commit"), "{}", ran.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn workflow_run_finds_the_pull_request_by_its_commit() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    world.repo.checkout("main");
    world.repo.materialize();
    fake.pull(12).fork("eve/r");
    // Another pull request has the number that the event, or an artifact, claims.
    fake.pull(99).title("feat: something else").brought(&world.base).onto(&world.base);
    let claimed = json!([{ "number": 99 }]);
    let event = world.event("workflow_run", &world.base, &workflow_run(&world, "eve/r", 2, claimed));
    let ran = world.run_with(&fake, &[], &event);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("untrusted (workflow_run for a fork)"), "{}", ran.snapshot());
    assert!(only_comment(&fake, 12).contains("add a door"));
    assert_eq!(fake.pull_now(99).comments.len(), 0);
    assert!(fake.lines().iter().any(|line| line.contains("head=eve:topic")), "{:?}", fake.lines());
}

#[test]
fn workflow_run_without_exactly_one_pull_request_is_refused() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let event = world.event("workflow_run", &world.base, &workflow_run(&world, "eve/r", 2, json!([])));
    let refused = |why: &str| {
        let ran = world.run_with(&fake, &[], &event);
        assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
        assert!(ran.stderr.contains(why), "{}", ran.snapshot());
        assert_eq!(writes(&fake), [""; 0]);
    };
    // The only pull request with the commit comes from another repository.
    refused("no open pull request has");
    fake.pull(12).fork("eve/r");
    fake.pull(13).branches("topic", "release/1.0").fork("eve/r").brought(&world.head).onto(&world.base);
    refused("several open pull requests have");
    fake.pull(12).closed();
    fake.pull(13).closed();
    refused("no open pull request has");
}

#[test]
fn pull_request_is_found_by_a_given_commit() {
    for (name, new) in [
        ("github", Fake::github as fn(&str, &str) -> Fake),
        ("gitlab", Fake::gitlab),
        ("gitea", Fake::gitea),
        ("bitbucket", Fake::bitbucket),
    ] {
        let fake = new("o", "r");
        let world = world(&fake, name, "");
        let other = world.base.clone();
        fake.pull(7).brought(&other).onto(&world.base);
        world.ok(&fake, &["--head", "topic"]);
        assert!(only_comment(&fake, 12).contains("add a door"), "{name}");
        let ran = world.run(&fake, &["--head", "topic~1"]);
        assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    }
}

#[test]
fn commit_that_was_not_fetched_is_named_with_the_command() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let absent = "0123456789abcdef0123456789abcdef01234567";
    fake.pull(12).brought(absent);
    let ran = world.run(&fake, &["--pull-request", "12"]);
    assert_eq!(ran.status, Some(3), "{}", ran.snapshot());
    assert!(ran.stderr.contains(&format!("git fetch origin {absent}")), "{}", ran.snapshot());
}

#[test]
fn pipelines_of_gitlab_and_bitbucket_name_their_pull_request() {
    let fake = Fake::gitlab("o", "r");
    let world = world(&fake, "gitlab", "");
    let variables = [
        ("CI_MERGE_REQUEST_IID", "12".to_owned()),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1".to_owned()),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1".to_owned()),
        ("CI_COMMIT_SHA", world.head.clone()),
    ];
    assert_eq!(world.run_with(&fake, &[], &variables).status, Some(0));
    assert!(only_comment(&fake, 12).contains("add a door"));

    let fake = Fake::bitbucket("o", "r");
    let world = self::world(&fake, "bitbucket", "");
    let variables = [("BITBUCKET_PR_ID", "12".to_owned()), ("BITBUCKET_COMMIT", world.head.clone())];
    assert_eq!(world.run_with(&fake, &[], &variables).status, Some(0));
    assert!(only_comment(&fake, 12).contains("add a door"));
}
