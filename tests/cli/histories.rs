//! The rule for windows (`ARCHITECTURE.md`) on histories that people have: release branches that never return,
//! hotfixes, merges up, tags out of order.

use std::collections::BTreeSet;

use super::support::{Commit, Release, Repo, set};

/// Asserts the base and the subjects of a version's window, alone and in `--all`.
fn assert_window(repo: &Repo, tag: &str, base: &str, subjects: &[&str]) {
    let release = repo.release(&[tag]);
    assert_eq!((release.base(), release.subjects()), (base, set(subjects)), "the window of {tag}");
    let all = repo.releases(&["--all"]);
    let same = all.iter().find(|other| other.version() == release.version());
    let same = same.unwrap_or_else(|| panic!("--all has no {tag}"));
    assert_eq!((same.base(), same.subjects()), (base, set(subjects)), "the window of {tag} in --all");
    assert_eq!(release.ids(), printed_window(repo, tag), "the command that explain {tag} prints");
}

/// Asserts the base and the subjects of the unreleased changes, alone and in `--all`.
fn assert_unreleased(repo: &Repo, base: &str, subjects: &[&str]) {
    let release = repo.release(&[]);
    assert_eq!((release.base(), release.subjects()), (base, set(subjects)), "unreleased changes");
    let all = repo.releases(&["--all"]);
    let same = all.iter().find(|other| other.version().is_none());
    let same = same.map(|same| (same.base().to_owned(), same.subjects()));
    assert_eq!(same, Some((base.to_owned(), set(subjects))), "unreleased changes in --all");
}

/// The commits that the command printed by `explain` lists.
fn printed_window(repo: &Repo, tag: &str) -> BTreeSet<String> {
    let explained = repo.run_json(&["explain", tag, "--format", "json"]);
    let command = explained["rev_list"].as_str().unwrap();
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    repo.git(&args).lines().map(str::to_owned).collect()
}

/// Tags a release branch, and squash-merges it back.
fn squashed_release(repo: &Repo, version: &str) {
    let subject = format!("chore: release {version}");
    repo.branch(&format!("release/{version}")).commit(subject.as_str());
    repo.tag(&format!("v{version}")).checkout("main").commit(format!("{subject} (#1)").as_str());
}

#[test]
fn squash_merged_release_branches_count_as_released() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v2.7.0").commit("feat: two");
    squashed_release(&repo, "2.8.0");
    repo.commit("feat: four");
    squashed_release(&repo, "2.9.0");
    repo.commit("fix: six");
    assert_window(
        &repo,
        "v2.9.0",
        "v2.8.0",
        &["chore: release 2.8.0 (#1)", "feat: four", "chore: release 2.9.0"],
    );
    assert_unreleased(&repo, "v2.9.0", &["chore: release 2.9.0 (#1)", "fix: six"]);
    assert_eq!(repo.run(&["next"]).stdout, "2.9.1\n");
    assert_eq!(repo.release(&["--latest"]).version().unwrap(), "2.9.0");
    let two = repo.git(&["log", "--format=%H", "--grep=feat: two"]);
    assert!(repo.run(&["explain", two.trim()]).stdout.contains("version 2.8.0"));
}

#[test]
fn breaking_change_of_a_release_branch_does_not_raise_the_next_version_again() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v2.7.0").commit("feat!: two");
    squashed_release(&repo, "3.0.0");
    repo.commit("fix: six");
    assert_eq!(repo.run(&["next"]).stdout, "3.0.1\n");
}

/// Each minor version is tagged on its own branch off main; `v0.1.0` on main itself, if `first` is.
fn minor_branches(first: bool) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: one");
    if first {
        repo.tag("v0.1.0");
    }
    for (minor, subject) in [(1, "feat: two"), (2, "feat: three"), (3, "feat: four")] {
        repo.checkout("main").commit(subject);
        repo.branch(&format!("release-1.{minor}")).commit(format!("fix: b{minor}").as_str());
        repo.tag(&format!("v1.{minor}.0"));
    }
    repo.checkout("main").commit("fix: five");
    repo
}

#[test]
fn minors_on_their_own_branches_bring_what_came_since_the_last_fork() {
    for first in [true, false] {
        let repo = minor_branches(first);
        assert_window(&repo, "v1.3.0", "v1.2.0", &["feat: four", "fix: b3"]);
        assert_window(&repo, "v1.2.0", "v1.1.0", &["feat: three", "fix: b2"]);
        assert_unreleased(&repo, "v1.3.0", &["fix: five"]);
        assert_eq!(repo.run(&["next"]).stdout, "1.3.1\n");
        let preview = repo.run(&["preview"]);
        assert_eq!(preview.stderr, "", "no warning about versions that HEAD does not contain");
    }
}

