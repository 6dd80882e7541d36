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

/// The configuration of the repository, with this `rollback` under `[publish]`.
fn configure_rollback(repo: &Repo, rollback: &str) {
    configure(repo, "github", &format!("environments = ['production']\n[publish]\nrollback = {rollback}\n"));
}

/// Both versions published as immutable releases.
fn immutable(fake: &Fake) -> Repo {
    let repo = repo(fake);
    fake.immutable_releases(false);
    ok(&repo, fake, &["v1.0.0"]);
    ok(&repo, fake, &["v1.1.0"]);
    fake.clear_log();
    repo
}

/// The JSON of the only request to a path that ends like this.
fn sent(fake: &Fake, end: &str) -> serde_json::Value {
    let all: Vec<_> = fake.log().into_iter().filter(|request| request.path.ends_with(end)).collect();
    assert_eq!(all.len(), 1, "{:?}", fake.lines());
    all[0].json()
}

#[test]
fn immutable_release_is_not_withdrawn_and_other_ways_are_named() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    for dry in [&["--dry-run"][..], &[]] {
        let ran = run(&repo, &fake, &[&["--rollback-to", "v1.0.0"], dry].concat());
        assert_eq!(writes(&fake), [""; 0]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(ran.snapshot(), @r#"
            status: 1
            ----- stderr -----
            rolling back from 1.1.0 to 1.0.0 loses 2 changes
            Error: the release v1.0.0 is immutable: GitHub cannot turn it back into a draft to publish it again
            Hint: start the deployment of v1.0.0 in one of these ways; the setting, under [publish], makes --rollback-to do it:
              rollback = { workflow = "deploy.yml" }
                gh workflow run deploy.yml --ref v1.0.0
              rollback = { event = "rollback" }
                gh api repos/{owner}/{repo}/dispatches -f event_type=rollback -f 'client_payload[tag]=v1.0.0'
              rollback = "deployment"
                gh api repos/{owner}/{repo}/deployments -f ref=v1.0.0 -f environment=production -F auto_merge=false -F 'required_contexts[]'
            "#);
        }
    }
}

#[test]
fn refused_withdrawal_names_the_other_ways_too() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.0.0"]);
    let error = json!({ "resource": "Release", "code": "custom", "field": "state", "message": "state cannot be changed when release is immutable" });
    let refusal = json!({ "message": "Validation Failed", "errors": [error] });
    fake.respond_at("PATCH", 1, Response::json(422, &refusal));
    let ran = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("the release v1.0.0 is immutable") && ran.stderr.contains("gh workflow run"),
        "{}",
        ran.snapshot()
    );
    assert!(!ran.stderr.contains("run the command again"), "{}", ran.snapshot());
}

#[test]
fn rollback_that_makes_the_release_immutable_warns() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.0.0"]);
    fake.immutable_releases(true);
    let ran = ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert!(ran.stderr.contains("v1.0.0 is immutable afterwards"), "{}", ran.snapshot());
    assert!(fake.release("v1.0.0").unwrap().immutable);
    // A second run still does nothing.
    let again = ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert!(again.stderr.contains("was already published again"), "{}", again.snapshot());
}

#[test]
fn workflow_is_started_then_the_notice_is_added() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    fake.workflow("deploy.yml", &["tag", "reason"]);
    let inputs = "inputs = { tag = '{tag}', reason = 'rollback of {from} to {version} ({\"json\": 1})' }";
    configure_rollback(&repo, &format!("{{ workflow = 'deploy.yml', ref = 'main', {inputs} }}"));
    let dry = ok(&repo, &fake, &["--rollback-to", "v1.0.0", "--dry-run"]);
    let (start, update) = dry.stdout.split_once("\n- update the release v1.0.0, with this body").unwrap();
    assert!(update.contains("+Rolling back from 1.1.0 to 1.0.0 loses"), "{}", dry.snapshot());
    insta::assert_snapshot!(start, @r#"
    - start the workflow deploy.yml on main

    POST /repos/o/r/actions/workflows/deploy.yml/dispatches
    {
      "inputs": {
        "reason": "rollback of v1.1.0 to 1.0.0 ({\"json\": 1})",
        "tag": "v1.0.0"
      },
      "ref": "main"
    }
    "#);
    assert_eq!(writes(&fake), [""; 0]);
    let ran = ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert!(ran.stderr.contains("done: start the workflow deploy.yml on main"), "{}", ran.snapshot());
    let reason = "rollback of v1.1.0 to 1.0.0 ({\"json\": 1})";
    assert_eq!(
        sent(&fake, "/actions/workflows/deploy.yml/dispatches"),
        json!({ "ref": "main", "inputs": { "tag": "v1.0.0", "reason": reason } })
    );
    let release = fake.release("v1.0.0").unwrap();
    assert!(
        release.body.contains("Rolling back from 1.1.0 to 1.0.0 loses these changes"),
        "{}",
        release.body
    );
    assert_eq!((release.draft, release.immutable, fake.latest().as_deref()), (false, true, Some("v1.1.0")));
    fake.clear_log();
    let again = ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert!(
        again.stderr.contains("was already deployed again to roll back from v1.1.0"),
        "{}",
        again.snapshot()
    );
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn workflow_runs_on_the_tag_by_default() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    fake.workflow("deploy.yml", &[]);
    configure_rollback(&repo, "{ workflow = 'deploy.yml' }");
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!(sent(&fake, "/actions/workflows/deploy.yml/dispatches"), json!({ "ref": "v1.0.0" }));
}

