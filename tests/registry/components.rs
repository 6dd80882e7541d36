//! An environment with several images of one version: one plan, one record, completed by a second run.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use tidings::{
    history,
    promote::{
        self, Action, ImageLocation, ImagePair, ImagePlan, PromotionRequest, ReferrerSelection, RunContext,
    },
};

use crate::support::{Kind, Project, Server, client, image, on_each, ran, repository, run};

const COMPONENTS: [&str; 2] = ["api", "web"];

/// Versions 0.1.0 to 0.3.0 of two components on staging, with notes; 0.2.0 has a migration.
fn staged(server: &Server) -> Project {
    let project = Project::empty();
    let table = |environment: &str| {
        let entry = |name: &str| format!("{name} = \"{}\"", server.image(&format!("{environment}/{name}")));
        COMPONENTS.map(entry).join(", ")
    };
    project.write(
        "tidings.toml",
        &format!(
            "[environments.staging]\nimage = {{ {} }}\n[environments.production]\nimage = {{ {} }}\nsuffix = \"-prod\"\n\
             tag = \"prod\"\n",
            table("staging"),
            table("production")
        ),
    );
    let history = [
        ("v0.1.0", "feat: sell books", None),
        ("v0.2.0", "feat: keep accounts", Some("db/migrations/V1__accounts.sql")),
        ("v0.3.0", "fix: count the change right", None),
    ];
    for (number, (version, message, file)) in history.into_iter().enumerate() {
        if let Some(file) = file {
            project.write(file, "");
            project.git(&["add", file]);
        }
        project.commit(number, message);
        project.git(&["tag", version]);
        for name in COMPONENTS {
            build(server, name, version);
        }
        assert_eq!(project.run(&["attach", "staging"]).ok().lines().count(), 2);
    }
    project
}

/// Pushes the image of a component to staging, where it runs.
fn build(server: &Server, name: &str, version: &str) {
    let tags = [version, &format!("{version}-staging"), "staging"];
    let staging = repository(&server.image(&format!("staging/{name}")));
    run(image(&client(), &staging, &format!("{name} {version}"), json!({}), &tags));
}

/// Sets a tag to what another tag of a repository points to.
fn retag(server: &Server, name: &str, from: &str, to: &str) {
    let at = repository(&server.image(name));
    let manifest = run(client().manifest(&at, from)).unwrap().unwrap();
    run(client().put_manifest(&at, to, &manifest)).unwrap();
}

fn digest(server: &Server, name: &str, tag: &str) -> Option<String> {
    let found = run(client().digest(&repository(&server.image(name)), tag));
    found.unwrap().map(|digest| digest.to_string())
}

/// What the moving tags of production point to, compared with a version on staging.
fn deployed(server: &Server, version: &str) -> [bool; 2] {
    COMPONENTS.map(|name| {
        let staged = digest(server, &format!("staging/{name}"), version);
        staged.is_some() && digest(server, &format!("production/{name}"), "prod") == staged
    })
}

fn json_of(project: &Project, args: &[&str]) -> Value {
    serde_json::from_str(&project.run(args).ok()).unwrap()
}

#[test]
fn all_images_go_together_with_one_record() {
    on_each(|server, _| {
        let project = staged(server);
        let first = project.run(&["promote", "--version", "v0.1.0"]);
        assert!(first.stderr.ends_with("promoted 0.1.0 to production (first deployment)\n"), "{first:?}");
        assert_eq!(deployed(server, "v0.1.0"), [true, true]);

        let plan = project.elsewhere().join("plan.json").display().to_string();
        let dry = project.run(&["promote", "--dry-run", "--plan", &plan]).ok();
        assert!(dry.starts_with("promote 0.3.0 from staging to production\n  api: from "), "{dry}");
        assert!(dry.contains("\n  web: from ") && dry.contains("V1__accounts.sql"), "{dry}");
        let moves = dry.find("- move the tag").unwrap();
        assert!(dry.rfind("- attach the promotion record").unwrap() < moves, "moving tags come last: {dry}");
        let form: Value = serde_json::from_slice(&fs::read(&plan).unwrap()).unwrap();
        assert_eq!(form["images"].as_array().unwrap().len(), 2, "{form}");
        assert_eq!(form["images"][1]["component"], "web");

        let record = project.elsewhere().join("promotion.json").display().to_string();
        let statement = project.elsewhere().join("statement.json").display().to_string();
        let done =
            project.run(&["promote", "--plan", &plan, "--record-file", &record, "--statement", &statement]);
        assert!(done.stderr.ends_with("promoted 0.3.0 to production (was 0.1.0)\n"), "{done:?}");
        assert_eq!(done.stdout.lines().count(), 2, "{done:?}");
        assert_eq!(deployed(server, "v0.3.0"), [true, true]);
        let form: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
        let previous: Vec<&Value> =
            form["images"].as_array().unwrap().iter().map(|it| &it["previous"]["version"]).collect();
        assert_eq!(previous, [&json!("0.1.0"), &json!("0.1.0")]);
        let form: Value = serde_json::from_slice(&fs::read(&statement).unwrap()).unwrap();
        assert_eq!(form["subject"].as_array().unwrap().len(), 2, "{form}");

        for more in [&[][..], &["--record", &record]] {
            let all = [
                &["notify", "--to", "webhook", "--dry-run", "--environment", "production"][..],
                &["--phase", "after", "--status", "succeeded"],
                more,
            ];
            let message = json_of(&project, &all.concat());
            let ends = &message["notes"]["releases"][0]["ends"];
            assert_eq!(
                (&ends["from"]["version"], &ends["to"]["version"]),
                (&json!("0.1.0"), &json!("0.3.0"))
            );
            assert_eq!(ends["to"]["images"].as_array().unwrap().len(), 2, "{ends}");
            assert!(message.to_string().contains("V1__accounts.sql"), "{message}");
        }
        assert!(project.run(&["promote"]).stderr.contains("nothing to do"));
    });
}

