//! "Writing": lines 22, 23, 29 and 30 of the known ways to be wrong. Of Markdown only what must never be in it is said.

use super::support::Repo;

/// 1.0.0, and these commits after it.
fn with(messages: &[&str]) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0");
    for message in messages {
        repo.commit(*message);
    }
    repo
}

fn notes(repo: &Repo, format: &str) -> String {
    let ran = repo.run(&["notes", "--format", format, "--color", "never"]);
    assert_eq!(ran.status, Some(0), "{format}: {}", ran.snapshot());
    ran.stdout
}

/// Whether a character stands in the text without a backslash before it.
fn is_bare(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, _)| !text[..at].ends_with('\\'))
}

#[test]
fn pitfall_22_markdown_swallows_nothing_and_is_not_broken_out_of() {
    let repo = with(&[
        "fix: keep Vec<T> and <script>alert(1)</script>",
        "fix: snake_case_name and *stars* and a|b",
        "fix: - not a list",
        "fix: # not a heading",
        "fix: ``` not a fence",
        "fix: [text](https://evil.example)",
        "fix: ![x](https://evil.example/x.png)",
    ]);
    let text = notes(&repo, "markdown");
    for live in ["<T>", "<script>", "](https://evil", "*stars*"] {
        assert!(!is_bare(&text, live), "{live} is live in:\n{text}");
    }
    assert!(!text.lines().any(|line| line.trim_start().starts_with("```")), "a fence is open in:\n{text}");
    let headings = text.lines().filter(|line| line.starts_with('#')).count();
    let entries = text.lines().filter(|line| line.starts_with("- ") || line.starts_with("* ")).count();
    assert_eq!((headings, entries), (2, 7), "{text}");
}

#[test]
fn pitfall_22_code_spans_stay_as_they_are() {
    let text = notes(&with(&["fix: keep `Vec<T>` and `a_b|c` whole"]), "markdown");
    assert!(text.contains("`Vec<T>`") && text.contains("`a_b|c`"), "{text}");
}

#[test]
fn pitfall_22_html_is_escaped() {
    let repo = with(&["fix: <script>alert(1)</script> & \"quotes\" <img src=x onerror=alert(1)>"]);
    let text = notes(&repo, "html");
    assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
    assert!(text.contains("&lt;script&gt;"), "{text}");
}

#[test]
fn pitfall_22_slack_has_no_live_markup() {
    let repo = with(&["fix: <!channel> <https://evil.example|click> & more"]);
    let text = notes(&repo, "slack");
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    assert!(!text.contains("<!channel>") && !text.contains("<https://evil"), "{text}");
    assert!(text.contains("&lt;!channel"), "{text}");
}

#[test]
fn pitfall_22_text_says_what_was_written() {
    let text = notes(&with(&["fix: keep Vec<T> & snake_case"]), "text");
    assert!(text.contains("Vec<T> & snake_case"), "{text}");
}

#[test]
fn pitfall_22_a_template_in_a_message_does_not_expand() {
    let repo = with(&["fix: {{ 7 * 7 }} {% raise %} ${HOME} $(id)"]);
    for format in ["markdown", "html", "text", "slack", "release", "keepachangelog"] {
        let text = notes(&repo, format);
        assert!(text.contains("7") && !text.contains("49"), "{format}:\n{text}");
        assert!(text.contains("raise"), "{format}:\n{text}");
    }
}

#[test]
fn pitfall_23_names_ping_nobody_and_stay_readable() {
    let repo = with(&["fix: thank @octocat and @scope/package and a@b.example"]);
    for format in ["markdown", "release", "keepachangelog"] {
        let text = notes(&repo, format);
        for live in [" @octocat", " @scope"] {
            assert!(!text.contains(live), "{format}: {live} is live in:\n{text}");
        }
        assert!(text.contains("octocat") && text.contains("scope/package"), "{format}:\n{text}");
    }
}

#[test]
fn pitfall_29_an_annotated_tag_has_its_own_date_and_a_lightweight_one_its_commit_s() {
    let repo = Repo::new();
    // 2026-01-10 and 2026-01-20, at noon; the tag of the first is from 2026-01-15.
    repo.at(1_768_046_400).commit("feat: one");
    repo.annotated_tag("v1.0.0", "One", 1_768_478_400);
    repo.at(1_768_910_400).commit("feat: two");
    repo.tag("v1.1.0");
    assert_eq!(repo.release(&["v1.0.0"]).0["date"], "2026-01-15");
    assert_eq!(repo.release(&["v1.1.0"]).0["date"], "2026-01-20");
    // The harness tells the program that it is 2026-03-01.
    repo.commit("feat: three");
    assert_eq!(repo.release(&["--as", "v1.2.0"]).0["date"], "2026-03-01");
    assert!(repo.release(&[]).0["date"].is_null());
}

