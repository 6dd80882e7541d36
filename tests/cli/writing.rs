//! Escaping, mentions, dates and hostile refs. For Markdown, only what must not be in the output is checked.

use super::support::Repo;

/// A repository with 1.0.0, and these commits after it.
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

/// Whether the text contains the character without a backslash before it.
fn is_bare(text: &str, needle: &str) -> bool {
    text.match_indices(needle).any(|(at, _)| !text[..at].ends_with('\\'))
}

#[test]
fn markdown_is_escaped_without_loss() {
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
fn code_spans_are_kept() {
    let text = notes(&with(&["fix: keep `Vec<T>` and `a_b|c` whole"]), "markdown");
    assert!(text.contains("`Vec<T>`") && text.contains("`a_b|c`"), "{text}");
}

#[test]
fn html_is_escaped() {
    let repo = with(&["fix: <script>alert(1)</script> & \"quotes\" <img src=x onerror=alert(1)>"]);
    let text = notes(&repo, "html");
    assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
    assert!(text.contains("&lt;script&gt;"), "{text}");
}

#[test]
fn slack_markup_is_escaped() {
    let repo = with(&["fix: <!channel> <https://evil.example|click> & more"]);
    let text = notes(&repo, "slack");
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    assert!(!text.contains("<!channel>") && !text.contains("<https://evil"), "{text}");
    assert!(text.contains("&lt;!channel"), "{text}");
}

#[test]
fn text_format_keeps_the_original_text() {
    let text = notes(&with(&["fix: keep Vec<T> & snake_case"]), "text");
    assert!(text.contains("Vec<T> & snake_case"), "{text}");
}

#[test]
fn template_syntax_in_a_message_is_not_expanded() {
    let repo = with(&["fix: {{ 7 * 7 }} {% raise %} ${HOME} $(id)"]);
    for format in ["markdown", "html", "text", "slack", "release", "keepachangelog"] {
        let text = notes(&repo, format);
        assert!(text.contains("7") && !text.contains("49"), "{format}:\n{text}");
        assert!(text.contains("raise"), "{format}:\n{text}");
    }
}

#[test]
fn names_do_not_mention_users_and_stay_readable() {
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
fn annotated_tag_has_its_own_date_and_lightweight_tag_that_of_its_commit() {
    let repo = Repo::new();
    // 2026-01-10 and 2026-01-20, at noon; the tag of the first is from 2026-01-15.
    repo.at(1_768_046_400).commit("feat: one");
    repo.annotated_tag("v1.0.0", "One", 1_768_478_400);
    repo.at(1_768_910_400).commit("feat: two");
    repo.tag("v1.1.0");
    assert_eq!(repo.release(&["v1.0.0"]).0["date"], "2026-01-15");
    assert_eq!(repo.release(&["v1.1.0"]).0["date"], "2026-01-20");
    // The harness sets the program's time to 2026-03-01.
    repo.commit("feat: three");
    assert_eq!(repo.release(&["--as", "v1.2.0"]).0["date"], "2026-03-01");
    assert!(repo.release(&[]).0["date"].is_null());
}

#[test]
fn source_date_epoch_sets_the_current_time() {
    let repo = with(&["feat: second"]);
    let mut command = repo.tidings(&["notes", "--as", "1.1.0", "--format", "json"]);
    command.env("SOURCE_DATE_EPOCH", "1000000000");
    let ran = repo.run_command(command);
    let notes: serde_json::Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.snapshot()));
    assert_eq!(notes["releases"][0]["date"], "2001-09-09");
}

#[test]
fn time_zone_and_locale_do_not_change_the_output() {
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
fn refs_with_a_leading_dash_are_not_options() {
    let repo = with(&["feat: second"]);
    let sha = repo.sha(repo.head());
    for name in ["refs/tags/-v1.1.0", "refs/tags/--output=x", "refs/heads/--help"] {
        // git refuses to create them; a hostile remote may not.
        repo.write(&format!(".git/{name}"), format!("{sha}\n"));
    }
    let release = repo.release(&[]);
    assert_eq!(release.base(), "v1.0.0");
    let ran = repo.run(&["notes", "--format", "json", "--", "-v1.1.0"]);
    assert!(matches!(ran.status, Some(0 | 3)), "{}", ran.snapshot());
    assert!(!repo.dir().join("x").exists());
}

#[test]
fn remote_name_with_a_leading_dash_is_not_an_option() {
    let repo = with(&["feat: second"]);
    repo.write("tidings.toml", "[repository]\nremote = \"--upload-pack=touch pwned\"\n");
    let ran = repo.run(&["--deepen", "notes"]);
    assert_ne!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(!repo.dir().join("pwned").exists());
}

#[test]
fn message_cannot_create_a_workflow_command() {
    let repo = with(&[]);
    let hostile = "no type\n::error::injected\r::set-output name=x::y%0A::warning::z\n";
    let ran = repo.run_with_input(&["check", "--message", "-", "--format", "github"], hostile);
    for line in ran.stdout.lines() {
        assert!(line.contains("title=tidings "), "{line}\n{}", ran.snapshot());
    }
    assert!(!ran.stdout.contains('\r') && !ran.stdout.is_empty(), "{}", ran.snapshot());
}

#[test]
fn commit_cannot_create_a_workflow_command() {
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
fn stderr_contains_no_workflow_command_and_no_cursor_movement() {
    let repo = with(&["feat: second"]);
    for target in ["::error::x", "x\n::error::y", "\u{1b}[2Jx"] {
        let ran = repo.run(&["notes", "--", target]);
        assert_eq!(ran.status, Some(3), "{}", ran.snapshot());
        assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
        assert!(!ran.stderr.lines().any(|line| line.starts_with("::")), "{}", ran.snapshot());
    }
}

#[test]
fn debian_and_rpm_date_unreleased_changes_today() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    let debian = repo.run(&["notes", "--format", "debian"]).stdout;
    assert!(debian.trim_end().ends_with("Sun, 01 Mar 2026 00:00:00 +0000"), "{debian}");
    let rpm = repo.run(&["notes", "--format", "rpm"]).stdout;
    assert!(rpm.starts_with("* Sun Mar 01 2026 "), "{rpm}");
}
