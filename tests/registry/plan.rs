//! What was previewed is what is promoted: `promote --plan`, the moving tag of the source, and runs at the same time.

use std::fs;

use serde_json::{Value, json};
use tidings::{
    history,
    promote::{self, ImageLocation, ImagePair, PromotionRequest, ReferrerSelection, RunContext},
};

use crate::{
    ends::staged,
    support::{Kind, Project, Server, client, image, repository, run},
};

fn image_of(project: &Project, environment: &str) -> String {
    let config = fs::read_to_string(project.repository().join("tidings.toml")).unwrap();
    let (_, image) = config.split_once(&format!("[environments.{environment}]\nimage = \"")).unwrap();
    image.split('"').next().unwrap().to_owned()
}

fn digest(project: &Project, environment: &str, tag: &str) -> Option<String> {
    let found = run(client().digest(&repository(&image_of(project, environment)), tag));
    found.unwrap().map(|digest| digest.to_string())
}

/// Makes a version run in an environment, without `tidings`.
fn deploy(project: &Project, environment: &str, tag: &str, version: &str) {
    let staging = repository(&image_of(project, "staging"));
    let manifest = run(client().manifest(&staging, version)).unwrap().unwrap();
    let target = repository(&image_of(project, environment));
    if staging != target {
        run(client().copy(&staging, &target, &manifest)).unwrap();
    }
    let own = if environment == "production" { format!("{version}-prod") } else { version.to_owned() };
    for tag in [&own, tag] {
        run(client().put_manifest(&target, tag, &manifest)).unwrap();
    }
}

#[test]
fn promotion_takes_what_runs_on_staging() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    deploy(&project, "staging", "staging", "v0.2.0");
    for args in [&["promote"][..], &["promote", "--dry-run"]] {
        let ran = project.run(args);
        assert!(ran.status == Some(1), "{ran:?}");
        assert!(ran.stderr.contains("staging runs 0.2.0, but its highest version is 0.4.0"), "{ran:?}");
    }
    assert_eq!(digest(&project, "production", "prod"), None);
    project.run(&["promote", "--version", "0.2.0"]).ok();
    assert_eq!(digest(&project, "production", "prod"), digest(&project, "staging", "v0.2.0"));
}

#[test]
fn without_a_moving_tag_the_highest_version_is_taken() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    let config = fs::read_to_string(project.repository().join("tidings.toml")).unwrap();
    project.write(
        "tidings.toml",
        &config.replace("[environments.production]", "tag = \"live\"\n[environments.production]"),
    );
    let ran = project.run(&["promote"]);
    assert!(ran.stderr.contains("taking its highest version, 0.4.0"), "{ran:?}");
    ran.ok();
}

#[test]
fn plan_is_promoted_or_refused() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "0.1.0"]).ok();
    let plan = project.elsewhere().join("plan.json").display().to_string();
    let compared = project.elsewhere().join("compared.json").display().to_string();
    project.run(&["promote", "--dry-run", "--plan", &plan]).ok();
    project.run(&["compare", "--plan", &compared]).ok();
    assert_eq!(fs::read(&plan).unwrap(), fs::read(&compared).unwrap());
    let form: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
    assert_eq!((&form["version"], &form["to"]["version"]), (&json!("0.4.0"), &json!("0.1.0")));
    assert_eq!(form["from"]["digest"], json!(digest(&project, "staging", "v0.4.0")));
    assert_eq!(form["to"]["digest"], json!(digest(&project, "production", "prod")));

    let refused = |words: &str| {
        let before = digest(&project, "production", "prod");
        let ran = project.run(&["promote", "--plan", &plan]);
        assert!(ran.status == Some(1) && ran.stderr.contains(words), "{ran:?}");
        assert_eq!(digest(&project, "production", "prod"), before);
    };
    // Staging was rolled back between preview and promotion.
    deploy(&project, "staging", "staging", "v0.3.0");
    refused("staging has changed since the plan was made");
    deploy(&project, "staging", "staging", "v0.4.0");
    // Another promotion came first.
    deploy(&project, "production", "prod", "v0.2.0");
    refused("production has changed since the plan was made");
    deploy(&project, "production", "prod", "v0.1.0");
    let done = project.run(&["promote", "--plan", &plan]);
    assert!(done.stderr.trim_end().ends_with("promoted 0.4.0 to production (was 0.1.0)"), "{done:?}");
    // What is done already counts as done.
    assert!(project.run(&["promote", "--plan", &plan]).stderr.contains("nothing to do"));

    let back = ["promote", "--version", "0.1.0", "--rollback", "--dry-run", "--plan", &plan];
    project.run(&back).ok();
    project.run(&["promote", "--plan", &plan]).ok();
    assert_eq!(digest(&project, "production", "prod"), digest(&project, "staging", "v0.1.0"));
    fs::write(&plan, "{}").unwrap();
    let ran = project.run(&["promote", "--plan", &plan]);
    assert!(ran.status == Some(2) && ran.stderr.contains("is not the plan of a promotion"), "{ran:?}");
}

#[test]
fn older_promotion_does_not_overwrite_a_newer_one() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "0.1.0"]).ok();
    let location = |name: &str, moving: &str, suffix: &str, index| ImageLocation {
        environment: Some(name.to_owned()),
        component: None,
        index: Some(index),
        repository: repository(&image_of(&project, name)),
        moving: Some(moving.to_owned()),
        suffix: suffix.to_owned(),
    };
    let environment =
        |name: &str, suffix: &str| history::Environment { name: name.into(), suffix: suffix.into() };
    let options = history::Options {
        environments: vec![environment("staging", "-staging"), environment("production", "-prod")],
        ..history::Options::default()
    };
    let request = PromotionRequest {
        pairs: vec![ImagePair {
            from: location("staging", "staging", "-staging", 0),
            to: location("production", "prod", "-prod", 1),
        }],
        image: None,
        version: Some(tidings::model::Version::new(0, 2, 0)),
        rollback: false,
        allow_unknown: false,
        referrers: ReferrerSelection::Notes,
        context: RunContext::default(),
    };
    // Both plan at the same time; the newer one is performed first.
    let older = run(promote::plan(&client(), &request, &options)).unwrap();
    project.run(&["promote", "--version", "0.4.0"]).ok();
    let error = run(promote::perform(&client(), &older, &|_, _| {})).unwrap_err();
    assert!(matches!(error, promote::Error::Changed { .. }), "{error}");
    assert_eq!(digest(&project, "production", "prod"), digest(&project, "staging", "v0.4.0"));
    // Planned again, it is refused.
    let error = run(promote::plan(&client(), &request, &options)).unwrap_err();
    assert!(error.to_string().contains("0.2.0 is older than 0.4.0"), "{error}");
}

#[test]
fn unknown_target_is_refused() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    run(image(&client(), &repository(&image_of(&project, "production")), "unknown", json!({}), &["prod"]));
    let ran = project.run(&["promote"]);
    assert!(ran.status == Some(1), "{ran:?}");
    assert!(ran.stderr.contains("cannot determine which version runs on production"), "{ran:?}");
    project.run(&["promote", "--allow-unknown"]).ok();
}
