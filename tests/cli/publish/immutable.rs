//! GitHub's immutable releases.

use super::*;

/// A published v1.1.0 with the file sums.txt, immutable.
fn published(fake: &Fake) -> Repo {
    let repo = repo(fake);
    fake.immutable_releases(true);
    repo.write("sums.txt", "abc");
    ok(&repo, fake, &["--attach", "sums.txt"]);
    assert!(fake.release("v1.1.0").unwrap().immutable);
    fake.clear_log();
    repo
}

#[test]
fn first_run_attaches_all_files_before_publication() {
    for is_admin in [true, false] {
        let fake = Fake::github("o", "r");
        let repo = repo(&fake);
        fake.immutable_releases(is_admin);
        repo.write("sums.txt", "abc");
        let dry = ok(&repo, &fake, &["--attach", "sums.txt", "--dry-run"]);
        let is_told =
            dry.stdout.contains("- publish the release v1.1.0, as the latest, as an immutable release");
        assert_eq!(is_told, is_admin, "{}", dry.snapshot());
        let ran = ok(&repo, &fake, &["--attach", "sums.txt", "--attach-json"]);
        let release = fake.release("v1.1.0").unwrap();
        assert!(release.immutable && release.assets.len() == 2, "{}", ran.snapshot());
        assert!(!ran.stderr.contains("Warning"), "{}", ran.snapshot());
        fake.clear_log();
        let again = ok(&repo, &fake, &["--attach", "sums.txt", "--attach-json"]);
        assert!(again.stderr.contains("nothing to do"), "{}", again.snapshot());
        assert_eq!(writes(&fake), [""; 0]);
    }
}

#[test]
fn late_file_is_refused_before_any_action() {
    let fake = Fake::github("o", "r");
    let repo = published(&fake);
    repo.write("late.txt", "x");
    let ran = run(&repo, &fake, &["--attach", "sums.txt", "--attach", "late.txt", "--title", "Late"]);
    insta::assert_snapshot!(ran.snapshot(), @r"
    status: 1
    ----- stderr -----
    Error: cannot attach the file late.txt (1 bytes): the release v1.1.0 is immutable, and GitHub refuses any change of its files
    Hint: release a new version, and attach all files in the run that publishes it, or to its draft before (--draft); --no-attach updates only the title and the body
    ");
    repo.write("sums.txt", "abcd");
    for dry in [&["--dry-run"][..], &[]] {
        let ran = run(&repo, &fake, &[&["--attach", "sums.txt"], dry].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""), "{}", ran.snapshot());
        let words = "cannot remove the file sums.txt, attach the file sums.txt (4 bytes): the release v1.1.0 is immutable";
        assert!(ran.stderr.contains(words), "{}", ran.snapshot());
    }
    assert_eq!(writes(&fake), [""; 0]);
    configure(&repo, "github", "[publish]\nattach = ['late.txt']\n");
    assert_eq!(run(&repo, &fake, &["--title", "One"]).status, Some(1));
    // Title, body, pre-release and latest can still be changed.
    let args = ["--no-attach", "--title", "One", "--mode", "replace", "--prerelease", "true"];
    ok(&repo, &fake, &args);
    let release = fake.release("v1.1.0").unwrap();
    assert_eq!((release.title.as_str(), release.prerelease, release.assets.len()), ("One", true, 1));
    ok(&repo, &fake, &["--no-attach", "--prerelease", "false", "--latest", "true"]);
    assert_eq!(fake.latest().as_deref(), Some("v1.1.0"));
}

#[test]
fn answer_of_the_forge_tells_what_the_release_does_not() {
    // GitHub Enterprise Server may omit the field.
    let hide = |fake: &Fake| {
        let release = fake.release("v1.1.0").unwrap();
        let asset = &release.assets[0];
        let page = fake.api().replace("/api/v3", "/o/r/releases/tag/v1.1.0");
        let uploads = fake.api().replace("/api/v3", "/api/uploads/repos/o/r/releases");
        let json = json!({
            "id": release.id, "tag_name": "v1.1.0", "name": release.title, "body": release.body, "draft": false,
            "prerelease": false, "html_url": page, "upload_url": format!("{uploads}/{}/assets{{?name}}", release.id),
            "assets": [{ "id": asset.id, "name": asset.name, "size": asset.content.len() }],
        });
        fake.respond_at("GET /api/v3/repos/o/r/releases/tags/v1.1.0", 1, Response::json(200, &json));
    };
    let fake = Fake::github("o", "r");
    let repo = published(&fake);
    repo.write("late.txt", "x");
    hide(&fake);
    let ran = run(&repo, &fake, &["--attach", "sums.txt", "--attach", "late.txt"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("cannot attach the file late.txt (1 bytes): the release v1.1.0 is immutable"),
        "{}",
        ran.snapshot()
    );
    assert!(!ran.stderr.contains("run the command again"), "{}", ran.snapshot());
    repo.write("sums.txt", "abcd");
    hide(&fake);
    let ran = run(&repo, &fake, &["--attach", "sums.txt"]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("cannot remove the file sums.txt: the release v1.1.0 is immutable")
            && ran.stderr.contains("not done: attach the file sums.txt (4 bytes)"),
        "{}",
        ran.snapshot()
    );
    assert_eq!(fake.release("v1.1.0").unwrap().assets[0].content, b"abc");
}

#[test]
fn tag_of_a_deleted_immutable_release_is_explained() {
    let fake = Fake::github("o", "r");
    let repo = published(&fake);
    fake.delete_release("v1.1.0");
    let ran = run(&repo, &fake, &[]);
    assert_eq!(ran.status, Some(1), "{}", ran.snapshot());
    assert!(
        ran.stderr.contains("the tag was that of an immutable release, which was deleted")
            && ran.stderr.contains("as a new version"),
        "{}",
        ran.snapshot()
    );
    // The draft that can never be published is not left behind.
    assert_eq!(fake.releases(), []);
}
