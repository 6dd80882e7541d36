//! The data of "what changed since your version": the same as `tidings compare` returns.

use std::collections::BTreeSet;

use serde_json::Value;

use super::support::{Site, site};
use crate::support::{Commit, Repo};

/// Whether a version at a position lacks what has these ranges, as the script of the pages decides it.
fn lacks(ranges: &Value, at: usize) -> bool {
    match ranges {
        Value::Null => false,
        Value::Number(first) => at as u64 >= first.as_u64().unwrap(),
        ranges => {
            let ends: Vec<u64> = ranges.as_array().unwrap().iter().map(|end| end.as_u64().unwrap()).collect();
            ends.chunks(2).any(|pair| pair[0] <= at as u64 && (at as u64) < pair[1])
        }
    }
}

/// The anchors of the changes that the site lists for a version, and the paths of its attention items.
fn listed(site: &Site, version: &str, package: Option<&str>) -> (BTreeSet<String>, BTreeSet<String>) {
    let index = &site.script("data/index.js")[0];
    let name = |at: &Value| index["versions"][at.as_u64().unwrap() as usize][0].as_str().unwrap().to_owned();
    let lines = index["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["package"].as_str() == package).unwrap();
    let at = line["from"].as_array().unwrap().iter().position(|from| name(from) == version).unwrap();
    let needed = line["last"][at].as_u64().unwrap();
    let (mut changes, mut paths, mut joined) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::<Option<u64>>::new());
    for number in 1..=needed {
        let part = site.script(&format!("data/changes-{number}.js"));
        let is_listed = |item: &&Value| {
            let release = &index["versions"][item[0].as_u64().unwrap() as usize];
            release[3].as_str() == package && lacks(&item[5], at)
        };
        // Of the changes that are one entry, the newest counts.
        let is_newest = |item: &&Value| item[6].is_null() || joined.insert(item[6].as_u64());
        let entries = part[1].as_array().unwrap().iter().filter(is_listed).filter(is_newest);
        changes.extend(entries.map(|it| it[2].as_str().unwrap().to_owned()));
        for item in part[2].as_array().unwrap().iter().filter(is_listed) {
            paths.extend(item[3].as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()));
        }
    }
    (changes, paths)
}

/// Compares the data of a version with `tidings compare`.
fn assert_equals_compare(repo: &Repo, site: &Site, (from, to): (&str, &str), package: Option<&str>) {
    let range = format!("{from}..{to}");
    let mut args = vec!["compare", &range, "--format", "json"];
    args.extend(package.iter().flat_map(|package| ["--package", package]));
    let release = &repo.run_json(&args)["releases"][0];
    let changes: Vec<&Value> = release["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|section| section["changes"].as_array().unwrap())
        .collect();
    let anchor = |change: &&Value| format!("c-{}", &change["commits"][0].as_str().unwrap()[..12]);
    let paths =
        release["attention"].as_array().unwrap().iter().flat_map(|item| item["paths"].as_array().unwrap());
    let expected: BTreeSet<String> = changes.iter().map(anchor).collect();
    let paths: BTreeSet<String> = paths.map(|path| path.as_str().unwrap().to_owned()).collect();
    assert_eq!(listed(site, from, package), (expected, paths), "{range}");
}

#[test]
fn data_equals_compare_on_a_line_with_reverts() {
    let repo = Repo::new();
    repo.commit(Commit::new("feat: books").file("db/migrations/V1.sql", "1"));
    repo.tag("v1.0.0");
    let maps = repo.commit("feat: maps");
    let globes = repo.commit("feat!: globes");
    repo.commit(Commit::new("feat: accounts").file("db/migrations/V2.sql", "1"));
    repo.tag("v1.1.0");
    repo.revert(maps);
    let lost = repo.revert(globes);
    repo.tag("v1.2.0");
    repo.revert(lost);
    repo.commit(Commit::new("fix: pins").file("db/migrations/V3.sql", "1"));
    repo.tag("v1.3.0");
    repo.commit("feat: unreleased");
    let site = site(&repo, &[]);
    for from in ["1.0.0", "1.1.0", "1.2.0"] {
        assert_equals_compare(&repo, &site, (from, "1.3.0"), None);
    }
    // The comparison from 1.0.0 has neither the change nor its revert, that from 1.1.0 has the revert.
    let anchor = |id| format!("c-{}", &repo.sha(id)[..12]);
    let of = |from: &str| listed(&site, from, None).0;
    assert!(!of("1.0.0").contains(&anchor(maps)) && of("1.0.0").contains(&anchor(globes)));
    assert_eq!((of("1.0.0").len(), of("1.1.0").len(), of("1.2.0").len()), (3, 2, 2));
}

#[test]
fn data_equals_compare_across_branches() {
    let repo = Repo::new();
    repo.commit("feat: a");
    // Each minor version is tagged on a branch that never comes back, with a fix of its own.
    for minor in 0..4 {
        repo.commit(&*format!("feat: on main {minor}"));
        repo.branch(&format!("release/1.{minor}"));
        repo.commit(&*format!("fix: only on 1.{minor}"));
        repo.tag(&format!("v1.{minor}.0"));
        repo.commit(&*format!("fix: more on 1.{minor}"));
        repo.tag(&format!("v1.{minor}.1"));
        repo.checkout("main");
    }
    repo.merge("release/1.2", "Merge branch 'release/1.2'");
    repo.branch("topic");
    repo.commit("feat: from a topic");
    repo.checkout("main");
    repo.commit("feat: last");
    repo.merge("topic", "Merge pull request #7 from u/topic\n\nFrom a topic");
    repo.tag("v2.0.0");
    repo.checkout("release/1.1");
    repo.commit("fix: later on 1.1");
    repo.tag("v1.1.2");
    repo.checkout("main");
    let site = site(&repo, &[]);
    for from in ["1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.1.2", "1.2.0", "1.2.1", "1.3.0", "1.3.1"] {
        assert_equals_compare(&repo, &site, (from, "2.0.0"), None);
    }
}

#[test]
fn reverted_pull_request_is_gone() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.branch("topic");
    repo.commit("feat: from a topic");
    repo.commit("fix: in the topic");
    repo.checkout("main");
    let merge = repo.merge("topic", "Merge pull request #7 from u/topic\n\nFrom a topic");
    repo.tag("v1.1.0");
    let sha = repo.sha(merge);
    repo.commit(&*format!(
        "Revert \"From a topic\"\n\nThis reverts commit {sha}, reversing\nchanges made to x."
    ));
    repo.tag("v1.2.0");
    let site = site(&repo, &[]);
    for from in ["1.0.0", "1.1.0"] {
        assert_equals_compare(&repo, &site, (from, "1.2.0"), None);
    }
    assert!(listed(&site, "1.0.0", None).0.is_empty());
    assert_eq!(listed(&site, "1.1.0", None).0.len(), 1);
}

