//! Paths on the command line: they come from the user and are allowed, unless a link of the repository redirects them.

use std::{fs, os::unix::fs::symlink};

use super::trap::{Trap, run_bounded};
use crate::support::Repo;

/// Commands that write to `PATH`, with the extension of the file.
const WRITERS: [&[&str]; 4] = [
    &["notes", "--output", "PATH"],
    &["changelog", "--write", "--file", "PATH"],
    &["changelog", "--all", "--write", "--file", "PATH"],
    &["notes", "--forge", "--record", "PATH"],
];

/// Commands that read `PATH`.
const READERS: [&[&str]; 6] = [
    &["notes", "--template", "PATH"],
    &["notes", "--locale", "PATH"],
    &["--config", "PATH", "notes"],
    &["notes", "--replay", "PATH"],
    &["check", "--message", "PATH"],
    &["changelog", "--file", "PATH"],
];

fn with(args: &[&str], path: &str) -> Vec<String> {
    args.iter().map(|arg| if *arg == "PATH" { path.to_owned() } else { (*arg).to_owned() }).collect()
}

/// Paths through committed links that end outside or in the git directory.
const ESCAPING: [&str; 21] = [
    "link.toml",
    "absolute.toml",
    "first.toml",
    "sub/link.toml",
    "folder/secret.toml",
    "folder/new.toml",
    "folder/deep/new.toml",
    "folder-absolute/new.toml",
    "dangling.toml",
    "up/outside/new.toml",
    "here/folder/new.toml",
    "sub/deeper/up/outside/new.toml",
    "config.toml",
    "g/new.toml",
    "cwd/outside/new.toml",
    "sub/../link.toml",
    "./folder/../outside/new.toml",
    "sideways/outside/new.toml",
    "here/link.toml",
    "third.toml",
    "here/g/new.toml",
];

fn committed() -> Trap {
    let trap = Trap::new("toml");
    trap.repo.git(&["config", "core.sparseCheckout", "false"]);
    fs::remove_file(trap.repo.dir().join("sparse.toml")).unwrap();
    fs::remove_file(trap.repo.dir().join("fifo.toml")).unwrap();
    fs::rename(trap.repo.dir().join("vendor/.git"), trap.repo.dir().join("vendor/git")).unwrap();
    trap.repo.git(&["add", "--all"]);
    fs::rename(trap.repo.dir().join("vendor/git"), trap.repo.dir().join("vendor/.git")).unwrap();
    trap
}

#[test]
fn no_command_follows_a_committed_link_outside() {
    let trap = committed();
    let mut count = 0;
    for path in ESCAPING {
        for args in WRITERS.into_iter().chain(READERS) {
            let args = with(args, path);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            trap.assert_refused(&trap.run(&args), &format!("{args:?}"));
            count += 1;
            // From another folder, and with an absolute path.
            if args.last() != Some(&path) || args[0] != "notes" {
                continue;
            }
            let (dir, whole) = (trap.repo.dir().display().to_string(), trap.repo.dir().join(path));
            let mut command = trap.repo.tidings(&["--repo", &dir]);
            command.args(&args[..args.len() - 1]).arg(whole).current_dir("/");
            trap.assert_refused(&trap.run_command(command), &format!("{args:?} from /"));
            count += 1;
        }
    }
    assert_eq!(count, 21 * (10 + 5));
}