#[test]
fn pitfall_29_source_date_epoch_is_now() {
    let repo = with(&["feat: second"]);
    let mut command = repo.tidings(&["notes", "--as", "1.1.0", "--format", "json"]);
    command.env("SOURCE_DATE_EPOCH", "1000000000");
    let ran = repo.run_command(command);
    let notes: serde_json::Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.snapshot()));
    assert_eq!(notes["releases"][0]["date"], "2001-09-09");
}

#[test]
fn pitfall_29_neither_time_zone_nor_locale_change_a_byte() {
    let repo = Repo::new();
    // Half an hour before midnight, UTC.
    repo.at(1_768_087_800).commit("feat: one");
    repo.tag("v1.0.0").commit("feat: zwei äöü");
    for args in [
        &["notes", "--all", "--format", "json"][..],
        &["notes", "--as", "1.1.0"],
        &["notes", "v1.0.0", "--format", "debian"],
        &["notes", "v1.0.0", "--format", "rpm"],
    ] {
        let expected = repo.run(args).stdout;
        for (zone, locale) in
            [("Asia/Taipei", "zh_TW.UTF-8"), ("America/Los_Angeles", "de_DE"), ("Pacific/Kiritimati", "C")]
        {
            let mut command = repo.tidings(args);
            command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale).env("LANGUAGE", locale);
            assert_eq!(repo.run_command(command).stdout, expected, "{args:?} in {zone}, {locale}");
        }
    }
}

#[test]
fn pitfall_30_refs_that_begin_with_a_dash_are_no_options() {
    let repo = with(&["feat: second"]);
    let sha = repo.sha(repo.head());
    for name in ["refs/tags/-v1.1.0", "refs/tags/--output=x", "refs/heads/--help"] {
        // git itself refuses to make them; a hostile remote need not.
        repo.write(&format!(".git/{name}"), format!("{sha}\n"));
    }
    let release = repo.release(&[]);
    assert_eq!(release.base(), "v1.0.0");
    let ran = repo.run(&["notes", "--format", "json", "--", "-v1.1.0"]);
    assert!(matches!(ran.status, Some(0 | 3)), "{}", ran.snapshot());
    assert!(!repo.dir().join("x").exists());
}

#[test]
fn pitfall_30_the_name_of_a_remote_is_no_option() {
    let repo = with(&["feat: second"]);
    repo.write("tidings.toml", "[repository]\nremote = \"--upload-pack=touch pwned\"\n");
    let ran = repo.run(&["--deepen", "notes"]);
    assert_ne!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(!repo.dir().join("pwned").exists());
}

#[test]
fn pitfall_30_a_message_cannot_make_a_workflow_command() {
    let repo = with(&[]);
    let hostile = "no type\n::error::injected\r::set-output name=x::y%0A::warning::z\n";
    let ran = repo.run_with_input(&["check", "--message", "-", "--format", "github"], hostile);
    for line in ran.stdout.lines() {
        assert!(line.contains("title=tidings "), "{line}\n{}", ran.snapshot());
    }
    assert!(!ran.stdout.contains('\r') && !ran.stdout.is_empty(), "{}", ran.snapshot());
}

#[test]
fn pitfall_30_a_commit_cannot_make_a_workflow_command() {
    let repo = with(&["no type\r::error::injected", "::warning::at the start", "feat: x%0A::error::z"]);
    let ran = repo.run(&["check", "--format", "github"]);
    for line in ran.stdout.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        assert!(line.contains("title=tidings "), "{line}\n{}", ran.snapshot());
    }
    for line in ran.stderr.split(['\n', '\r']) {
        assert!(!line.starts_with("::"), "{}", ran.snapshot());
    }
}

#[test]
fn pitfall_30_nothing_on_stderr_begins_a_workflow_command_or_moves_the_cursor() {
    let repo = with(&["feat: second"]);
    for target in ["::error::x", "x\n::error::y", "\u{1b}[2Jx"] {
        let ran = repo.run(&["notes", "--", target]);
        assert_eq!(ran.status, Some(3), "{}", ran.snapshot());
        assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
        assert!(!ran.stderr.lines().any(|line| line.starts_with("::")), "{}", ran.snapshot());
    }
}

#[test]
fn a_package_s_changelog_has_the_day_s_date_for_what_is_unreleased() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    let debian = repo.run(&["notes", "--format", "debian"]).stdout;
    assert!(debian.trim_end().ends_with("Sun, 01 Mar 2026 00:00:00 +0000"), "{debian}");
    let rpm = repo.run(&["notes", "--format", "rpm"]).stdout;
    assert!(rpm.starts_with("* Sun Mar 01 2026 "), "{rpm}");
}
