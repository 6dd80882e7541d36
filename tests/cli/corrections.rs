//! Corrections of notes before a release: the file that titles, moves, merges and hides entries, and its editor.

mod edit;

use super::support::{Commit, Repo, forge::Fake};

const FILE: &str = ".tidings/corrections.toml";

/// 1.0.0, then a feature, two fixes and a change that is hidden.
fn repo() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.commit("feat(shop): add cart (#12)");
    repo.commit("fix: round prices\n\nCloses #7");
    repo.commit("fix: crash");
    repo.commit("ci: cache");
    repo
}

/// The IDs of the last commits, newest first.
fn ids(repo: &Repo) -> Vec<String> {
    repo.rev_list("HEAD")
}

fn notes(repo: &Repo) -> String {
    let ran = repo.run(&["notes", "--as", "1.1.0"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout
}

fn next(repo: &Repo) -> String {
    repo.run(&["next"]).stdout
}

#[test]
fn texts_are_corrected_by_commit_pull_request_and_issue() {
    let repo = repo();
    let crash = &ids(&repo)[1];
    repo.write(
        FILE,
        format!(
            "[commit.{}]\ntitle = \"No crash at midnight\"\nscope = \"clock\"\n\n[pull_request.12]\nscope = \"\"\n\n\
             [issue.7]\ntitle = \"Round to the cent\"\ndescription = \"Sums were off.\"\n",
            &crash[..7]
        ),
    );
    let notes = notes(&repo);
    assert!(notes.contains("- **clock:** No crash at midnight ("), "{notes}");
    assert!(notes.contains("- add cart (#12)"), "{notes}");
    assert!(notes.contains("- Round to the cent ("), "{notes}");
    let why = repo.run(&["notes", "--as", "1.1.0", "--detail", "why"]).stdout;
    assert!(why.contains("Sums were off."), "{why}");
    let json = repo.run_json(&["notes", "--as", "1.1.0", "--format", "json"]);
    let fixes = &json["releases"][0]["sections"][1]["changes"];
    assert_eq!(fixes[0]["corrected"], serde_json::json!(["title", "scope"]));
    assert_eq!(fixes[1]["corrected"], serde_json::json!(["title", "description"]));
    assert_eq!(fixes[0]["title"], "No crash at midnight");
}

#[test]
fn section_and_breaking_change_the_raise_and_hide_does_not() {
    let repo = repo();
    assert_eq!(next(&repo), "1.1.0\n");
    repo.write(FILE, "[pull_request.12]\nhide = \"not finished\"\n");
    assert_eq!(next(&repo), "1.1.0\n");
    let json = repo.run_json(&["notes", "--as", "1.1.0", "--format", "json"]);
    let hidden = json["releases"][0]["commits"][3].clone();
    assert_eq!(hidden["outcome"], "hidden");
    assert_eq!(hidden["reason"], format!("hidden: not finished ({FILE})"));
    assert!(!notes(&repo).contains("add cart"));
    repo.write(FILE, "[pull_request.12]\nsection = \"fixes\"\n");
    assert_eq!(next(&repo), "1.0.1\n");
    repo.write(FILE, "[issue.7]\nbreaking = true\n");
    assert_eq!(next(&repo), "2.0.0\n");
    assert!(notes_of(&repo, "2.0.0").contains("### Breaking changes\n\n- round prices"));
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0").commit("feat!: b");
    let id = &ids(&repo)[0];
    repo.write(FILE, format!("[commit.{}]\nbreaking = false\n", &id[..12]));
    assert_eq!(next(&repo), "1.1.0\n");
    assert!(notes_of(&repo, "1.1.0").contains("### Features\n\n- b"));
}

#[test]
fn description_of_a_change_that_is_marked_breaking_is_its_note() {
    let repo = repo();
    repo.write(FILE, "[pull_request.12]\nbreaking = true\ndescription = \"Call `v2`.\"\n");
    let release = repo.release(&[]);
    let change = release.change("add cart");
    assert_eq!(change["breaking_note"], "Call `v2`.");
    assert!(notes(&repo).contains("\n\n  Call `v2`.\n"), "{}", notes(&repo));
}

fn notes_of(repo: &Repo, version: &str) -> String {
    repo.run(&["notes", "--as", version]).stdout
}

#[test]
fn merged_changes_are_one_entry_and_still_count() {
    let repo = repo();
    let (crash, prices) = (ids(&repo)[1].clone(), ids(&repo)[2].clone());
    repo.write(
        FILE,
        format!(
            "[pull_request.12]\nmerge_into = \"{}\"\n\n[commit.{crash}]\nmerge_into = \"#12\"\n",
            &prices[..8]
        ),
    );
    let notes = notes(&repo);
    assert!(!notes.contains("crash") && !notes.contains("### Features"), "{notes}");
    assert!(notes.contains("- round prices (#12"), "{notes}");
    assert_eq!(next(&repo), "1.1.0\n", "the feature counts");
    let json = repo.run_json(&["notes", "--as", "1.1.0", "--format", "json"]);
    let commit = &json["releases"][0]["commits"][1];
    assert_eq!(commit["outcome"], "merged");
    assert_eq!(commit["reason"], format!("merged into {} ({FILE})", &prices[..7]));
    let change = &json["releases"][0]["sections"][0]["changes"][0];
    assert_eq!(change["corrected"], serde_json::json!(["merge_into"]));
    assert_eq!(change["commits"].as_array().unwrap().len(), 3);
}

#[test]
fn change_merged_into_a_hidden_one_is_hidden_with_both_reasons() {
    let repo = repo();
    let cache = &ids(&repo)[0];
    repo.write(FILE, format!("[pull_request.12]\nmerge_into = \"{cache}\"\n"));
    let explained = repo.run(&["explain", "#12"]).stdout;
    let reason = format!("merged into {} ({FILE}), which is not listed: hidden by", &cache[..7]);
    assert!(explained.contains("outcome  hidden") && explained.contains(&reason), "{explained}");
}

#[test]
fn clone_without_trees_gets_the_same_next_version() {
    let repo = repo();
    let clone = repo.partial_clone("tree:0", &["--no-checkout"]);
    clone.write(FILE, "[issue.7]\nbreaking = true\n");
    assert_eq!(next(&clone), "2.0.0\n");
}

#[test]
fn cycle_of_merges_is_an_error() {
    let repo = repo();
    let prices = &ids(&repo)[2];
    repo.write(FILE, format!("[issue.7]\nmerge_into = \"{prices}\"\n"));
    let ran = repo.run(&["notes"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains("`merge_into` of issue 7 leads back to the same change"), "{}", ran.stderr);
    repo.write(FILE, "[pull_request.12]\nmerge_into = \"#7\"\n[issue.7]\nmerge_into = \"#12\"\n");
    let ran = repo.run(&["notes"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains(".tidings/corrections.toml:2:14: pull request 12"), "{}", ran.stderr);
}

#[test]
fn most_specific_entry_wins_and_contradictions_are_errors() {
    let repo = repo();
    repo.commit("fix: one\n\nCloses #8, closes #9");
    let one = ids(&repo)[0].clone();
    repo.write(
        FILE,
        format!("[commit.{one}]\ntitle = \"By commit\"\n[issue.8]\ntitle = \"By issue\"\nscope = \"x\"\n"),
    );
    assert!(notes(&repo).contains("- **x:** By commit ("));
    repo.write(FILE, "[issue.8]\ntitle = \"a\"\n[issue.9]\ntitle = \"b\"\n");
    let ran = repo.run(&["notes"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    let message = "issue 8 and issue 9 are the same change, but set `title` differently";
    assert!(ran.stderr.contains(message), "{}", ran.stderr);
}

#[test]
fn one_of_several_changes_of_a_commit_is_named_by_its_number() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.commit("Merge branch 'x'\n\n* feat: one\n* feat: two\n");
    let id = &ids(&repo)[0];
    let before = notes(&repo);
    assert!(before.contains("- one (") && before.contains("- two ("), "{before}");
    repo.write(FILE, format!("[commit.{}-2]\ntitle = \"Second\"\n", &id[..7]));
    let notes = notes(&repo);
    assert!(notes.contains("Second") && (notes.contains("- one (") != notes.contains("- two (")), "{notes}");
}

#[test]
fn unknown_key_and_bad_value_are_errors_with_their_place() {
    let repo = repo();
    for (text, message) in [
        ("[commit.a1b2c3d]\ntitel = \"x\"\n", "corrections.toml:2:1: unknown key `titel`"),
        ("[pull_request.12]\nsection = \"fixs\"\n", "the section `fixs` is not defined"),
        ("[commit.abc]\ntitle = \"x\"\n", "commit abc: the name of the table is not a commit ID"),
        ("[pull_request.12\n", "corrections.toml:1:"),
    ] {
        repo.write(FILE, text);
        let ran = repo.run(&["notes"]);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert!(ran.stderr.contains(message), "{}", ran.snapshot());
    }
}

#[test]
fn one_version_and_the_whole_history_agree_and_old_versions_are_corrected() {
    let repo = repo();
    repo.tag("v1.1.0").commit("feat: later");
    repo.write(
        FILE,
        "[pull_request.12]\ntitle = \"Carts\"\nmerge_into = \"#7\"\n[issue.7]\nsection = \"features\"\n\
         [version.\"1.1.0\"]\nsummary = \"Hello\"\nhighlights = [\"Fast\"]\n[version.\"v1.0.0\"]\nsummary = \"First\"\n",
    );
    let one = repo.run_json(&["notes", "v1.1.0", "--format", "json"]);
    let all = repo.run_json(&["notes", "--all", "--format", "json"]);
    let (mut one, mut all) = (one["releases"][0].clone(), all["releases"][1].clone());
    assert_eq!(one["summary"], "Hello");
    assert_eq!(one["highlights"], serde_json::json!(["Fast"]));
    for release in [&mut one, &mut all] {
        for section in release["sections"].as_array_mut().unwrap() {
            for change in section["changes"].as_array_mut().unwrap() {
                // The whole history names neither reasons nor areas.
                (change["areas"], change["reason"]) = (serde_json::Value::Null, serde_json::Value::Null);
            }
        }
        (release["contributors"], release["prereleases"]) = Default::default();
    }
    assert_eq!(one, all);
    assert!(repo.run(&["notes", "v1.0.0"]).stdout.contains("\nFirst\n"));
}

#[test]
fn commit_that_only_edits_corrections_is_hidden_and_counts_for_nothing() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.commit(Commit::new("fix: correct the notes").file(FILE, "[pull_request.12]\ntitle = \"x\"\n"));
    repo.materialize();
    let explained = repo.run(&["explain", "HEAD"]).stdout;
    assert!(explained.contains(&format!("reason   touches only {FILE}")), "{explained}");
    let ran = repo.run(&["next"]);
    assert_eq!((&*ran.stdout, ran.status), ("", Some(0)), "{}", ran.snapshot());
}

#[test]
fn bare_repository_reads_head_and_an_untrusted_one_the_base_branch() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0").commit("feat: add cart (#12)");
    repo.commit(Commit::new("chore: notes").file(FILE, "[pull_request.12]\ntitle = \"From HEAD\"\n"));
    repo.materialize();
    assert!(repo.bare_clone().run(&["notes", "--as", "1.1.0"]).stdout.contains("From HEAD"));
    repo.write(FILE, "[pull_request.12]\ntitle = \"From the work tree\"\n");
    assert!(notes(&repo).contains("From the work tree"));
    let untrusted = repo.run(&["notes", "--as", "1.1.0", "--untrusted"]);
    assert!(untrusted.stdout.contains("From HEAD"), "{}", untrusted.snapshot());
}

#[test]
fn path_is_set_in_the_configuration_and_stays_inside() {
    let repo = repo();
    repo.write("tidings.toml", "corrections = \"notes/corrections.toml\"\n");
    repo.write("notes/corrections.toml", "[pull_request.12]\ntitle = \"Elsewhere\"\n");
    assert!(notes(&repo).contains("Elsewhere"));
    repo.write("tidings.toml", "corrections = \"../corrections.toml\"\n");
    let ran = repo.run(&["notes"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
}

#[test]
fn summary_and_highlights_are_in_every_format() {
    let repo = repo();
    repo.write(
        FILE,
        "[version.\"1.1.0\"]\nsummary = \"\"\"\nA **calm** release.\n\n- one\n\"\"\"\nhighlights = [\"Carts\"]\n",
    );
    for format in
        ["markdown", "release", "keepachangelog", "text", "html", "slack", "terminal", "debian", "rpm"]
    {
        let ran = repo.run(&["notes", "--as", "1.1.0", "--format", format]);
        let start = ran.stdout.find("calm").unwrap_or_else(|| panic!("{format}: {}", ran.snapshot()));
        let at = |text: &str| {
            let found = ran.stdout[start..].find(text);
            found.unwrap_or_else(|| panic!("{format}: {text}: {}", ran.snapshot()))
        };
        assert!(at("one") < at("Carts") && at("Carts") < at("add cart"), "{}", ran.snapshot());
    }
    let text = repo.run(&["notes", "--as", "1.1.0", "--format", "text"]).stdout;
    assert!(text.contains("\nA calm release.\n\n- one\n\nHighlights\n\n* Carts\n\nFeatures\n"), "{text}");
    let markdown = notes(&repo);
    let expected = "\nA **calm** release.\n\n- one\n\n### Highlights\n\n- Carts\n\n### Features\n";
    assert!(markdown.contains(expected), "{markdown}");
    let preview = repo.run(&["preview"]).stdout;
    assert!(preview.contains("A calm release."), "unreleased changes show the version to come: {preview}");
    let german = repo.run(&["notes", "--as", "1.1.0", "--locale", "de"]).stdout;
    assert!(german.contains("### Das Wichtigste"), "{german}");
}

#[test]
fn long_highlight_is_wrapped_and_escaped_for_its_format() {
    let repo = repo();
    let long = format!("100% {}", "of all words ".repeat(12));
    repo.write(FILE, format!("[version.\"1.1.0\"]\nhighlights = [\"{}\"]\n", long.trim()));
    for (format, start) in [("text", "* 100% of"), ("debian", "  * 100% of"), ("rpm", "- 100%% of")] {
        let text = repo.run(&["notes", "--as", "1.1.0", "--format", format]).stdout;
        let mut lines = text.lines().skip_while(|line| !line.starts_with(start));
        assert!(lines.next().is_some_and(|line| line.len() <= 80), "{format}: {text}");
        assert!(
            lines.next().is_some_and(|line| line.starts_with("  ") && line.contains("words")),
            "{format}: {text}"
        );
    }
}

#[test]
fn explain_names_the_correction() {
    let repo = repo();
    repo.write(FILE, "[pull_request.12]\ntitle = \"Carts\"\nsection = \"performance\"\n");
    let ran = repo.run(&["explain", "#12"]);
    assert!(
        ran.stdout.contains(&format!("reason   listed in `performance` by {FILE}")),
        "{}",
        ran.snapshot()
    );
    let lines =
        format!("  change   Carts\n  note     corrected by {FILE}: title, section\n  written  add cart\n");
    assert!(ran.stdout.contains(&lines), "{}", ran.snapshot());
    let decided = "→ the built-in rule for features: lists it in `features`";
    assert!(ran.stdout.contains(decided), "the rules read what was written: {}", ran.snapshot());
}

#[test]
fn comparison_has_the_corrections_and_the_texts_of_all_its_versions() {
    let repo = repo();
    repo.tag("v1.1.0").commit("feat: later");
    repo.tag("v1.2.0");
    repo.write(
        FILE,
        "[pull_request.12]\ntitle = \"Carts\"\n[version.\"1.1.0\"]\nsummary = \"Older text\"\n\
         [version.\"1.2.0\"]\nsummary = \"Newer text\"\n",
    );
    let text = repo.run(&["compare", "v1.0.0", "v1.2.0", "--format", "markdown"]).stdout;
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("Newer text") < at("Older text") && at("Older text") < at("Carts"), "{text}");
    let back = repo.run(&["compare", "v1.2.0", "v1.0.0", "--format", "markdown"]).stdout;
    assert!(back.contains("Carts") && !back.contains("text"), "{back}");
}

#[test]
fn release_body_and_changelog_have_the_corrections() {
    let fake = Fake::github("o", "r");
    let repo = repo();
    let configuration =
        "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n[network]\ntries = 1\n";
    repo.write("tidings.toml", configuration);
    repo.write(FILE, "[issue.7]\ntitle = \"Round to the cent\"\n[version.\"1.1.0\"]\nsummary = \"Hello\"\n");
    let changelog = repo.run(&["changelog", "--as", "1.1.0"]).stdout;
    assert!(changelog.contains("Round to the cent") && changelog.contains("Hello"), "{changelog}");
    repo.tag("v1.1.0");
    fake.tag("v1.1.0", &ids(&repo)[0]);
    let mut command = repo.tidings(&["publish", "v1.1.0", "--dry-run"]);
    command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "ghp_hidden");
    let ran = repo.run_command(command);
    assert!(ran.stdout.contains("Round to the cent"), "{}", ran.snapshot());
}

#[test]
fn check_reports_entries_that_match_nothing_and_hidden_breaking_changes() {
    let repo = repo();
    let id = &ids(&repo)[1];
    repo.commit("feat!: drop x");
    repo.write(
        FILE,
        format!(
            "[commit.{}]\nhide = \"internal\"\n[commit.abcdef0]\ntitle = \"x\"\n[pull_request.12]\nmerge_into = \"{id}\"\n\
             [pull_request.99]\ntitle = \"x\"\n[issue.7]\nmerge_into = \"#98\"\n[issue.98]\ntitle = \"x\"\n\
             [version.\"1.0.0\"]\nsummary = \"x\"\n[version.\"0.5.0\"]\nsummary = \"x\"\n[version.\"3.0.0\"]\nsummary = \"x\"\n",
            &ids(&repo)[0]
        ),
    );
    let ran = repo.run(&["check"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    for expected in [
        "commit abcdef0 names no commit of the repository",
        "pull request 99 matches no change",
        "issue 98 matches no change",
        "`merge_into` of issue 7 names #98, which matches no change",
        "version 0.5.0 matches no version",
        "hides a breaking change: `drop x`",
        "issue 7 is not merged, because `merge_into` names no change of this version",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.snapshot());
    }
    assert_eq!(ran.stdout.matches("! corrections: ").count(), 7, "{}", ran.snapshot());
    repo.write(FILE, "[pull_request.12]\ntitle = \"x\"\n");
    let ran = repo.run(&["check"]);
    assert!(ran.stdout.contains("✓ corrections: each entry of"), "{}", ran.snapshot());
}