#[test]
fn fix_merged_up_from_an_older_line_is_in_both_windows() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.9.5").branch("1.9").checkout("main").commit("feat!: two");
    repo.tag("v2.0.0").checkout("1.9").commit("fix: crash");
    repo.tag("v1.9.6").checkout("main").merge("1.9", "Merge branch '1.9'");
    repo.tag("v2.0.1");
    assert_window(&repo, "v1.9.6", "v1.9.5", &["fix: crash"]);
    assert_window(&repo, "v2.0.1", "v2.0.0", &["fix: crash", "Merge branch '1.9'"]);
    assert_eq!(repo.release(&["v2.0.1"]).change("crash")["also_in"], serde_json::json!(["1.9.6"]));
    assert_eq!(repo.release(&["v1.9.6"]).change("crash")["also_in"], serde_json::json!([]));
    let explained = repo.run(&["explain", "v2.0.1"]).stdout;
    assert!(explained.contains("1 commit is also in 1.9.6"), "{explained}");
    let fix = repo.git(&["log", "--all", "--format=%H", "--grep=fix: crash"]);
    let explained = repo.run(&["explain", fix.trim()]).stdout;
    assert!(explained.contains("version 1.9.6 (the first to contain it); also in 2.0.1"), "{explained}");
}

#[test]
fn git_flow_without_back_merge_starts_at_the_version_on_main() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.1.0").branch("develop").commit("feat: two");
    repo.checkout("main").branch("hotfix").commit("fix: hot");
    repo.checkout("main").merge("hotfix", "Merge branch 'hotfix'");
    repo.tag("v1.1.1").merge("develop", "Merge branch 'develop'");
    repo.tag("v1.2.0").checkout("develop").merge("hotfix", "Merge branch 'hotfix' into develop");
    repo.commit("feat: three");
    assert_unreleased(&repo, "v1.2.0", &["Merge branch 'hotfix' into develop", "feat: three"]);
    assert_eq!(repo.run(&["next"]).stdout, "1.3.0\n");
}

#[test]
fn lower_version_tagged_later_by_mistake_brings_only_what_came_since() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.9.0").commit("feat!: b");
    repo.tag("v2.0.0").commit("fix: c");
    repo.tag("v1.9.1");
    assert_window(&repo, "v2.0.0", "v1.9.0", &["feat!: b"]);
    assert_window(&repo, "v1.9.1", "v2.0.0", &["fix: c"]);
    repo.commit("fix: d");
    assert_unreleased(&repo, "v1.9.1", &["fix: d"]);
    assert_eq!(repo.run(&["next"]).stdout, "2.0.1\n");
}

#[test]
fn hotfix_that_is_not_merged_back_is_not_repeated() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.2.0").branch("hotfix").commit("fix: hot");
    repo.tag("v1.2.1").checkout("main").commit("fix: b");
    assert_unreleased(&repo, "v1.2.0", &["fix: b"]);
    assert_eq!(repo.run(&["next"]).stdout, "1.2.2\n");
}

#[test]
fn second_version_on_a_commit_is_empty() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0").commit("feat: b");
    repo.tag("v1.1.0").tag("v1.2.0");
    assert_window(&repo, "v1.1.0", "v1.0.0", &["feat: b"]);
    assert_window(&repo, "v1.2.0", "v1.1.0", &[]);
    let explained = repo.run(&["explain", "v1.2.0"]).stdout;
    assert!(explained.contains("same commit as 1.1.0"), "{explained}");
}

#[test]
fn builds_of_one_version_have_windows_of_their_own() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0+build.1").commit("fix: b");
    repo.tag("v1.0.0+build.2");
    assert_window(&repo, "v1.0.0+build.2", "v1.0.0+build.1", &["fix: b"]);
}

#[test]
fn pre_release_that_a_final_version_contains_has_no_section() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v1.0.0").commit("feat: b");
    repo.tag("v1.1.0-rc.1").commit("feat: c");
    repo.tag("v1.2.0").branch("next").commit("feat!: d");
    repo.tag("v2.0.0-beta.1").checkout("main").commit("fix: e");
    let versions: Vec<_> = repo.releases(&["--all"]).iter().map(|it| it.version()).collect();
    let named = |version: &str| Some(version.to_owned());
    assert_eq!(versions, [None, named("2.0.0-beta.1"), named("1.2.0"), named("1.0.0")]);
    assert_window(&repo, "v1.2.0", "v1.0.0", &["feat: b", "feat: c"]);
    assert_window(&repo, "v2.0.0-beta.1", "v1.2.0", &["feat!: d"]);
    assert_unreleased(&repo, "v1.2.0", &["fix: e"]);
}

