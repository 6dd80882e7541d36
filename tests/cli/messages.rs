//! Messages of all kinds: lists, trailers, references, gitmoji, the merges of forges.

use serde_json::{Value, json};

use super::support::{Commit, Release, Repo};

fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    repo
}

fn with(messages: &[&str]) -> Repo {
    let repo = released();
    for message in messages {
        repo.commit(*message);
    }
    repo
}

/// The unreleased changes, with every commit accounted for.
fn unreleased(repo: &Repo) -> Release {
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    release
}

#[test]
fn message_of_git_merge_squash_is_split_into_its_commits() {
    let repo = released();
    repo.materialize().git(&["switch", "-qc", "topic"]);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "feat(ui)!: real one"]);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "fix(ui): real two"]);
    let log = repo.git(&["log", "main..topic"]);
    repo.git(&["switch", "-q", "main"]);
    let message = format!("Squashed commit of the following:\n\n{log}");
    repo.git(&["commit", "-q", "--allow-empty", "-m", &message]);
    let release = unreleased(&repo);
    assert_eq!(release.section("breaking"), ["real one"], "{message}");
    assert_eq!(release.section("fixes"), ["real two"]);
    assert_eq!(repo.run(&["next"]).stdout, "2.0.0\n");
}

#[test]
fn references_around_a_title_are_listed_after_it() {
    let repo = with(&[
        "[ISSUE #7]feat: add search (#12)",
        "fix #8 - crash on resume.",
        "fix(#9): typo in the menu. Fixes #10 (cherry-pick #11 for 4.1) (#13)",
        "[8-1-stable] feat: add themes（#14）",
    ]);
    let release = unreleased(&repo);
    assert_eq!(release.section("features"), ["add themes", "add search"]);
    assert_eq!(release.section("fixes"), ["typo in the menu", "crash on resume"]);
    let numbers = |title: &str, field: &str| -> Vec<u64> {
        let change = release.change(title);
        change[field].as_array().unwrap().iter().map(|issue| issue["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers("typo in the menu", "issues"), [9, 10, 11]);
    assert_eq!(numbers("typo in the menu", "closes"), [10]);
    assert_eq!(numbers("add search", "issues"), [7]);
    let notes = repo.run(&["notes"]).stdout;
    assert!(notes.contains("- add search (#12, #7)\n"), "{notes}");
    assert!(notes.contains("- typo in the menu (#13, #9, #10, #11)\n"), "{notes}");
    assert!(notes.contains("- crash on resume (#8, "), "{notes}");
}

#[test]
fn issues_are_linked_and_have_the_sign_of_issues() {
    let repo = with(&["[#7] Add search (!12)"]);
    repo.materialize().git(&["remote", "add", "origin", "https://gitlab.com/o/r.git"]);
    let notes = repo.run(&["notes", "--offline"]).stdout;
    let links =
        "([!12](https://gitlab.com/o/r/-/merge_requests/12), [#7](https://gitlab.com/o/r/-/issues/7))";
    assert!(notes.contains(&format!("- Add search {links}\n")), "{notes}");
}

#[test]
fn cut_title_is_completed() {
    let repo = with(&[
        "fix: no crash in the API error handler without a Content… (#12)\n\n…-Type header\n\nIt was null.",
    ]);
    repo.branch("topic").commit("Fix the dumper appending the wrong schema to relation names");
    repo.checkout("main").merge(
        "topic",
        "Merge pull request #13 from o/topic\n\nFix the dumper appending the wrong schema to relatio…",
    );
    let release = unreleased(&repo);
    let titles = [
        "Fix the dumper appending the wrong schema to relation names",
        "no crash in the API error handler without a Content-Type header",
    ];
    assert_eq!(release.section("fixes"), titles);
    let change = release.change("no crash in the API error handler without a Content-Type header");
    assert_eq!(change["description"], "It was null.");
}

#[test]
fn every_line_of_a_list_is_listed() {
    for message in [
        "Merged in topic (pull request #1)\n\n* fix: A\n* feat: B",
        "Merged in topic (pull request #1)\n\n  * fix: A\n  * feat: B",
        "* fix: A\n\n* feat: B",
        "* fix: A\n* feat: B",
        "- fix: A\n- feat: B",
    ] {
        let release = unreleased(&with(&[message]));
        assert_eq!(release.section("fixes"), ["A"], "{message}");
        assert_eq!(release.section("features"), ["B"], "{message}");
    }
}

#[test]
fn list_below_the_merge_of_a_pull_request_is_listed() {
    let repo = released();
    repo.branch("topic").commit("wip one");
    repo.commit("wip two");
    repo.checkout("main").merge("topic", "Merge pull request #12 from u/topic\n\n* fix: A\n* feat: B");
    let release = unreleased(&repo);
    assert_eq!((release.section("fixes"), release.section("features")), (vec!["A".into()], vec!["B".into()]));
    assert_eq!(release.change("A")["pull_request"]["number"], 12);
    assert_eq!(release.change("B")["commits"].as_array().map(Vec::len), Some(3));
}

#[test]
fn text_without_a_blank_line_is_not_part_of_the_title() {
    let repo = with(&["feat(api): replace the client\nBREAKING CHANGE: the old client is gone"]);
    assert_eq!(unreleased(&repo).section("breaking"), ["replace the client"]);
    assert_eq!(repo.run(&["next"]).stdout, "2.0.0\n");
    let release = unreleased(&with(&["fix: adopt the new thing\n- use A\n- use B\nCloses #12"]));
    assert_eq!(release.change("adopt the new thing")["closes"][0]["number"], 12);
}

#[test]
fn trailers_are_neither_changes_nor_raise_the_version() {
    for last in
        ["Fixes: #12", "Security: none", "Test: unit", "Docs: n/a", "Feature: foo", "Perf: 20% faster"]
    {
        let repo = with(&[&format!("Keep the parser from crashing\n\n{last}")]);
        assert_eq!(unreleased(&repo).titles(), ["Keep the parser from crashing"], "{last}");
        assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n", "{last}");
    }
}

#[test]
fn trailers_are_in_the_json_form_and_in_templates() {
    let repo =
        with(&["fix: a crash\n\nFixes: #12\nReviewed-by: Grace <grace@example.com>\nTest: unit\n  and more"]);
    let release = unreleased(&repo);
    assert_eq!(
        release.change("a crash")["trailers"],
        json!([
            { "key": "Fixes", "value": "#12" },
            { "key": "Reviewed-by", "value": "Grace" },
            { "key": "Test", "value": "unit\nand more" },
        ])
    );
    let template = "{% for release in releases %}{% for section in release.sections %}{% for change in section.changes %}{% for trailer in change.trailers %}{{ trailer.key }}={{ trailer.value | safe }};{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    repo.write("notes.tera", template);
    let ran = repo.run(&["notes", "--template", "notes.tera"]);
    assert!(ran.stdout.starts_with("Fixes=#12;Reviewed-by=Grace <grace@example.com>;"), "{}", ran.snapshot());
}

#[test]
fn closing_references_of_every_form_are_read() {
    let closes = |text: &str| {
        let repo = with(&[&format!("fix: thing\n\nSome text.\n\n{text}")]);
        repo.materialize().git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
        let release = unreleased(&repo);
        assert_eq!(release.titles(), ["thing"], "{text}");
        assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n", "{text}");
        let closes = release.change("thing")["closes"].as_array().unwrap().clone();
        closes.iter().map(|it| (it["number"].clone(), it["repository"].clone())).collect::<Vec<_>>()
    };
    let own = |numbers: &[u64]| numbers.iter().map(|it| (json!(it), Value::Null)).collect::<Vec<_>>();
    for (text, numbers) in [
        ("Closes: #1, #2", &[1, 2][..]),
        ("Fixes: #123, #124, #125", &[123, 124, 125]),
        ("Fix: #9", &[9]),
        ("Closes https://github.com/acme/shop/issues/318", &[318]),
        ("Closes: https://github.com/acme/shop/issues/318", &[318]),
        ("Resolves GH-12", &[12]),
        ("Implements acme/shop#3 and #4", &[3, 4]),
        ("Write `Fixes #1`.", &[]),
    ] {
        assert_eq!(closes(text), own(numbers), "{text}");
    }
    assert_eq!(closes("Fixes: other/shop#9"), [(json!(9), json!("other/shop"))]);
}

#[test]
fn revert_with_refs_cancels_the_commits() {
    let repo = released();
    let one = repo.commit(Commit::new("feat: noodle").file("a", "1"));
    let two = repo.commit(Commit::new("feat: soup").file("b", "1"));
    let refs = format!("{}, {}", &repo.sha(one)[..12], repo.sha(two));
    repo.commit(format!("revert: let us never again speak of the noodle incident\n\nRefs: {refs}").as_str());
    assert_eq!(unreleased(&repo).titles(), Vec::<String>::new());
    repo.tag("v1.1.0");
    let released = repo.sha(one);
    repo.commit(format!("revert: the noodle\n\nRefs: {released}").as_str());
    assert_eq!(unreleased(&repo).section("reverts"), ["the noodle"]);
}

#[test]
fn gitmoji_are_placed_in_their_sections() {
    let messages =
        [":sparkles: add a feature", "🐛 fix a bug", "💥 drop the old api", "⬆️ Bump x from 1 to 2"];
    let repo = with(&messages);
    let release = unreleased(&repo);
    assert_eq!(release.section("features"), ["add a feature"]);
    assert_eq!(release.section("fixes"), ["fix a bug"]);
    assert_eq!(release.section("breaking"), ["drop the old api"]);
    assert_eq!(release.section("dependencies"), ["Bump x from 1 to 2"]);
    assert_eq!(repo.run(&["next"]).stdout, "2.0.0\n");
}

#[test]
fn boom_is_breaking_only_by_habit_or_setting() {
    let repo = with(&["💥 drop the old api", "fix: one", "fix: two"]);
    assert_eq!(unreleased(&repo).section("other"), ["drop the old api"]);
    repo.write("tidings.toml", "breaking_gitmoji = true\n");
    assert_eq!(unreleased(&repo).section("breaking"), ["drop the old api"]);
    let habit = with(&["💥 drop the old api", ":bug: one", "🐛 two"]);
    assert_eq!(unreleased(&habit).section("breaking"), ["drop the old api"]);
    habit.write("tidings.toml", "breaking_gitmoji = false\n");
    assert_eq!(unreleased(&habit).section("other"), ["drop the old api"]);
}

#[test]
fn merges_of_gitee_name_their_pull_request() {
    let repo = released();
    repo.branch("topic").commit("one");
    repo.checkout("main").merge("topic", "!1279 Add a door\nMerge pull request !1279 from user/topic");
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["Add a door"]);
    assert_eq!(release.changes()[0]["pull_request"]["number"], 1279);
}

#[test]
fn merge_of_the_main_branch_of_a_fork_keeps_its_number() {
    let repo = released();
    repo.materialize().git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    repo.branch("fork").commit("one");
    repo.checkout("main").merge("fork", "Merge pull request #12 from user/main\n\nAdd a door");
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["Add a door"]);
    assert_eq!(release.changes()[0]["pull_request"]["number"], 12);
    let promoted = released();
    promoted.materialize().git(&["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    promoted.branch("develop").commit("one");
    promoted.checkout("main").merge("develop", "Merge pull request #12 from acme/develop\n\nDevelop");
    assert_eq!(unreleased(&promoted).titles(), ["one"]);
}

#[test]
fn merge_of_an_advisory_fork_is_listed_under_security() {
    let repo = released();
    repo.branch("fork").commit("fix: check the depth");
    repo.commit("test: check the depth");
    repo.checkout("main").merge("fork", "Merge commit from fork\n\nLimit the depth (GHSA-c2qf-rxjj-qqgw)");
    let release = unreleased(&repo);
    assert_eq!(release.section("security"), ["Limit the depth (GHSA-c2qf-rxjj-qqgw)"]);
    assert_eq!(release.titles().len(), 1);
}

#[test]
fn cherry_pick_with_another_subject_is_a_duplicate() {
    let repo = released();
    repo.branch("release/1.0").checkout("main");
    repo.commit(Commit::new("fix: c").file("c", "1\n").date(1_700_000_000, "+0000"));
    repo.commit(Commit::new("fix: d").file("d", "1\n").date(1_700_000_000, "+0000"));
    repo.checkout("release/1.0");
    repo.commit(Commit::new("fix: c, said differently").file("c", "1\n").date(1_700_000_000, "+0000"));
    repo.tag("v1.0.1").checkout("main").tag("v1.1.0");
    let is_target = |release: &Release| release.version().as_deref() == Some("1.1.0");
    let of_all = repo.releases(&["--all"]).into_iter().find(is_target).unwrap();
    for release in [repo.release(&["v1.1.0"]), of_all] {
        release.assert_accounts_for_all();
        assert_eq!(release.titles(), ["d"]);
        let (outcome, reason) = release.outcome("fix: c");
        assert_eq!(outcome, "duplicate");
        assert!(reason.contains("same author, date and patch"), "{reason}");
    }
}

#[test]
fn same_patch_beside_unchanged_folders_is_a_duplicate() {
    let repo = released();
    repo.commit(Commit::new("feat: folders").file("a/b/c", "1\n").file("d/e", "1\n"));
    repo.tag("v1.1.0").branch("release/1.1").checkout("main");
    let edit = |seconds| Commit::new("fix: e").file("d/f/g", "1\n").file("d/e", "2\n").date(seconds, "+0000");
    let plain = |seconds: i64| edit(seconds).file("own", "own\n");
    repo.commit(plain(1_700_000_000));
    repo.checkout("release/1.1").commit(plain(1_700_000_001));
    repo.tag("v1.1.1").checkout("main").tag("v1.2.0");
    let release = repo.release(&["v1.2.0"]);
    let (outcome, reason) = release.outcome("fix: e");
    assert_eq!(outcome, "duplicate", "{reason}");
    assert!(reason.contains("same subject and patch"), "{reason}");
}
