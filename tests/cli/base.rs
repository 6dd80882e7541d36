//! Choosing the base.

use std::collections::BTreeMap;

use super::support::{Repo, set};

/// `main` with 1.0.0, 1.1.0 two commits later, and one more commit.
fn linear() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    repo.commit("fix: third");
    repo.tag("v1.1.0").commit("fix: fourth");
    repo
}

/// Asserts that a window equals git's set difference.
fn assert_window(repo: &Repo, target: &str, base: &str) {
    let release = repo.release(&[target]);
    assert_eq!(release.base(), base, "the base of {target}");
    let range = if base.is_empty() { target.to_owned() } else { format!("{base}..{target}") };
    assert_eq!(release.ids(), repo.rev_list(&range).into_iter().collect(), "the window of {target}");
    release.assert_accounts_for_all();
}

#[test]
fn shallow_clone_is_an_error_instead_of_incomplete_notes() {
    let repo = linear();
    let shallow = repo.shallow_clone(1);
    for args in [&["notes"][..], &["notes", "--all"], &["notes", "--format", "json"], &["next"]] {
        let ran = shallow.run(args);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(3), ""), "{args:?}: {}", ran.snapshot());
        assert!(ran.stderr.contains("shallow") && ran.stderr.contains("--deepen"), "{}", ran.snapshot());
    }
}

#[test]
fn sufficiently_deep_shallow_clone_succeeds() {
    let repo = linear();
    let shallow = repo.shallow_clone(3);
    shallow.git(&["fetch", "--quiet", "--depth", "3", "origin", "refs/tags/v1.1.0:refs/tags/v1.1.0"]);
    assert_eq!(shallow.release(&[]).subjects(), set(&["fix: fourth"]));
}

#[test]
fn clone_without_tags_warns_that_notes_cover_all_history() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.commit("feat: second");
    let ran = repo.run(&["notes", "--format", "json"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("no tags") && ran.stderr.contains("git fetch --tags"), "{}", ran.snapshot());
}

#[test]
fn hotfix_tag_on_a_side_branch_is_not_the_base_of_main() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.1.0").branch("release/1.1").commit("fix: hot");
    repo.tag("v1.1.1").checkout("main").commit("feat: fifth");
    repo.tag("v1.2.0");
    assert_window(&repo, "v1.2.0", "v1.1.0");
    assert_window(&repo, "v1.1.1", "v1.1.0");
    assert!(!repo.release(&["v1.2.0"]).subjects().contains("fix: hot"));
}

#[test]
fn versions_on_release_branches_use_a_set_difference() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.branch("release/1.0").commit("chore: prepare");
    repo.tag("v1.0.0").checkout("main").commit("feat: second");
    repo.branch("release/1.1").commit("chore: prepare again");
    repo.tag("v1.1.0");
    assert_window(&repo, "v1.1.0", "v1.0.0");
    assert_eq!(repo.release(&["v1.1.0"]).subjects(), set(&["feat: second", "chore: prepare again"]));
}

#[test]
fn final_version_wins_over_pre_release_on_the_same_commit() {
    let repo = linear();
    repo.tag("v1.2.0-rc.1").tag("v1.2.0");
    assert_window(&repo, "v1.2.0", "v1.1.0");
    let commit = repo.rev_list("v1.2.0")[0].clone();
    assert_eq!(repo.release(&[&commit]).version().unwrap(), "1.2.0");
    assert_eq!(repo.release(&["--latest"]).version().unwrap(), "1.2.0");
    repo.commit("fix: after");
    assert_eq!(repo.release(&[]).base(), "v1.2.0");
}

#[test]
fn promotion_tag_on_the_same_commit_does_not_empty_the_notes() {
    let repo = linear();
    repo.write("tidings.toml", "environments = [\"staging\", \"prod\"]\n");
    repo.tag("v1.2.0").tag("v1.2.0-staging").tag("v1.2.0-prod");
    for target in ["v1.2.0", "v1.2.0-staging", "v1.2.0-prod", "staging", "prod"] {
        let release = repo.release(&[target]);
        assert_eq!(release.version().unwrap(), "1.2.0", "{target}");
        assert_eq!(release.titles(), ["fourth"], "{target}");
    }
    assert_eq!(repo.release(&["v1.2.0"]).0["environments"], serde_json::json!(["staging", "prod"]));
}