#[test]
fn comparison_and_status_list_each_image() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "v0.1.0"]).ok();
    for attached in [&[][..], &["--attached"]] {
        let compared = project.run(&[&["compare", "--format", "markdown"], attached].concat()).ok();
        assert!(compared.starts_with("## production 0.1.0 → staging 0.3.0\n"), "{compared}");
        assert!(compared.contains("api sha256:") && compared.contains("web sha256:"), "{compared}");
        assert!(compared.contains("keep accounts") && !compared.contains("sell books"), "{compared}");
    }
    let status = project.run(&["status"]).ok();
    let rows: Vec<&str> = status.lines().collect();
    assert_eq!(rows.len(), 5, "{status}");
    assert!(rows[1].contains("api sha256:") && rows[1].contains("1 migration"), "{status}");
    assert!(rows[2].contains("web sha256:") && !rows[2].contains("migration"), "{status}");
    let shown = project.run(&["show", "production", "--format", "markdown"]).ok();
    assert!(shown.contains("sell books"), "{shown}");
}

#[test]
fn everything_is_checked_before_the_first_byte() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    let nothing = |words: &str, args: &[&str]| {
        let ran = project.run(&[&["promote"], args].concat());
        assert!(ran.status == Some(1) && ran.stderr.contains(words), "{ran:?}");
        for name in COMPONENTS {
            assert_eq!(digest(&server, &format!("production/{name}"), "v0.3.0-prod"), None);
            assert_eq!(digest(&server, &format!("production/{name}"), "prod"), None);
        }
    };
    // The second image of the version is missing.
    build(&server, "api", "v0.4.0");
    nothing("of different versions: api 0.4.0, web 0.3.0", &[]);
    nothing("staging/web has no image of version 0.4.0", &["--version", "0.4.0"]);
    // The tag of the second image is taken.
    let other = repository(&server.image("production/web"));
    run(image(&client(), &other, "another", json!({}), &["v0.3.0-prod"]));
    let ran = project.run(&["promote", "--version", "0.3.0"]);
    assert!(ran.status == Some(1) && ran.stderr.contains("already exists and points to another"), "{ran:?}");
    assert_eq!(digest(&server, "production/api", "v0.3.0-prod"), None);
}

#[test]
fn partial_promotion_is_completed_by_a_second_run() {
    on_each(|server, _| {
        let project = staged(server);
        project.run(&["promote", "--version", "0.1.0"]).ok();
        // An hour later.
        ran(project.tidings(&["promote"]).env("SOURCE_DATE_EPOCH", "1772326800")).ok();
        // As if the first run had ended before it moved the second tag.
        retag(server, "production/web", "v0.1.0-prod", "prod");
        assert_eq!(deployed(server, "v0.3.0"), [true, false]);
        let compared = project.run(&["compare", "--format", "markdown"]);
        let mixed = "the images of production are of different versions: api 0.3.0, web 0.1.0";
        assert!(compared.stderr.contains(mixed), "{compared:?}");
        let compared = compared.ok();
        assert!(compared.contains("api 0.3.0 sha256:") && compared.contains("keep accounts"), "{compared}");
        let announced = project.run(&[
            "notify",
            "--to",
            "webhook",
            "--dry-run",
            "--environment",
            "production",
            "--phase",
            "after",
            "--status",
            "succeeded",
        ]);
        assert!(announced.status == Some(1) && announced.stderr.contains(mixed), "{announced:?}");

        let record = project.elsewhere().join("promotion.json").display().to_string();
        let done = project.run(&["promote", "--record-file", &record]);
        let last = "completed the promotion of 0.3.0 to production (was 0.1.0)\n";
        assert!(done.stderr.ends_with(last), "{done:?}");
        assert!(!done.stderr.contains("attach the promotion record"), "there is one already: {done:?}");
        assert_eq!(deployed(server, "v0.3.0"), [true, true]);
        let form: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
        let previous: Vec<&Value> =
            form["images"].as_array().unwrap().iter().map(|it| &it["previous"]["version"]).collect();
        assert_eq!(previous, [&json!("0.1.0"), &json!("0.1.0")]);
    });
}