#[test]
fn each_package_has_its_own_newest_version() {
    let repo = Repo::new();
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"core\"\npaths = [\"core/**\"]\n[[packages]]\nname = \"web\"\npaths = [\"web/**\"]\n",
    );
    for number in 0..3 {
        repo.commit(Commit::new(format!("feat: core {number}")).file("core/a", number.to_string()));
        repo.tag(&format!("core@1.{number}.0"));
        repo.commit(Commit::new(format!("feat: web {number}")).file("web/a", number.to_string()));
        repo.tag(&format!("web@2.{number}.0"));
    }
    let site = site(&repo, &[]);
    for (package, major) in [("core", 1), ("web", 2)] {
        for minor in 0..2 {
            let (from, to) = (format!("{major}.{minor}.0"), format!("{major}.2.0"));
            assert_equals_compare(&repo, &site, (&from, &to), Some(package));
        }
    }
}

#[test]
fn pre_release_is_not_the_newest_version() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.commit("feat: b");
    repo.tag("v1.1.0");
    repo.commit("feat: c");
    repo.tag("v2.0.0-rc.1");
    let site = site(&repo, &[]);
    let index = &site.script("data/index.js")[0];
    let newest = index["lines"][0]["newest"].as_u64().unwrap() as usize;
    assert_eq!(index["versions"][newest][0], "1.1.0");
    assert_equals_compare(&repo, &site, ("1.0.0", "1.1.0"), None);
}

#[test]
fn changes_that_are_one_entry_are_joined() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0");
    for minor in 1..5 {
        repo.commit(&*format!("fix(deps): bump serde from 1.{} to 1.{minor} (#{minor})", minor - 1));
        repo.commit("fix: a typo");
        repo.commit("feat!: break something");
        repo.tag(&format!("v1.{minor}.0"));
    }
    let site = site(&repo, &[]);
    for from in ["1.0.0", "1.1.0", "1.2.0", "1.3.0"] {
        assert_equals_compare(&repo, &site, (from, "1.4.0"), None);
    }
    // One update, one typo, and each breaking change.
    assert_eq!(listed(&site, "1.0.0", None).0.len(), 6);
}

#[test]
fn fix_of_an_older_line_is_listed_for_versions_that_lack_it() {
    let repo = Repo::new();
    let first = repo.commit("feat: a");
    repo.tag("v1.0.0");
    repo.commit("feat: b");
    let fix = repo.commit("fix: count (#7)");
    repo.tag("v2.0.0");
    repo.branch("release/1.0").reset(first);
    repo.cherry_pick(fix);
    repo.tag("v1.0.1");
    repo.checkout("main");
    let site = site(&repo, &[]);
    let has_fix = |from: &str| listed(&site, from, None).0.len() == 2;
    assert!(has_fix("1.0.0"), "{:?}", listed(&site, "1.0.0", None));
    assert!(!has_fix("1.0.1"), "{:?}", listed(&site, "1.0.1", None));
}
