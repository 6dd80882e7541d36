//! Reading commits: messages, merges, reverts, cherry-picks, authors.

use super::support::{Commit, Release, Repo, set};

/// A repository whose 1.0.0 is its first commit.
fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    repo
}

/// The unreleased changes, with every commit accounted for.
fn unreleased(repo: &Repo) -> Release {
    let release = repo.release(&[]);
    release.assert_accounts_for_all();
    release
}

/// The titles of the unreleased changes of a repository with these commits after 1.0.0.
fn titles_of(messages: &[&str]) -> Vec<String> {
    unreleased(&with(messages)).titles()
}

fn with(messages: &[&str]) -> Repo {
    let repo = released();
    for message in messages {
        repo.commit(*message);
    }
    repo
}

#[test]
fn late_merged_commit_is_in_the_first_version_containing_it() {
    let repo = released();
    repo.branch("late").commit("feat: written early");
    repo.checkout("main").commit("feat: second");
    repo.tag("v1.1.0").merge("late", "Merge branch 'late'");
    repo.tag("v1.2.0");
    assert_eq!(repo.release(&["v1.1.0"]).titles(), ["second"]);
    assert_eq!(repo.release(&["v1.2.0"]).titles(), ["written early"]);
    let windows = repo.windows();
    assert_eq!(windows["1.1.0"], set(&["feat: second"]));
    assert_eq!(windows["1.2.0"], set(&["feat: written early", "Merge branch 'late'"]));
}

#[test]
fn backward_dates_do_not_change_windows() {
    let repo = released();
    repo.commit(Commit::new("feat: from the future").date(1_900_000_000, "+0000"));
    repo.tag("v1.1.0").commit(Commit::new("feat: from the past").date(1_000_000_000, "+0000"));
    repo.tag("v1.2.0");
    assert_eq!(repo.release(&["v1.1.0"]).titles(), ["from the future"]);
    assert_eq!(repo.release(&["v1.2.0"]).titles(), ["from the past"]);
    assert_eq!(repo.windows()["1.2.0"], set(&["feat: from the past"]));
}

#[test]
fn merge_commit_is_not_listed_with_its_commits() {
    let repo = released();
    repo.branch("topic").commit("feat: add search");
    repo.checkout("main").merge("topic", "Merge pull request #12 from o/topic\n\nfeat: add search");
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["add search"]);
    assert_eq!(release.change("add search")["pull_request"]["number"], 12);
}

#[test]
fn number_of_an_issue_in_a_pull_request_makes_no_promotion() {
    let repo = released();
    repo.branch("topic").commit("fix: crash on resume (#45)");
    repo.commit("test: cover it");
    repo.checkout("main").merge("topic", "Merge pull request #46 from o/topic\n\nResume sessions");
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["Resume sessions"]);
    assert_eq!(release.change("Resume sessions")["pull_request"]["number"], 46);
    assert_eq!(release.outcome("fix: crash on resume (#45)").0, "merged");
    // Several pull requests on a branch of any name.
    repo.branch("train").commit("fix: one (#50)");
    repo.commit("fix: two (#51)");
    repo.checkout("main").merge("train", "Merge pull request #52 from o/train\n\nTrain of this week");
    assert_eq!(unreleased(&repo).titles(), ["two", "one", "Resume sessions"]);
    // A single one, which the title says.
    repo.branch("train-2").commit("fix: three (#53)");
    repo.checkout("main").merge("train-2", "Merge pull request #54 from o/train-2\n\nRelease 1.1.0");
    assert!(unreleased(&repo).titles().contains(&"three".to_owned()));
}

#[test]
fn pull_request_that_reverts_a_released_change_is_a_revert() {
    let repo = released();
    let search = repo.commit("Add search");
    let revert = format!("Revert \"Add search\"\n\nThis reverts commit {}.", repo.sha(search));
    repo.tag("v1.1.0").branch("revert-1").commit(revert.as_str());
    repo.checkout("main").merge("revert-1", "Merge pull request #9 from o/revert-1\n\nRevert \"Add search\"");
    let release = unreleased(&repo);
    assert_eq!(release.section("reverts"), ["Add search"]);
}

#[test]
fn picked_merge_without_a_title_has_that_of_its_branch() {
    let picked = "Merge pull request #5 from u/fix-nonce-of-stylesheets";
    assert_eq!(titles_of(&[picked]), ["fix nonce of stylesheets"]);
    let named = "Merge pull request #6 from u/patch-1";
    assert_eq!(titles_of(&[named]), [named]);
}

