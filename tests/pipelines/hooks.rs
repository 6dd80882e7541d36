//! `.pre-commit-hooks.yaml`, from a local clone, with each hook program that is installed.

use std::{fs, path::Path, process::Command};

use crate::{composite::root, required, world::World};

/// A repository with the hooks of this one; its path.
fn hooks(world: &World, folder: &Path) -> String {
    fs::copy(root().join(".pre-commit-hooks.yaml"), folder.join(".pre-commit-hooks.yaml")).unwrap();
    // So that a hook program takes it for a Rust project.
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"tidings\"\nversion = \"0.1.0\"\n").unwrap();
    let script = "git init --quiet --initial-branch=main && git add --all && git commit --quiet --message hooks && git tag v0.1.0";
    let ran = world.script(folder, script, &[]);
    assert!(ran.ok, "{ran:?}");
    folder.display().to_string()
}

/// Commits and pushes with hooks that are managed by a program.
fn check_hooks(program: &str, suffix: &str) {
    if Command::new(program).arg("--version").output().is_err() {
        return required::missing(program);
    }
    let world = World::empty();
    // Stands for cargo, which would build the program for minutes.
    let cargo = "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" != --root ] || root=$2; shift; done\n\
                 mkdir -p \"$root/bin\" && ln -sf \"$(command -v tidings)\" \"$root/bin/tidings\"\n";
    world.install("cargo", cargo);
    let folder = tempfile::tempdir().unwrap();
    let repository = hooks(&world, folder.path());
    world.write(
        ".pre-commit-config.yaml",
        &format!(
            "default_install_hook_types: [commit-msg, pre-push]\nrepos:\n  - repo: {repository}\n    rev: v0.1.0\n    \
             hooks:\n      - id: tidings-message{suffix}\n      - id: tidings-changelog{suffix}\n"
        ),
    );
    let run = |script: &str| world.script(&world.work(), script, &[]);
    let installed = run(&format!("git add --all && {program} install"));
    assert!(installed.ok, "{installed:?}");
    let commit = |message: &str| run(&format!("git commit --allow-empty --message '{message}'"));
    let refused = commit("stuff");
    let text = format!("{}{}", refused.stdout, refused.stderr);
    assert!(!refused.ok && text.contains("the subject does not have the form"), "{text}");
    let hostile = commit("$(touch executed) `touch executed`");
    assert!(!hostile.ok && !world.work().join("executed").exists(), "{hostile:?}");
    let good = commit("feat: add a door");
    assert!(good.ok, "{good:?}");
    // The changelog lacks the tagged version.
    let written = run("git tag v1.0.0 && tidings changelog --as v1.0.0 --write && git tag --delete v1.0.0");
    assert!(written.ok, "{written:?}");
    let added = run(
        "git add --all && git commit --message 'docs: renew' && git tag v1.0.0 && git push origin main v1.0.0",
    );
    assert!(added.ok, "{added:?}");
    assert!(commit("feat: add a window").ok);
    let outdated = run("git tag v1.1.0 && git push origin main v1.1.0");
    let text = format!("{}{}", outdated.stdout, outdated.stderr);
    assert!(!outdated.ok && text.contains("1.1.0"), "{text}");
}

#[test]
fn pre_commit_runs_the_hooks() {
    check_hooks("pre-commit", "-system");
}

#[test]
fn pre_commit_builds_the_hooks() {
    check_hooks("pre-commit", "");
}

#[test]
fn prek_runs_the_hooks() {
    check_hooks("prek", "-system");
}
