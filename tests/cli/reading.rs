//! Messages that have no type, and are read.

use crate::support::{Commit, Repo};

const CRASH: &str = "Fix crash when the window is closed twice";
const EXPORT: &str = "Add support for exporting reports";
const UNCLEAR: &str = "Rework the toolbar";

/// A version with plain messages, then changes of the same style.
fn plain() -> Repo {
    let repo = Repo::new();
    repo.commit("Start");
    repo.tag("v1.0.0");
    repo.commit(Commit::new(CRASH).file("src/window.rs", "1").file("tests/window.rs", "1"));
    repo.commit(Commit::new(EXPORT).file("src/export.rs", "1").file("tests/export.rs", "1"));
    repo
}

/// Many conventional commits.
fn conventional(repo: &Repo, count: usize) {
    for number in 0..count {
        repo.commit(
            Commit::new(format!("fix(part {number}): handle case {number}"))
                .file("src/a.rs", number.to_string()),
        );
    }
}

#[test]
fn plain_messages_are_listed_in_sections() {
    let repo = plain();
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.section("fixes"), [CRASH]);
    assert_eq!(release.section("features"), [EXPORT]);
    let change = release.change(CRASH);
    assert_eq!((&change["read"], &change["type"]), (&true.into(), &serde_json::Value::Null));
    assert!(change["confidence"].as_f64().unwrap() > 0.5);
    let (outcome, reason) = release.outcome(CRASH);
    assert_eq!(outcome, "listed");
    assert!(reason.contains("reads as a fix ("), "{reason}");
}

#[test]
fn conventional_projects_do_not_read_the_exception() {
    let repo = Repo::new();
    conventional(&repo, 4);
    repo.tag("v1.0.0");
    conventional(&repo, 4);
    repo.commit(Commit::new(CRASH).file("src/window.rs", "1"));
    let release = repo.release(&[]);
    assert_eq!(release.section("other"), [CRASH]);
    assert_eq!(release.change(CRASH)["read"], false);
    assert!(release.change(CRASH)["confidence"].is_null());
    repo.write("tidings.toml", "plain = 'always'\n");
    assert!(repo.release(&[]).section("fixes").contains(&CRASH.to_owned()));
}

#[test]
fn reading_depends_on_the_version_alone() {
    let repo = plain();
    repo.tag("v1.1.0");
    let before = repo.run(&["notes", "v1.1.0"]).stdout;
    conventional(&repo, 30);
    repo.tag("v1.2.0");
    repo.commit(Commit::new(CRASH).file("src/window.rs", "2"));
    repo.tag("v1.2.1");
    assert_eq!(repo.run(&["notes", "v1.1.0"]).stdout, before, "the notes of a version never change");
    for release in repo.releases(&["--all"]) {
        let Some(version) = release.version() else { continue };
        let alone = repo.release(&[&format!("v{version}")]);
        assert_eq!(release.sections(), alone.sections(), "{version}");
    }
}

#[test]
fn nothing_is_read_if_configured() {
    let repo = plain();
    repo.write("tidings.toml", "plain = 'never'\n");
    assert_eq!(repo.release(&[]).section("other"), [EXPORT, CRASH]);
    repo.write("tidings.toml", "plain_confidence = 1\n");
    assert_eq!(repo.release(&[]).section("other"), [EXPORT, CRASH]);
    repo.write("tidings.toml", "plain_confidence = 2\n");
    let error = repo.run(&["notes"]).stderr;
    assert!(error.contains("a confidence is a number from 0 to 1"), "{error}");
    repo.write("tidings.toml", "plain_confidence = 'high'\n");
    let error = repo.run(&["notes"]).stderr;
    assert!(error.contains("expected a number from 0 to 1"), "{error}");
}

#[test]
fn rules_of_the_project_come_first() {
    let repo = plain();
    repo.write("tidings.toml", "[[rules]]\ntitle = 'crash'\nsection = 'security'\n");
    let release = repo.release(&[]);
    assert_eq!(release.section("security"), [CRASH]);
    assert_eq!(release.change(CRASH)["read"], false);
}

