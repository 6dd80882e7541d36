//! `tidings notify` with deployments on GitHub.

use serde_json::{Value, json};

use super::support::{
    Ran, Repo,
    forge::{Deployment, Fake, Request},
};

/// Production runs 1.0.0, staging 1.2.0. All tags are pushed.
fn repo() -> (Repo, Fake) {
    let repo = Repo::new();
    let fake = Fake::github("o", "r");
    for (version, environment) in [("v1.0.0", "-prod"), ("v1.1.0", ""), ("v1.2.0", "-staging")] {
        repo.commit(&*format!("feat: sell {version}"));
        repo.tag(version);
        fake.tag(version, &repo.sha(repo.head()));
        if !environment.is_empty() {
            repo.tag(&format!("{version}{environment}"));
        }
    }
    repo.write(
        "tidings.toml",
        "[environments.staging]\n[environments.production]\nsuffix = \"-prod\"\n\
         [[notify]]\nkind = \"github-deployment\"\n[network]\ntries = 1\n",
    );
    repo.git(&["remote", "add", "origin", "git@github.com:o/r.git"]);
    (repo, fake)
}

fn notify(repo: &Repo, fake: &Fake, args: &[&str]) -> Ran {
    let mut command = repo.tidings(&[&["notify", "--environment", "production"], args].concat());
    command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "a-hidden-token");
    command.env("GITHUB_SERVER_URL", "https://github.com").env("GITHUB_REPOSITORY", "o/r");
    command.env("GITHUB_RUN_ID", "7");
    repo.run_command(command)
}

fn notified(repo: &Repo, fake: &Fake, args: &[&str]) -> String {
    let ran = notify(repo, fake, args);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stderr
}

