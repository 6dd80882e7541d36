//! The workflow of `docs/comment.md` that comments on pull requests from forks, and the action.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{forge::Fake, page::Section, runner::GitHub, world::World};

const PAGE: &str = include_str!("../../docs/comment.md");
const CONFIG: &str = "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n";

/// A project, and the commit of a pull request 12 from a fork: its configuration, hooks and script are hostile.
fn world() -> (World, String) {
    let world = World::empty();
    world.write("tidings.toml", CONFIG);
    world.write("build.sh", "touch executed\n");
    world.commit("feat: start");
    world.tag("v1.0.0");
    let fork = r#"
        git checkout --quiet -b stranger
        printf "[[sections]]\\nid = 'features'\\ntitle = 'EVIL'\\n[repository]\\nurl = 'https://evil.example/o/r'\\nforge = 'github'\\n" >tidings.toml
        mkdir -p .githooks .tidings
        printf '#!/bin/sh\\ntouch executed\\n' | tee .githooks/post-checkout >build.sh
        printf "[pull_request.12]\\ntitle = 'EVIL'\\n" >.tidings/corrections.toml
        git add --all
        git commit --quiet --message 'feat: add a door @ada'
        git push --quiet origin HEAD:refs/pull/12/head
        git rev-parse HEAD
        git checkout --quiet main
    "#;
    let ran = world.script(&world.work(), fork, &[]);
    assert!(ran.ok, "{ran:?}");
    let head = ran.stdout.lines().next().unwrap().to_owned();
    (world, head)
}

/// The variables of a job for the event.
fn event(folder: &TempDir, head: &str) -> [(&'static str, String); 2] {
    let payload = json!({
        "workflow_run": { "event": "pull_request", "head_sha": head, "head_branch": "stranger",
            "head_repository": { "id": 2, "full_name": "eve/r" }, "pull_requests": [] },
        "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
    });
    let path = folder.path().join("event.json");
    fs::write(&path, payload.to_string()).unwrap();
    [("GITHUB_EVENT_NAME", "workflow_run".to_owned()), ("GITHUB_EVENT_PATH", path.display().to_string())]
}

fn run(world: &World, forge: &Fake, head: &str, workflow: Value) -> String {
    let base = world.script(&world.work(), "git rev-parse main", &[]).stdout;
    let pull_request = forge.pull(12).title("feat: add a door @ada").branches("stranger", "main");
    pull_request.fork("eve/r").brought(head).onto(base.trim());
    let folder = TempDir::new().unwrap();
    let expressions = [("github.event.workflow_run.head_sha", head)];
    let github = GitHub::new(world, workflow, &expressions).variable("TIDINGS_FORGE__API", &forge.api());
    let variables = event(&folder, head);
    let github = variables.iter().fold(github, |github, (name, value)| github.variable(name, value));
    let outcome = github.run("comment", "main").succeeded();
    assert!(outcome.text().contains("created the comment on #12"), "{}", outcome.text());
    assert!(outcome.text().contains("untrusted (workflow_run for a fork)"), "{}", outcome.text());
    let comments = forge.pull_now(12).comments;
    assert_eq!(comments.len(), 1);
    comments[0].body.clone()
}

#[test]
fn pull_request_from_a_fork_is_commented_on_with_the_configuration_of_the_project() {
    let (world, head) = world();
    let forge = Fake::github("o", "r");
    forge.login("github-actions[bot]").hide_account();
    let workflow = Section::page(PAGE).pipeline("workflow_run:");
    let permissions = &workflow["jobs"]["comment"]["permissions"];
    assert_eq!(
        (&workflow["permissions"], permissions),
        (&json!({}), &json!({ "contents": "read", "pull-requests": "write" }))
    );
    let body = run(&world, &forge, &head, workflow);
    assert!(body.contains("**1.1.0** with this pull request, none without it"), "{body}");
    assert!(body.contains("#### Features\n\n- add a door `@ada` ([#12]"), "{body}");
    assert!(body.contains("`tidings.toml` (configuration)"), "{body}");
    assert!(!body.contains("EVIL") && !body.contains("evil.example"), "{body}");
}

#[test]
fn action_comments_on_a_pull_request() {
    let (world, head) = world();
    let forge = Fake::github("o", "r");
    let fetch = json!({ "run": "git fetch --quiet --no-tags origin \"$HEAD\"",
        "env": { "HEAD": "${{ github.event.workflow_run.head_sha }}" } });
    let with = json!({ "command": "comment", "version": "installed", "args": "--pull-request\n12" });
    let steps = json!([fetch, { "uses": "./", "with": with }]);
    let body = run(&world, &forge, &head, json!({ "jobs": { "comment": { "steps": steps } } }));
    assert!(body.contains("add a door") && !body.contains("EVIL"), "{body}");
}