#[test]
fn merge_of_main_into_a_branch_is_not_listed() {
    let repo = released();
    repo.branch("topic").commit("feat: add search");
    repo.checkout("main").commit("fix: crash");
    repo.checkout("topic").merge("main", "Merge branch 'main' into topic");
    repo.checkout("main").merge("topic", "Merge branch 'topic'");
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["add search", "crash"]);
    for subject in ["Merge branch 'main' into topic", "Merge branch 'topic'"] {
        assert_ne!(release.outcome(subject).0, "listed", "{subject}");
    }
}

#[test]
fn subject_of_a_squash_is_its_only_entry() {
    let squash =
        "Add search (#5)\n\n* feat: add search\n\n* fix: crash on empty query\n\n* docs: explain search\n";
    let repo = with(&[squash]);
    let release = unreleased(&repo);
    assert_eq!(release.section("features"), ["Add search"]);
    assert_eq!(release.titles().len(), 1);
    assert_eq!(release.changes()[0]["pull_request"]["number"], 5);
    for always in ["split_squash = 'always'", "split_squash = true"] {
        repo.write("tidings.toml", always);
        let release = unreleased(&repo);
        assert_eq!(release.section("fixes"), ["crash on empty query"]);
        assert_eq!(release.changes()[0]["pull_request"]["number"], 5);
    }
    repo.write("tidings.toml", "split_squash = 'sometimes'");
    let ran = repo.run(&["notes"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("`auto`, `always` or `never`"), "{}", ran.stderr);
}

/// The commit was private to the pull request: no release has what it breaks.
#[test]
fn squashed_breaking_mark_is_named_and_not_counted() {
    let repo = with(&["feat: add search (#5)\n\n* feat: add search\n\n* refactor(api)!: rename a field"]);
    let sentence = "`refactor(api)!: rename a field`, squashed in #5, has a `!` that is not counted as a breaking change";
    let next = repo.run(&["next"]);
    assert_eq!(next.stdout, "1.1.0\n");
    assert!(next.stderr.contains(sentence), "{}", next.stderr);
    for command in [&["explain", "HEAD"][..], &["preview"]] {
        let unwrapped = repo.run(command).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(sentence), "{command:?}: {unwrapped}");
    }
    let check = repo.run(&["check", "v1.1.0", "--allow", "changelog"]);
    assert_eq!(check.status, Some(0), "{}", check.snapshot());
    assert!(check.stdout.contains("squashed-breaking"), "{}", check.snapshot());
    assert_eq!(repo.run(&["check", "v1.1.0", "--allow", "changelog", "--strict"]).status, Some(1));
    repo.write("tidings.toml", "[bump]\nsquashed_breaking = true\n");
    let counted = repo.run(&["next"]);
    assert_eq!((counted.stdout.as_str(), counted.stderr.contains("not counted")), ("2.0.0\n", false));
    assert_eq!(unreleased(&repo).section("breaking"), ["add search"]);
}

/// Commits inside a pull request are not news, whatever their style.
#[test]
fn titled_merge_is_the_entry_of_its_commits() {
    let repo = released();
    repo.branch("topic").commit("feat: add a form");
    repo.commit("fix: apply review suggestions");
    repo.checkout("main").merge("topic", "Merge pull request #12 from o/topic\n\nSearch in all files");
    let release = unreleased(&repo);
    assert_eq!(release.section("features"), ["Search in all files"]);
    let (outcome, reason) = release.outcome("fix: apply review suggestions");
    assert_eq!((outcome, reason), ("merged", "commit of pull request #12, which is listed as one entry"));
    assert_eq!(repo.run(&["next"]).stdout, "1.1.0\n");
    // The commits are in the history, so their types count for the version.
    let repo = released();
    repo.branch("topic").commit("feat: add a form");
    repo.commit("docs: explain it");
    repo.checkout("main").merge("topic", "Merge pull request #12 from o/topic\n\nfix: search in all files");
    assert_eq!(unreleased(&repo).section("fixes"), ["search in all files"]);
    assert_eq!(repo.run(&["next"]).stdout, "1.1.0\n");
    // The name of the branch is not a title.
    for merge in ["Merge pull request #12 from o/topic\n\nTopic", "Merged in topic (pull request #12)"] {
        let repo = released();
        repo.branch("topic").commit("feat: add a form");
        repo.commit("fix: crash in the form");
        repo.checkout("main").merge("topic", merge);
        assert_eq!(unreleased(&repo).titles(), ["add a form", "crash in the form"], "{merge}");
    }
}