fn only(fake: &Fake) -> Deployment {
    let mut all = fake.deployments();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

const SUCCEEDED: [&str; 4] = ["--phase", "after", "--status", "succeeded"];

#[test]
fn deployment_is_created_before_and_succeeds_after() {
    let (repo, fake) = repo();
    let link = ["--link", "https://example.com/notes"];
    let said = notified(&repo, &fake, &[&["v1.2.0"], &link[..]].concat());
    assert!(said.contains("created a deployment for github-deployment"), "{said}");
    let one = only(&fake);
    assert_eq!((one.reference.as_str(), one.task.as_str()), ("v1.2.0", "deploy"));
    assert_eq!((one.environment.as_str(), one.is_production), ("production", true));
    assert_eq!(one.description, "r 1.2.0 will be deployed to production, 2026-03-01 00:00 UTC");
    let commit = repo.sha(repo.head());
    let payload = json!({ "version": "1.2.0", "from_version": "1.0.0", "commit": commit });
    assert_eq!(one.payload, json!({ "tidings": payload }));
    let status = |one: &Deployment, index: usize| one.statuses[index].clone();
    assert_eq!(status(&one, 0)["state"], "in_progress");
    assert_eq!(status(&one, 0)["log_url"], "https://github.com/o/r/actions/runs/7");
    assert_eq!(status(&one, 0)["environment_url"], "https://example.com/notes");

    repo.git(&["tag", "v1.2.0-prod", "v1.2.0"]);
    let said = notified(&repo, &fake, &[&["v1.2.0"], &SUCCEEDED[..]].concat());
    assert!(said.contains("updated the deployment"), "{said}");
    let one = only(&fake);
    assert_eq!((one.statuses.len(), one.state()), (2, "success"));
    assert_eq!(status(&one, 1)["description"], "r 1.2.0 was deployed to production, 2026-03-01 00:00 UTC");
    assert_eq!(status(&one, 1)["environment_url"], Value::Null);
}

#[test]
fn repeated_run_changes_nothing() {
    let (repo, fake) = repo();
    for args in [&["v1.2.0"][..], &[&["v1.2.0"], &SUCCEEDED[..]].concat()] {
        notified(&repo, &fake, args);
        let before = format!("{:?}", fake.deployments());
        let said = notified(&repo, &fake, args);
        assert!(said.contains("is already recorded"), "{said}");
        assert_eq!(format!("{:?}", fake.deployments()), before);
        assert!(fake.lines().iter().rev().take(2).all(|line| line.starts_with("GET")), "{:?}", fake.lines());
    }
}

#[test]
fn planned_deployment_is_queued_and_then_starts() {
    let (repo, fake) = repo();
    notified(&repo, &fake, &["v1.2.0", "--window", "Tuesday, 14:00"]);
    assert_eq!(only(&fake).state(), "queued");
    notified(&repo, &fake, &["v1.2.0"]);
    assert_eq!((only(&fake).state(), only(&fake).statuses.len()), ("in_progress", 2));
}

#[test]
fn failed_deployment_is_tried_again_as_a_new_one() {
    let (repo, fake) = repo();
    notified(&repo, &fake, &["v1.2.0"]);
    notified(&repo, &fake, &["v1.2.0", "--phase", "after", "--status", "failed"]);
    assert_eq!(only(&fake).state(), "failure");
    notified(&repo, &fake, &["v1.2.0"]);
    notified(&repo, &fake, &[&["v1.2.0"], &SUCCEEDED[..]].concat());
    let states: Vec<_> = fake.deployments().iter().map(|one| one.state().to_owned()).collect();
    assert_eq!(states, ["failure", "success"]);
}

#[test]
fn success_without_a_message_before_creates_the_deployment() {
    let (repo, fake) = repo();
    // By another program: without the marker of tidings, so it is left alone.
    fake.deploy("v1.2.0", "production");
    let said = notified(&repo, &fake, &[&["v1.2.0"], &SUCCEEDED[..]].concat());
    assert!(said.contains("created a deployment"), "{said}");
    let all = fake.deployments();
    assert_eq!((all.len(), all[0].state(), all[1].state()), (2, "in_progress", "success"));
}

#[test]
fn rollback_deploys_the_older_version_and_ends_the_newer() {
    let (repo, fake) = repo();
    for version in ["v1.0.0", "v1.1.0"] {
        notified(&repo, &fake, &[version]);
        notified(&repo, &fake, &[&[version], &SUCCEEDED[..]].concat());
    }
    let states = |fake: &Fake| {
        let state = |one: &Deployment| format!("{} {} {}", one.reference, one.task, one.state());
        fake.deployments().iter().map(state).collect::<Vec<_>>()
    };
    // GitHub itself does that for environments other than production.
    assert_eq!(states(&fake), ["v1.0.0 deploy inactive", "v1.1.0 deploy success"]);
    repo.git(&["tag", "v1.1.0-prod", "v1.1.0"]);
    notified(&repo, &fake, &["v1.0.0"]);
    assert_eq!(states(&fake)[2], "v1.0.0 rollback in_progress");
    notified(&repo, &fake, &["v1.0.0", "--phase", "after", "--status", "rolled-back"]);
    assert_eq!(
        states(&fake),
        ["v1.0.0 deploy inactive", "v1.1.0 deploy inactive", "v1.0.0 rollback success"]
    );
    assert_eq!(
        fake.deployments()[2].description,
        "r: production will be rolled back from 1.1.0 to 1.0.0, 2026-03-01 00:00 UTC"
    );
    // Deployed again later: not the same deployment as before the rollback.
    repo.git(&["tag", "--delete", "v1.1.0-prod"]);
    notified(&repo, &fake, &["v1.1.0"]);
    assert_eq!(states(&fake)[3], "v1.1.0 deploy in_progress");
}

#[test]
fn interrupted_success_is_completed() {
    let (repo, fake) = repo();
    for version in ["v1.0.0", "v1.1.0"] {
        notified(&repo, &fake, &[version]);
    }
    notified(&repo, &fake, &["v1.1.0", "--phase", "after"]);
    notified(&repo, &fake, &["v1.2.0"]);
    let earlier = fake.deployments()[1].id;
    fake.fail_at(&format!("POST /api/v3/repos/o/r/deployments/{earlier}/statuses"), 500, 1);
    let args = [&["v1.2.0"], &SUCCEEDED[..]].concat();
    assert_eq!(notify(&repo, &fake, &args).status, Some(4));
    let states =
        |fake: &Fake| -> Vec<_> { fake.deployments().iter().map(|one| one.state().to_owned()).collect() };
    assert_eq!(states(&fake), ["in_progress", "success", "success"]);
    notified(&repo, &fake, &args);
    assert_eq!(states(&fake), ["in_progress", "inactive", "success"]);
}

#[test]
fn unreleased_changes_are_deployed_by_their_commit() {
    let (repo, fake) = repo();
    let commit = repo.commit("feat: sell maps");
    repo.materialize();
    fake.commit(&repo.sha(commit), "ada@example.com", None);
    notified(&repo, &fake, &["--as", "v2.0.0"]);
    assert_eq!(
        (only(&fake).reference, only(&fake).payload["tidings"]["version"].clone()),
        (repo.sha(commit), json!("2.0.0"))
    );
}

#[test]
fn refusal_names_what_is_missing() {
    let (repo, fake) = repo();
    for (part, status, words) in [
        ("POST /api/v3/repos/o/r/deployments", 403, "deployments: write"),
        ("POST /api/v3/repos/o/r/deployments", 404, "deployments: write"),
        ("POST /api/v3/repos/o/r/deployments", 409, "creating the deployment of v1.2.0 to production): 409"),
        ("GET /api/v3/repos/o/r/deployments", 404, "deployments: write"),
        ("statuses", 422, "setting the state of a deployment to in_progress): 422"),
    ] {
        fake.fail_at(part, status, 1);
        let ran = notify(&repo, &fake, &["v1.2.0"]);
        assert!(ran.status == Some(4) && ran.stderr.contains(words), "{words}: {}", ran.snapshot());
        assert!(
            ran.stderr.contains("cannot record the deployment for `github-deployment`"),
            "{}",
            ran.stderr
        );
    }
    // The deployment without a state is continued.
    notified(&repo, &fake, &["v1.2.0"]);
    assert_eq!(only(&fake).state(), "in_progress");
    repo.commit("feat: not pushed");
    repo.tag("v1.3.0");
    let ran = notify(&repo, &fake, &["v1.3.0"]);
    for words in ["No ref found for: v1.3.0", "push it first"] {
        assert!(ran.status == Some(4) && ran.stderr.contains(words), "{words}: {}", ran.snapshot());
    }
}

#[test]
fn dry_run_needs_no_token() {
    let (repo, fake) = repo();
    let ran = repo.run(&["notify", "v1.2.0", "--environment", "production", "--dry-run"]);
    assert!(
        ran.status == Some(0) && ran.stderr.contains("to github-deployment (o/r on github.com):"),
        "{}",
        ran.snapshot()
    );
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    notified(&repo, &fake, &["v1.2.0"]);
    let is_sent = |one: &&Request| one.method == "POST" && one.path.contains("/deployments");
    let sent: Vec<Value> = fake.log().iter().filter(is_sent).map(Request::json).collect();
    assert_eq!(shown["deployment"], sent[0]);
    assert_eq!(
        (&shown["status"]["state"], &sent[1]["state"]),
        (&json!("in_progress"), &json!("in_progress"))
    );
    assert_eq!(shown["status"]["log_url"], Value::Null);
}

#[test]
fn deployment_is_recorded_only_on_github_and_with_a_token() {
    let (repo, fake) = repo();
    let run = |args: &[&str]| repo.run(&[&["notify", "v1.2.0"], args].concat());
    for (ran, words) in [
        (run(&[]), "pass --environment NAME"),
        (run(&["--environment", "production"]), "GitHub needs a token"),
        (run(&["--environment", "production", "--offline"]), "requests to the forge are disabled"),
    ] {
        assert!(ran.status == Some(2) && ran.stderr.contains(words), "{words}: {}", ran.snapshot());
    }
    repo.git(&["remote", "set-url", "origin", "https://gitlab.com/o/r.git"]);
    let ran = notify(&repo, &fake, &["v1.2.0"]);
    assert!(
        ran.status == Some(2) && ran.stderr.contains("GitLab has no GitHub deployments"),
        "{}",
        ran.snapshot()
    );
    assert_eq!(fake.lines(), [""; 0]);
}

#[test]
fn no_configuration_is_needed() {
    let (repo, fake) = repo();
    std::fs::remove_file(repo.dir().join("tidings.toml")).unwrap();
    notified(&repo, &fake, &["v1.2.0", "--to", "github-deployment"]);
    assert_eq!((only(&fake).reference.as_str(), only(&fake).state()), ("v1.2.0", "in_progress"));
}
