//! `CHANGELOG.md`: insertion, update and check.

use super::support::Repo;

mod forms;
mod unreleased;

/// 1.0.0 and 1.1.0 are tagged, 1.2.0 is not; the repository has a URL, so that there are links.
fn released() -> Repo {
    let repo = Repo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
    repo.commit("feat: first");
    repo.tag("v1.0.0").commit("feat: second");
    repo.tag("v1.1.0").commit("feat: third");
    repo
}

/// Runs `changelog --write` with these arguments and returns the file.
fn write(repo: &Repo, args: &[&str]) -> String {
    let ran = repo.run(&[&["changelog", "--write"], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    repo.read("CHANGELOG.md")
}

/// The versions of the level-2 headings outside code fences, in order.
fn headings(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        fenced ^= line.starts_with("```");
        !fenced && line.starts_with("## ")
    });
    lines.map(|line| line[3..].trim_start_matches('[').split([']', ' ']).next().unwrap()).collect()
}

#[test]
fn backport_released_later_is_inserted_below_the_newer_minor() {
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
fn second_write_changes_no_byte() {
    let repo = released();
    write(&repo, &[]);
    let once = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&once).iter().filter(|version| **version == "1.2.0").count(), 1, "{once}");
    assert_eq!(write(&repo, &["--as", "v1.2.0"]), once);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0", "--check"]).status, Some(0));
}

#[test]
fn tagging_after_writing_changes_only_dates() {
    let repo = released();
    let written = write(&repo, &["--as", "v1.2.0"]);
    repo.tag("v1.2.0");
    assert_eq!(headings(&write(&repo, &["--as", "v1.2.0"])), headings(&written));
}

#[test]
fn edited_section_is_kept_without_force() {
    let repo = released();
    let written = write(&repo, &["--as", "v1.2.0"]);
    let edited = written.replacen("third", "third, in better words", 1);
    assert_ne!(edited, written);
    repo.write("CHANGELOG.md", &edited);
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("1.2.0") && ran.stderr.contains("--replace"), "{}", ran.snapshot());
    assert_eq!(repo.read("CHANGELOG.md"), edited);
    assert_eq!(write(&repo, &["--as", "v1.2.0", "--replace"]), written);
}

#[test]
fn generated_section_is_updated() {
    let repo = released();
    write(&repo, &["--as", "v1.2.0"]);
    repo.commit("fix: crash");
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&text), ["1.2.0", "1.1.0", "1.0.0"]);
    assert!(text.contains("third") && text.contains("crash"), "{text}");
}

#[test]
fn missing_file_is_created_with_every_version() {
    let repo = released();
    assert_eq!(repo.run(&["changelog", "--check"]).status, Some(1));
    assert!(!repo.dir().join("CHANGELOG.md").exists());
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert!(text.starts_with("# "), "{text}");
    assert_eq!(headings(&text), ["1.2.0", "1.1.0", "1.0.0"]);
}

#[test]
fn heading_in_a_code_fence_is_not_a_section() {
    let repo = released();
    let old = "# Changelog\n\n```\n## 1.2.0\n```\n\n## 1.1.0\n\n- by hand\n";
    repo.write("CHANGELOG.md", old);
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&text), ["1.2.0", "1.1.0"]);
    assert!(text.starts_with("# Changelog\n\n```\n## 1.2.0\n```\n\n"), "{text}");
    assert!(text.contains("## 1.1.0\n\n- by hand\n"), "{text}");
}

#[test]
fn text_outside_generated_sections_is_kept_byte_for_byte() {
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
fn existing_section_without_marker_is_not_replaced() {
    let repo = released();
    let old = "# Changelog\n\n## 1.2.0\n\nWritten by a person.\n";
    repo.write("CHANGELOG.md", old);
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(ran.stderr.contains("--replace"), "{}", ran.snapshot());
    assert_eq!(repo.read("CHANGELOG.md"), old);
}

#[test]
fn failing_check_prints_a_diff_and_writes_nothing() {
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
fn headings_have_the_keep_a_changelog_form() {
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
fn check_finds_the_section_of_a_version() {
    let repo = released();
    write(&repo, &[]);
    let ran = repo.run(&["check", "v1.2.0"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(ran.stdout.contains("changelog --as 1.2.0 --write"), "{}", ran.snapshot());
    write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(repo.run(&["check", "v1.2.0"]).status, Some(0));
}

#[test]
fn keepachangelog_format_applies_to_the_file() {
    let repo = released();
    repo.write("tidings.toml", "[changelog]\nformat = \"keepachangelog\"\n");
    let created = write(&repo, &[]);
    assert!(created.contains("\n## [1.1.0] - 2026-01-01\n\n### Added\n\n- second\n"), "{created}");
    let end = "\n\n[Unreleased]: https://github.com/o/r/compare/v1.1.0...HEAD\n\
               [1.1.0]: https://github.com/o/r/compare/v1.0.0...v1.1.0\n\
               [1.0.0]: https://github.com/o/r/releases/tag/v1.0.0\n";
    assert!(created.ends_with(end), "{created}");
    let released = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&released), ["1.2.0", "1.1.0", "1.0.0"]);
    let end = "\n\n[Unreleased]: https://github.com/o/r/compare/v1.2.0...HEAD\n\
               [1.2.0]: https://github.com/o/r/compare/v1.1.0...v1.2.0\n\
               [1.1.0]: https://github.com/o/r/compare/v1.0.0...v1.1.0\n\
               [1.0.0]: https://github.com/o/r/releases/tag/v1.0.0\n";
    assert!(released.ends_with(end), "{released}");
    assert_eq!(write(&repo, &["--as", "v1.2.0"]), released);
}

#[test]
fn reported_paths_are_relative_to_the_current_directory() {
    let repo = released();
    repo.write("docs/index.md", "x");
    let message = |folder: &str, args: &[&str]| {
        let mut command = repo.tidings(args);
        command.current_dir(repo.dir().join(folder));
        repo.run_command(command).stderr
    };
    assert_eq!(message("", &["changelog", "--write"]), "wrote CHANGELOG.md\n");
    assert_eq!(message("docs", &["changelog", "--check"]), "../CHANGELOG.md is up to date\n");
    repo.write("tidings.toml", "[changelog]\nfile = \"docs/CHANGES.md\"\n");
    assert_eq!(message("docs", &["changelog", "--write"]), "wrote CHANGES.md\n");
    assert!(
        message("docs", &["init"]).starts_with("Error: a configuration already exists: ../tidings.toml\n")
    );
}

#[test]
fn title_without_sections_is_extended() {
    let repo = released();
    repo.write("CHANGELOG.md", "# Changelog\n\nThe form is that of Keep a Changelog.\n");
    let ran = repo.run(&["changelog", "--as", "v1.0.0", "--print-file"]);
    assert!(ran.stderr.is_empty() && ran.stdout.contains(".\n\n## [1.0.0]"), "{}", ran.snapshot());
    // Node.js writes the date first.
    repo.write("CHANGELOG.md", "# Changelog\n\n## 2025-01-01, Version 1.0.0 (Current), @someone\n\n- old\n");
    let ran = repo.run(&["changelog", "--as", "v1.1.0", "--print-file"]);
    let at = |text: &str| ran.stdout.find(text).unwrap();
    assert!(at(", Version 1.1.0\n") < at("Version 1.0.0") && ran.stderr.is_empty(), "{}", ran.snapshot());
}