#[test]
fn quoted_text_is_not_split_into_changes() {
    let quoted = "chore(deps): update left-pad to v2 (#6)\n\n### Release Notes\n\n> * feat: not ours\n\n```\n* fix: nor this\n```\n";
    let titles =
        titles_of(&[quoted, "feat: ours\n\nAs in:\n\n    * feat: an example\n\n```\n* fix: a sample\n```\n"]);
    assert_eq!(titles, ["ours"]);
}

#[test]
fn prose_is_not_a_breaking_change() {
    let repo = with(&[
        "fix: parser\n\nbreaking change in the API was considered and not made\nBreaking changes: none.",
        "docs: tell how to write BREAKING CHANGE: footers",
        "fix(deps): update x to v2\n\n> BREAKING CHANGE: theirs, not ours\n\n```\nBREAKING CHANGE: a sample\n```",
    ]);
    let release = unreleased(&repo);
    assert!(release.section("breaking").is_empty(), "{:#?}", release.sections());
    assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n");
}

#[test]
fn breaking_change_markers_are_parsed() {
    for message in [
        "feat!: drop v1",
        "feat: drop v1\n\nBREAKING CHANGE: use v2",
        "feat: drop v1\n\nBREAKING-CHANGE: use v2",
    ] {
        let repo = with(&[message]);
        assert_eq!(unreleased(&repo).section("breaking"), ["drop v1"], "{message}");
        assert_eq!(repo.run(&["next"]).stdout, "2.0.0\n", "{message}");
    }
    let release =
        unreleased(&with(&["feat!: drop v1\n\nBREAKING CHANGE: use v2\n\nMove each call.\n\nRefs: #7"]));
    let note = release.change("drop v1")["breaking_note"].as_str().unwrap();
    assert!(note.contains("use v2") && note.contains("Move each call."), "{note}");
}

#[test]
fn lenient_headers_are_parsed() {
    for (message, title) in [
        ("feat: close ( the gap", "close ( the gap"),
        ("feat:  add search", "add search"),
        ("FEAT: add search", "add search"),
        ("feat(): add search", "add search"),
        ("feat(api(v2)): add search", "add search"),
        ("feat：add search", "add search"),
        ("feat（api）：新增搜尋", "新增搜尋"),
        ("✨ feat: add search", "add search"),
        (":sparkles: feat: add search", "add search"),
        ("[JIRA-1] feat: add search", "add search"),
        ("feat:add search", "add search"),
        ("feat (api): add search", "add search"),
    ] {
        let release = unreleased(&with(&[message]));
        assert_eq!(release.section("features").len(), 1, "{message}: {:#?}", release.sections());
        assert!(release.titles()[0].ends_with(title), "{message}: {:?}", release.titles());
    }
}

#[test]
fn unparsable_messages_are_listed() {
    let release = unreleased(&with(&["Make the thing (work", "???", "feat"]));
    assert_eq!(release.titles().len(), 3, "{:#?}", release.sections());
}

#[test]
fn revert_cancels_the_reverted_commit() {
    let repo = released();
    let bad = repo.commit("feat: bad idea");
    repo.commit("feat: good idea");
    repo.revert(bad);
    let release = unreleased(&repo);
    assert_eq!(release.titles(), ["good idea"]);
    assert_eq!(release.outcome("feat: bad idea").0, "reverted");
}

#[test]
fn revert_with_a_rewritten_sha_matches_by_subject() {
    let release = unreleased(&with(&[
        "feat: bad idea (#3)",
        "Revert \"feat: bad idea\" (#4)\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.",
    ]));
    assert!(release.titles().is_empty(), "{:#?}", release.sections());
}

#[test]
fn revert_by_pull_request_number_cancels_the_change() {
    let release = unreleased(&with(&["feat: bad idea (#3)", "Revert the idea (#4)\n\nReverts o/r#3"]));
    assert!(release.titles().is_empty(), "{:#?}", release.sections());
}

#[test]
fn revert_of_a_revert_restores_the_change() {
    let repo = released();
    let idea = repo.commit("feat: good idea");
    let revert = repo.revert(idea);
    repo.revert(revert);
    assert_eq!(unreleased(&repo).titles(), ["good idea"]);
}

