//! Files that are found by name: configurations, GitHub's release.yml, the mailmap, the changelog.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use super::trap::{SECRET, Trap};

/// A replacement for a committed file, and how to create it.
type Disguise = (&'static str, Box<dyn Fn()>);

/// Replacements for a committed file; each must be refused.
fn disguises(at: &Path, home: &Path) -> Vec<Disguise> {
    let to = |name: &str| {
        let depth = at.strip_prefix(home).unwrap().components().count() - 2;
        format!("{}../{name}", "../".repeat(depth))
    };
    let path = at.to_owned();
    let link = |target: String| -> Box<dyn Fn()> {
        let path = path.clone();
        Box::new(move || symlink(&target, &path).unwrap())
    };
    let fifo = {
        let path = path.clone();
        move || assert!(Command::new("mkfifo").arg(&path).status().unwrap().success())
    };
    let sparse = {
        let path = path.clone();
        move || fs::File::create(&path).unwrap().set_len(10 << 30).unwrap()
    };
    let folder = {
        let path = path.clone();
        move || fs::create_dir(&path).unwrap()
    };
    let large = {
        let path = path.clone();
        move || fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap()
    };
    vec![
        ("a link out", link(to("outside/secret.toml"))),
        ("an absolute link", link(home.join("outside/secret.toml").display().to_string())),
        ("a link to /dev/zero", link("/dev/zero".into())),
        ("a link to /dev/stdin", link("/dev/stdin".into())),
        ("a link to /proc/self/environ", link("/proc/self/environ".into())),
        ("a link into .git", link(to("repo/.git/secret.toml"))),
        ("a link through .GIT", link(to("repo/g/secret.toml"))),
        ("a link to itself", link(at.file_name().unwrap().to_string_lossy().into_owned())),
        ("a dangling link out", link(to("outside/none.toml"))),
        ("a FIFO", Box::new(fifo)),
        ("10 GiB of nothing", Box::new(sparse)),
        ("more than 1 MiB", Box::new(large)),
        ("a folder", Box::new(folder)),
    ]
}

fn remove(path: &Path) {
    if path.is_dir() && !path.is_symlink() { fs::remove_dir(path) } else { fs::remove_file(path) }.unwrap();
}

#[test]
fn files_found_by_name_are_regular_files_inside() {
    let mut count = 0;
    let names = [
        "tidings.toml",
        ".tidings.toml",
        ".config/tidings.toml",
        "Cargo.toml",
        "pyproject.toml",
        "package.json",
        ".github/release.yml",
        ".github/release.yaml",
        ".mailmap",
    ];
    for name in names {
        let trap = Trap::new("toml");
        let path = trap.repo.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        for (what, make) in disguises(&path, &trap.repo.home()) {
            make();
            let mut command = trap.repo.tidings(&["notes"]);
            command.env("SECRET", SECRET);
            trap.assert_refused(&trap.run_command(command), &format!("{name} as {what}"));
            remove(&path);
            count += 1;
        }
    }
    assert_eq!(count, 9 * 13);
}

#[test]
fn linked_folders_are_not_followed_outside() {
    for (folder, name) in [(".config", "tidings.toml"), (".github", "release.yml")] {
        let trap = Trap::new("toml");
        fs::write(trap.repo.home().join("outside").join(name), format!("# {SECRET}\n= {SECRET}")).unwrap();
        symlink("../outside", trap.repo.dir().join(folder)).unwrap();
        let ran = trap.run(&["notes"]);
        assert_eq!(ran.status, Some(2), "{folder}: {}", ran.snapshot());
        assert!(!ran.stderr.contains(SECRET), "{folder}: {}", ran.snapshot());
    }
}

#[test]
fn changelog_with_the_default_name_is_a_regular_file_inside() {
    for args in [
        &["changelog", "--write"][..],
        &["changelog", "--all", "--write"],
        &["changelog", "--as", "v1.1.0", "--write"],
        &["changelog"],
        &["check", "v1.1.0"],
    ] {
        let trap = Trap::new("toml");
        let path = trap.repo.dir().join("CHANGELOG.md");
        for (what, make) in disguises(&path, &trap.repo.home()) {
            make();
            // A long changelog is allowed.
            if what != "more than 1 MiB" {
                trap.assert_refused(&trap.run(args), &format!("{args:?}: CHANGELOG.md as {what}"));
            }
            remove(&path);
        }
    }
}

#[test]
fn init_does_not_write_through_a_link() {
    for args in [&["init"][..], &["init", "--force"]] {
        for target in ["../outside/secret.toml", "../outside/new.toml", ".git/new.toml", "g/new.toml"] {
            let trap = Trap::new("toml");
            symlink(target, trap.repo.dir().join("tidings.toml")).unwrap();
            trap.assert_refused(&trap.run(args), target);
        }
    }
    let trap = Trap::new("toml");
    let ran = trap.run(&["init"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(trap.repo.read("tidings.toml").contains("tidings"));
}

#[test]
fn mailmap_is_honoured_and_follows_links_inside() {
    let trap = Trap::new("toml");
    trap.repo.write("people", "Grace Hopper <grace@example.com> <ada@example.com>\n");
    symlink("people", trap.repo.dir().join(".mailmap")).unwrap();
    let ran = trap.run(&["notes", "--format", "json"]);
    assert!(ran.stdout.contains("Grace Hopper"), "{}", ran.snapshot());
    // The mailmap of git's own configuration is followed too.
    fs::remove_file(trap.repo.dir().join(".mailmap")).unwrap();
    trap.repo.git(&["config", "mailmap.file", trap.repo.dir().join("people").to_str().unwrap()]);
    assert!(trap.run(&["notes", "--format", "json"]).stdout.contains("Grace Hopper"));
}

#[test]
fn mailmap_of_git_configuration_does_not_follow_a_committed_link() {
    let trap = Trap::new("toml");
    fs::write(trap.repo.home().join("outside/people"), format!("{SECRET} <ada@example.com>\n")).unwrap();
    symlink("../outside/people", trap.repo.dir().join("people")).unwrap();
    trap.repo.git(&["add", "people"]);
    trap.repo.git(&["config", "mailmap.file", "people"]);
    let ran = trap.run(&["notes", "--format", "json"]);
    assert!(ran.status == Some(0) && !ran.stdout.contains(SECRET), "{}", ran.snapshot());
}

#[test]
fn bare_repository_has_the_mailmap_of_its_head() {
    let trap = Trap::new("toml");
    trap.repo.write(".mailmap", "Grace Hopper <ada@example.com>\n");
    trap.repo.git(&["add", ".mailmap"]);
    trap.repo.git(&["commit", "--quiet", "--message", "chore: names"]);
    let bare = trap.repo.bare_clone();
    assert!(bare.run(&["notes", "--format", "json"]).stdout.contains("Grace Hopper"));
}
