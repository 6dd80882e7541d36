//! `tidings compare` from the history.

use super::support::{Commit, Repo};

/// Three versions; the third reverts a change of the second.
fn three_versions() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    repo.tag("v1.0.0-prod");
    let maps = repo.commit("feat: sell maps");
    repo.commit(Commit::new("feat: keep accounts").file("db/migrations/V1__accounts.sql", "1"));
    repo.tag("v1.1.0");
    repo.revert(maps);
    repo.commit(Commit::new("fix: count the change right").file("db/migrations/V2__cents.sql", "2"));
    repo.tag("v1.2.0");
    repo.tag("v1.2.0-staging");
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\"]\n");
    repo
}

#[test]
fn compare_lists_changes_of_a_promotion() {
    let repo = three_versions();
    insta::assert_snapshot!(repo.run(&["compare"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    prod 1.0.0 → staging 1.2.0  4 commits

    From prod 1.0.0 (2026-01-01) to staging 1.2.0 (2026-01-01). Also includes 1.1.0,
    which prod never ran.

    Database migrations
      ! db/migrations/V1__accounts.sql
      ! db/migrations/V2__cents.sql

    Features
      • keep accounts

    Bug fixes
      • count the change right

    Not shown: 2 reverted. `tidings explain COMMIT` shows why.
    ");
    let args = ["compare", "prod", "staging", "--by-version", "--format", "markdown"];
    let output = repo.run(&args).stdout;
    let (newest, older) = output.split_once("## [1.1.0]").unwrap_or_else(|| panic!("{output}"));
    assert!(newest.contains("V2__cents") && newest.contains("count the change right"), "{output}");
    assert!(older.contains("V1__accounts") && older.contains("keep accounts"), "{output}");
    assert!(!output.contains("maps") && !output.contains("Also includes"), "{output}");
    let form = repo.run_json(&["compare", "v1.0.0", "v1.2.0", "--format", "json"]);
    let one = &form["releases"][0];
    assert_eq!((&one["version"], &one["base"]["version"]), (&"1.2.0".into(), &"1.0.0".into()));
    assert_eq!(one["skipped"], serde_json::json!(["1.1.0"]));
}

#[test]
fn compare_lists_changes_lost_by_a_rollback() {
    let repo = three_versions();
    insta::assert_snapshot!(repo.run(&["compare", "v1.2.0", "v1.0.0"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    1.2.0 → 1.0.0  4 commits

    From 1.2.0 (2026-01-01) to 1.0.0 (2026-01-01). Also includes 1.1.0. Rolling back
    from 1.2.0 to 1.0.0 loses these changes:

    Database migrations already applied (rolling back does not revert them)
      ! db/migrations/V1__accounts.sql
      ! db/migrations/V2__cents.sql

    Features
      • keep accounts

    Fixes that are lost (these bugs come back)
      • count the change right

    Not shown: 2 reverted. `tidings explain COMMIT` shows why.
    ----- stderr -----
    v1.0.0 is older than v1.2.0: this is a rollback
    ");
    let args = ["compare", "v1.2.0", "v1.0.0", "--by-version", "--format", "markdown", "--locale", "zh-TW"];
    let output = repo.run(&args).stdout;
    assert!(
        output.starts_with("## [1.2.0]") && output.contains("## [1.1.0]") && !output.contains("## [1.0.0]"),
        "{output}"
    );
    assert!(
        output.contains("### 將失去的修復（這些錯誤會再次出現）") && !output.contains("回滾至"),
        "{output}"
    );
}

#[test]
fn unmerged_hotfix_is_reported() {
    let repo = three_versions();
    repo.git(&["checkout", "--quiet", "-b", "hotfix", "v1.0.0"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "fix: stop the leak"]);
    repo.git(&["tag", "v1.0.1"]);
    let ran = repo.run(&["compare", "v1.0.1", "v1.2.0"]);
    assert_eq!(ran.status, Some(0));
    assert!(
        ran.stderr.contains("deploying also removes 1 commit that the new version lacks")
            && ran.stderr.contains("stop the leak"),
        "{}",
        ran.stderr
    );
}

#[test]
fn invalid_ends_are_reported() {
    let repo = three_versions();
    for (args, status, words) in [
        (vec!["compare", "v7.0.0", "v1.2.0"], 3, "no tag found for version v7.0.0"),
        (vec!["compare", "v1.0.0", "nothing"], 3, "no such revision: `nothing`"),
        (vec!["compare", "v1.0.0"], 2, "TO"),
    ] {
        let ran = repo.run(&args);
        assert!(ran.status == Some(status) && ran.stderr.contains(words), "{}", ran.snapshot());
    }
    let same = repo.run(&["compare", "v1.2.0", "staging"]);
    assert!(same.status == Some(0) && same.stdout.contains("No changes."), "{}", same.snapshot());
}

#[test]
fn both_ends_can_be_one_argument() {
    let repo = three_versions();
    let output = repo.run(&["compare", "prod..staging", "--format", "markdown"]);
    assert_eq!(output.stdout, repo.run(&["compare", "prod", "staging", "--format", "markdown"]).stdout);
    assert!(output.stdout.starts_with("## prod 1.0.0 → staging 1.2.0\n"), "{}", output.snapshot());
    for args in [&["compare", "prod.."][..], &["compare", "..staging"], &["compare", "prod...staging"]] {
        let ran = repo.run(args);
        assert!(ran.status == Some(2) && ran.stderr.contains("needs both ends"), "{}", ran.snapshot());
    }
}

#[test]
fn every_format_names_both_ends() {
    let repo = three_versions();
    for format in ["terminal", "markdown", "release", "text", "html", "slack", "keepachangelog", "json"] {
        let output = repo.run(&["compare", "--format", format]).stdout;
        if format != "json" {
            assert!(output.contains("From prod 1.0.0 (2026-01-01) to staging 1.2.0"), "{format}: {output}");
            assert!(output.replace('\n', " ").contains("which prod never ran"), "{format}: {output}");
        }
        assert!(!output.contains("Changelog"), "{format}: {output}");
    }
    let form = repo.run_json(&["compare", "--format", "json"]);
    let ends = &form["releases"][0]["ends"];
    let commit = repo.git(&["rev-parse", "v1.0.0"]).trim().to_owned();
    assert_eq!(
        ends["from"],
        serde_json::json!({ "name": "prod", "environment": "prod", "version": "1.0.0", "commit": commit,
            "digest": null, "images": [], "date": "2026-01-01", "since": null, "by": null,
            "source": "environment-tag" })
    );
    assert_eq!((&ends["to"]["version"], &ends["to"]["environment"]), (&"1.2.0".into(), &"staging".into()));
    assert_eq!(ends["never_ran"], serde_json::json!(["1.1.0"]));
    assert_eq!(
        repo.run_json(&["notes", "v1.2.0", "--format", "json"])["releases"][0]["ends"],
        serde_json::Value::Null
    );
}

#[test]
fn version_that_ran_before_is_not_called_new() {
    let repo = three_versions();
    repo.git(&["tag", "v1.1.0-prod", "v1.1.0"]);
    // A rollback that deleted no tag: production is compared by version.
    let output = repo.run(&["compare", "v1.0.0", "staging", "--format", "text"]).stdout;
    assert!(output.contains("Also includes 1.1.0.") && !output.contains("never ran"), "{output}");
}

#[test]
fn first_deployment_is_named_as_one() {
    let repo = three_versions();
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\", \"eu\"]\n");
    let ran = repo.run(&["compare", "eu", "staging", "--format", "markdown"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stdout.starts_with("## eu (first deployment) → staging 1.2.0\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("First deployment to eu: staging 1.2.0 (2026-01-01)"), "{}", ran.stdout);
    assert!(ran.stdout.contains("- sell books") && ran.stdout.contains("V1__accounts.sql"), "{}", ran.stdout);
}

#[test]
fn branch_named_like_an_environment_is_not_that_environment() {
    let repo = three_versions();
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\", \"eu\"]\n");
    repo.git(&["branch", "eu", "v1.1.0"]);
    let output = repo.run(&["compare", "eu", "staging", "--format", "text"]).stdout;
    assert!(output.contains("First deployment to eu"), "{output}");
    let ran = repo.run(&["notes", "eu..staging"]);
    assert!(ran.status == Some(3) && ran.stderr.contains("eu"), "{}", ran.snapshot());
}

#[test]
fn description_of_a_pull_request_stays_within_the_limit() {
    let repo = three_versions();
    let short = repo.run(&["compare", "--format", "pull-request"]).stdout;
    assert_eq!(short, repo.run(&["compare", "--format", "markdown"]).stdout);
    for number in 0..800 {
        repo.commit(Commit::new(format!("fix: {number} {}", "long title ".repeat(15))));
    }
    repo.commit("feat!: drop the old accounts");
    repo.tag("v2.0.0");
    let long = repo.run(&["compare", "prod", "v2.0.0", "--format", "pull-request"]).stdout;
    assert!(long.chars().count() <= 65_536 && long.chars().count() > 60_000, "{}", long.chars().count());
    assert!(long.contains("drop the old accounts") && long.contains("V1__accounts.sql"), "{long}");
    assert!(long.trim_end().ends_with("more") && long.contains("… and "), "{long}");
}

/// A fix on main that is also picked for 1.0.1, on a branch off 1.0.0; then 2.0.0 on main.
fn with_a_picked_fix() -> Repo {
    let repo = Repo::new();
    let start = repo.commit("feat: sell books");
    repo.tag("v1.0.0");
    let fix = repo.commit(Commit::new("fix: charge once").file("src/charge", "1"));
    repo.detach(start);
    repo.cherry_pick(fix);
    repo.tag("v1.0.1");
    repo.checkout("main");
    repo.commit("feat: sell maps");
    repo.tag("v2.0.0");
    repo
}

#[test]
fn only_what_the_other_end_has_counts_as_released_before() {
    let repo = with_a_picked_fix();
    let titles = |from: &str, to: &str| {
        let form = repo.run_json(&["compare", from, to, "--format", "json"]);
        let sections = form["releases"][0]["sections"].as_array().unwrap().clone();
        let changes = sections.iter().flat_map(|section| section["changes"].as_array().unwrap().clone());
        let mut titles: Vec<String> =
            changes.map(|change| change["title"].as_str().unwrap().to_owned()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles("v1.0.0", "v2.0.0"), ["charge once", "sell maps"], "1.0.0 lacks the fix");
    assert_eq!(titles("v1.0.1", "v2.0.0"), ["sell maps"], "1.0.1 has it");
    assert_eq!(titles("v2.0.0", "v1.0.1"), ["sell maps"], "1.0.1 keeps it");
    assert_eq!(titles("v2.0.0", "v1.0.0"), ["charge once", "sell maps"]);
    let own = repo.release(&["v2.0.0"]);
    assert_eq!(own.outcome("fix: charge once").0, "duplicate", "1.0.1 released it before 2.0.0");
}
