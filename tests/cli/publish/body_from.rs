//! Bodies taken from the changelog or another file: `--body-from`.

use std::{io::Write as _, process::Stdio};

use super::*;

const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [1.1.0](https://example.org/c) - 2026-01-01, the door\n\n\
                         We wrote this, with @ada.\n\n### Added\n\n- a door, see [#11]  \n  on two lines\n\n\
                         ## [1.0.0] - 2025-01-01\n\n- start\n\n[#11]: https://example.org/11\n\
                         [1.0.0]: https://example.org/1\n";
const SECTION: &str = "We wrote this, with @ada.\n\n### Added\n\n- a door, see [#11]  \n  on two lines\n\n\
                       [#11]: https://example.org/11";

/// The body between the markers.
fn between(fake: &Fake) -> String {
    let body = fake.release("v1.1.0").unwrap().body;
    let (_, rest) = body.split_once(" -->\n").unwrap();
    rest.split_once("\n<!-- tidings:end -->").unwrap().0.to_owned()
}

fn refused(repo: &Repo, fake: &Fake, args: &[&str], words: &[&str]) {
    let ran = run(repo, fake, args);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""), "{}", ran.snapshot());
    for word in words {
        assert!(ran.stderr.contains(word), "`{word}`: {}", ran.snapshot());
    }
    assert_eq!(writes(fake), [""; 0]);
}

#[test]
fn edited_section_is_published_byte_for_byte_and_updated() {
    for text in [CHANGELOG.to_owned(), CHANGELOG.replace('\n', "\r\n")] {
        let fake = Fake::github("o", "r");
        let repo = repo(&fake);
        repo.write("CHANGELOG.md", &text);
        let line_end = if text.contains('\r') { "\r\n" } else { "\n" };
        ok(&repo, &fake, &["--body-from", "changelog"]);
        assert_eq!(between(&fake), SECTION.replace('\n', line_end));
        fake.clear_log();
        let again = ok(&repo, &fake, &["--body-from", "changelog"]);
        assert!(again.stderr.contains("nothing to do"), "{}", again.snapshot());
        assert_eq!(writes(&fake), [""; 0]);
        // Only the hard line break is removed.
        repo.write("CHANGELOG.md", text.replace("  \r\n", "\r\n").replace("  \n  on", "\n  on"));
        ok(&repo, &fake, &["--body-from", "changelog"]);
        assert_eq!(between(&fake), SECTION.replace("  \n  on", "\n  on").replace('\n', line_end));
        // The option can be left out again.
        ok(&repo, &fake, &[]);
        assert!(!between(&fake).contains("We wrote this"));
    }
}

#[test]
fn body_written_or_edited_on_the_forge_is_kept() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("CHANGELOG.md", CHANGELOG);
    let body = "By hand".to_owned();
    fake.publish(Release { tag: "v1.1.0".to_owned(), body, is_latest: true, ..Release::default() });
    let ran = ok(&repo, &fake, &["--body-from", "changelog"]);
    assert!(ran.stderr.contains("written by hand and is kept"), "{}", ran.snapshot());
    ok(&repo, &fake, &["--body-from", "changelog", "--mode", "prepend"]);
    assert!(fake.release("v1.1.0").unwrap().body.ends_with("-->\n\nBy hand"));
    assert_eq!(between(&fake), SECTION);
}

#[test]
fn missing_empty_or_doubled_section_is_refused() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let from = ["--body-from", "changelog"];
    refused(&repo, &fake, &from, &["there is no file CHANGELOG.md", "Hint: name another file"]);
    repo.write("CHANGELOG.md", CHANGELOG.replace("[1.1.0]", "[1.2.0]"));
    refused(
        &repo,
        &fake,
        &from,
        &["cannot take the body from CHANGELOG.md: there is no section for 1.1.0", "changelog --as"],
    );
    repo.write("CHANGELOG.md", CHANGELOG.replace("[1.0.0] -", "v1.1.0 -"));
    refused(&repo, &fake, &from, &["there are 2 sections for 1.1.0, at lines 5 and 14", "only one"]);
    repo.write(
        "CHANGELOG.md",
        "# Changes\n\n## 1.1.0\n\n### Added\n\n<!-- to do -->\n\n## 1.0.0\n\n- start\n",
    );
    refused(&repo, &fake, &from, &["the section for 1.1.0 has no text (line 3)", "Hint: "]);
    repo.write("CHANGELOG.md", "# Changes\n\n## Unreleased\n\n- a door\n\n## 1.0.0\n\n- start\n");
    refused(&repo, &fake, &from, &["no section for 1.1.0", "the text under [Unreleased] (line 3)"]);
    repo.write("CHANGELOG.md", "Words without a heading\n");
    refused(&repo, &fake, &from, &["no heading has a version"]);
    repo.write("CHANGELOG.rst", "1.1.0\n-----\n\n.. note:: x\n");
    refused(&repo, &fake, &["--body-from", "CHANGELOG.rst"], &["it is reStructuredText", "a Markdown file"]);
    let other = run(&repo, &fake, &["--body-from", "absent.md"]);
    assert_eq!(other.status, Some(2), "{}", other.snapshot());
}