#[test]
fn revert_of_a_released_change_is_listed() {
    let repo = released();
    let bad = repo.commit("feat: bad idea");
    repo.tag("v1.1.0").revert(bad);
    let release = unreleased(&repo);
    assert_eq!(release.titles().len(), 1, "{:#?}", release.sections());
    assert_eq!(release.sections()[0].0, "reverts");
    assert!(release.titles()[0].contains("bad idea"));
    // The version that contained it still lists it.
    assert_eq!(repo.release(&["v1.1.0"]).titles(), ["bad idea"]);
}

#[test]
fn one_commit_can_revert_several() {
    let repo = released();
    let one = repo.commit("feat: one");
    let two = repo.commit("feat: two");
    repo.commit("feat: three");
    let (one, two) = (repo.sha(one), repo.sha(two));
    repo.commit(
        format!("Revert one and two\n\nThis reverts commit {one}.\nThis reverts commit {two}.\n").as_str(),
    );
    assert_eq!(unreleased(&repo).titles(), ["three"]);
}

#[test]
fn cherry_pick_released_on_another_branch_is_a_duplicate() {
    let repo = released();
    repo.branch("release/1.0").checkout("main");
    let fix = repo.commit("fix: crash");
    repo.checkout("release/1.0").cherry_pick(fix);
    repo.tag("v1.0.1").checkout("main").commit("feat: second");
    repo.tag("v1.1.0");
    let release = repo.release(&["v1.1.0"]);
    release.assert_accounts_for_all();
    assert_eq!(repo.release(&["v1.0.1"]).titles(), ["crash"]);
    assert_eq!(release.titles(), ["second"]);
    let (outcome, reason) = release.outcome("fix: crash");
    assert_eq!(outcome, "duplicate");
    assert!(reason.contains("1.0.1"), "{reason}");
}

#[test]
fn cherry_pick_with_conflicts_matches_by_pull_request() {
    let repo = released();
    repo.branch("release/1.0").checkout("main");
    repo.commit(Commit::new("fix: crash (#20)").file("a", "one\n"));
    repo.checkout("release/1.0");
    repo.commit(Commit::new("fix: crash (cherry-pick #20 for 1.0) (#21)").file("a", "something else\n"));
    repo.tag("v1.0.1").checkout("main").commit("feat: second");
    repo.tag("v1.1.0");
    let release = repo.release(&["v1.1.0"]);
    assert_eq!(release.titles(), ["second"], "{:#?}", release.commits());
    assert_eq!(release.outcome("fix: crash (#20)").0, "duplicate");
}

#[test]
fn non_utf_8_messages_are_decoded() {
    let repo = released();
    repo.commit(Commit::new(b"fix: caf\xe9 opens".as_slice()).encoding("ISO-8859-1"));
    repo.commit(Commit::new(b"fix: \xff\xfe broken".as_slice()));
    repo.commit(Commit::new(b"feat: \xb7s\xbc\xc6".as_slice()).encoding("Big5"));
    let release = unreleased(&repo);
    let titles = release.titles();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles.contains(&"café opens".to_owned()), "{titles:?}");
    assert!(titles.iter().any(|title| title.ends_with("broken")), "{titles:?}");
}

#[test]
fn crlf_control_and_bidi_characters_are_removed() {
    let repo = released();
    repo.commit("fix: one\r\n\r\nBREAKING CHANGE: two\r\n");
    repo.commit("fix: \u{1b}[31mred\u{1b}[0m \u{202e}desrever\u{2066} bell\u{7}");
    let release = unreleased(&repo);
    assert_eq!(release.section("breaking"), ["one"]);
    assert_eq!(release.change("one")["breaking_note"], "two");
    for format in ["markdown", "text", "html", "slack", "keepachangelog", "terminal", "debian"] {
        let ran = repo.run(&["notes", "--format", format, "--color", "never"]);
        assert_eq!(ran.status, Some(0), "{format}: {}", ran.snapshot());
        for forbidden in ['\u{1b}', '\u{7}', '\r', '\u{202e}', '\u{2066}'] {
            assert!(!ran.stdout.contains(forbidden), "{format} has {forbidden:?}: {:?}", ran.stdout);
        }
    }
}

