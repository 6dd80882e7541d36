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
    1.2.0  2026-01-01 · since v1.0.0 · 4 commits · staging

    Also includes 1.1.0.

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
    1.0.0  2026-01-01 · since v1.2.0 · 4 commits · prod

    Also includes 1.1.0. Rolling back from 1.2.0 to 1.0.0 loses these changes:

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
