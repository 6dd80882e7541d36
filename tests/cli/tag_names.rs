//! Warnings about the names of tags.

use crate::support::Repo;

#[test]
fn constant_suffix_is_reported_by_check() {
    let tags = ["v7.0.0-ember-cli", "v7.1.0-ember-cli", "v7.2.0-ember-cli"];
    let repo = Repo::new();
    for tag in tags {
        repo.commit(&*format!("fix: {tag}"));
        repo.tag(tag);
    }
    repo.commit("fix: unreleased");
    let check = repo.run(&["check"]);
    assert!(check.stdout.contains("tag_pattern = 'v{version}-ember-cli'"), "{}", check.snapshot());
    repo.write("tidings.toml", "tag_pattern = 'v{version}-ember-cli'\n");
    assert!(!repo.run(&["check"]).stdout.contains("-ember-cli`"));
    assert_eq!(repo.run(&["next"]).stdout, "7.2.1\n");
}

#[test]
fn many_tags_on_other_commits_are_one_warning() {
    let repo = Repo::new();
    repo.commit("fix: one");
    for minor in 0..40 {
        repo.tag(&format!("1.{minor}.0"));
    }
    repo.commit("fix: two");
    for minor in 0..40 {
        repo.tag(&format!("v1.{minor}.0"));
    }
    let ran = repo.run(&["notes", "--latest"]);
    let warnings: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("Warning")).collect();
    assert_eq!(warnings.len(), 1, "{}", ran.stderr);
    assert!(warnings[0].contains("40 tags are the same version") && warnings[0].contains("and 37 more"));
}

#[test]
fn damaged_tags_without_a_version_are_one_warning() {
    let repo = Repo::new();
    repo.commit("fix: one");
    repo.tag("v1.0.0");
    for number in 1..=5 {
        repo.write(&format!(".git/refs/tags/broken-{number}"), format!("{number:040}\n"));
    }
    let ran = repo.run(&["notes", "--latest"]);
    let warnings: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("Warning")).collect();
    assert_eq!((ran.status, warnings.len()), (Some(0), 1), "{}", ran.stderr);
    assert!(warnings[0].contains("ignored 5 damaged tags") && warnings[0].contains("and 2 more"));
}
