//! Changelogs in the forms that people write: headings, markup, style.

use super::{Repo, released};

/// Prints the file with the section of 1.2.0.
fn printed(repo: &Repo, file: &str) -> crate::support::Ran {
    repo.write("CHANGELOG.md", file);
    repo.run(&["changelog", "--as", "v1.2.0", "--print-file"])
}

#[test]
fn section_is_inserted_above_older_headings_of_any_form() {
    let repo = released();
    for heading in [
        "## What's new in 1.1.0",
        "## :tada: [1.1.0](https://example.org) - 2026-01-01",
        "## 🎉 Version 1.1.0 🎉",
        "## 1.1.0（2026-01-01）",
        "## 【1.1.0】",
        "## 版本 1.1.0",
        "## 版本1.1.0",
        "## バージョン 1.1.0",
        "## Версия 1.1.0",
        "## Versión 1.1.0",
        "## Shop 1.1.0",
        "## ~~1.1.0~~ [YANKED]",
        "## January 1, 2026 - 1.1.0",
        "1.1.0\n-----",
        "### 1.1.0",
        "#### v1.1.0",
    ] {
        let older = heading.replace("1.1.0", "1.0.0");
        let ran = printed(&repo, &format!("# Changelog\n\n{heading}\n\n- b\n\n{older}\n\n- a\n"));
        assert_eq!(ran.status, Some(0), "{heading}: {}", ran.snapshot());
        let at =
            |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{heading}: {}", ran.snapshot()));
        assert!(at("1.2.0") < at("1.1.0"), "{heading}: {}", ran.snapshot());
        assert_eq!(ran.stderr, "", "{heading}");
    }
}

#[test]
fn file_in_an_unknown_form_is_refused() {
    let repo = released();
    for (file, line) in [
        ("# Changelog\n\n**v0.9.0** (2025-01-01)\n\n- old\n", 3),
        ("# Changelog\n\n<h2>0.9.0</h2>\n\n- old\n", 3),
        ("# Changelog\n\n- 0.9.0\n  - old\n", 3),
        ("# Changelog\n\n0.9.0 (2025-01-01)\n\n- old\n", 3),
        (
            "# Changelog\n\n## Release (2026-01-01)\n\n* `shop` 1.1.0\n\n## Release (2025-01-01)\n\n* `shop` 1.0.0\n",
            3,
        ),
        ("# Changelog\n\n## Sprint 12\n\n- x\n\n## Sprint 11\n\n- y\n", 3),
        ("# Changelog\n\n## Release (2026-01-01)\n\n- x\n\n## 1.0.0\n\n- y\n", 3),
        ("# Changelog\n\n## 1.1.0\n\n## 1.0.0\n\n**0.9.0**\n\n- x\n", 0),
    ] {
        let ran = printed(&repo, file);
        if line == 0 {
            assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
            continue;
        }
        assert_eq!(ran.status, Some(2), "{file}: {}", ran.snapshot());
        assert!(
            ran.stderr.contains(&format!("line {line}")) && ran.stderr.contains("Hint: "),
            "{}",
            ran.snapshot()
        );
        assert_eq!(repo.run(&["changelog", "--as", "v1.2.0", "--write"]).status, Some(2));
        assert_eq!(repo.read("CHANGELOG.md"), file);
    }
    // The heading that the hint names is enough.
    let ran = printed(&repo, "# Changelog\n\n## [Unreleased]\n\n## Sprint 12\n\n- x\n");
    let at = |text: &str| ran.stdout.find(text).unwrap();
    assert!(at("Unreleased") < at("1.2.0") && at("1.2.0") < at("Sprint 12"), "{}", ran.snapshot());
}

#[test]
fn headings_about_other_versions_are_not_releases() {
    let repo = released();
    let file = "# Changelog\n\n## 1.1.0\n\n- b\n\n## Upgrade from 1.0 to 2.0\n\n## Node 18.0.0 support\n\n## 1.0.0\n\n- a\n";
    let ran = printed(&repo, file);
    assert!(ran.stdout.starts_with("# Changelog\n\n## 1.2.0\n"), "{}", ran.snapshot());
    repo.tag("v2.0.0");
    let ran = repo.run(&["check", "v2.0.1"]);
    assert!(ran.stdout.contains("no section for 2.0.1"), "{}", ran.snapshot());
}

