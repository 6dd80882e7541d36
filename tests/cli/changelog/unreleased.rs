//! Text under "Unreleased", sections of pre-releases, versions without a tag.

use super::{Repo, headings, released, write};

const BY_HAND: &str = "# Changelog\n\n## [Unreleased]\n\nThanks to all.\n\n### Added\n\n- by hand\n\n## [1.1.0] - 2026-01-01\n\n### Added\n\n- b\n";

#[test]
fn text_under_unreleased_is_moved_into_the_section() {
    let repo = released();
    repo.write("CHANGELOG.md", BY_HAND);
    let text = write(&repo, &["--as", "v1.2.0", "--adopt-unreleased"]);
    assert_eq!(headings(&text), ["Unreleased", "1.2.0", "1.1.0"]);
    assert!(text.starts_with("# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - "), "{text}");
    assert!(
        text.contains("\n\nThanks to all.\n\n### Added\n\n- by hand\n- third\n\n<!-- tidings "),
        "{text}"
    );
    assert_eq!(text.matches("by hand").count(), 1, "{text}");
    // A second run keeps the text, which counts as an edit.
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write", "--adopt-unreleased"]);
    assert!(ran.stderr.contains("edited by hand"), "{}", ran.snapshot());
    assert_eq!(repo.read("CHANGELOG.md"), text);
    let check = repo.run(&["check", "v1.2.0"]);
    assert!(check.status == Some(0) && !check.stdout.contains("unreleased"), "{}", check.snapshot());
}