#[test]
fn backports_of_the_base_line_are_duplicates_alone_and_in_all() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.branch("release-1.1").commit("chore: prepare");
    repo.tag("v1.1.0").checkout("main");
    let (crash, leak) = (repo.commit("fix: crash"), repo.commit("fix: leak"));
    repo.checkout("release-1.1").cherry_pick(crash);
    repo.tag("v1.1.1").cherry_pick(leak);
    repo.tag("v1.1.2").commit("fix: only there");
    repo.tag("v1.1.3").checkout("main").commit("feat: three");
    repo.branch("release-1.2").commit("chore: prepare again");
    repo.tag("v1.2.0");
    let is_target = |release: &Release| release.version().as_deref() == Some("1.2.0");
    let of_all = repo.releases(&["--all"]).into_iter().find(is_target).unwrap();
    for release in [repo.release(&["v1.2.0"]), of_all] {
        assert_eq!((release.base(), release.titles()), ("v1.1.3", vec!["three".to_owned()]));
        for (subject, version) in [("fix: crash", "1.1.1"), ("fix: leak", "1.1.2")] {
            let (outcome, reason) = release.outcome(subject);
            assert_eq!(outcome, "duplicate", "{subject}");
            assert!(reason.contains(&format!("already released in {version}")), "{reason}");
        }
    }
}

/// Numbers that look random and are the same in each run (a linear congruential generator, Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

/// Branches, merges back and up, squash merges, cherry-picks, pre-releases, and versions of two packages in any order.
fn random_history(seed: u64) -> (Repo, Vec<String>) {
    let (repo, mut numbers) = (Repo::new(), Numbers(seed));
    let mut branches = vec!["main".to_owned()];
    let mut commits = vec![repo.commit("feat: number 0")];
    let mut tags: Vec<String> = Vec::new();
    for number in 1..30 {
        let branch = branches[numbers.below(branches.len())].clone();
        repo.checkout(&branch);
        match numbers.below(10) {
            0 => {
                branches.push(format!("release/{number}"));
                commits.push(
                    repo.branch(&format!("release/{number}"))
                        .commit(format!("fix: number {number}").as_str()),
                );
            }
            1 | 2 if branches.len() > 1 => {
                let other = branches[numbers.below(branches.len())].clone();
                if other != branch {
                    commits.push(repo.merge(&other, format!("Merge branch '{other}'").as_str()));
                }
            }
            3 => commits.push(repo.cherry_pick(commits[numbers.below(commits.len())])),
            _ => {
                let kind = ["feat", "fix", "chore"][numbers.below(3)];
                let package = ["a", "b"][numbers.below(2)];
                let commit = Commit::new(format!("{kind}: number {number}"));
                commits.push(repo.commit(commit.file(&format!("{package}/{number}.txt"), "x")));
            }
        }
        if numbers.below(3) == 0 {
            let (package, pre) = (["a@", "b@"][numbers.below(2)], ["", "", "-rc.1"][numbers.below(3)]);
            let (major, minor) = (number / 12, number % 12 + numbers.below(3));
            let tag = format!("{package}{major}.{minor}.0{pre}");
            if !tags.contains(&tag) {
                repo.tag(&tag);
                tags.push(tag);
            }
        }
    }
    (repo, tags)
}

#[test]
fn commands_agree_on_random_histories() {
    for seed in 1..=12 {
        let (repo, tags) = random_history(seed);
        for package in ["a@", "b@"] {
            repo.write("tidings.toml", format!("tag_pattern = \"{package}{{version}}\"\n"));
            let own: Vec<&String> = tags.iter().filter(|tag| tag.starts_with(package)).collect();
            if own.is_empty() {
                continue;
            }
            let all = repo.releases(&["--all"]);
            for tag in own {
                let release = repo.release(&[tag]);
                release.assert_accounts_for_all();
                assert_eq!(release.ids(), printed_window(&repo, tag), "seed {seed}: explain {tag}");
                match all.iter().find(|other| other.version() == release.version()) {
                    Some(same) => {
                        assert_eq!(same.ids(), release.ids(), "seed {seed}: {tag} in --all");
                        assert_eq!(same.base(), release.base(), "seed {seed}: {tag} in --all");
                    }
                    None => assert!(tag.contains("-rc"), "seed {seed}: --all has no {tag}"),
                }
            }
            let unreleased = all.iter().find(|release| release.version().is_none());
            let unreleased = unreleased.map(|release| release.ids()).unwrap_or_default();
            assert_eq!(unreleased, repo.release(&[]).ids(), "seed {seed}: unreleased changes");
        }
    }
}
