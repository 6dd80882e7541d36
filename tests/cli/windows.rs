//! Whole histories in five styles: each window equals git's set difference, and no commit is lost or counted twice.

use std::collections::BTreeSet;

use super::support::{Commit, Repo};

/// Asserts the windows of these versions, each with its base, and that `--all` contains every commit reachable from
/// `tips` exactly once.
fn assert_history(repo: &Repo, windows: &[(&str, &str)], tips: &str) {
    for (tag, base) in windows {
        let release = repo.release(&[tag]);
        let range = if base.is_empty() { (*tag).to_owned() } else { format!("{base}..{tag}") };
        assert_eq!(release.base(), *base, "the base of {tag}");
        assert_eq!(release.ids(), repo.rev_list(&range).into_iter().collect(), "the window of {tag}");
        release.assert_accounts_for_all();
    }
    let seen = assert_all_once(repo, &["--all"]);
    let every: BTreeSet<_> = repo.git(&["rev-list", tips]).lines().map(str::to_owned).collect();
    assert_eq!(seen, every);
    let reached: BTreeSet<_> = repo.rev_list("HEAD").into_iter().collect();
    assert!(seen.is_superset(&reached), "HEAD reaches what no version holds");
}

/// Asserts that no commit is in two releases, and returns all that are in one.
fn assert_all_once(repo: &Repo, args: &[&str]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for release in &repo.releases(args) {
        release.assert_accounts_for_all();
        for id in release.ids() {
            assert!(seen.insert(id.clone()), "{id} is in two versions");
        }
    }
    seen
}

#[test]
fn windows_of_a_linear_history_match_git() {
    let repo = Repo::new();
    for minor in 0..4 {
        repo.commit(format!("feat: number {minor}").as_str());
        repo.commit(format!("chore: number {minor}").as_str());
        repo.tag(&format!("v1.{minor}.0"));
    }
    repo.commit("fix: last");
    let windows = [("v1.0.0", ""), ("v1.1.0", "v1.0.0"), ("v1.2.0", "v1.1.0"), ("v1.3.0", "v1.2.0")];
    assert_history(&repo, &windows, "HEAD");
}

#[test]
fn windows_of_git_flow_trains_match_git() {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0").branch("staging").branch("develop");
    for train in 1..=3 {
        for feature in 1..=2 {
            let branch = format!("feature/{train}-{feature}");
            repo.checkout("develop").branch(&branch).commit(format!("feat: {branch}").as_str());
            repo.commit(format!("test: {branch}").as_str());
            repo.checkout("develop").merge(&branch, format!("Merge branch '{branch}' into develop").as_str());
        }
        repo.checkout("staging").merge("develop", "Merge branch 'develop' into staging");
        repo.commit(format!("fix: found in staging {train}").as_str());
        repo.checkout("main").merge("staging", "Merge branch 'staging'");
        repo.tag(&format!("v1.{train}.0"));
        repo.branch(&format!("hotfix/{train}")).commit(format!("fix: hot {train}").as_str());
        repo.checkout("main").merge(&format!("hotfix/{train}"), "Merge hotfix");
        repo.tag(&format!("v1.{train}.1"))
            .checkout("develop")
            .merge("main", "Merge branch 'main' into develop");
    }
    repo.checkout("main").merge("develop", "Merge branch 'develop'");
    let windows = [
        ("v1.0.0", ""),
        ("v1.1.0", "v1.0.0"),
        ("v1.1.1", "v1.1.0"),
        ("v1.2.0", "v1.1.1"),
        ("v1.2.1", "v1.2.0"),
        ("v1.3.0", "v1.2.1"),
        ("v1.3.1", "v1.3.0"),
    ];
    assert_history(&repo, &windows, "HEAD");
}

#[test]
fn windows_of_release_branches_with_backports_match_git() {
    let repo = Repo::new();
    repo.commit("feat: start");
    repo.tag("v1.0.0").branch("release/1.0").checkout("main").commit("feat: second");
    repo.tag("v1.1.0").branch("release/1.1").checkout("main");
    let fix = repo.commit("fix: crash");
    repo.checkout("release/1.1").cherry_pick(fix);
    repo.tag("v1.1.1").checkout("release/1.0").cherry_pick(fix);
    repo.tag("v1.0.1").checkout("main").commit("feat: third");
    repo.tag("v1.2.0").commit("feat: fourth");
    let windows = [
        ("v1.0.0", ""),
        ("v1.0.1", "v1.0.0"),
        ("v1.1.0", "v1.0.0"),
        ("v1.1.1", "v1.1.0"),
        ("v1.2.0", "v1.1.0"),
    ];
    assert_history(&repo, &windows, "--all");
}

