//! Changes that users do not notice: documentation, tests, CI, releases, updates of tools.

use crate::support::{Commit, Repo};

fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("start");
    repo.tag("v1.0.0");
    repo
}

#[test]
fn plain_changes_are_read_by_the_files_that_they_touch() {
    let repo = released();
    for (subject, path) in [
        ("Explain the search", "docs/search.md"),
        ("Cover empty queries", "tests/search.rs"),
        ("Run on two systems", ".github/workflows/ci.yml"),
        ("Thank our sponsors", "SPONSORS.md"),
        ("Refresh the lock file", "Cargo.lock"),
        ("Search in all files", "src/search.rs"),
        ("fix: typo in the manual", "docs/manual.md"),
    ] {
        repo.commit(Commit::new(subject).file(path, subject));
    }
    repo.commit(
        Commit::new("Describe and test the limits").file("docs/limits.md", "1").file("tests/limits.rs", "1"),
    );
    repo.commit(Commit::new("Say what it is").file("README.md", "1").file("src/lib.rs", "1"));
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.section("other"), ["Say what it is"]);
    assert_eq!(release.section("features"), ["Search in all files"], "read by its words");
    let (outcome, reason) = release.outcome("fix: typo in the manual");
    assert_eq!(outcome, "hidden");
    assert!(
        reason.ends_with("touches only documentation; its own type counts for the next version"),
        "{reason}"
    );
    for (subject, reason) in [
        ("Explain the search", "touches only documentation"),
        ("Cover empty queries", "touches only tests"),
        ("Run on two systems", "touches only the configuration of the CI"),
        ("Thank our sponsors", "touches only changelogs, lock files and the like"),
        ("Refresh the lock file", "touches only changelogs, lock files and the like"),
        ("Describe and test the limits", "touches only documentation, tests"),
    ] {
        let (outcome, found) = release.outcome(subject);
        assert_eq!(outcome, "hidden", "{subject}");
        assert!(found.ends_with(reason), "{subject}: {found}");
    }
    let explained = repo.run(&["explain", "HEAD~8"]).stdout;
    assert!(
        explained.contains("touches only documentation") && explained.contains("hides it"),
        "{explained}"
    );
    repo.write("tidings.toml", "[[rules]]\ntypes = ['docs']\nsection = 'documentation'\n");
    assert_eq!(
        repo.release(&[]).section("documentation"),
        ["Describe and test the limits", "typo in the manual", "Explain the search"]
    );
    repo.write("tidings.toml", "[[rules]]\nconventional = false\nsection = 'features'\n");
    assert_eq!(repo.release(&[]).section("features").len(), 8, "the rules of the project come first");
}

#[test]
fn what_bots_keep_up_to_date_is_hidden() {
    let repo = released();
    let by_bot = |subject: &str| Commit::new(subject).author("ci[bot]", "1+ci[bot]@users.noreply.github.com");
    repo.commit(by_bot("Auto translate strings").file("src/messages.xlf", "1"));
    repo.commit(by_bot("[pre-commit.ci] pre-commit autoupdate").file("src/a.py", "1"));
    repo.commit(by_bot("Fix the crash (backport)").file("src/a.py", "2"));
    repo.commit(Commit::new("Auto translate subtitles").file("src/a.py", "3"));
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    let mut titles = release.titles();
    titles.sort();
    assert_eq!(titles, ["Auto translate subtitles", "Fix the crash"]);
    assert!(release.outcome("Auto translate strings").1.contains("what a bot keeps up to date"));
}

#[test]
fn security_update_is_listed_and_requires_no_version() {
    let repo = released();
    repo.commit(Commit::new("chore(deps): update module x/y to v1.2 [security] (#4)").file("go.mod", "1"));
    repo.commit(Commit::new("chore(deps): update module x/z to v1.2 (#5)").file("go.mod", "2"));
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.section("dependencies"), ["update module x/y to v1.2 [security]"]);
    assert_eq!(release.titles().len(), 1);
    assert_eq!(repo.run(&["next", "--require-change"]).status, Some(5));
}

#[test]
fn changes_with_the_same_title_are_one_entry() {
    let repo = released();
    repo.write("tidings.toml", "plain = 'never'\n");
    repo.commit("feat: add search (#3)");
    repo.commit(Commit::new("Update all dependencies (#4)").file("package.json", "1"));
    repo.commit(Commit::new("Update all dependencies (#5)").file("docs/package.json", "1"));
    repo.branch("topic").commit("Search in titles");
    repo.commit("Search in bodies");
    repo.checkout("main").merge("topic", "Merge pull request #6 from o/topic\n\nAdd filters");
    repo.commit("Add filters");
    repo.commit(Commit::new("Update all dependencies (#7)").file("package.json", "2"));
    repo.commit("feat!: add search (#8)");
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.section("other"), ["Update all dependencies", "Add filters"]);
    assert_eq!(release.section("breaking"), ["add search"], "each breaks something else");
    assert_eq!(release.section("features"), ["add search"]);
    let notes = repo.run(&["notes"]).stdout;
    assert!(notes.contains("- Update all dependencies (#7, #4)\n"), "{notes}");
    let (outcome, reason) = release.outcome("Update all dependencies (#4)");
    assert_eq!(outcome, "merged");
    assert!(reason.starts_with("has the same title as "), "{reason}");
    assert_eq!(release.outcome("Update all dependencies (#5)").0, "hidden", "only documentation");
    assert!(release.outcome("Search in titles").1.starts_with("has the same title as "));
}

