//! `tidings compare` from the notes attached to images.

use serde_json::json;

use crate::support::{Project, Server, client, image, on_each, repository, run};

/// Versions 0.9.0, 0.10.0 and 0.11.0 on staging with their notes, and 0.9.0 in production. 0.11.0 reverts a change of
/// 0.10.0.
fn deployed(server: &Server) -> (Project, String, String) {
    let project = Project::new();
    let (staging, production) = (server.image("staging/app"), server.image("production/app"));
    project.environments(&staging, &production);
    let head = project.git(&["rev-parse", "v0.10.0"]);
    project.commit(5, &format!("Revert \"feat: thing 1\"\n\nThis reverts commit {}.", head.trim()));
    project.commit(6, "fix: count right");
    project.git(&["tag", "--force", "v0.11.0"]);
    for version in ["v0.9.0", "v0.10.0", "v0.11.0"] {
        let tags = [version, &format!("{version}-staging"), "staging"];
        run(image(&client(), &repository(&staging), version, json!({}), &tags));
        project.run(&["attach", &format!("{staging}:{version}"), "--locale", "de"]).ok();
    }
    project.run(&["promote", "--version", "v0.9.0"]).ok();
    // The rest needs no git tag.
    project.git(&["tag", "--delete", "v0.9.0", "v0.10.0", "v0.11.0"]);
    (project, staging, production)
}

#[test]
fn compare_needs_only_attached_notes() {
    on_each(|server, _| {
        let (project, staging, production) = deployed(server);
        let config = project.repository().join("tidings.toml").display().to_string();
        let compare =
            |args: &[&str]| project.run_elsewhere(&[&["--config", &config, "compare"], args].concat());
        let output = compare(&["--format", "markdown"]).ok();
        assert!(
            output.starts_with("## production 0.9.0 → staging 0.11.0\n")
                && output.contains("Also includes 0.10.0, which production never ran."),
            "{output}"
        );
        assert!(
            output.contains("### Features\n\n- thing 2") && output.contains("### Bug fixes\n\n- count right"),
            "{output}"
        );
        assert!(!output.contains("thing 1") && !output.contains("thing 0"), "{output}");
        // Only with image names, and without a configuration.
        let (from, to) = (format!("{production}:prod"), format!("{staging}:staging"));
        let named = project.run_elsewhere(&["compare", &from, &to, "--format", "markdown"]).ok();
        assert!(
            named.starts_with("## 0.9.0 → 0.11.0\n") && named.contains("Also includes 0.10.0."),
            "{named}"
        );
        let changes = |text: &str| text.split_once("### ").unwrap().1.to_owned();
        assert_eq!(changes(&named), changes(&output));
        let split = compare(&["production", "staging", "--by-version", "--format", "json"]).ok();
        let form: serde_json::Value = serde_json::from_str(&split).unwrap();
        assert_eq!(form["complete"], true);
        assert_eq!(
            (&form["releases"][0]["version"], &form["releases"][1]["version"]),
            (&json!("0.11.0"), &json!("0.10.0"))
        );
        assert_eq!(form["releases"][1]["sections"], json!([]));
        let back = compare(&["staging", "v0.9.0", "--format", "markdown"]);
        assert!(back.stderr.contains("this is a rollback"), "{back:?}");
        let back = back.ok();
        assert!(
            back.starts_with("## staging 0.11.0 → 0.9.0\n")
                && back.contains("### Fixes that are lost (these bugs come back)"),
            "{back}"
        );
        assert!(back.contains("Rolling back from 0.11.0 to 0.9.0 loses these changes:"), "{back}");
    });
}

#[test]
fn images_without_notes_are_named() {
    on_each(|server, _| {
        let (project, staging, _) = deployed(server);
        run(image(&client(), &repository(&staging), "bare", json!({}), &["v0.10.5"]));
        let args = ["compare", "production", "staging", "--format", "json"];
        let output = project.run(&args);
        assert!(output.stderr.contains("0.10.5 has no notes attached"), "{output:?}");
        let form: serde_json::Value = serde_json::from_str(&output.ok()).unwrap();
        assert_eq!(
            (&form["complete"], &form["releases"][0]["skipped"]),
            (&json!(false), &json!(["0.10.5", "0.10.0"]))
        );
        let strict = project.run(&[&args[..], &["--require-complete"]].concat());
        assert!(strict.status == Some(4) && strict.stdout.contains("thing 2"), "{strict:?}");
        let empty = project.run(&["compare", "staging", &format!("{staging}:nothing")]);
        assert_eq!(empty.status, Some(3), "{empty:?}");
    });
}
