//! Existing release bodies, and bodies that are too long.

use super::*;

fn with_body(fake: &Fake, body: &str) {
    let (tag, title) = ("v1.1.0".to_owned(), "By hand".to_owned());
    fake.publish(Release { tag, title, body: body.to_owned(), is_latest: true, ..Release::default() });
}

fn body(fake: &Fake) -> String {
    fake.release("v1.1.0").unwrap().body
}

#[test]
fn edited_body_is_kept_without_force() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    with_body(&fake, "Written by hand");
    for args in [&[][..], &["--mode", "keep"]] {
        let ran = ok(&repo, &fake, args);
        assert_eq!((writes(&fake).len(), body(&fake).as_str()), (0, "Written by hand"), "{}", ran.snapshot());
    }
    assert!(ok(&repo, &fake, &[]).stderr.contains("written by hand and is kept"));
    ok(&repo, &fake, &["--mode", "append"]);
    let appended = body(&fake);
    assert!(appended.starts_with("Written by hand\n\n<!-- tidings:begin "), "{appended}");
    assert_eq!(fake.latest().as_deref(), Some("v1.1.0"));
    fake.clear_log();
    ok(&repo, &fake, &["--mode", "append"]);
    assert_eq!((writes(&fake).len(), body(&fake)), (0, appended.clone()));
    ok(&repo, &fake, &["--mode", "replace"]);
    assert!(!body(&fake).contains("by hand") && body(&fake).contains("add a door"), "{}", body(&fake));
}

#[test]
fn long_body_is_cut_between_entries_and_keeps_breaking_changes() {
    let fake = Fake::github("o", "r");
    let repo = Repo::new();
    configure(&repo, "github", "");
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo.commit("feat!: rename the door\n\nBREAKING CHANGE: doors are gates now");
    repo.commit(Commit::new("feat: keep them").file("db/migrate/20260101000000_doors.rb", "x"));
    for number in 0..1_400 {
        repo.commit(&*format!("fix: door {number} 門 {}", "creaks ".repeat(12)));
    }
    repo.tag("v1.1.0");
    fake.tag("v1.1.0", &sha(&repo, "v1.1.0"));
    let ran = ok(&repo, &fake, &["--verbose"]);
    let text = body(&fake);
    let length = text.chars().count();
    assert!((120_000..=125_000).contains(&length), "{length}");
    assert!(
        text.contains("doors are gates now") && text.contains("20260101000000_doors.rb"),
        "{}",
        &text[..2_000]
    );
    assert!(
        text.contains("more: <https://forge.example/o/r/compare/v1.0.0...v1.1.0>"),
        "{}",
        &text[text.len() - 400..]
    );
    let entry = text.lines().rfind(|line| line.starts_with("- ")).unwrap();
    assert!(entry.contains("creaks"), "{entry}");
    assert!(
        ran.stderr.contains("Warning: left out ") && ran.stderr.contains(" entries: "),
        "{}",
        &ran.stderr
    );
    fake.clear_log();
    ok(&repo, &fake, &[]);
    assert_eq!(writes(&fake), [""; 0]);
}