#[test]
fn other_markup_is_refused_and_checked_by_text() {
    let repo = released();
    let rst = "=========\nChangelog\n=========\n\n1.1.0\n=====\n\n- two ``code``\n";
    for (name, text, markup) in [
        ("CHANGES.rst", rst, "reStructuredText"),
        ("CHANGES", rst, "reStructuredText"),
        ("CHANGELOG.adoc", "= Changelog\n\n== 1.1.0\n\n* two\n", "AsciiDoc"),
        ("CHANGES.txt", "1.1.0 (2026-01-01)\n  - two\n", "plain text"),
        ("debian/changelog", "shop (1.1.0-1) unstable; urgency=low\n\n  * two\n", "Debian"),
    ] {
        repo.write("tidings.toml", format!("[changelog]\nfile = \"{name}\"\n")).write(name, text);
        for args in [&["changelog", "--as", "v1.2.0"][..], &["changelog", "--write"], &["changelog", "--all"]]
        {
            let ran = repo.run(args);
            assert_eq!(ran.status, Some(2), "{name}: {}", ran.snapshot());
            assert!(
                ran.stderr.contains(markup) && ran.stderr.contains("tidings notes --as"),
                "{}",
                ran.snapshot()
            );
            assert_eq!((ran.stdout.as_str(), repo.read(name).as_str()), ("", text));
        }
        let ran = repo.run(&["check", "v1.2.0"]);
        assert!(ran.stdout.contains("does not name 1.2.0"), "{}", ran.snapshot());
        repo.write(name, text.replace("1.1.0", "1.2.0"));
        assert_eq!(repo.run(&["check", "v1.2.0"]).status, Some(0), "{name}");
    }
    repo.write("tidings.toml", "[changelog]\nfile = \"HISTORY.rst\"\n");
    assert_eq!(repo.run(&["changelog", "--write"]).status, Some(2));
    assert!(!repo.dir().join("HISTORY.rst").exists());
}

#[test]
fn new_section_has_the_style_of_the_file() {
    let repo = released();
    repo.commit("fix: crash");
    let old = "# Changelog\n\n## v1.1.0 (2026-01-02)\n\n### New Features\n\n* b\n\n### Bug Fixes\n\n* x\n";
    repo.write("CHANGELOG.md", old);
    let ran = repo.run(&["changelog", "--as", "v1.2.0"]);
    let form = regex::Regex::new(
        r"^## v1\.2\.0 \(\d{4}-\d{2}-\d{2}\)\n\n### New Features\n\n\* third .*\n\n### Bug Fixes\n\n\* crash .*\n$",
    );
    assert!(form.unwrap().is_match(&ran.stdout), "{}", ran.snapshot());
    repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0", "--check"]).status, Some(0));

    repo.write("CHANGELOG.md", "# Changelog\n\n## [1.1.0] - 2026-01-02\n\n### Fixed\n\n- x\n");
    let ran = repo.run(&["changelog", "--as", "v1.2.0"]);
    assert!(ran.stdout.starts_with("## [1.2.0] - 2"), "{}", ran.snapshot());
    assert!(ran.stdout.contains("\n### Added\n\n- third\n\n### Fixed\n\n- crash\n"), "{}", ran.snapshot());

    // The configuration decides against the file.
    repo.write("tidings.toml", "[changelog]\nformat = \"markdown\"\n").write("CHANGELOG.md", old);
    let ran = repo.run(&["changelog", "--as", "v1.2.0"]);
    assert!(ran.stdout.starts_with("## [1.2.0](https://github.com/o/r/compare/"), "{}", ran.snapshot());
    assert!(ran.stdout.contains("\n### Features\n\n- third"), "{}", ran.snapshot());
}

#[test]
fn version_is_printed_as_its_section_and_the_file_on_request() {
    let repo = released();
    let section = repo.run(&["changelog", "--as", "v1.2.0"]);
    assert!(section.stdout.starts_with("## [1.2.0](https://"), "{}", section.snapshot());
    assert!(
        !section.stdout.contains("1.0.0]") && !section.stdout.contains("<!-- tidings"),
        "{}",
        section.snapshot()
    );
    let file = repo.run(&["changelog", "--as", "v1.2.0", "--print-file"]);
    assert!(
        file.stdout.starts_with("# Changelog\n") && file.stdout.contains("## [1.0.0]"),
        "{}",
        file.snapshot()
    );
    assert!(file.stdout.contains(section.stdout.trim_end()), "{}", file.snapshot());
    repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0"]).stdout, section.stdout);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0", "--print-file", "--write"]).status, Some(2));
}

#[test]
fn first_version_links_to_its_page() {
    let repo = released();
    let ran = repo.run(&["changelog"]);
    assert!(
        ran.stdout.contains("\n## [1.0.0](https://github.com/o/r/releases/tag/v1.0.0) - "),
        "{}",
        ran.snapshot()
    );
    let first = Repo::new();
    first.git(&["remote", "add", "origin", "https://gitlab.com/o/r.git"]);
    first.commit("feat: first");
    first.write("tidings.toml", "[changelog]\nformat = \"keepachangelog\"\n");
    let ran = first.run(&["changelog", "--as", "v1.0.0", "--print-file"]);
    let end = "[Unreleased]: https://gitlab.com/o/r/-/compare/v1.0.0...HEAD\n[1.0.0]: https://gitlab.com/o/r/-/tags/v1.0.0\n";
    assert!(ran.stdout.ends_with(end), "{}", ran.snapshot());
}
