//! The next version, and versions typed by hand: never back, and judged alike by every command.

use super::support::{Commit, Repo};

/// `main` with 0.1.0, 0.2.0 and one more fix.
fn two_versions() -> Repo {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v0.1.0").commit("feat: b");
    repo.tag("v0.2.0").commit("fix: c");
    repo
}

#[test]
fn version_below_a_contained_one_is_refused_everywhere_in_the_same_words() {
    let repo = two_versions();
    for args in [
        &["changelog", "--as", "v0.1.5"][..],
        &["notes", "--as", "v0.1.5"],
        &["preview", "--as", "v0.1.5"],
        &["check", "v0.1.5"],
        &["tag", "v0.1.5"],
    ] {
        let ran = repo.run(args);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.status, Some(1), "{args:?}: {}", ran.snapshot());
        assert!(
            printed.contains("0.1.5 is lower than 0.2.0, which HEAD contains"),
            "{args:?}: {}",
            ran.snapshot()
        );
        assert!(
            printed.contains("choose a higher version; `tidings next` suggests one"),
            "{}",
            ran.snapshot()
        );
    }
}

#[test]
fn version_below_a_contained_pre_release_is_a_warning() {
    let repo = two_versions();
    repo.tag("v1.0.0-rc.1").commit("fix: d");
    for args in [&["notes", "--as", "v0.2.1"][..], &["changelog", "--as", "v0.2.1"], &["check", "v0.2.1"]] {
        let ran = repo.run(args);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.status, Some(0), "{args:?}: {}", ran.snapshot());
        assert!(
            printed.contains("0.2.1 is lower than 1.0.0-rc.1, which HEAD contains"),
            "{}",
            ran.snapshot()
        );
    }
}

#[test]
fn suffix_of_an_environment_is_refused_everywhere() {
    for configuration in ["", "environments = [\"staging\"]\n"] {
        let repo = two_versions();
        repo.write("tidings.toml", configuration);
        for args in [
            &["changelog", "--as", "v0.4.0-staging"][..],
            &["notes", "--as", "v0.4.0-staging"],
            &["preview", "--as", "v0.4.0-staging"],
            &["check", "v0.4.0-staging"],
            &["tag", "v0.4.0-staging"],
        ] {
            let ran = repo.run(args);
            let printed = format!("{}{}", ran.stdout, ran.stderr);
            let expected = "`v0.4.0-staging` ends in the name of an environment (`-staging`)";
            assert!(ran.status != Some(0) && printed.contains(expected), "{args:?}: {}", ran.snapshot());
            assert!(printed.contains("type 0.4.0"), "{args:?}: {}", ran.snapshot());
        }
        assert_eq!(repo.git(&["tag", "--list", "*staging*"]), "");
    }
}

#[test]
fn pre_release_without_a_change_since_the_last_one_is_not_due() {
    let repo = Repo::new();
    repo.commit("feat: init");
    repo.tag("v1.0.0").commit("fix: a");
    repo.tag("v1.0.1-dev.0").commit("ci: x");
    repo.commit("docs: y");
    let ran = repo.run(&["next", "--pre=dev", "--require-change"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(5), ""), "{}", ran.snapshot());
    assert!(ran.stderr.contains("no change since 1.0.1-dev.0"), "{}", ran.snapshot());
    assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n");
    repo.commit("fix: z");
    assert_eq!(repo.run(&["next", "--pre=dev", "--require-change"]).stdout, "1.0.1-dev.1\n");
}

#[test]
fn newest_release_as_trailer_decides() {
    let repo = Repo::new();
    repo.commit("feat: a");
    repo.tag("v0.4.0").commit("feat: b\n\nRelease-As: 0.9.0");
    repo.commit(
        "feat: promote to GA\n\nSome text.\n\nRelease-As: 1.0.0\nSigned-off-by: Ada <ada@example.com>",
    );
    let ran = repo.run(&["next"]);
    assert_eq!(ran.stdout, "1.0.0\n", "{}", ran.snapshot());
    assert!(ran.stderr.contains("(Release-As)"), "{}", ran.snapshot());
    repo.commit("fix: lower\n\nRelease-As: 0.4.1");
    let ran = repo.run(&["next"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""), "{}", ran.snapshot());
    assert!(ran.stderr.contains("0.4.1 is too low"), "{}", ran.snapshot());
    repo.commit("fix: again\n\nRelease-As: 1.0.0-staging");
    let ran = repo.run(&["next"]);
    assert!(
        ran.status == Some(2) && ran.stderr.contains("ends in the name of an environment"),
        "{}",
        ran.snapshot()
    );
    repo.commit("fix: as tagged\n\nRelease-As: v1.0.0");
    repo.tag("v1.0.0").commit("fix: after");
    assert_eq!(repo.run(&["next"]).stdout, "1.0.1\n", "a released trailer has no effect");
}

