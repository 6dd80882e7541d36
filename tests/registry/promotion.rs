//! `tidings promote`.

use std::{fs, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tidings::registry::Manifest;

use crate::support::{Fake, Kind, Project, Response, Server, client, image, on_each, ran, repository, run};

/// Two repositories with the environments of a project, and staging's images of its three versions.
struct Way {
    project: Project,
    staging: String,
    production: String,
    images: Vec<Manifest>,
}

impl Way {
    fn new(server: &Server, other: Option<&Server>) -> Self {
        let project = Project::new();
        let staging = server.image("staging/app");
        let production = other.unwrap_or(server).image("production/app");
        project.environments(&staging, &production);
        let mut images = Vec::new();
        for version in ["v0.9.0", "v0.10.0", "v0.11.0"] {
            let suffixed = format!("{version}-staging");
            let layer = format!("{version} {}", "x".repeat(200_000));
            images.push(run(image(
                &client(),
                &repository(&staging),
                &layer,
                json!({}),
                &[version, &suffixed, "staging"],
            )));
            project.run(&["attach", &format!("{staging}:{version}")]).ok();
        }
        Self { project, staging, production, images }
    }

    fn digest(&self, tag: &str) -> Option<String> {
        run(client().digest(&repository(&self.production), tag)).unwrap().map(|digest| digest.to_string())
    }

    fn records(&self, image: usize) -> usize {
        let referrers =
            run(client().referrers(&repository(&self.production), &self.images[image].digest)).unwrap();
        let is_record = |kind: &str| kind == "application/vnd.tidings.promotion.v1+json";
        referrers.all.iter().filter(|one| one.artifact_type.as_deref().is_some_and(is_record)).count()
    }
}

#[test]
fn image_is_promoted_and_rolled_back_with_its_notes() {
    on_each(|server, kind| {
        // Within one registry blobs are mounted, between two they are streamed.
        let other = Server::start(kind).unwrap();
        for far in [None, Some(&other)] {
            let way = Way::new(server, far);
            let (project, newest) = (&way.project, &way.images[2]);
            let plan = project.run(&["promote", "--dry-run"]).ok();
            assert!(
                plan.starts_with(&format!("promote 0.11.0 from {} to {}\n", way.staging, way.production)),
                "{plan}"
            );
            assert!(plan.contains("deployed now: nothing") && plan.ends_with("app:prod\n"), "{plan}");
            assert_eq!(way.digest("prod"), None);

            let record = project.elsewhere().join("record.json");
            let statement = project.elsewhere().join("statement.json");
            let files = [record.display().to_string(), statement.display().to_string()];
            let done = project.run(&["promote", "--record-file", &files[0], "--statement", &files[1]]);
            assert_eq!(done.stdout, format!("{}:prod@{}\n", way.production, newest.digest), "{done:?}");
            assert_eq!(way.digest("prod").as_deref(), Some(newest.digest.as_str()));
            assert_eq!(way.digest("v0.11.0-prod").as_deref(), Some(newest.digest.as_str()));
            assert_eq!(way.digest("v0.11.0"), None);
            let shown = project.run_elsewhere(&["show", &format!("{}:prod", way.production)]).ok();
            assert!(shown.contains("thing 2"), "{shown}");
            let text = fs::read(&record).unwrap();
            let value: Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(value["version"], "0.11.0");
            assert_eq!(value["digest"], newest.digest.as_str());
            assert_eq!(value["who"], "ada");
            assert_eq!(value["when"], "2026-03-01T00:00:00Z");
            assert_eq!(value["from"]["environment"], "staging");
            assert_eq!(value["to"]["tags"], json!(["v0.11.0-prod", "prod"]));
            assert_eq!(value["previous"], Value::Null);
            assert_eq!(way.records(2), 1);
            let attested: Value = serde_json::from_slice(&fs::read(&statement).unwrap()).unwrap();
            assert_eq!(
                (&attested["_type"], &attested["predicate"]),
                (&json!("https://in-toto.io/Statement/v1"), &value)
            );
            let digest = format!("sha256:{}", attested["subject"][0]["digest"]["sha256"].as_str().unwrap());
            assert_eq!(digest, newest.digest.as_str());

            // The second run has nothing to do, and writes no new record.
            let again = project.run(&[
                "promote",
                "staging",
                "production",
                "--record-file",
                &record.display().to_string(),
            ]);
            assert!(again.stderr.contains("nothing to do"), "{again:?}");
            assert_eq!(fs::read(&record).unwrap(), text);
            assert_eq!(way.records(2), 1);

            goes_back_and_forward(&way);
        }
    });
}

fn goes_back_and_forward(way: &Way) {
    let (project, record) = (&way.project, way.project.elsewhere().join("back.json"));
    let older = project.run(&["promote", "--version", "v0.10.0"]);
    assert_eq!(older.status, Some(1));
    assert!(older.stderr.contains("0.10.0 is older than 0.11.0, which runs on production"), "{older:?}");
    let back = [
        "promote",
        "--version",
        "0.10.0",
        "--rollback",
        "--by",
        "eve",
        "--record-file",
        &record.display().to_string(),
    ];
    project.run(&back).ok();
    assert_eq!(way.digest("prod").as_deref(), Some(way.images[1].digest.as_str()));
    let value: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    assert_eq!((&value["rollback"], &value["who"]), (&json!(true), &json!("eve")));
    assert_eq!(value["previous"]["version"], "0.11.0");
    // Promoting forward again is a new promotion with its own record.
    let forward = project.tidings(&["promote"]).env("SOURCE_DATE_EPOCH", "1772323300").output().unwrap();
    assert!(forward.status.success(), "{forward:?}");
    assert_eq!(way.records(2), 2);
}

#[test]
fn invalid_promotions_are_refused() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let way = Way::new(&server, None);
    let project = &way.project;
    let refused = |args: &[&str], words: &str| {
        let ran = project.run(&[&["promote"], args].concat());
        assert!(ran.status == Some(1) && ran.stderr.contains(words), "{ran:?}");
    };
    refused(&["--version", "7.0.0"], "has no image of version 7.0.0");
    // Built, but never deployed to staging; versions are ordered numerically.
    let next = run(image(&client(), &repository(&way.staging), "next", json!({}), &["v0.100.0"]));
    refused(&[], "staging runs 0.11.0, but its highest version is 0.100.0");
    refused(&["--version", "0.100.0"], "staging never ran 0.100.0");
    refused(&[&format!("{}:v0.100.0", way.staging), "production"], "staging never ran 0.100.0");
    run(client().put_manifest(&repository(&way.staging), "staging", &next)).unwrap();
    project.run(&["promote", "--dry-run"]).ok();
    // One version, two images.
    run(image(&client(), &repository(&way.staging), "other", json!({}), &["v0.100.0-staging"]));
    refused(&[], "have the same version but point to different images");
    // Production already has this version with another image.
    run(image(&client(), &repository(&way.production), "taken", json!({}), &["v0.11.0-prod"]));
    refused(&["--version", "v0.11.0"], "already exists and points to another image");
    // Without a version.
    run(image(&client(), &repository(&server.image("plain")), "plain", json!({}), &["latest"]));
    refused(&[&server.image("plain"), "production"], "no version in");
    refused(&[&format!("{}:latest", server.image("plain")), "production"], "has no version");
    for (args, words) in [
        (vec!["staging", "nowhere"], "there is no environment `nowhere` with an image"),
        (vec!["staging", "staging"], "FROM and TO are the same"),
        (vec!["--version", "x"], "`x` is not a valid version"),
        (vec![&way.staging, "a.b/C"], "is not a valid image reference"),
    ] {
        let ran = project.run(&[vec!["promote"], args].concat());
        assert!(ran.status == Some(2) && ran.stderr.contains(words), "{ran:?}");
    }
    let nothing = Project::new().run(&["promote"]);
    assert!(
        nothing.status == Some(2) && nothing.stderr.contains("has fewer than two environments with images"),
        "{nothing:?}"
    );
}

