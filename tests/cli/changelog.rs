//! `CHANGELOG.md`: lines 8, 25 and 26 of the known ways to be wrong.

use super::support::Repo;

/// 1.0.0 and 1.1.0 are tagged, 1.2.0 is not; the repository has an address, so that there are links.
fn released() -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    repo.tag("v1.1.0").commit("feat: third");
    repo
}

/// Runs `changelog --write` with these arguments and gives the file.
fn write(repo: &Repo, args: &[&str]) -> String {
    let ran = repo.run(&[&["changelog", "--write"], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    repo.read("CHANGELOG.md")
}

/// The versions of the headings of the second level, outside of code fences, in their order.
fn headings(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        fenced ^= line.starts_with("```");
        !fenced && line.starts_with("## ")
    });
    lines.map(|line| line[3..].trim_start_matches('[').split([']', ' ']).next().unwrap()).collect()
}

#[test]
fn pitfall_08_a_backport_released_later_stands_below_the_newer_minor() {
    let repo = released();
    repo.tag("v1.2.0");
    let before = write(&repo, &[]);
    assert_eq!(headings(&before), ["1.2.0", "1.1.0", "1.0.0"]);
    repo.git(&["branch", "--quiet", "--force", "release/1.1", "v1.1.0"]);
    repo.git(&["checkout", "--quiet", "--force", "release/1.1"]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--message", "fix: back"]);
    repo.write("CHANGELOG.md", &before);
    assert_eq!(headings(&write(&repo, &["--as", "1.1.1"])), ["1.2.0", "1.1.1", "1.1.0", "1.0.0"]);
}

#[test]
fn pitfall_25_a_second_run_gives_the_same_bytes() {
    let repo = released();
    write(&repo, &[]);
    let once = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&once).iter().filter(|version| **version == "1.2.0").count(), 1, "{once}");
    assert_eq!(write(&repo, &["--as", "v1.2.0"]), once);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0", "--check"]).status, Some(0));
}

#[test]
fn pitfall_25_tagging_after_writing_changes_nothing_but_dates() {
    let repo = released();
    let written = write(&repo, &["--as", "v1.2.0"]);
    repo.tag("v1.2.0");
    assert_eq!(headings(&write(&repo, &["--as", "v1.2.0"])), headings(&written));
}

#[test]
fn pitfall_25_a_section_edited_by_hand_is_kept_unless_told() {
    let repo = released();
    let written = write(&repo, &["--as", "v1.2.0"]);
    let edited = written.replacen("third", "third, said better", 1);
    assert_ne!(edited, written);
    repo.write("CHANGELOG.md", &edited);
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("1.2.0") && ran.stderr.contains("--replace"), "{}", ran.snapshot());
    assert_eq!(repo.read("CHANGELOG.md"), edited);
    assert_eq!(write(&repo, &["--as", "v1.2.0", "--replace"]), written);
}

#[test]
fn pitfall_25_our_own_section_is_brought_up_to_date() {
    let repo = released();
    write(&repo, &["--as", "v1.2.0"]);
    repo.commit("fix: crash");
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&text), ["1.2.0", "1.1.0", "1.0.0"]);
    assert!(text.contains("third") && text.contains("crash"), "{text}");
}

#[test]
fn pitfall_25_a_missing_file_is_made_with_every_version() {
    let repo = released();
    assert_eq!(repo.run(&["changelog", "--check"]).status, Some(1));
    assert!(!repo.dir().join("CHANGELOG.md").exists());
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert!(text.starts_with("# "), "{text}");
    assert_eq!(headings(&text), ["1.2.0", "1.1.0", "1.0.0"]);
}

#[test]
fn pitfall_25_a_heading_in_a_code_fence_is_no_section() {
    let repo = released();
    let old = "# Changelog\n\n```\n## 1.2.0\n```\n\n## 1.1.0\n\n- by hand\n";
    repo.write("CHANGELOG.md", old);
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&text), ["1.2.0", "1.1.0"]);
    assert!(text.starts_with("# Changelog\n\n```\n## 1.2.0\n```\n\n"), "{text}");
    assert!(text.contains("## 1.1.0\n\n- by hand\n"), "{text}");
}

