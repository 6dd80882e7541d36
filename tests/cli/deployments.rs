//! What runs where, by the tags in git: `tidings tag --deployed-to`, `tidings status`.

use super::support::{Commit, Repo};

/// Production has run 1.0.0 and 1.2.0; staging runs 1.3.0.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.tag("v1.0.0-prod");
    repo.commit("feat: sell maps");
    repo.tag("v1.1.0");
    repo.commit(Commit::new("feat!: keep accounts").file("db/migrations/V1__accounts.sql", "1"));
    repo.tag("v1.2.0");
    repo.tag("v1.2.0-prod");
    repo.commit("fix: count the change right");
    repo.tag("v1.3.0");
    repo.tag("v1.3.0-staging");
    repo.write("tidings.toml", "[environments.staging]\n[environments.production]\nsuffix = \"-prod\"\n");
    repo
}

fn record(repo: &Repo, version: &str, seconds: &str) -> super::support::Ran {
    let mut command = repo.tidings(&["tag", version, "--deployed-to", "production", "--by", "ada"]);
    command.env("SOURCE_DATE_EPOCH", seconds);
    repo.run_command(command)
}

#[test]
fn rollback_is_recorded_without_moving_a_tag() {
    let repo = repo();
    let tags = repo.git(&["tag"]);
    let dry = repo.run(&["tag", "v1.0.0", "--deployed-to", "production", "--dry-run"]);
    assert!(dry.stdout.starts_with("record 1.0.0 on production (was 1.2.0)\n"), "{}", dry.snapshot());
    assert!(dry.stdout.contains("loses: 2 changes of 1.2.0, 1.1.0, 1 breaking"), "{}", dry.stdout);
    assert!(dry.stdout.contains("stay applied:\n    db/migrations/V1__accounts.sql\n"), "{}", dry.stdout);
    assert_eq!(repo.git(&["tag"]), tags);

    let ran = record(&repo, "v1.0.0", "1772323200");
    assert_eq!(ran.stdout, "deploy/production/20260301T000000Z\n", "{}", ran.snapshot());
    let message = repo.git(&["tag", "--list", "--format=%(objecttype) %(contents)", "deploy/*"]);
    assert!(
        message.starts_with("tag 1.0.0 deployed to production\n\nVersion: 1.0.0\nFrom: 1.2.0\nBy: ada\n"),
        "{message}"
    );
    let again = record(&repo, "v1.0.0", "1772323300");
    assert!(again.status == Some(0) && again.stderr.contains("already recorded"), "{}", again.snapshot());

    let compared = repo.run(&["compare", "--format", "text"]).stdout;
    assert!(compared.starts_with("production 1.0.0 → staging 1.3.0\n"), "{compared}");
    // 1.2.0 ran before it was rolled back.
    assert!(
        compared.contains("Also includes 1.1.0, which production never ran. Also includes 1.2.0."),
        "{compared}"
    );
    let range = repo.run(&["notes", "production..staging", "--format", "text"]).stdout;
    assert!(range.contains("sell maps") && range.contains("keep accounts"), "{range}");
    let form = repo.run_json(&["compare", "--format", "json"]);
    let from = &form["releases"][0]["ends"]["from"];
    assert_eq!((&from["source"], &from["by"]), (&"deploy-tag".into(), &"ada".into()));
    assert_eq!(from["since"], "2026-03-01T00:00:00Z");
    let after = ["notify", "--to", "webhook", "--dry-run", "--environment", "production", "--phase", "after"];
    let message = repo.run_json(&after);
    assert_eq!(message["title"], "production was rolled back from 1.2.0 to 1.0.0, 2026-03-01 00:00 UTC");

    record(&repo, "v1.3.0", "1772326800");
    let message = repo.run_json(&after);
    assert_eq!(message["title"], "1.3.0 was deployed to production, 2026-03-01 01:00 UTC");
    assert_eq!(message["from_version"], "1.0.0");
}