#[test]
fn environment_tag_alone_counts_as_version_and_base() {
    let repo = Repo::new();
    repo.write("tidings.toml", "environments = [\"staging\"]\n");
    repo.commit("feat: first");
    repo.tag("v1.0.0-staging").commit("feat: second");
    repo.tag("v1.1.0-staging").commit("feat: third");
    assert_window(&repo, "v1.1.0-staging", "v1.0.0-staging");
    let release = repo.release(&["v1.1.0-staging"]);
    assert_eq!((release.version().unwrap().as_str(), &release.0["prerelease"]), ("1.1.0", &false.into()));
    assert_eq!(repo.run(&["next"]).stdout, "1.2.0\n");
}

#[test]
fn pre_release_precedes_its_final_version() {
    let repo = linear();
    repo.tag("v1.2.0-rc.1").commit("feat: fifth");
    repo.tag("v1.2.0-rc.2").commit("feat: sixth");
    repo.tag("v1.2.0");
    assert_window(&repo, "v1.2.0-rc.1", "v1.1.0");
    assert_window(&repo, "v1.2.0-rc.2", "v1.2.0-rc.1");
    assert_window(&repo, "v1.2.0", "v1.1.0");
    let order: Vec<_> = repo.releases(&["--all"]).iter().filter_map(|release| release.version()).collect();
    assert_eq!(order, ["1.2.0", "1.1.0", "1.0.0"]);
}

#[test]
fn only_declared_suffixes_are_environments() {
    let repo = linear();
    repo.tag("v1.2.0-staging");
    let guessed = repo.release(&["v1.2.0-staging"]);
    assert_eq!(guessed.version().unwrap(), "1.2.0-staging");
    assert_eq!(
        (&guessed.0["prerelease"], &guessed.0["environments"]),
        (&true.into(), &serde_json::json!([]))
    );
    repo.write("tidings.toml", "environments = [\"staging\"]\n");
    let declared = repo.release(&["v1.2.0-staging"]);
    assert_eq!(declared.version().unwrap(), "1.2.0");
    assert_eq!(declared.0["environments"], serde_json::json!(["staging"]));
}

#[test]
fn versions_are_compared_numerically() {
    let repo = Repo::new();
    for minor in [8, 9, 10, 11] {
        repo.commit(format!("feat: number {minor}").as_str());
        repo.tag(&format!("v0.{minor}.0"));
    }
    repo.commit("fix: last");
    assert_window(&repo, "v0.10.0", "v0.9.0");
    assert_window(&repo, "v0.11.0", "v0.10.0");
    assert_eq!(repo.release(&[]).base(), "v0.11.0");
}

#[test]
fn calendar_versions_are_ordered_by_date() {
    let repo = Repo::new();
    repo.write("tidings.toml", "scheme = \"calver:YYYY.MM.MICRO\"\n");
    for version in ["2025.9.0", "2025.10.0", "2025.10.1"] {
        repo.commit(format!("feat: in {version}").as_str());
        repo.tag(version);
    }
    assert_window(&repo, "2025.10.0", "2025.9.0");
    assert_window(&repo, "2025.10.1", "2025.10.0");
}

#[test]
fn tags_that_are_not_versions_are_skipped() {
    let repo = linear();
    for tag in
        ["v1", "latest", "nightly-2026-01-01", "prod", "v1.x", "release/candidate", "1.2.3.4.5.6", "v01.9.0"]
    {
        repo.tag(tag);
    }
    repo.commit("feat: fifth");
    assert_eq!(repo.release(&[]).base(), "v1.1.0");
    assert_eq!(repo.windows().into_keys().collect::<Vec<_>>(), ["", "1.0.0", "1.1.0"]);
}