#[test]
fn pitfall_25_what_is_not_ours_stays_byte_for_byte() {
    let repo = released();
    let preamble = "\u{feff}# Änderungen\r\n\r\nAlles <b>hier</b>.\t\r\n\r\n";
    let below = "## 1.1.0 - 2026-01-01\r\n\r\n* by hand  \r\n\r\n## 1.0.0\r\n\r\n* [old][x]\r\n\r\n[x]: https://example.com\r\n";
    repo.write("CHANGELOG.md", format!("{preamble}{below}"));
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert!(text.starts_with(preamble), "{text:?}");
    let at = text.find("## 1.1.0 - 2026-01-01").unwrap();
    assert!(text[at..].contains("* by hand  \r\n\r\n## 1.0.0\r\n\r\n* [old][x]\r\n"), "{text:?}");
    assert!(text.contains("[x]: https://example.com\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "a line ends otherwise: {text:?}");
}

#[test]
fn pitfall_25_a_version_that_is_there_but_not_ours_is_not_replaced() {
    let repo = released();
    let old = "# Changelog\n\n## 1.2.0\n\nWritten by a person.\n";
    repo.write("CHANGELOG.md", old);
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("--replace"), "{}", ran.snapshot());
    assert_eq!(repo.read("CHANGELOG.md"), old);
}

#[test]
fn pitfall_25_check_says_no_with_a_diff_and_writes_nothing() {
    let repo = released();
    write(&repo, &["--as", "v1.2.0"]);
    let old = repo.read("CHANGELOG.md");
    repo.commit("fix: crash");
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--check"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(
        ran.stdout.lines().any(|line| line.starts_with('+') && line.contains("crash")),
        "{}",
        ran.snapshot()
    );
    assert_eq!(repo.read("CHANGELOG.md"), old);
}

#[test]
fn pitfall_26_every_heading_has_the_form_that_readers_know() {
    let repo = released();
    let text = write(&repo, &["--as", "v1.2.0"]);
    let (date, link) = (r"\d{4}-\d{2}-\d{2}", r"\[[0-9.]+\](\(https://github\.com/o/r/[^)\s]+\))?");
    let form = regex::Regex::new(&format!("^## {link} - {date}$")).unwrap();
    let found: Vec<_> = text.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(found.len(), 3, "{text}");
    assert!(found.iter().all(|line| form.is_match(line)), "{found:?}");
    assert!(text.contains("https://github.com/o/r/compare/v1.1.0...v1.2.0"), "{text}");
}

#[test]
fn pitfall_26_check_of_a_version_finds_its_section() {
    let repo = released();
    write(&repo, &[]);
    let ran = repo.run(&["check", "v1.2.0"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(ran.stdout.contains("changelog --as 1.2.0 --write"), "{}", ran.snapshot());
    write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(repo.run(&["check", "v1.2.0"]).status, Some(0));
}

#[test]
fn keep_a_changelog_is_a_form_of_the_file() {
    let repo = released();
    repo.write("tidings.toml", "[changelog]\nformat = \"keepachangelog\"\n");
    let made = write(&repo, &[]);
    assert!(made.contains("\n## [1.1.0] - 2026-01-01\n\n### Added\n\n- second\n"), "{made}");
    let end = "\n\n[Unreleased]: https://github.com/o/r/compare/v1.1.0...HEAD\n\
               [1.1.0]: https://github.com/o/r/compare/v1.0.0...v1.1.0\n";
    assert!(made.ends_with(end), "{made}");
    let released = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&released), ["1.2.0", "1.1.0", "1.0.0"]);
    let end = "\n\n[Unreleased]: https://github.com/o/r/compare/v1.2.0...HEAD\n\
               [1.2.0]: https://github.com/o/r/compare/v1.1.0...v1.2.0\n\
               [1.1.0]: https://github.com/o/r/compare/v1.0.0...v1.1.0\n";
    assert!(released.ends_with(end), "{released}");
    assert_eq!(write(&repo, &["--as", "v1.2.0"]), released);
}

#[test]
fn paths_are_told_from_where_one_stands() {
    let repo = released();
    repo.write("docs/index.md", "x");
    let told = |folder: &str, args: &[&str]| {
        let mut command = repo.tidings(args);
        command.current_dir(repo.dir().join(folder));
        repo.run_command(command).stderr
    };
    assert_eq!(told("", &["changelog", "--write"]), "wrote CHANGELOG.md\n");
    assert_eq!(told("docs", &["changelog", "--check"]), "../CHANGELOG.md is up to date\n");
    repo.write("tidings.toml", "[changelog]\nfile = \"docs/CHANGES.md\"\n");
    assert_eq!(told("docs", &["changelog", "--write"]), "wrote CHANGES.md\n");
    assert!(
        told("docs", &["init"]).starts_with("Error: there is a configuration already: ../tidings.toml\n")
    );
}

#[test]
fn a_file_whose_versions_are_not_found_is_told_of() {
    let repo = released();
    repo.write("CHANGELOG.md", "# Changelog\n\n**v0.9.0** (2025-01-01)\n\n- old\n");
    let ran = repo.run(&["changelog", "--as", "v1.0.0"]);
    assert!(ran.stderr.contains("no heading of the file is read as a version"), "{}", ran.snapshot());
    repo.write("CHANGELOG.md", "# Changelog\n\nThe form is that of Keep a Changelog.\n");
    assert_eq!(repo.run(&["changelog", "--as", "v1.0.0"]).stderr, "");
    // Node.js writes the date first.
    repo.write("CHANGELOG.md", "# Changelog\n\n## 2025-01-01, Version 0.9.0 (Current), @somebody\n\n- old\n");
    let ran = repo.run(&["changelog", "--as", "v1.0.0"]);
    let at = |text: &str| ran.stdout.find(text).unwrap();
    assert!(at("## [1.0.0]") < at("Version 0.9.0") && ran.stderr.is_empty(), "{}", ran.snapshot());
}
