//! Versions under each scheme.

use crate::support::Repo;

/// A repository with these tags, each on a commit of its own, and a fix after them.
fn tagged(tags: &[&str], configuration: &str) -> Repo {
    let repo = Repo::new();
    for (number, tag) in tags.iter().enumerate() {
        repo.commit(&*format!("fix: change {number}"));
        repo.tag(tag);
    }
    repo.commit("fix: unreleased");
    if !configuration.is_empty() {
        repo.write("tidings.toml", configuration);
    }
    repo
}

fn stdout(repo: &Repo, arguments: &[&str]) -> String {
    repo.run(arguments).stdout.trim().to_owned()
}

#[test]
fn pep440_versions_are_ordered_and_next_is_above_a_post_release() {
    for scheme in ["loose", "pep440"] {
        let scheme = format!("scheme = \"{scheme}\"\n");
        let repo = tagged(&["1.0.0.dev1", "1.0.0a1", "1.0.0rc1", "1.0.0", "1.0.0.post1"], &scheme);
        assert_eq!(stdout(&repo, &["next"]), "1.0.1", "{scheme}");
        assert_eq!(stdout(&repo, &["next", "--pre=rc"]), "1.0.1rc1", "{scheme}");
        assert_eq!(stdout(&repo, &["next", "--pre=dev"]), "1.0.1.dev1", "{scheme}");
        let post = stdout(&repo, &["notes", "1.0.0.post1"]);
        assert!(post.contains("change 4") && !post.contains("change 3"), "{post}");
        let all = stdout(&repo, &["notes", "--all"]);
        let headings: Vec<_> = all.lines().filter(|line| line.starts_with("## ")).collect();
        assert!(headings[1].contains("1.0.0.post1") && headings[2].contains("[1.0.0]"), "{headings:?}");
        let check = repo.run(&["check", "1.0.0.post2"]);
        assert!(!check.stdout.contains("not higher"), "{}", check.stdout);
    }
}

#[test]
fn declared_post_releases_are_above_their_version() {
    let repo = tagged(&["v1.2.2", "v1.2.3", "v1.2.3-1"], "post_release = \"-{number}\"\n");
    assert_eq!(stdout(&repo, &["next"]), "1.2.4");
    let notes = stdout(&repo, &["notes", "1.2.3-1"]);
    assert!(notes.contains("change 2") && !notes.contains("change 1"), "{notes}");
    let calendar = "scheme = \"calver:YYYY.0M.0D\"\npost_release = \"-{number}\"\n";
    let repo = tagged(&["2026.01.12", "2026.01.13", "2026.01.13-2"], calendar);
    let notes = stdout(&repo, &["notes", "--latest"]);
    assert!(notes.contains("2026.01.13-2") && notes.contains("change 2"), "{notes}");
}

#[test]
fn calendar_counter_follows_the_tags() {
    let next = |tags: &[&str], pattern: &str| {
        let repo = tagged(tags, &format!("scheme = \"calver:{pattern}\"\n"));
        let ran = repo.run(&["next"]);
        format!(
            "{}{}",
            ran.stdout.trim(),
            ran.stderr.lines().find(|line| line.contains("Error")).unwrap_or("")
        )
    };
    let date = next(&["v2020.01.01"], "YYYY.0M.0D");
    let dashes = date.replace('.', "-");
    assert_eq!(next(&["v2020.01.01.1", "v2020.01.01.2"], "YYYY.0M.0D.MICRO"), format!("{date}.1"));
    assert_eq!(next(&["v2020.01.01.0", "v2020.01.01.1"], "YYYY.0M.0D.MICRO"), format!("{date}.0"));
    assert_eq!(next(&["v2020.01.01", "v2020.01.01-1"], "YYYY.0M.0D-MICRO"), date);
    assert_eq!(next(&["v2020.01.01-1", "v2020.01.01-2"], "YYYY.0M.0D-MICRO"), format!("{date}-1"));
    assert_eq!(next(&["v2020-01-01"], "YYYY-0M-0D"), dashes);
}