#[test]
fn text_is_moved_into_a_section_that_was_written_before() {
    let repo = released();
    repo.write("CHANGELOG.md", BY_HAND.replace('\n', "\r\n"));
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert!(ran.stderr.contains("--adopt-unreleased"), "{}", ran.snapshot());
    let check = repo.run(&["check", "v1.2.0"]);
    assert!(
        check.stdout.contains("! unreleased: ") && check.stdout.contains("(line 3)"),
        "{}",
        check.snapshot()
    );
    assert_eq!(check.status, Some(0));
    let text = write(&repo, &["--as", "v1.2.0", "--adopt-unreleased"]);
    assert!(text.contains("- by hand\r\n- third\r\n"), "{text:?}");
    assert!(text.starts_with("# Changelog\r\n\r\n## [Unreleased]\r\n\r\n## [1.2.0]"), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn empty_unreleased_section_is_not_reported() {
    let repo = released();
    for body in ["", "### Added\n\n### Fixed\n\n", "<!-- next release -->\n\n"] {
        repo.write("CHANGELOG.md", format!("# Changelog\n\n## [Unreleased]\n\n{body}## [1.1.0]\n\n- b\n"));
        let ran = repo.run(&["changelog", "--as", "v1.2.0"]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{body}");
    }
}

#[test]
fn sections_of_pre_releases_are_replaced_by_their_final_version() {
    let repo = released();
    write(&repo, &[]);
    repo.commit("feat: fourth");
    write(&repo, &["--as", "v1.2.0-rc.1"]);
    repo.tag("v1.2.0-rc.1");
    repo.commit("fix: crash");
    let with_rc = write(&repo, &["--as", "v1.2.0-rc.2"]);
    assert_eq!(headings(&with_rc), ["1.2.0-rc.2", "1.2.0-rc.1", "1.1.0", "1.0.0"]);
    repo.tag("v1.2.0-rc.2");
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert_eq!(headings(&text), ["1.2.0", "1.1.0", "1.0.0"]);
    assert_eq!(write(&repo, &["--as", "v1.2.0"]), text);

    repo.write("CHANGELOG.md", with_rc.replacen("fourth", "fourth, in better words", 1));
    let ran = repo.run(&["changelog", "--as", "v1.2.0", "--write"]);
    assert!(ran.stderr.contains("kept the section of 1.2.0-rc.1"), "{}", ran.snapshot());
    assert_eq!(headings(&repo.read("CHANGELOG.md")), ["1.2.0", "1.2.0-rc.1", "1.1.0", "1.0.0"]);

    repo.write("tidings.toml", "prereleases = \"separate\"\n").write("CHANGELOG.md", &with_rc);
    assert_eq!(
        headings(&write(&repo, &["--as", "v1.2.0"])),
        ["1.2.0", "1.2.0-rc.2", "1.2.0-rc.1", "1.1.0", "1.0.0"]
    );
}

#[test]
fn link_definition_of_a_removed_pre_release_is_removed() {
    let repo = released();
    repo.write("tidings.toml", "[changelog]\nformat = \"keepachangelog\"\n");
    write(&repo, &[]);
    let rc = write(&repo, &["--as", "v1.2.0-rc.1"]);
    assert!(rc.contains("\n[1.2.0-rc.1]: "), "{rc}");
    let text = write(&repo, &["--as", "v1.2.0"]);
    assert!(!text.contains("rc.1") && text.contains("\n[1.2.0]: https://"), "{text}");
}

#[test]
fn versions_without_a_tag_are_not_repeated() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.commit("fix: two");
    repo.write("CHANGELOG.md", "# Changelog\n\n## 1.0.0\n\n- one\n");
    for args in [&["changelog", "--as", "v1.0.1"][..], &["changelog", "--as", "v1.0.1", "--write"]] {
        let ran = repo.run(args);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(3), ""), "{}", ran.snapshot());
        assert!(
            ran.stderr.contains("has 1.0.0") && ran.stderr.contains("git fetch --tags"),
            "{}",
            ran.snapshot()
        );
    }
    for args in [&["next"][..], &["notes", "--as", "v1.0.1"], &["preview"], &["notes"]] {
        let ran = repo.run(args);
        assert!(ran.status == Some(0) && ran.stderr.contains("CHANGELOG.md has 1.0.0"), "{}", ran.snapshot());
    }
    let check = repo.run(&["check", "v1.0.1"]);
    assert!(check.stdout.contains("✗ untagged: CHANGELOG.md has 1.0.0"), "{}", check.snapshot());
    assert!(repo.run(&["check"]).stdout.contains("! untagged: "));
    assert_eq!(repo.run(&["changelog", "--as", "v1.0.1", "--allow-untagged"]).status, Some(0));
    // The version itself may be in the file before it is tagged.
    assert_eq!(repo.run(&["changelog", "--as", "v1.0.0"]).status, Some(0));
    repo.tag("v1.0.0");
    assert_eq!(repo.run(&["changelog", "--as", "v1.0.1"]).status, Some(0));
}

#[test]
fn versions_above_the_last_tag_are_not_repeated() {
    let repo = released();
    let file = |versions: &[&str]| {
        let sections: String = versions.iter().map(|version| format!("\n## {version}\n\n- x\n")).collect();
        repo.write("CHANGELOG.md", format!("# Changelog{}", sections.replacen('\n', "\n\n", 1)));
    };
    file(&["1.3.0", "1.2.0", "1.1.0", "1.0.0"]);
    let ran = repo.run(&["changelog", "--as", "v1.3.1"]);
    assert_eq!(ran.status, Some(3), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("has 1.3.0, 1.2.0") && ran.stderr.contains("git tag v1.3.0"),
        "{}",
        ran.snapshot()
    );
    assert!(repo.run(&["next"]).stderr.contains("has 1.3.0"));
    // One version above the tags is prepared, and will be tagged.
    file(&["1.2.0", "1.1.0"]);
    for args in [&["next"][..], &["preview"], &["check"], &["notes", "--as", "v1.2.0"], &["check", "v1.2.0"]]
    {
        let ran = repo.run(args);
        assert!(!ran.stderr.contains("no tag for") && !ran.stdout.contains("untagged"), "{}", ran.snapshot());
    }
    // Versions below the base do not matter: many projects began to tag later.
    file(&["1.1.0", "0.9.0"]);
    assert_eq!(repo.run(&["changelog", "--as", "v1.2.0"]).status, Some(0));
}