#[test]
fn windows_of_packages_with_own_tags_match_git() {
    use super::support::Commit;
    let repo = Repo::new();
    let packages = ["core", "ui"];
    for round in 0..3 {
        for name in packages {
            let message = format!("feat({name}): round {round}");
            repo.commit(Commit::new(message).file(&format!("{name}/{round}.txt"), "x"));
            repo.tag(&format!("{name}@1.{round}.0"));
        }
    }
    repo.commit(Commit::new("fix(ui): last").file("ui/last.txt", "x"));
    for name in packages {
        repo.write("tidings.toml", format!("tag_pattern = \"{name}@{{version}}\"\n"));
        let tags: Vec<_> = (0..3).map(|round| format!("{name}@1.{round}.0")).collect();
        let windows = [(&*tags[0], ""), (&*tags[1], &*tags[0]), (&*tags[2], &*tags[1])];
        assert_history(&repo, &windows, "HEAD");
    }
    repo.write(
        "tidings.toml",
        "[[packages]]\nname = \"core\"\npaths = [\"core/**\"]\ntag_pattern = \"core@{version}\"\n\
         [[packages]]\nname = \"ui\"\npaths = [\"ui/**\"]\ntag_pattern = \"ui@{version}\"\n",
    );
    for name in packages {
        let release = repo.release(&["--package", name, &format!("{name}@1.1.0")]);
        assert_eq!((release.base(), &release.0["package"]), (&*format!("{name}@1.0.0"), &name.into()));
        assert_eq!(release.titles(), ["round 1"], "{name}");
        // A package's window contains only the commits that change the package.
        let seen = assert_all_once(&repo, &["--all", "--package", name]);
        let touching = repo.git(&["rev-list", "HEAD", "--", name]);
        assert_eq!(seen, touching.lines().map(str::to_owned).collect(), "{name}");
    }
}

#[test]
fn windows_of_squash_merges_match_git() {
    let repo = Repo::new();
    for number in 1..=9 {
        let kind = ["feat", "fix", "chore"][number % 3];
        repo.commit(
            format!("{kind}: change {number} (#{number})\n\n* {kind}: part of {number}\n* wip").as_str(),
        );
        if number % 3 == 0 {
            repo.tag(&format!("v0.{}.0", number / 3));
        }
    }
    repo.commit("feat: last (#10)");
    assert_history(&repo, &[("v0.1.0", ""), ("v0.2.0", "v0.1.0"), ("v0.3.0", "v0.2.0")], "HEAD");
}

#[test]
fn packed_and_loose_objects_give_the_same_windows() {
    let repo = Repo::new();
    for number in 0..60 {
        let body = "a line that many messages share, so that they are stored as deltas\n".repeat(20);
        let commit = Commit::new(format!("feat: number {number}\n\n{body}{number}"));
        repo.commit(commit.file(&format!("src/module_{}/file_{number}.rs", number % 3), "x"));
        if number % 20 == 19 {
            repo.annotated_tag(&format!("v1.{}.0", number / 20), "a version", 1_700_000_000 + number);
        }
    }
    let commands: [&[&str]; 4] = [
        &["notes", "--all", "--format", "json"],
        &["notes", "--all", "--format", "json", "--path", "src/module_1/file_3*.rs"],
        &["notes", "v1.1.0"],
        &["notes"],
    ];
    let all = || commands.map(|args| repo.run(args).snapshot());
    let loose = all();
    repo.git(&["repack", "-a", "-d", "-f", "--depth=50", "--window=250"]);
    repo.git(&["pack-refs", "--all"]);
    let deltas = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(deltabase)"]);
    for kind in ["commit", "tree"] {
        let is_delta = |line: &str| line.starts_with(kind) && !line.ends_with(&"0".repeat(40));
        assert!(deltas.lines().any(is_delta), "a {kind} is stored as a delta");
    }
    assert_eq!(all(), loose);
}

/// Long enough for several threads to build the releases, which must be written in order.
#[test]
fn parallel_releases_of_a_long_history_are_written_in_order() {
    let repo = Repo::new();
    for minor in 0..90 {
        for nth in 0..50 {
            let commit = Commit::new(format!("feat: part {nth} of {minor}")).empty();
            // Some windows take longer than their neighbours.
            repo.commit(if nth % 7 == minor % 7 {
                commit.file("db/migrate/1.sql", format!("{minor} {nth}"))
            } else {
                commit
            });
        }
        repo.tag(&format!("v1.{minor}.0"));
    }
    let releases = repo.releases(&["--all"]);
    let versions: Vec<_> = releases.iter().filter_map(|release| release.version()).collect();
    assert_eq!(versions, (0..90).rev().map(|minor| format!("1.{minor}.0")).collect::<Vec<_>>());
    assert_eq!(assert_all_once(&repo, &["--all"]).len(), 4_500);
    for release in releases.iter().filter(|release| release.version().is_some()) {
        assert_eq!(release.commits().len(), 50);
    }
}