#[test]
fn body_longer_than_the_limit_is_refused() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("CHANGELOG.md", format!("## 1.1.0\n\n{}\n", "門".repeat(125_000)));
    let words = ["the body has 125,0", "GitHub accepts at most 125000", "Hint: shorten the text"];
    let ran = run(&repo, &fake, &["--body-from", "changelog"]);
    assert_eq!((ran.status, writes(&fake)), (Some(1), Vec::new()), "{}", ran.snapshot());
    for word in &words[1..] {
        assert!(ran.stderr.contains(word), "{}", ran.snapshot());
    }
    repo.write("CHANGELOG.md", format!("## 1.1.0\n\n{}\n", "門".repeat(124_900)));
    ok(&repo, &fake, &["--body-from", "changelog"]);
    assert_eq!(between(&fake).chars().count(), 124_900);
}

#[test]
fn other_files_and_stdin_have_a_section_or_are_taken_whole() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.write("notes.md", "\n# The door\n\nIt opens.\n\n");
    ok(&repo, &fake, &["--body-from", "notes.md"]);
    assert_eq!(between(&fake), "# The door\n\nIt opens.");
    repo.write("other.md", CHANGELOG);
    ok(&repo, &fake, &["--body-from", "other.md"]);
    assert_eq!(between(&fake), SECTION);
    let mut command = repo.tidings(&["publish", "--body-from", "-"]);
    command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", HIDDEN);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from a pipe\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(between(&fake), "from a pipe");
}

#[test]
fn configured_file_is_read_inside_the_repository() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    configure(&repo, "github", "[publish]\nbody_from = 'docs/{tag}.md'\n");
    repo.write("docs/v1.1.0.md", "Written for 1.1.0\n");
    ok(&repo, &fake, &[]);
    assert_eq!(between(&fake), "Written for 1.1.0");
    // A template on the command line replaces it.
    repo.write("release.tera", "rendered");
    ok(&repo, &fake, &["--template", "release.tera"]);
    assert_eq!(between(&fake), "rendered");
    fake.clear_log();
    for (path, word) in [
        ("../x.md", "outside the repository"),
        (".env", "is not a file name for a changelog"),
        ("docs/{tga}.md", "unknown placeholder `{tga}`"),
        ("-", "cannot be stdin"),
    ] {
        configure(&repo, "github", &format!("[publish]\nbody_from = '{path}'\n"));
        let ran = run(&repo, &fake, &[]);
        assert_eq!(ran.status, Some(2), "{path}: {}", ran.snapshot());
        assert!(ran.stderr.contains(word), "{path}: {}", ran.snapshot());
    }
    configure(&repo, "github", "[publish]\nbody_from = 'docs/absent.md'\n");
    refused(&repo, &fake, &[], &["there is no file docs/absent.md"]);
}

#[test]
fn package_has_its_own_changelog() {
    let fake = Fake::github("o", "r");
    let repo = Repo::new();
    let packages = "[[packages]]\nname = 'api'\npaths = ['api/']\nchangelog = 'api/CHANGELOG.md'\n\
                    [[packages]]\nname = 'web'\npaths = ['web/']\nchangelog = 'web/CHANGELOG.md'\n";
    configure(&repo, "github", packages);
    repo.commit(Commit::new("feat: start").file("api/a", "1"));
    repo.tag("api@1.1.0");
    fake.tag("api@1.1.0", &sha(&repo, "api@1.1.0"));
    repo.write("api/CHANGELOG.md", "## api@1.1.0\n\n- of api\n")
        .write("web/CHANGELOG.md", "## 1.1.0\n\n- of web\n");
    ok(&repo, &fake, &["api@1.1.0", "--body-from", "changelog"]);
    assert!(fake.release("api@1.1.0").unwrap().body.contains("- of api"));
}

#[test]
fn bare_repository_has_the_changelog_at_head() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit(Commit::new("docs: write the changelog").file("CHANGELOG.md", CHANGELOG));
    let bare = repo.bare_clone();
    let mut command = bare.tidings(&["publish", "v1.1.0", "--body-from", "changelog"]);
    command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", HIDDEN);
    command.env("TIDINGS_REPOSITORY__URL", "https://forge.example/o/r");
    command.env("TIDINGS_REPOSITORY__FORGE", "github");
    let ran = bare.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert_eq!(between(&fake), SECTION);
}

#[test]
fn untrusted_work_tree_is_not_read() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit(Commit::new("docs: write the changelog").file("CHANGELOG.md", CHANGELOG));
    repo.write("CHANGELOG.md", "## 1.1.0\n\nFrom a fork\n");
    for args in [&["--body-from", "changelog"][..], &["--body-from", "CHANGELOG.md"]] {
        let untrusted = ["--dry-run", "--untrusted", "--config-from", "HEAD"];
        let mut command = repo.tidings(&[&["publish"], args, &untrusted].concat());
        command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", HIDDEN);
        command.env("TIDINGS_REPOSITORY__URL", "https://forge.example/o/r");
        command.env("TIDINGS_REPOSITORY__FORGE", "github");
        let ran = repo.run_command(command);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        assert!(ran.stdout.contains("+We wrote this") && !ran.stdout.contains("fork"), "{}", ran.snapshot());
    }
}