#[test]
fn floating_tag_resolves_to_the_version_on_its_commit() {
    let repo = linear();
    repo.git(&["tag", "v1", "v1.1.0"]);
    assert_eq!(repo.release(&["v1"]).version().unwrap(), "1.1.0");
    assert_eq!(repo.release(&["v1"]).base(), "v1.0.0");
}

#[test]
fn tag_prefixes_separate_packages() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("ui@1.0.0").tag("core-v3.0.0").commit("feat: second");
    repo.tag("ui@1.1.0").commit("feat: third");
    repo.tag("core-v3.1.0");
    repo.write("tidings.toml", "tag_pattern = \"ui@{version}\"\n");
    assert_window(&repo, "ui@1.1.0", "ui@1.0.0");
    assert_eq!(repo.release(&[]).base(), "ui@1.1.0");
    repo.write("tidings.toml", "tag_pattern = \"core-v{version}\"\n");
    assert_window(&repo, "core-v3.1.0", "core-v3.0.0");
}

#[test]
fn first_version_has_no_base_and_long_body_is_complete() {
    let repo = Repo::new();
    for number in 0..300 {
        repo.commit(format!("feat: number {number} {}", "long ".repeat(60).trim()).as_str());
    }
    repo.tag("v1.0.0");
    assert_window(&repo, "v1.0.0", "");
    let release = repo.release(&["v1.0.0"]);
    assert!(release.0["base"].is_null());
    assert_eq!(release.titles().len(), 300);
    let markdown = repo.run(&["notes", "v1.0.0", "--format", "markdown"]).stdout;
    assert!((0..300).all(|number| markdown.contains(&format!("number {number} long"))));
}

#[test]
fn detached_head_bare_repository_and_worktree_give_the_same_notes() {
    let repo = linear();
    repo.git(&["checkout", "--quiet", "--force", "--detach", "v1.1.0"]);
    assert_eq!(repo.release(&["--latest"]).version().unwrap(), "1.1.0");
    let expected = repo.run(&["notes", "--format", "json", "v1.1.0"]).stdout;
    for other in [repo.bare_clone(), repo.worktree("v1.0.0")] {
        let release = other.release(&["v1.1.0"]);
        assert_eq!(
            release.0["commits"],
            serde_json::from_str::<serde_json::Value>(&expected).unwrap()["releases"][0]["commits"]
        );
        assert_eq!(release.base(), "v1.0.0");
    }
    // `HEAD` belongs to the worktree.
    assert_eq!(repo.worktree("v1.0.0").release(&["--latest"]).version().unwrap(), "1.0.0");
}

#[test]
fn backport_released_later_has_the_base_of_its_line() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    repo.tag("v1.1.0").branch("release/1.1").checkout("main").commit("feat: fifth");
    repo.tag("v2.0.0").checkout("release/1.1").commit("fix: back");
    repo.tag("v1.1.1").checkout("main").commit("feat: sixth");
    repo.tag("v2.1.0");
    assert_window(&repo, "v1.1.1", "v1.1.0");
    assert_window(&repo, "v2.0.0", "v1.1.0");
    assert_window(&repo, "v2.1.0", "v2.0.0");
    let order: Vec<_> = repo.releases(&["--all"]).iter().filter_map(|release| release.version()).collect();
    assert_eq!(order, ["2.1.0", "2.0.0", "1.1.1", "1.1.0", "1.0.0"]);
}

#[test]
fn release_trains_and_back_merges_list_a_change_once() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").branch("staging").branch("develop").commit("feat: second");
    repo.checkout("staging").merge("develop", "Merge branch 'develop' into staging");
    repo.checkout("main").merge("staging", "Merge branch 'staging'");
    repo.tag("v1.1.0").branch("hotfix").commit("fix: hot");
    repo.checkout("main").merge("hotfix", "Merge branch 'hotfix'");
    repo.tag("v1.1.1").checkout("develop").merge("hotfix", "Merge branch 'hotfix' into develop");
    repo.merge("main", "Merge branch 'main' into develop");
    repo.commit("feat: third");
    repo.checkout("staging").merge("develop", "Merge branch 'develop' into staging");
    repo.checkout("main").merge("staging", "Merge branch 'staging'");
    repo.tag("v1.2.0");
    for (target, base) in [("v1.1.0", "v1.0.0"), ("v1.1.1", "v1.1.0"), ("v1.2.0", "v1.1.1")] {
        assert_window(&repo, target, base);
    }
    let titles: BTreeMap<_, _> =
        repo.releases(&["--all"]).iter().map(|it| (it.version().unwrap_or_default(), it.titles())).collect();
    assert_eq!(titles["1.1.0"], ["second"]);
    assert_eq!(titles["1.1.1"], ["hot"]);
    assert_eq!(titles["1.2.0"], ["third"]);
}

