//! Headings of releases.

use super::support::{Commit, Repo};

/// Two versions, two commits inside the window of the second, and one unreleased commit.
fn released() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.commit("feat: three");
    repo.tag("v1.1.0").commit("feat: four");
    repo
}

fn heading(repo: &Repo, args: &[&str]) -> String {
    let ran = repo.run(args);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn commit_in_a_version_is_not_titled_unreleased() {
    let repo = released();
    let short = repo.git(&["rev-parse", "--short=7", "HEAD~2"]).trim().to_owned();
    let named = format!("v1.0.0..{short} (in 1.1.0)");
    assert!(heading(&repo, &["preview", "HEAD~2"]).starts_with(&format!("{named}  ")));
    assert_eq!(heading(&repo, &["notes", "HEAD~2"]), format!("## [{named}]"));
    assert!(heading(&repo, &["notes", "HEAD~2", "--format", "text"]).starts_with(&named));
    let release = repo.release(&["HEAD~2"]);
    assert_eq!(release.0["range"], format!("v1.0.0..{short}"));
    assert_eq!((&release.0["within"], &release.0["version"]), (&"1.1.0".into(), &serde_json::Value::Null));
}

#[test]
fn commit_of_a_collapsed_pre_release_is_titled_with_the_final_version() {
    let repo = released();
    repo.commit("fix: five");
    repo.tag("v1.2.0-rc.1");
    assert!(heading(&repo, &["notes", "HEAD~1"]).ends_with("(in 1.2.0-rc.1)]"));
    repo.commit("fix: six");
    repo.tag("v1.2.0");
    assert!(heading(&repo, &["notes", "HEAD~2"]).ends_with("(in 1.2.0)]"));
}

#[test]
fn empty_unreleased_section_has_no_heading() {
    let repo = released();
    assert_eq!(heading(&repo, &["notes", "--all"]), "## [Unreleased]");
    repo.tag("v1.2.0");
    assert_eq!(heading(&repo, &["notes", "--all"]), "## [1.2.0] - 2026-01-01");
    assert_eq!(heading(&repo, &["notes"]), "## [Unreleased]");
    let page = repo.run(&["notes", "--all", "--format", "html"]).stdout;
    assert!(page.contains("<section id=\"v1.2.0\">") && !page.contains("Unreleased"), "{page}");
}

#[test]
fn single_commit_is_counted_in_the_singular() {
    assert_eq!(heading(&released(), &["preview"]), "Unreleased  since v1.1.0 · 1 commit");
    assert!(heading(&released(), &["preview", "v1.1.0"]).ends_with(" · 2 commits"));
}

#[test]
fn range_heading_names_both_ends() {
    let repo = released();
    // The range contains a released commit in addition to the unreleased one.
    assert_eq!(heading(&repo, &["notes", "v1.0.0..HEAD"]), "## [v1.0.0..HEAD]");
    assert_eq!(heading(&repo, &["notes", "HEAD~3..HEAD~2"]), "## [HEAD\\~3..HEAD\\~2 (in 1.1.0)]");
    assert!(heading(&repo, &["notes", "v1.0.0..v1.1.0"]).starts_with("## [1.1.0]"));
    for unreleased in [&["notes"][..], &["notes", "v1.1.0..HEAD"], &["notes", "v1.1.0.."], &["notes", "HEAD"]]
    {
        assert_eq!(heading(&repo, unreleased), "## [Unreleased]", "{unreleased:?}");
    }
    assert_eq!(repo.release(&[]).0["range"], serde_json::Value::Null);
}

/// Two packages with one version and unreleased changes each.
fn packages() -> Repo {
    let repo = Repo::new();
    for name in ["core", "@shop/ui"] {
        let folder = name.trim_start_matches("@shop/");
        repo.commit(Commit::new(format!("feat: {folder}")).file(&format!("{folder}/a"), "x"));
        repo.tag(&format!("{name}@1.0.0"));
        repo.commit(Commit::new(format!("fix: {folder} again")).file(&format!("{folder}/b"), "x"));
    }
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"core\"\npaths = [\"core\"]\n[[packages]]\nname = \"@shop/ui\"\npaths = [\"ui\"]\n",
    );
    repo
}