#[test]
fn deployment_tags_are_never_versions() {
    let repo = repo();
    record(&repo, "v1.0.0", "1772323200");
    for pattern in ["", "tag_pattern = \"{version}\"\n", "tag_pattern = '(?<version>.*)'\n"] {
        repo.write("tidings.toml", format!("{pattern}[environments.production]\nsuffix = \"-prod\"\n"));
        let ran = repo.run(&["next"]);
        assert!(!ran.stderr.contains("deploy/"), "{pattern}: {}", ran.snapshot());
    }
    repo.write(
        "tidings.toml",
        "[environments.production]\nsuffix = \"-prod\"\n[deployment]\ntag_prefix = \"live\"\n",
    );
    let ran = record(&repo, "v1.0.0", "1772323200");
    assert_eq!(ran.stdout, "live/production/20260301T000000Z\n", "{}", ran.snapshot());
    repo.write("tidings.toml", "[environments.production]\n[deployment]\ntag_prefix = \"a b\"\n");
    let ran = repo.run(&["next"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("`a b`"), "{}", ran.snapshot());
}

#[test]
fn invalid_records_are_refused() {
    let repo = repo();
    for (args, status, words) in [
        (vec!["v9.9.9", "--deployed-to", "production"], 3, "v9.9.9"),
        (vec!["v1.0.0", "--deployed-to", "nowhere"], 2, "no environment `nowhere`"),
        (vec!["v1.0.0", "--deployed-to", "production", "--environment", "staging"], 2, "cannot be used with"),
        (vec!["v1.0.0", "--by", "ada"], 2, "--deployed-to"),
    ] {
        let ran = repo.run(&[vec!["tag"], args].concat());
        assert!(ran.status == Some(status) && ran.stderr.contains(words), "{}", ran.snapshot());
    }
}

#[test]
fn headings_name_an_environment_only_for_what_runs_there() {
    let repo = repo();
    let heading = |version: &str| repo.run(&["preview", version]).stdout.lines().next().unwrap().to_owned();
    assert!(!heading("v1.0.0").contains("production"), "{}", heading("v1.0.0"));
    assert!(heading("v1.2.0").contains("production"), "{}", heading("v1.2.0"));
    record(&repo, "v1.0.0", "1772323200");
    assert!(heading("v1.0.0").contains("production"), "{}", heading("v1.0.0"));
    assert!(!heading("v1.2.0").contains("production"), "{}", heading("v1.2.0"));
    let all = repo.run_json(&["notes", "--all", "--format", "json"]);
    let named = all["releases"].as_array().unwrap().iter();
    let named: Vec<_> = named.map(|release| release["environments"].to_string()).collect();
    assert_eq!(named, ["[]", "[\"staging\"]", "[]", "[]", "[\"production\"]"]);
}

#[test]
fn status_lists_what_waits() {
    let repo = repo();
    record(&repo, "v1.0.0", "1772323200");
    insta::assert_snapshot!(repo.run(&["status"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    Environment  Version  Since                 Deployed by  Image  Waiting
    staging      1.3.0                                              for production: 3 versions, 3 changes, 1 breaking change, 1 migration
    production   1.0.0    2026-03-01T00:00:00Z  ada
    ");
    let form = repo.run_json(&["status", "--format", "json"]);
    let pending = &form["environments"][0]["pending"];
    assert_eq!(pending["versions"], serde_json::json!(["1.3.0", "1.2.0", "1.1.0"]));
    assert_eq!(pending["migrations"], serde_json::json!(["db/migrations/V1__accounts.sql"]));
    assert_eq!(form["environments"][1]["pending"], serde_json::Value::Null);
    let fails = |kinds: &str| repo.run(&["status", "--fail-if-pending", kinds]).status;
    assert_eq!((fails("migration,breaking"), fails("breaking")), (Some(1), Some(1)));
    record(&repo, "v1.2.0", "1772326800");
    assert_eq!(fails("migration,breaking"), Some(0));
    record(&repo, "v1.3.0", "1772330400");
    assert!(repo.run(&["status"]).stdout.contains("for production: No changes."));
    let markdown = repo.run(&["status", "--format", "markdown", "--locale", "zh-TW"]).stdout;
    assert!(markdown.starts_with("| 環境 | 版本 |"), "{markdown}");
    assert!(repo.run(&["status", "--format", "html"]).stdout.contains("<th>Environment</th>"));
    repo.write("tidings.toml", "");
    let ran = repo.run(&["status"]);
    assert!(ran.status == Some(2) && ran.stderr.contains("no environments"), "{}", ran.snapshot());
}

#[test]
fn older_environment_has_nothing_waiting() {
    let repo = repo();
    record(&repo, "v1.3.0", "1772323200");
    repo.git(&["tag", "--delete", "v1.3.0-staging"]);
    repo.git(&["tag", "v1.1.0-staging", "v1.1.0"]);
    let ran = repo.run(&["status", "--fail-if-pending", "migration,breaking"]);
    assert!(ran.status == Some(0) && ran.stdout.contains("nothing, it is newer"), "{}", ran.snapshot());
}