#[test]
fn next_names_guesses_and_trusts_only_sure_ones() {
    let repo = plain();
    let answer = repo.run_json(&["next", "--format", "json"]);
    assert_eq!((&answer["version"], &answer["read"]), (&"1.1.0".into(), &1.into()));
    assert_eq!(answer["reason"], "minor: 1 feature (1 read from messages without a type) since 1.0.0");
    repo.write("tidings.toml", "plain_strict_confidence = 1\n");
    assert_eq!(repo.run_json(&["next", "--format", "json"])["version"], "1.0.1");
}

#[test]
fn explain_says_what_speaks_for_a_reading() {
    let repo = plain();
    let head = repo.sha(repo.head());
    let text = repo.run(&["explain", &head]).stdout;
    assert!(text.contains("  reading  a feature ("), "{text}");
    assert!(text.contains(": the rules take it as type `feat`"), "{text}");
    let json = repo.run_json(&["explain", &head, "--format", "json"]);
    let reading = &json["changes"][0]["reading"];
    assert_eq!((&reading["type"], &reading["placed"]), (&"feat".into(), &true.into()));
    let features: Vec<&str> =
        reading["for"].as_array().unwrap().iter().filter_map(|it| it["feature"].as_str()).collect();
    assert!(features.contains(&"support"), "{features:?}");
    assert!(reading["for"][0]["weight"].as_i64() > Some(0));
    assert!(reading["against"].as_array().unwrap().iter().all(|it| it["weight"].as_i64() < Some(0)));
}

#[test]
fn preview_marks_what_was_read() {
    let repo = plain();
    let text = repo.run(&["preview"]).stdout;
    assert!(text.contains(&format!("  ~ {CRASH}")), "{text}");
    assert!(text.contains("~ Read from a message without a type."), "{text}");
    assert!(!repo.run(&["notes"]).stdout.contains('~'), "published notes have no mark");
}

#[test]
fn strict_check_lists_unread_messages() {
    let repo = plain();
    repo.commit(Commit::new(UNCLEAR).file("src/toolbar.rs", "1"));
    repo.write("tidings.toml", "plain_confidence = 0.99\n");
    let findings = |args: &[&str]| {
        let output = repo.run(&[&["check", "--format", "json"], args].concat()).stdout;
        let json: serde_json::Value = serde_json::from_str(&output).unwrap();
        let all = json["findings"].as_array().unwrap().clone();
        let unread = all.iter().filter(|it| it["name"] == "unread");
        unread.map(|it| it["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(findings(&[]).is_empty());
    let unread = findings(&["--strict"]);
    assert!(
        unread.iter().any(|it| it.starts_with(&format!("`{UNCLEAR}` has no type, and reads as "))),
        "{unread:?}"
    );
}

#[test]
fn files_decide_before_words() {
    let repo = plain();
    repo.commit(Commit::new("Fix crash in the example").file("docs/example.md", "1"));
    let release = repo.release(&[]);
    let (outcome, reason) = release.outcome("Fix crash in the example");
    assert_eq!(outcome, "hidden");
    assert!(reason.ends_with("touches only documentation"), "{reason}");
}

#[test]
fn merged_pull_request_is_read_by_its_title_and_all_its_files() {
    let repo = plain();
    repo.branch("topic");
    repo.commit(Commit::new("wip").file("src/search.rs", "1"));
    repo.commit(Commit::new("more").file("tests/search.rs", "1"));
    repo.checkout("main")
        .merge("topic", "Merge pull request #7 from ada/topic\n\nAdd support for searching by name");
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert!(
        release.section("features").contains(&"Add support for searching by name".to_owned()),
        "{:?}",
        release.sections()
    );
    assert_eq!(release.outcome("wip").0, "merged");
}

#[test]
fn area_that_resembles_a_type_does_not_prevent_reading() {
    let repo = plain();
    repo.commit(Commit::new("ui: add support for dark themes").file("src/theme.rs", "1"));
    let release = repo.release(&[]);
    assert!(
        release.section("features").iter().any(|it| it.contains("dark themes")),
        "{:?}",
        release.sections()
    );
}