#[test]
fn heading_names_each_package() {
    let repo = packages();
    let headings = |format: &str| {
        let ran = repo.run(&["notes", "--all", "--format", format]);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        ran.stdout.lines().filter(|line| line.starts_with("## ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = [
        "## [Unreleased] core",
        "## [`core@1.0.0`] - 2026-01-01",
        "## [Unreleased] `@shop/ui`",
        "## [`@shop/ui@1.0.0`] - 2026-01-01",
    ];
    assert_eq!(headings("markdown"), expected);
    assert_eq!(headings("keepachangelog"), expected);
    assert_eq!(headings("release")[1], "## core 1.0.0 - 2026-01-01");
    let preview = repo.run(&["preview"]).stdout;
    assert!(preview.contains("\n\n\n@shop/ui Unreleased  "), "{preview}");
    let alone = repo.run(&["--package", "core", "notes", "core@1.0.0"]).stdout;
    assert!(alone.starts_with("## [1.0.0] - "), "{alone}");
}

#[test]
fn long_reason_is_wrapped() {
    let repo = Repo::new();
    repo.commit("feat: first");
    repo.tag("v0.1.0").commit("feat!: second");
    repo.tag("v0.2.0-rc.1").commit("feat!: third");
    let preview = repo.run(&[]).stdout;
    let (_, last) = preview.split_once("Next version: ").unwrap();
    assert_eq!(
        last,
        "0.2.0 (minor: 2 breaking changes since 0.1.0 (below 1.0.0, this\n  raises minor); graduates 0.2.0-rc.1)\n"
    );
}

#[test]
fn tag_names_its_package() {
    let repo = packages();
    let notes = repo.run(&["notes", "core@1.0.0"]);
    assert!(notes.stdout.contains("1.0.0") && !notes.stdout.contains("ui"), "{}", notes.snapshot());
    assert!(!repo.run(&["preview", "core@1.0.0..HEAD"]).stdout.contains("ui"));
    let explained = repo.run(&["explain", "core@1.0.0"]);
    assert!(explained.stdout.starts_with("1.0.0 is the tag core@1.0.0"), "{}", explained.snapshot());
    let check = repo.run(&["check", "core@9.0.0"]);
    assert!(check.stdout.contains("9.0.0 skips versions"), "{}", check.snapshot());
    let files = "[[packages]]\nname = \"core\"\npaths = [\"core\"]\nchangelog = \"core/CHANGELOG.md\"\n\
                 [[packages]]\nname = \"@shop/ui\"\npaths = [\"ui\"]\nchangelog = \"ui/CHANGELOG.md\"\n";
    repo.write("tidings.toml", files);
    let changelog = repo.run(&["changelog", "--as", "@shop/ui@3.0.0"]);
    assert!(changelog.stdout.contains("## [3.0.0]"), "{}", changelog.snapshot());
    // The output says which text belongs to which package.
    let both = repo.run(&["changelog"]);
    assert_eq!(both.stderr, "core/CHANGELOG.md:\nui/CHANGELOG.md:\n", "{}", both.snapshot());
}

#[test]
fn history_is_read_once_for_all_packages() {
    let repo = packages();
    let files = "[[packages]]\nname = \"core\"\npaths = [\"core\"]\nchangelog = \"core/CHANGELOG.md\"\n\
                 [[packages]]\nname = \"@shop/ui\"\npaths = [\"ui\"]\nchangelog = \"ui/CHANGELOG.md\"\n";
    repo.write("tidings.toml", files).write("core/a", "x").write("ui/a", "x");
    for args in [&["notes", "--all"][..], &["changelog"], &["changelog", "--all"], &["changelog", "--write"]]
    {
        let ran = repo.run(&[&["--verbose"], args].concat());
        assert_eq!(ran.stderr.matches("read 4 commits").count(), 1, "{args:?}: {}", ran.snapshot());
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    }
    // Each package gets the same notes as alone.
    let all = repo.run(&["notes", "--all", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all.stdout).unwrap();
    let mut alone = Vec::new();
    for package in ["core", "@shop/ui"] {
        let notes = repo.run_json(&["--package", package, "notes", "--all", "--format", "json"]);
        alone.extend(notes["releases"].as_array().unwrap().clone());
        let file = repo.run(&["--package", package, "changelog", "--check"]);
        assert_eq!(file.status, Some(0), "{}", file.snapshot());
    }
    assert_eq!(all["releases"].as_array().unwrap(), &alone);
}

#[test]
fn next_and_check_cover_all_packages() {
    let repo = packages();
    insta::assert_snapshot!(repo.run(&["next"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    core 1.0.1
    @shop/ui 1.0.1
    ----- stderr -----
    core: patch: 1 fix since 1.0.0
    @shop/ui: patch: 1 fix since 1.0.0
    ");
    assert_eq!(repo.run(&["next", "--tag"]).stdout, "core@1.0.1\n@shop/ui@1.0.1\n");
    assert_eq!(repo.run_json(&["next", "--format", "json"])[1]["package"], "@shop/ui");
    insta::assert_snapshot!(repo.run(&["check"]).snapshot(), @r"
    status: 0
    ----- stdout -----
    ✓ configuration: tidings.toml is valid
    ✓ tags (core): 1 version is tagged, the highest is core@1.0.0
    ✓ messages (core): the only message follows the rules
    ✓ tags (@shop/ui): 1 version is tagged, the highest is @shop/ui@1.0.0
    ✓ messages (@shop/ui): the only message follows the rules
    ");
    let one = repo.run(&["check", "1.0.1"]);
    assert!(one.stderr.contains("--package NAME"), "{}", one.snapshot());
}