#[test]
fn refused_start_changes_nothing_and_names_what_is_needed() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    configure_rollback(&repo, "{ workflow = 'deploy.yml', inputs = { tag = '{tag}' } }");
    let missing = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!(missing.status, Some(4), "{}", missing.snapshot());
    fake.workflow("deploy.yml", &[]);
    let ran = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    insta::assert_snapshot!(ran.snapshot(), @r#"
    status: 4
    ----- stderr -----
    rolling back from 1.1.0 to 1.0.0 loses 2 changes
    Error: cannot start the workflow deploy.yml on v1.0.0
    Caused by: the request to GitHub failed (starting the deployment): 422 Unexpected inputs provided: ["tag"]
    Hint: deploy.yml on v1.0.0 needs `workflow_dispatch` under `on` with the inputs tag, and the token needs the permission `actions: write`
    "#);
    assert!(!fake.release("v1.0.0").unwrap().body.contains("loses these changes"));
    // The next run starts it.
    fake.workflow("deploy.yml", &["tag"]);
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert!(fake.release("v1.0.0").unwrap().body.contains("loses these changes"));
}

#[test]
fn failed_notice_starts_the_deployment_again_rather_than_never() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    configure_rollback(&repo, "{ event = 'rollback' }");
    fake.fail_at("PATCH", 500, 1);
    let broken = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!(broken.status, Some(4), "{}", broken.snapshot());
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    let events = fake.lines().into_iter().filter(|line| line.ends_with("/o/r/dispatches")).count();
    assert_eq!(events, 2);
}

#[test]
fn event_and_deployment_name_the_tag_and_the_environment() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    configure_rollback(&repo, "{ event = 'rollback' }");
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    let payload = json!({ "tag": "v1.0.0", "version": "1.0.0", "from": "v1.1.0" });
    assert_eq!(
        sent(&fake, "/o/r/dispatches"),
        json!({ "event_type": "rollback", "client_payload": payload })
    );
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    configure_rollback(&repo, "'deployment'");
    let args = ["v1.1.0", "--rollback-to", "v1.0.0", "--environment", "production"];
    ok(&repo, &fake, &args);
    let deployment = sent(&fake, "/deployments");
    let named = json!({ "tag": "v1.0.0", "version": "1.0.0", "from": "v1.1.0", "environment": "production" });
    assert_eq!((&deployment["ref"], &deployment["payload"]), (&json!("v1.0.0"), &named));
    assert_eq!(
        (&deployment["environment"], &deployment["auto_merge"]),
        (&json!("production"), &json!(false))
    );
}

#[test]
fn version_without_a_release_is_deployed_without_a_notice() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure_rollback(&repo, "'deployment'");
    ok(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!((sent(&fake, "/deployments")["ref"].as_str(), fake.releases().len()), (Some("v1.0.0"), 0));
    repo.tag("v0.9.0");
    let unpushed = run(&repo, &fake, &["--rollback-to", "v0.9.0"]);
    assert_eq!(unpushed.status, Some(1), "{}", unpushed.snapshot());
}

#[test]
fn environment_placeholder_needs_an_environment() {
    let fake = Fake::github("o", "r");
    let repo = immutable(&fake);
    configure_rollback(
        &repo,
        "{ workflow = 'deploy.yml', inputs = { tag = '{tag}', to = '{environment}' } }",
    );
    let ran = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("{environment}") && ran.stderr.contains("--environment NAME"),
        "{}",
        ran.snapshot()
    );
}

#[test]
fn starting_a_deployment_is_for_github() {
    let fake = Fake::gitea("o", "r");
    let repo = repo(&fake);
    configure(&repo, "gitea", "[publish]\nrollback = 'deployment'\n");
    let ran = run(&repo, &fake, &["--rollback-to", "v1.0.0"]);
    assert_eq!((ran.status, writes(&fake)), (Some(1), Vec::new()), "{}", ran.snapshot());
    assert!(ran.stderr.contains("Gitea cannot start a deployment"), "{}", ran.snapshot());
}

#[test]
fn request_is_shown_without_a_token() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure_rollback(&repo, "{ event = 'rollback' }");
    let ran = repo.run(&["publish", "--rollback-to", "v1.0.0", "--dry-run"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stdout.contains("\nPOST /repos/o/r/dispatches\n"), "{}", ran.snapshot());
}