#[test]
fn outputs_folder_does_not_follow_a_committed_link_outside() {
    let trap = committed();
    for folder in ["folder", "folder/new", "up/outside/release", "g", "here/folder/deep", "dangling"] {
        trap.assert_refused(&trap.run(&["notes", "--outputs", folder]), folder);
        let none = trap.repo.home().join("outside/none");
        assert!(!none.exists(), "{folder}");
    }
    for name in ["notes.md", "notes.json", "notes.txt", "notes.html", "slack.json", "notes.env"] {
        let folder = trap.repo.dir().join("release");
        fs::create_dir_all(&folder).unwrap();
        symlink("../../outside/secret.toml", folder.join(name)).unwrap();
        trap.repo.git(&["add", "release"]);
        trap.assert_refused(&trap.run(&["notes", "--outputs", "release"]), name);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{name}: all files or none");
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn link_in_head_is_refused_without_an_index_entry() {
    let trap = committed();
    trap.repo.git(&["commit", "--quiet", "--message", "links"]);
    trap.repo.git(&["rm", "--quiet", "--cached", "link.toml", "folder"]);
    for path in ["link.toml", "folder/new.toml"] {
        trap.assert_refused(&trap.run(&["notes", "--output", path]), path);
    }
}

#[test]
fn links_of_nested_repositories_are_refused() {
    let trap = Trap::new("toml");
    // A clone inside the work tree, whose links are not in our index.
    let inner = trap.repo.dir().join("inner");
    fs::create_dir_all(inner.join(".git")).unwrap();
    fs::create_dir_all(inner.join("docs")).unwrap();
    symlink("../../outside", inner.join("out")).unwrap();
    symlink("../../../outside/secret.toml", inner.join("docs/link.toml")).unwrap();
    for path in ["inner/out/new.toml", "inner/docs/link.toml"] {
        trap.assert_refused(&trap.run(&["notes", "--output", path]), path);
    }
    // A submodule, even where its `.git` is gone.
    fs::remove_dir_all(inner.join(".git")).unwrap();
    let head = trap.repo.git(&["rev-parse", "HEAD"]);
    trap.repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},inner", head.trim())]);
    for path in ["inner/out/new.toml", "inner/docs/link.toml"] {
        trap.assert_refused(&trap.run(&["notes", "--output", path]), path);
    }
}

#[test]
fn unreadable_index_refuses_every_link() {
    let trap = committed();
    fs::write(trap.repo.dir().join(".git/index"), "DIRC garbage").unwrap();
    trap.assert_refused(&trap.run(&["notes", "--output", "link.toml"]), "a damaged index");
}

#[test]
fn user_paths_and_links_work() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.tag("v1.0.0").commit("feat: two");
    repo.materialize();
    let (home, dir) = (repo.home(), repo.dir().to_owned());
    fs::create_dir_all(home.join("mine/deep")).unwrap();
    symlink("../mine", dir.join("untracked")).unwrap();
    symlink(&dir, home.join("alias")).unwrap();
    let absolute = home.join("mine/absolute.md").display().to_string();
    let (by_alias, git) = (home.join("alias/by-alias.md").display().to_string(), ".git/note.md");
    for path in [
        "untracked/a.md",
        "untracked/deep/b.md",
        "../mine/c.md",
        &absolute,
        &by_alias,
        "../alias/d.md",
        git,
        "plain.md",
    ] {
        let ran = repo.run(&["notes", "--output", path]);
        assert_eq!(ran.status, Some(0), "{path}: {}", ran.snapshot());
        assert!(fs::read_to_string(dir.join(path)).unwrap().contains("two"), "{path}");
        let ran = repo.run(&["changelog", "--write", "--file", &format!("{path}.log")]);
        assert_eq!(ran.status, Some(0), "{path}: {}", ran.snapshot());
    }
    let ran = repo.run(&["notes", "--outputs", "untracked/release"]);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(home.join("mine/release/notes.md").exists());
    // A committed link that stays inside, and one that leaves and returns.
    fs::create_dir_all(dir.join("docs")).unwrap();
    symlink("docs/changes.md", dir.join("CHANGES.md")).unwrap();
    symlink("../repo/docs", dir.join("round")).unwrap();
    repo.git(&["add", "--all"]);
    for path in ["CHANGES.md", "round/notes.md"] {
        let ran = repo.run(&["notes", "--output", path]);
        assert_eq!(ran.status, Some(0), "{path}: {}", ran.snapshot());
    }
    assert!(dir.join("CHANGES.md").is_symlink() && repo.read("docs/changes.md").contains("two"));
}

#[test]
fn devices_and_pipes_of_the_user_work() {
    let repo = Repo::new();
    repo.commit("feat: one");
    repo.materialize();
    let ran = repo.run(&["notes", "--output", "/dev/stdout"]);
    assert!(ran.status == Some(0) && ran.stdout.contains("one"), "{}", ran.snapshot());
    let ran = repo.run(&["changelog", "--write", "--file", "/dev/stdout"]);
    assert!(ran.status == Some(0) && ran.stdout.contains("one"), "{}", ran.snapshot());
    assert_eq!(repo.run(&["notes", "--output", "/dev/null"]).status, Some(0));
    let pipe = repo.dir().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let ran = run_bounded(&repo, repo.tidings(&["changelog", "--write", "--file", "pipe"]));
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(reader.join().unwrap().contains("one"));
    // An endless device is not read to the end.
    for args in [&["notes", "--template", "/dev/zero"][..], &["--config", "/dev/zero", "notes"]] {
        let ran = run_bounded(&repo, repo.tidings(args));
        assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    }
}