/// 1.9.5 and 2.0.1, which has merged a fix of the branch; another fix follows on the branch.
fn older_line(branch: &str) -> Repo {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.9.5").branch(branch).checkout("main").commit("feat!: two");
    repo.tag("v2.0.0").checkout(branch).commit("fix: crash");
    repo.checkout("main").merge(branch, format!("Merge branch '{branch}'").as_str());
    repo.tag("v2.0.1").checkout(branch).commit("fix: leak");
    repo
}

#[test]
fn maintenance_branch_counts_only_versions_of_its_line() {
    for branch in ["release/1.9", "1.9.x", "support/1", "maint-1.9"] {
        let repo = older_line(branch);
        let ran = repo.run(&["next"]);
        assert_eq!(ran.stdout, "1.9.6\n", "{branch}: {}", ran.snapshot());
        assert!(ran.stderr.contains("on the maintenance line 1"), "{branch}: {}", ran.snapshot());
        let release = repo.release(&[]);
        assert_eq!(release.base(), "v1.9.5", "{branch}");
        assert_eq!(release.titles(), ["leak", "crash"], "{branch}");
        let check = repo.run(&["check", "1.9.6"]);
        assert_eq!(check.status, Some(0), "{branch}: {}", check.snapshot());
        repo.checkout("main").commit("fix: newer");
        repo.checkout(branch);
        assert_eq!(repo.release(&["main"]).base(), "v2.0.1", "{branch}: the line is not that of main");
    }
}

#[test]
fn branch_of_another_name_needs_the_line() {
    let repo = older_line("older");
    let ran = repo.run(&["preview"]);
    assert!(ran.stderr.contains("2.0.1 has merged changes of this branch"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("pass --line 1.9"), "{}", ran.snapshot());
    assert_eq!(repo.run(&["--line", "1.9", "next"]).stdout, "1.9.6\n");
    assert_eq!(repo.run(&["--line", "1.9", "preview"]).stderr, "");
    let check = repo.run(&["check", "1.9.6"]);
    assert_eq!(check.status, Some(0), "{}", check.snapshot());
    repo.write("tidings.toml", "maintenance = [\"older\", \"old-{line}\"]\n");
    assert!(repo.run(&["preview"]).stderr.contains("has merged changes"));
    assert_eq!(repo.run(&["--line", "nine", "next"]).status, Some(2));
}

#[test]
fn next_on_an_older_line_without_a_name_is_refused() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.9.0").branch("older").checkout("main").commit("feat!: two");
    repo.tag("v2.0.0").checkout("older").commit("fix: crash");
    let ran = repo.run(&["next"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""), "{}", ran.snapshot());
    assert!(ran.stderr.contains("1.9.1 would be lower than 2.0.0"), "{}", ran.snapshot());
    assert!(ran.stderr.contains("--line 1.9"), "{}", ran.snapshot());
    repo.git(&["branch", "--move", "older", "release/1.9"]);
    repo.git(&["checkout", "--quiet", "release/1.9"]);
    assert_eq!(repo.run(&["next"]).stdout, "1.9.1\n");
}

#[test]
fn notes_as_the_next_version_equal_the_window_of_its_tag() {
    let repo = two_versions();
    repo.branch("release/0.3").commit(Commit::new("fix: d"));
    repo.tag("v0.3.0").checkout("main").commit("fix: e");
    let next = repo.run(&["next"]).stdout.trim().to_owned();
    let before = repo.release(&["--as", &next]);
    repo.tag(&format!("v{next}"));
    let after = repo.release(&[&format!("v{next}")]);
    assert_eq!((before.base(), before.ids()), (after.base(), after.ids()));
}
