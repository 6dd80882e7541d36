//! `compare`, `promote` and `notify` name the same two ends of a deployment, by the registry.

use serde_json::{Value, json};

use crate::support::{Project, Server, client, image, on_each, repository, run};

/// Versions 0.1.0 to 0.4.0 on staging. 0.3.0 has a migration and a breaking change.
pub(crate) fn staged(server: &Server) -> Project {
    let project = Project::empty();
    let (staging, production) = (server.image("staging/app"), server.image("production/app"));
    project.environments(&staging, &production);
    let history = [
        ("v0.1.0", "feat: sell books", None),
        ("v0.2.0", "feat: sell maps", None),
        ("v0.3.0", "feat!: keep accounts", Some("db/migrations/V1__accounts.sql")),
        ("v0.4.0", "fix: count the change right", None),
    ];
    for (number, (version, message, file)) in history.into_iter().enumerate() {
        if let Some(file) = file {
            project.write(file, "");
            project.git(&["add", file]);
        }
        project.commit(number, message);
        project.git(&["tag", version]);
        let tags = [version, &format!("{version}-staging"), "staging"];
        run(image(&client(), &repository(&staging), version, json!({}), &tags));
        project.run(&["attach", &format!("{staging}:{version}")]).ok();
    }
    project
}

fn message(project: &Project, args: &[&str]) -> Value {
    let all = [&["notify", "--to", "webhook", "--dry-run", "--environment", "production"], args].concat();
    serde_json::from_str(&project.run(&all).ok()).unwrap()
}

#[test]
fn all_commands_name_what_runs_and_what_will_run() {
    on_each(|server, _| {
        let project = staged(server);
        project.run(&["promote", "--version", "v0.1.0"]).ok();
        let compared = project.run(&["compare", "--format", "markdown"]).ok();
        assert!(compared.starts_with("## production 0.1.0 → staging 0.4.0\n"), "{compared}");
        assert!(compared.contains("Also includes 0.3.0, 0.2.0, which production never ran."), "{compared}");
        assert_eq!(compared.matches("sha256:").count(), 2, "{compared}");

        let plan = project.run(&["promote", "--dry-run"]).ok();
        assert!(
            plan.starts_with("promote 0.4.0 from ") && plan.contains("deployed now: 0.1.0 (sha256:"),
            "{plan}"
        );
        assert!(plan.contains("brings: 3 changes of 0.4.0, 0.3.0, 0.2.0, 1 breaking"), "{plan}");
        assert!(plan.contains("migrations:\n    db/migrations/V1__accounts.sql\n"), "{plan}");

        let before = message(&project, &["staging", "--phase", "before"]);
        let ends = &before["notes"]["releases"][0]["ends"];
        assert_eq!((&ends["from"]["version"], &ends["to"]["version"]), (&json!("0.1.0"), &json!("0.4.0")));
        assert_eq!(ends["from"]["source"], "registry");
        let text = before.to_string();
        for change in ["sell maps", "keep accounts", "count the change right", "V1__accounts.sql"] {
            assert!(text.contains(change), "{change}: {text}");
        }
        assert!(!text.contains("sell books"), "{text}");

        let record = project.elsewhere().join("promotion.json").display().to_string();
        let done = project.run(&["promote", "--record-file", &record]);
        assert!(done.stderr.trim_end().ends_with("promoted 0.4.0 to production (was 0.1.0)"), "{done:?}");
        let after = |more: &[&str]| {
            message(&project, &[&["--phase", "after", "--status", "succeeded"], more].concat())
        };
        let by_registry = after(&[]);
        for text in
            [&by_registry, &after(&["production"]), &after(&["staging"]), &after(&["--record", &record])]
        {
            assert_eq!(text["title"], "0.4.0 was deployed to production, 2026-03-01 00:00 UTC");
            assert_eq!(text["notes"]["releases"][0]["sections"], before["notes"]["releases"][0]["sections"]);
            let ends = &text["notes"]["releases"][0]["ends"];
            assert_eq!(
                (&ends["from"]["version"], &ends["to"]["version"]),
                (&json!("0.1.0"), &json!("0.4.0"))
            );
        }
        rolls_back(&project);
    });
}

fn rolls_back(project: &Project) {
    let untrue = project.run(&[
        "notify",
        "v0.1.0",
        "--to",
        "webhook",
        "--dry-run",
        "--environment",
        "production",
        "--phase",
        "after",
        "--status",
        "rolled-back",
    ]);
    assert!(
        untrue.status == Some(1) && untrue.stderr.contains("production runs 0.4.0, not 0.1.0"),
        "{untrue:?}"
    );
    let plan = project.run(&["promote", "--version", "v0.1.0", "--rollback", "--dry-run"]).ok();
    assert!(plan.contains("loses: 3 changes of 0.4.0, 0.3.0, 0.2.0, 1 breaking"), "{plan}");
    assert!(plan.contains("migrations that stay applied:\n    db/migrations/V1__accounts.sql\n"), "{plan}");
    let before = message(project, &["v0.1.0"]);
    assert_eq!(before["title"], "production will be rolled back from 0.4.0 to 0.1.0, 2026-03-01 00:00 UTC");
    let mut back = project.tidings(&["promote", "--version", "v0.1.0", "--rollback"]);
    crate::support::ran(back.env("SOURCE_DATE_EPOCH", "1772326800")).ok();
    let after = message(project, &["production", "--phase", "after", "--status", "rolled-back"]);
    assert_eq!(after["title"], "production was rolled back from 0.4.0 to 0.1.0, 2026-03-01 00:00 UTC");
    let text = after.to_string();
    assert!(
        text.contains("keep accounts") && text.contains("stay") | text.contains("already applied"),
        "{text}"
    );
    assert!(!text.contains("sell books"), "{text}");
    let forward = project.run(&["compare", "production", "staging", "--format", "text"]).ok();
    assert!(forward.contains("Also includes 0.3.0, 0.2.0, which production never ran."), "{forward}");
}

#[test]
fn first_deployment_lists_all_changes() {
    on_each(|server, _| {
        let project = staged(server);
        let before = message(&project, &["staging"]);
        let ends = &before["notes"]["releases"][0]["ends"];
        assert_eq!((&ends["from"]["source"], &ends["from"]["version"]), (&json!("nothing"), &Value::Null));
        assert!(before.to_string().contains("sell books"), "{before}");
        let done = project.run(&["promote"]);
        assert!(done.stderr.contains("promoted 0.4.0 to production (first deployment)"), "{done:?}");
        let after = message(&project, &["--phase", "after"]);
        assert_eq!(after["notes"]["releases"][0]["sections"], before["notes"]["releases"][0]["sections"]);
        let text = project
            .run(&["notify", "--to", "slack", "--dry-run", "--environment", "production", "--phase", "after"])
            .ok();
        assert!(text.contains("First deployment to production"), "{text}");
    });
}

#[test]
fn sections_are_in_the_same_order_from_history_and_from_attached_notes() {
    let Some(server) = Server::start(crate::support::Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "v0.1.0"]).ok();
    let headings = |args: &[&str]| {
        let text = project.run(&[&["compare", "--format", "markdown"], args].concat()).ok();
        text.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(headings(&[]), headings(&["--attached"]));
    let dates = |args: &[&str]| {
        let text = project.run(&[&["compare", "--format", "json"], args].concat()).ok();
        let form: Value = serde_json::from_str(&text).unwrap();
        form["releases"][0]["ends"].clone()
    };
    assert_eq!(dates(&[]), dates(&["--attached"]));
}
