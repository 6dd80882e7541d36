//! The registry and git may disagree about what runs: `compare`, `status` and `tag --deployed-to`.

use serde_json::{Value, json};

use crate::{
    ends::staged,
    support::{Kind, Server, ran},
};

#[test]
fn registry_counts_and_a_disagreement_is_one_warning() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    project.run(&["promote", "--version", "v0.3.0"]).ok();
    project.git(&["tag", "v0.3.0-prod", "v0.3.0"]);
    assert!(!project.run(&["compare"]).stderr.contains("in git"));
    let mut back = project.tidings(&["promote", "--version", "v0.1.0", "--rollback"]);
    ran(back.env("SOURCE_DATE_EPOCH", "1772326800")).ok();
    for command in [&["compare"][..], &["status"], &["promote", "--dry-run"]] {
        let output = project.run(command);
        if command[0] != "promote" {
            let warnings =
                output.stderr.matches("production runs 0.1.0 by its registry, and 0.3.0 in git").count();
            assert_eq!(warnings, 1, "{command:?}: {output:?}");
        }
        assert!(output.stdout.contains("0.1.0"), "{output:?}");
    }
    let hint = "tidings tag 0.1.0 --deployed-to production --push";
    assert!(project.run(&["status"]).stderr.contains(hint));
    let untrue = project.run(&["tag", "v0.2.0", "--deployed-to", "production"]);
    assert!(
        untrue.status == Some(1) && untrue.stderr.contains("production runs 0.1.0, not 0.2.0"),
        "{untrue:?}"
    );
    project.run(&["tag", "0.1.0", "--deployed-to", "production"]).ok();
    let message = project.git(&["tag", "--list", "--format=%(contents)", "deploy/*"]);
    assert!(message.contains("Version: 0.1.0\nFrom: 0.3.0\nBy: ada\n"), "{message}");
    for command in [&["compare"][..], &["status"]] {
        assert!(!project.run(command).stderr.contains("in git"));
    }
}

#[test]
fn status_reads_version_time_person_and_digest_from_the_registry() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = staged(&server);
    let before = project.run(&["status"]).ok();
    assert!(before.contains("nothing deployed") && before.contains("4 versions"), "{before}");
    project.run(&["promote", "--version", "v0.1.0"]).ok();
    let config = project.repository().join("tidings.toml").display().to_string();
    let outside = project.run_elsewhere(&["--config", &config, "status", "--format", "json"]);
    for text in [project.run(&["status", "--format", "json"]).ok(), outside.ok()] {
        let form: Value = serde_json::from_str(&text).unwrap();
        let [staging, production] = form["environments"].as_array().unwrap().as_slice() else {
            panic!("{text}")
        };
        assert_eq!(staging["running"]["version"], "0.4.0");
        assert_eq!(staging["pending"]["versions"], json!(["0.4.0", "0.3.0", "0.2.0"]));
        assert_eq!(staging["pending"]["migrations"], json!(["db/migrations/V1__accounts.sql"]));
        let running = &production["running"];
        assert_eq!((&running["version"], &running["by"]), (&json!("0.1.0"), &json!("ada")));
        assert_eq!(running["since"], "2026-03-01T00:00:00Z");
        assert!(running["digest"].as_str().unwrap().starts_with("sha256:"), "{text}");
    }
}
