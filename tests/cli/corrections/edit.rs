//! `tidings edit`: the list of a window's entries, in an editor and from a file.

use super::*;
use crate::support::Ran;

/// Runs `edit` with an editor that runs this shell script on the list, `$1`.
#[cfg(unix)]
fn edit_with(repo: &Repo, args: &[&str], script: &str) -> Ran {
    let editor = repo.home().join("editor of ada.sh");
    std::fs::write(&editor, format!("set -e\n{script}\n")).unwrap();
    let mut command = repo.tidings(&[&["edit"], args].concat());
    command.env("EDITOR", format!("sh '{}'", editor.display()));
    repo.run_command(command)
}

fn from_list(repo: &Repo, list: &str) -> Ran {
    repo.run_with_input(&["edit", "--from", "-"], list)
}

fn list(repo: &Repo) -> String {
    let ran = repo.run(&["edit", "--print"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout
}

fn file(repo: &Repo) -> String {
    repo.read(FILE)
}

fn has_file(repo: &Repo) -> bool {
    repo.dir().join(FILE).exists()
}

#[test]
fn list_has_one_line_for_each_entry_and_hidden_ones_below_with_the_reason() {
    let repo = repo();
    let list = list(&repo);
    let (cache, crash, prices) = (&ids(&repo)[0][..7], &ids(&repo)[1][..7], &ids(&repo)[2][..7]);
    let expected = format!(
        "version 1.1.0\n\nkeep  #12     features(shop) add cart\nkeep  {crash} fixes          crash\n\
         keep  {prices} fixes          round prices\n\n\
         # Hidden. To list one, remove the `#`, write `keep`, and name a section:\n#\n\
         # hide  {cache} -              cache\n#   reason: hidden by"
    );
    assert!(list.starts_with(&expected), "{list}");
    assert!(list.contains("# Sections: breaking, features,"), "{list}");
    assert!(list.lines().all(|line| line.chars().count() <= 120), "{list}");
    let ran = from_list(&repo, &list);
    assert_eq!(ran.snapshot(), "status: 0\n----- stderr -----\nnothing was changed\n");
    assert!(!has_file(&repo));
}

#[test]
fn each_action_is_written_and_shown_by_the_list_again() {
    let repo = repo();
    repo.commit("feat!: drop x");
    let all = ids(&repo);
    let (drop, cache, crash, prices) = (&all[0][..7], &all[1][..7], &all[2][..7], &all[3][..7]);
    let ran = from_list(
        &repo,
        &format!(
            "version 2.0.0\n  summary: A **calm** release.\n  summary:\n  summary: - one\n  highlight: Carts\n\
             keep #12 performance() Carts are here\n  description: So that people can buy\nmerge {prices}\n\
             hide {crash}\n  reason: never released\nkeep {drop} features drop x\nkeep {cache} other Cache more\n"
        ),
    );
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    let id = |commit: usize| &all[commit][..12];
    assert_eq!(
        file(&repo),
        format!(
            "[version.\"2.0.0\"]\nsummary = \"\"\"\nA **calm** release.\n\n- one\n\"\"\"\nhighlights = [\"Carts\"]\n\n\
             [pull_request.12]\nsection = \"performance\"\ntitle = \"Carts are here\"\nscope = \"\"\n\
             description = \"So that people can buy\"\n\n[commit.{}]\nmerge_into = \"#12\"\n\n\
             [commit.{}]\nhide = \"never released\"\n\n[commit.{}]\nbreaking = false\nsection = \"features\"\n\n\
             [commit.{}]\nsection = \"other\"\ntitle = \"Cache more\"\n",
            id(3),
            id(2),
            id(0),
            id(1)
        )
    );
    assert!(ran.stdout.contains("pull request 12: title = \"Carts are here\"\n"), "{}", ran.snapshot());
    let again = list(&repo);
    for line in [
        "version 1.0.1\n",
        &format!("keep  {drop} features    drop x\n"),
        "keep  #12     performance Carts are here\n",
        &format!("merge {prices} -           round prices\n"),
        &format!("keep  {cache} other       Cache more\n"),
        &format!("# hide  {crash} -           crash\n#   reason: never released\n"),
    ] {
        assert!(again.contains(line) || line.starts_with("version"), "{line}\n{again}");
    }
    let before = file(&repo);
    assert_eq!(from_list(&repo, &again).stderr, "nothing was changed\n");
    assert_eq!(file(&repo), before);
}

#[test]
fn entry_is_listed_again_unmerged_and_its_texts_are_removed() {
    let repo = repo();
    let (crash, prices) = (ids(&repo)[1].clone(), ids(&repo)[2].clone());
    repo.write(
        FILE,
        format!(
            "[commit.{crash}]\nhide = \"x\"\n\n[commit.{}] # mine\nmerge_into = \"#12\"\ntitle = \"Kept\"\n\n\
             [version.\"1.1.0\"]\nsummary = \"x\"\nhighlights = [\"y\"]\n",
            &prices[..7]
        ),
    );
    let ran = from_list(
        &repo,
        &format!("version 1.1.0\n  summary:\n  highlight:\nkeep {}\nkeep {}\n", &crash[..7], &prices[..7]),
    );
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(file(&repo), format!("\n[commit.{}] # mine\ntitle = \"Kept\"\n", &prices[..7]));
    let notes = notes(&repo);
    assert!(notes.contains("- crash") && notes.contains("- Kept"), "{notes}");
}

#[test]
fn rest_of_the_file_stays_byte_for_byte() {
    for end in ["\n", "\r\n"] {
        let repo = repo();
        let text = "# Corrections\n\n[issue.7]   # see the mail\nscope =   'money'\n\n\n[pull_request.12]\ntitle = 'a' # b\n"
            .replace('\n', end);
        repo.write(FILE, &text);
        assert_eq!(from_list(&repo, &list(&repo)).stderr, "nothing was changed\n");
        assert_eq!(file(&repo), text);
        assert_eq!(from_list(&repo, "keep #12 features(shop) Carts\n").status, Some(0));
        assert_eq!(file(&repo), text.replace("'a'", "\"Carts\""));
    }
}

#[test]
fn lines_that_cannot_be_read_are_all_named_and_nothing_is_written() {
    let repo = repo();
    let crash = &ids(&repo)[1][..7];
    for (list, message) in [
        ("drop #12\n", "line 1: `drop` is not an action; use keep, hide, merge or version"),
        ("keep #13 fixes x\n", "line 1: `#13` is not an entry of this list"),
        ("\nkeep #12 fixs x\n", "line 2: the section `fixs` is not defined"),
        ("hide #12\n", "line 1: `hide` needs a reason: add a line `  reason: WHY` below it"),
        ("merge #12\n", "line 1: `merge` needs an entry above it"),
        ("keep #12\nkeep #12\n", "line 2: #12 is also on line 1"),
        ("keep #12\n  reason: x\n", "line 2: `reason:` does not apply to `keep`"),
        ("  reason: x\n", "line 1: there is no entry above it"),
        ("keep #12 fixes(x\n", "line 1: the scope has no `)` at its end"),
        (&format!("drop #12\nkeep {crash} no x\n"), "line 2: the section `no` is not defined"),
    ] {
        let ran = from_list(&repo, list);
        assert_eq!(ran.status, Some(2), "{list}: {}", ran.snapshot());
        assert!(ran.stderr.contains(message), "{list}: {}", ran.snapshot());
        assert!(!has_file(&repo));
    }
}

#[test]
fn corrections_that_would_merge_in_a_circle_are_refused() {
    let repo = repo();
    let crash = ids(&repo)[1].clone();
    repo.write(FILE, format!("[commit.{crash}]\nmerge_into = \"#7\"\n[issue.7]\ntitle = \"x\"\n"));
    let before = file(&repo);
    let prices = &ids(&repo)[2];
    repo.write(FILE, format!("{before}[commit.{prices}]\ntitle = \"y\"\n"));
    let before = file(&repo);
    let ran = from_list(&repo, &format!("keep {}\nmerge {}\n", &crash[..7], &prices[..7]));
    assert_eq!(ran.status, Some(0), "the first is no longer merged: {}", ran.snapshot());
    assert_ne!(file(&repo), before);
    let ran = repo.run(&["notes", "--as", "1.1.0"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
}

#[cfg(unix)]
#[test]
fn editor_is_run_on_the_list_and_its_changes_are_written() {
    let repo = repo();
    let ran = edit_with(&repo, &[], "sed -i 's/add cart/Carts/' \"$1\"");
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(file(&repo), "[pull_request.12]\ntitle = \"Carts\"\n");
    assert!(ran.stderr.contains("wrote .tidings/corrections.toml:"), "{}", ran.snapshot());
    let files = std::fs::read_dir(repo.dir().join(".git/tidings")).unwrap();
    let is_list = |path: &std::path::Path| path.extension().is_none_or(|extension| extension != "lock");
    let kept = files.filter(|file| is_list(&file.as_ref().unwrap().path())).count();
    assert_eq!(kept, 0, "no list is left behind");
    repo.tag("v1.1.0").commit("feat: later");
    let ran = edit_with(&repo, &["v1.1.0"], "sed -i 's/ crash/ No crash/' \"$1\"");
    assert!(repo.run(&["notes", "v1.1.0"]).stdout.contains("No crash"), "{}", ran.snapshot());
}

#[cfg(unix)]
#[test]
fn failing_editor_empty_list_and_bad_line_lose_nothing() {
    let repo = repo();
    repo.write(FILE, "# mine\n");
    let ran = edit_with(&repo, &[], "exit 3");
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains("failed (exit status: 3); nothing was written"), "{}", ran.snapshot());
    let ran = edit_with(&repo, &[], ": >\"$1\"");
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(ran.stderr, "the list is empty: nothing was changed\n");
    for script in [
        "sed -i 's/add cart/Carts/; s/^keep \\(.* crash\\)/kepe \\1/' \"$1\"",
        "sed -i 's/add cart/Carts/' \"$1\"; exit 1",
    ] {
        let ran = edit_with(&repo, &[], script);
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
        assert_eq!(file(&repo), "# mine\n");
        let kept = ran.stderr.split("tidings edit --from ").nth(1).unwrap().trim();
        let list = std::fs::read_to_string(kept).unwrap();
        assert!(list.contains("Carts"), "{list}");
        std::fs::write(kept, list.replace("kepe", "keep")).unwrap();
        let ran = repo.run(&["edit", "--dry-run", "--from", kept]);
        assert_eq!(ran.stdout, "pull request 12: title = \"Carts\"\n", "{}", ran.snapshot());
        assert_eq!(file(&repo), "# mine\n");
    }
}

#[cfg(unix)]
#[test]
fn file_changed_meanwhile_keeps_both_changes_or_refuses() {
    let repo = repo();
    let write =
        |text: &str| format!("mkdir -p .tidings; printf '{text}' >{FILE}; sed -i 's/add cart/Carts/' \"$1\"");
    let ran = edit_with(&repo, &[], &write("[issue.7]\\ntitle = \"Cents\"\\n"));
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(file(&repo), "[issue.7]\ntitle = \"Cents\"\n\n[pull_request.12]\ntitle = \"Carts\"\n");
    repo.write(FILE, "");
    let ran = edit_with(&repo, &[], &write("[pull_request.12]\\ntitle = \"Theirs\"\\n"));
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(ran.stderr.contains("was changed meanwhile: `title` of pull request 12"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("your list is kept"), "{}", ran.snapshot());
    assert_eq!(file(&repo), "[pull_request.12]\ntitle = \"Theirs\"\n");
}

#[test]
fn without_a_terminal_and_an_editor_the_error_says_what_to_do() {
    let ran = repo().run(&["edit"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains("there is no terminal to open an editor in"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("--from FILE"), "{}", ran.snapshot());
}

#[test]
fn bare_and_untrusted_repositories_are_not_edited() {
    let repo = repo();
    let ran = repo.bare_clone().run(&["edit"]);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    let ran = repo.run(&["edit", "--untrusted"]);
    assert!(ran.stderr.contains("`tidings edit` is refused"), "{}", ran.snapshot());
}

#[test]
fn package_is_edited_under_its_own_version() {
    let repo = Repo::new();
    repo.write("tidings.toml", "[[packages]]\nname = \"core\"\npaths = [\"core/\"]\n[[packages]]\nname = \"web\"\npaths = [\"web/\"]\n");
    repo.commit(Commit::new("feat: a").file("core/a", "1").file("web/a", "1"));
    repo.git(&["tag", "core@1.0.0"]);
    repo.commit(Commit::new("feat: b").file("core/b", "1"));
    repo.materialize();
    let ran = repo.run_with_input(
        &["edit", "--package", "core", "--from", "-"],
        "version core@1.1.0\n  summary: Core text\n",
    );
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(file(&repo), "[version.\"core@1.1.0\"]\nsummary = \"Core text\"\n");
    let notes = repo.run(&["notes", "--package", "core", "--as", "1.1.0"]).stdout;
    assert!(notes.contains("Core text"), "{notes}");
    let web = repo.run(&["notes", "--package", "web"]).stdout;
    assert!(!web.contains("Core text"), "{web}");
}

/// Preview, edit three entries: the changelog, the release and the message all show them.
#[test]
fn edited_entries_are_in_changelog_release_and_message() {
    let fake = Fake::github("o", "r");
    let repo = repo();
    let configuration = "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n[network]\ntries = 1\n\
                         [[notify]]\nkind = \"slack\"\nurl_env = \"SLACK_HOOK\"\n";
    repo.write("tidings.toml", configuration);
    let all = ids(&repo);
    let (cache, crash) = (&all[0][..7], &all[1][..7]);
    assert!(repo.run(&["preview", "--offline"]).stdout.contains("add cart"));
    let ran = from_list(
        &repo,
        &format!(
            "version 1.1.0\n  highlight: Carts\nkeep #12 features(shop) Shopping carts\nhide {crash}\n  reason: internal\n\
             keep {cache} performance Builds are fast\n"
        ),
    );
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    repo.tag("v1.1.0");
    fake.tag("v1.1.0", &all[0]);
    for args in [
        &["preview", "v1.1.0"][..],
        &["changelog", "--as", "v1.1.0"],
        &["publish", "v1.1.0", "--dry-run"],
        &["notify", "v1.1.0", "--dry-run"],
    ] {
        let mut command = repo.tidings(args);
        command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "ghp_hidden");
        command.env("SLACK_HOOK", "http://127.0.0.1:9/hook");
        let ran = repo.run_command(command);
        for shown in ["Shopping carts", "Builds are fast", "Carts"] {
            assert!(ran.stdout.contains(shown), "{args:?} {shown}: {}", ran.snapshot());
        }
        assert!(!ran.stdout.contains("crash"), "{args:?}: {}", ran.snapshot());
    }
}