#[test]
fn pre_releases_are_promoted_only_by_name() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let way = Way::new(&server, None);
    run(image(
        &client(),
        &repository(&way.staging),
        "rc",
        json!({}),
        &["v0.12.0-rc.1", "v0.12.0-rc.1-staging"],
    ));
    assert!(way.project.run(&["promote", "--dry-run"]).ok().starts_with("promote 0.11.0 "));
    let named = way.project.run(&["promote", "--dry-run", "--version", "v0.12.0-rc.1"]).ok();
    assert!(named.contains("app:v0.12.0-rc.1-prod\n"), "{named}");
}

#[test]
fn interrupted_promotion_is_completed() {
    on_each(|server, kind| {
        let other = Server::start(kind).unwrap();
        let mut way = Way::new(server, Some(&other));
        // Killed a little later in each round.
        for delay in [5, 15, 30, 50, 75, 110, 160, 230] {
            way.production = other.image(&format!("app-{delay}"));
            way.project.environments(&way.staging, &way.production);
            let mut command = way.project.tidings(&["promote"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(delay));
            drop(child.kill());
            drop(child.wait());
            way.project.run(&["promote"]).ok();
            assert_eq!(way.digest("prod").as_deref(), Some(way.images[2].digest.as_str()), "{delay}");
            assert_eq!(way.digest("v0.11.0-prod").as_deref(), Some(way.images[2].digest.as_str()), "{delay}");
            assert_eq!(way.records(2), 1, "{delay}");
            way.project.run_elsewhere(&["show", &format!("{}:prod", way.production)]).ok();
            let again = way.project.run(&["promote"]);
            assert!(again.stderr.contains("nothing to do"), "{again:?}");
        }
    });
}

#[test]
fn record_of_an_interrupted_promotion_is_not_written_again() {
    on_each(|server, _| {
        let way = Way::new(server, None);
        let promote = |version: &str, seconds: &str| {
            let mut command = way.project.tidings(&["promote", "--version", version]);
            ran(command.env("SOURCE_DATE_EPOCH", seconds)).ok();
        };
        promote("0.10.0", "1772323200");
        promote("0.11.0", "1772323300");
        // As if it had been killed before its last step.
        run(client().put_manifest(&repository(&way.production), "prod", &way.images[1])).unwrap();
        promote("0.11.0", "1772323400");
        assert_eq!(way.digest("prod").as_deref(), Some(way.images[2].digest.as_str()));
        assert_eq!(way.records(2), 1);
    });
}

#[test]
fn referrers_are_copied_on_request() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let way = Way::new(&server, None);
    let here = repository(&way.staging);
    let newest = &way.images[2];
    let signature = tidings::registry::Artifact {
        artifact_type: "application/x.signature".to_owned(),
        layers: Vec::new(),
        annotations: tidings::registry::Annotations::new(),
        replaces_others: false,
    };
    run(client().attach(&here, &newest.descriptor(), &signature)).unwrap();
    let cosign = format!("{}.sig", newest.digest.referrers_tag());
    run(image(&client(), &here, "signed", json!({}), &[&cosign]));
    let kinds = || {
        let all = run(client().referrers(&repository(&way.production), &newest.digest)).unwrap().all;
        all.into_iter().filter_map(|one| one.artifact_type).filter(|kind| kind.contains("signature")).count()
    };
    way.project.run(&["promote"]).ok();
    assert_eq!((kinds(), way.digest(&cosign).is_some()), (0, false));
    way.project.run(&["promote", "--referrers", "all"]).ok();
    assert_eq!((kinds(), way.digest(&cosign).is_some()), (1, true));
    assert!(way.project.run(&["promote", "--referrers", "all"]).stderr.contains("nothing to do"));
}

#[test]
fn first_promotion_creates_a_repository_hidden_from_readers() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let way = Way::new(&server, None);
    let fake = Fake::with_host(|host| {
        let realm = format!("Bearer realm=\"http://{host}/token\"");
        move |line: &str, who: Option<&str>| match (line, who) {
            (line, _) if line.starts_with("GET /token") && line.contains("pull%2Cpush") => {
                Response::of(200, r#"{"token":"may-make-it"}"#)
            }
            (line, _) if line.starts_with("GET /token") => Response::of(403, ""),
            (_, None) => Response::of(401, "").header("WWW-Authenticate", realm.clone()),
            _ => Response::of(404, ""),
        }
    });
    let to = format!("{}/app:prod", fake.host);
    let plan = way.project.run(&["promote", &format!("{}:v0.11.0", way.staging), &to, "--dry-run"]).ok();
    assert!(plan.contains("deployed now: nothing") && plan.ends_with("app:prod\n"), "{plan}");
}