#[test]
fn empty_message_and_huge_body_are_read() {
    let repo = released();
    repo.commit("");
    repo.commit(format!("feat: huge\n\n{}", "word ".repeat(600_000)).as_str());
    let release = unreleased(&repo);
    assert_eq!(release.commits().len(), 2);
    assert!(release.titles().contains(&"huge".to_owned()));
    assert_eq!(repo.run(&["notes", "--format", "markdown"]).status, Some(0));
}

#[test]
fn last_number_in_parentheses_is_the_pull_request() {
    let release = unreleased(&with(&[
        "fix: crash (#1546) (#1595)",
        "feat: search\n\nCloses #7, fixes other/repo#8",
        "feat: copied from upstream (other/repo#99)",
    ]));
    assert_eq!(release.change("crash")["pull_request"]["number"], 1595);
    let search = release.change("search");
    assert!(search["pull_request"].is_null(), "{search:#}");
    assert_eq!(search["closes"][0]["number"], 7);
    let foreign =
        release.changes().into_iter().find(|it| it["title"].as_str().unwrap().starts_with("copied"));
    assert!(foreign.unwrap()["pull_request"].is_null(), "{foreign:#?}");
}

#[test]
fn mailmap_co_authors_bots_and_release_commits_are_handled() {
    let repo = released();
    repo.commit(
        Commit::new("chore: names").file(".mailmap", "Ming Li <ming@example.com> <old@example.com>\n"),
    );
    repo.commit(Commit::new("feat: one").author("ming", "old@example.com"));
    repo.commit(Commit::new("feat: two\n\nCo-authored-by: Grace Hopper <grace@example.com>"));
    repo.commit(
        Commit::new("fix: three")
            .author("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
    );
    repo.commit("chore(release): 1.1.0 [skip ci]");
    repo.commit("Release v1.1.0");
    repo.materialize();
    let release = unreleased(&repo);
    let names: Vec<_> =
        release.0["contributors"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    for name in ["Ming Li", "Grace Hopper", "Ada Lovelace"] {
        assert!(names.contains(&name.into()), "{name}: {names:?}");
    }
    assert_eq!(names.len(), 3, "{names:?}");
    let titles: std::collections::BTreeSet<_> = release.titles().into_iter().collect();
    assert_eq!(titles, set(&["one", "two", "three"]));
    assert_eq!(release.outcome("Release v1.1.0").0, "hidden");
}

#[test]
fn noreply_email_address_gives_the_login() {
    let repo = released();
    repo.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
    repo.commit(Commit::new("feat: one").author("Ming", "12345+ming-li@users.noreply.github.com"));
    assert_eq!(unreleased(&repo).0["contributors"][0]["login"], "ming-li");
}

#[test]
fn chores_alone_need_no_new_version() {
    let repo = with(&["chore: tidy", "ci: faster", "docs: words", "test: more", "style: spaces"]);
    let next = repo.run_json(&["next", "--format", "json"]);
    assert!(next["version"].is_null() && next["bump"].is_null(), "{next:#}");
    let ran = repo.run(&["next", "--require-change"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(5), ""), "{}", ran.snapshot());
    repo.commit("fix: crash");
    assert_eq!(repo.run(&["next", "--require-change"]).stdout, "1.0.1\n");
}

#[test]
fn commit_with_only_a_version_is_a_release_commit() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.commit("Shop 1.0");
    repo.tag("v1.0.0").commit("Python 3.13");
    repo.commit("changelog: 1.1.0");
    repo.commit("Mend the build");
    repo.tag("v1.1.0");
    for (target, subject) in [("v1.0.0", "Shop 1.0"), ("v1.1.0", "changelog: 1.1.0")] {
        let (outcome, reason) = (repo.release(&[target]).outcome(subject).0.to_owned(), "release commit");
        assert_eq!(outcome, "hidden");
        assert!(repo.release(&[target]).outcome(subject).1.starts_with(reason));
    }
    assert_eq!(repo.release(&["v1.1.0"]).titles(), ["Mend the build", "Python 3.13"]);
}

#[test]
fn feature_that_mentions_its_version_is_not_a_release_commit() {
    let repo = Repo::new();
    repo.commit("feat: what v0.10.0 brings");
    repo.tag("v0.10.0");
    repo.commit("chore: v0.11.0");
    repo.tag("v0.11.0");
    assert_eq!(repo.release(&["v0.10.0"]).titles(), ["what v0.10.0 brings"]);
    assert!(repo.release(&["v0.11.0"]).titles().is_empty());
}