#[test]
fn octopus_merges_and_a_second_root_are_covered() {
    let repo = linear();
    repo.branch("one").commit("feat: one");
    repo.checkout("main").branch("two").commit("feat: two");
    repo.orphan("imported").commit("feat: imported");
    repo.checkout("main").octopus(&["one", "two", "imported"], "Merge branches 'one', 'two' and 'imported'");
    repo.tag("v1.2.0");
    assert_window(&repo, "v1.2.0", "v1.1.0");
    assert_eq!(
        repo.release(&["v1.2.0"]).titles().into_iter().collect::<std::collections::BTreeSet<_>>(),
        set(&["fourth", "one", "two", "imported"])
    );
}

#[test]
fn force_push_leaves_the_tag_off_the_branch() {
    let repo = Repo::new();
    let root = repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second, first try");
    repo.tag("v1.1.0").reset(root).commit("feat: second, again");
    let release = repo.release(&[]);
    assert_eq!(release.subjects(), set(&["feat: second, again"]));
    assert_eq!(release.base(), "v1.0.0");
}

#[test]
fn grafts_are_followed_as_in_git() {
    let repo = linear();
    let (old, new) = (repo.rev_list("v1.0.0")[0].clone(), repo.rev_list("v1.1.0")[0].clone());
    repo.git(&["replace", "--graft", &new, &old]);
    let release = repo.release(&["v1.1.0"]);
    assert_eq!(release.ids(), repo.rev_list("v1.0.0..v1.1.0").into_iter().collect());
}

#[test]
fn target_older_than_the_base_is_a_rollback() {
    let repo = linear();
    let release = repo.release(&["v1.1.0..v1.0.0"]);
    assert_eq!(release.0["rollback"], true);
    assert_eq!(release.ids(), repo.rev_list("v1.0.0..v1.1.0").into_iter().collect());
    assert_eq!(repo.release(&["v1.0.0..v1.1.0"]).0["rollback"], false);
}

/// `main` with 1.0.0 and 2.0.0-rc.1; 2.0.0 and 2.0.1 are tagged on a release branch while `main` continues.
fn finished_elsewhere() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat!: second");
    repo.tag("v2.0.0-rc.1").branch("release-2.0").commit("fix: third");
    repo.tag("v2.0.0").commit("fix: fourth");
    repo.tag("v2.0.1").checkout("main").commit("fix: fifth");
    repo
}

#[test]
fn changes_released_on_a_release_branch_need_no_new_version() {
    let repo = finished_elsewhere();
    let next = repo.run_json(&["next", "--format", "json"]);
    assert_eq!((&next["version"], &next["base"]), (&"2.0.2".into(), &"2.0.1".into()), "{next:#}");
    assert_eq!(next["reason"], "patch: 1 fix since 2.0.1");
    let check = repo.run(&["check", "2.0.2"]).stdout;
    assert!(check.contains("2.0.2 is high enough for the changes (1 fix)"), "{check}");
    let check = repo.run(&["check", "2.0.4"]).stdout;
    assert!(check.contains("the next version is 2.0.2"), "{check}");
    repo.commit("feat!: sixth");
    assert_eq!(repo.run(&["next"]).stdout, "3.0.0\n");
    // Unreleased changes and the windows of versions are determined by ancestry.
    assert_eq!(repo.release(&[]).base(), "v2.0.0-rc.1");
    assert_window(&repo, "v2.0.0", "v1.0.0");
}