#[test]
fn type_of_a_change_that_users_do_not_notice_counts_for_the_version() {
    let repo = released();
    repo.commit(Commit::new("Explain the search").file("docs/search.md", "1"));
    assert_eq!(repo.run(&["next", "--require-change"]).status, Some(5));
    repo.commit(Commit::new("fix: typo in the manual").file("docs/manual.md", "1"));
    assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n");
    assert!(repo.release(&[]).titles().is_empty());
    let squash = "Describe filters (#7)\n\n* feat: describe filters\n\n* docs: typo";
    repo.commit(Commit::new(squash).file("docs/manual.md", "3"));
    assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n", "the type of a squashed commit does not");
    repo.commit(Commit::new("feat!: drop the manual").file("docs/manual.md", "2"));
    assert_eq!(repo.release(&[]).section("breaking"), ["drop the manual"]);
}

#[test]
fn merge_is_read_by_the_files_of_its_whole_pull_request() {
    let repo = released();
    repo.branch("topic").commit(Commit::new("one").file("docs/a.md", "1"));
    repo.commit(Commit::new("two").file("src/a.rs", "1"));
    repo.checkout("main").merge("topic", "Merge pull request #1 from u/topic\n\nExplain and add");
    repo.branch("docs").commit(Commit::new("three").file("docs/b.md", "1"));
    repo.checkout("main").commit("elsewhere");
    repo.merge("docs", "Merge pull request #2 from u/docs\n\nExplain more");
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.section("other"), ["elsewhere", "Explain and add"]);
    assert_eq!(release.outcome("Merge pull request #2 from u/docs").0, "hidden");
}

#[test]
fn updates_of_one_dependency_are_one_entry() {
    let repo = released();
    for subject in [
        "Bump serde from 1.0.0 to 1.0.1 (#1)",
        "Bump serde from 1.0.1 to 1.0.2 (#2)",
        "Add search",
        "Bump serde from 1.0.2 to 1.0.3 (#3)",
        "Bump eslint from 8.0 to 9.0 (#4)",
        "Bump actions/checkout from 3 to 4 (#5)",
        "deps: update dependency @types/node to v22 (#6)",
        "fix(deps): update dependency left-pad to v2 (#7)",
    ] {
        repo.commit(subject);
    }
    repo.commit(
        Commit::new("github: bump the actions group with 2 updates").file(".github/workflows/a.yml", "1"),
    );
    repo.commit(Commit::new("cargo: bump the small group with 2 updates").file("Cargo.lock", "1"));
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.outcome("github: bump the actions group with 2 updates").0, "hidden");
    let updates = [
        "cargo: bump the small group with 2 updates",
        "update dependency left-pad to v2",
        "Bump serde from 1.0.0 to 1.0.3",
    ];
    assert_eq!(release.section("dependencies"), updates);
    let entry = release.change("Bump serde from 1.0.0 to 1.0.3");
    assert_eq!(entry["pull_request"]["number"], 3);
    let markdown = repo.run(&["notes"]).stdout;
    assert!(markdown.contains("- update dependency left-pad to v2 (#7)\n"), "no `deps:`: {markdown}");
    assert!(markdown.contains("- Bump serde from 1.0.0 to 1.0.3 (#3, #2, #1)\n"), "{markdown}");
    let (outcome, reason) = release.outcome("Bump serde from 1.0.1 to 1.0.2 (#2)");
    assert_eq!(outcome, "merged");
    assert!(reason.starts_with("update of the same dependency as "), "{reason}");
    for tool in [
        "Bump eslint from 8.0 to 9.0 (#4)",
        "Bump actions/checkout from 3 to 4 (#5)",
        "deps: update dependency @types/node to v22 (#6)",
    ] {
        assert_eq!(release.outcome(tool).0, "hidden", "{tool}");
    }
}

#[test]
fn preparations_of_releases_are_hidden_and_a_section_alone_is_called_changes() {
    let repo = released();
    repo.write("tidings.toml", "plain = 'never'\n");
    for subject in [
        "🔖 v1.1.0",
        "Update CHANGELOG.md for v1.1.0",
        "Bump version: 1.0.0 → 1.1.0",
        "Prepare next development iteration",
        "Version Packages",
        "chore: prepare release",
        "发布 v1.1.0",
        "Improve a comment [ci skip]",
        "Translated using Weblate (Chinese (Simplified Han script))",
        "New translations en.json (French)",
        "Search in all files",
    ] {
        repo.commit(subject);
    }
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    assert_eq!(release.titles(), ["Search in all files"]);
    assert!(repo.run(&["notes"]).stdout.contains("### Changes\n\n- Search in all files"), "a section alone");
}

/// The words of a tool's name, of a preparation or of a service occur in other titles too.
#[test]
fn changes_that_resemble_internal_ones_are_listed() {
    let repo = released();
    let subjects = [
        "Update black theme",
        "Update types for the client",
        "Update source file handling",
        "feat: add release notes",
        "fix: update changelog",
    ];
    subjects.iter().for_each(|subject| _ = repo.commit(*subject));
    assert_eq!(repo.release(&[]).titles().len(), subjects.len());
    assert_eq!(repo.run(&["next"]).stdout, "1.1.0\n");
}