#[test]
fn second_run_attaches_the_same_record_to_the_other_images() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "0.1.0"]).ok();
    let location = |environment: &str, name: &str, suffix: &str, index| ImageLocation {
        environment: Some(environment.to_owned()),
        component: Some(name.to_owned()),
        index: Some(index),
        repository: repository(&server.image(&format!("{environment}/{name}"))),
        moving: Some(if index == 0 { "staging" } else { "prod" }.to_owned()),
        suffix: suffix.to_owned(),
    };
    let pair = |name: &str| ImagePair {
        from: location("staging", name, "-staging", 0),
        to: location("production", name, "-prod", 1),
    };
    let environment =
        |name: &str, suffix: &str| history::Environment { name: name.into(), suffix: suffix.into() };
    let options = history::Options {
        environments: vec![environment("staging", "-staging"), environment("production", "-prod")],
        ..history::Options::default()
    };
    let when = "2026-03-01T01:00:00Z";
    let request = PromotionRequest {
        pairs: COMPONENTS.iter().map(|name| pair(name)).collect(),
        image: None,
        version: None,
        rollback: false,
        allow_unknown: false,
        referrers: ReferrerSelection::Notes,
        context: RunContext { when: when.into(), ..RunContext::default() },
    };
    let plan = run(promote::plan(&client(), &request, &options)).unwrap();
    // Killed before the second record.
    let records = AtomicUsize::new(0);
    let kill = |_: &ImagePlan, action: &Action| {
        let is_record = matches!(action, Action::Record(_));
        assert!(!(is_record && records.fetch_add(1, Ordering::Relaxed) == 1), "killed");
    };
    let killed = catch_unwind(AssertUnwindSafe(|| {
        run(promote::perform(&client(), &plan, &kill)).unwrap();
    }));
    assert!(killed.is_err());
    assert_eq!(deployed(&server, "v0.3.0"), [false, false]);

    let record = project.elsewhere().join("promotion.json").display().to_string();
    let done = project.run(&["promote", "--record-file", &record]);
    assert_eq!(done.stderr.matches("attach the promotion record").count(), 1, "{done:?}");
    assert_eq!(deployed(&server, "v0.3.0"), [true, true]);
    let form: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    assert_eq!(form["when"], when);
    let status = json_of(&project, &["status", "--format", "json"]);
    assert_eq!(status["environments"][1]["running"]["since"], when);
}

#[test]
fn one_image_alone_may_be_promoted() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    let (from, to) = (server.image("staging/web"), server.image("production/web"));
    project.run(&["promote", &from, &to]).ok();
    assert_eq!(deployed(&server, "v0.3.0"), [false, true]);
    let ran = project.run(&["promote", &from, "production"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("(web) are not those of production"), "{ran:?}");
}

#[test]
fn list_of_images_is_matched_by_name_or_order() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::empty();
    project.commit(0, "feat: sell books");
    project.git(&["tag", "v0.1.0"]);
    let configure = |staging: [&str; 2], production: [&str; 2]| {
        let list = |names: [&str; 2]| names.map(|name| format!("\"{}\"", server.image(name))).join(", ");
        project.write(
            "tidings.toml",
            &format!(
                "[environments.staging]\nimage = [{}]\n[environments.production]\nimage = [{}]\nsuffix = \"-prod\"\n",
                list(staging),
                list(production)
            ),
        );
    };
    for name in COMPONENTS {
        build(&server, name, "v0.1.0");
    }
    let pairs = |args: &[&str]| -> Vec<String> {
        let dry = project.run(&[&["promote", "--dry-run"], args].concat()).ok();
        let words = |line: &str| line.split(['/', ' ']).next_back().unwrap().to_owned();
        let lines = dry.lines().filter(|line| line.contains(": from "));
        lines.map(|line| format!("{} {}", line.trim().split(':').next().unwrap(), words(line))).collect()
    };
    configure(["staging/api", "staging/web"], ["production/web", "production/api"]);
    assert_eq!(pairs(&[]), ["api api", "web web"]);
    configure(["staging/api", "staging/web"], ["production/shop-api", "production/shop-web"]);
    assert_eq!(pairs(&[]), ["shop-api shop-api", "shop-web shop-web"]);
    configure(["staging/api", "staging/web"], ["production/api", "production/page"]);
    let ran = project.run(&["promote", "--dry-run"]);
    assert!(
        ran.status == Some(2) && ran.stderr.contains("(api, web) are not those of production"),
        "{ran:?}"
    );
    configure(["staging/api", "other/api"], ["production/api", "production/web"]);
    let ran = project.run(&["promote", "--dry-run"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("two images of the component `api`"), "{ran:?}");
}
