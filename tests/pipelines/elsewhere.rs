//! The GitLab component, the Bitbucket pipe, and the examples for Jenkins and Tekton.

use std::{fs, process::Command};

use crate::{
    composite::root,
    forge::Fake,
    page::Section,
    required,
    world::{Ran, World},
};

/// A project with a hostile commit and two versions.
fn world(forge: &str) -> World {
    let world = World::empty();
    world.write(
        "tidings.toml",
        &format!("[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n"),
    );
    world.commit("feat: start");
    world.tag("v1.0.0");
    world.commit("feat: $(touch executed) `touch executed` '; touch executed");
    world.tag("v1.1.0");
    world
}

/// Stands for cargo: installs the built program into the folder after `--root`, and logs its arguments.
const CARGO: &str = "#!/bin/sh\necho \"$*\" >>\"$SHIMS/cargo.log\"\nroot=$SHIMS/..\n\
                     while [ $# -gt 1 ]; do [ \"$1\" != --root ] || root=$2; shift; done\n\
                     mkdir -p \"$root/bin\" && ln -sf \"$(command -v tidings)\" \"$root/bin/tidings\"\n";

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn pipe_runs_the_command_in_the_clone() {
    let world = world("bitbucket");
    let clone = world.checkout("v1.1.0");
    // Only root can give it to another user, to whom it belongs in a pipe.
    let given = world.script(clone.path(), "[ \"$(id -u)\" -ne 0 ] || chown -R 65534 .", &[]);
    assert!(given.ok, "{given:?}");
    let pipe = |variables: &[(&str, &str)]| -> Ran {
        let mut all = owned(variables);
        all.push(("BITBUCKET_CLONE_DIR".to_owned(), clone.path().display().to_string()));
        let home = clone.path().parent().unwrap();
        all.push(("GIT_CONFIG_GLOBAL".to_owned(), home.join(".gitconfig").display().to_string()));
        // The pipe starts in another folder than the clone.
        world.script(&world.work(), &format!("'{}'", root().join("pipe/pipe.sh").display()), &all)
    };
    let notes = pipe(&[("ARGS_COUNT", "1"), ("ARGS_0", "v1.1.0")]);
    assert!(notes.ok, "{notes:?}");
    let written = fs::read_to_string(clone.path().join("release/notes.env")).unwrap();
    assert!(written.starts_with("TIDINGS_VERSION=1.1.0\nTIDINGS_TAG=v1.1.0\n"), "{written}");
    let checked = pipe(&[("COMMAND", "check"), ("ARGS_COUNT", "1"), ("ARGS_0", "v1.0.5"), ("DEBUG", "true")]);
    assert!(!checked.ok && checked.stdout.contains("1.0.5"), "{checked:?}");
    let hostile = "$(touch executed) `touch executed`; touch executed";
    let refused = pipe(&[("COMMAND", "notes"), ("ARGS_COUNT", "2"), ("ARGS_0", "--as"), ("ARGS_1", hostile)]);
    assert!(!refused.ok && refused.stderr.contains("is not a valid version"), "{refused:?}");
    assert!(!clone.path().join("executed").exists() && !world.work().join("executed").exists());
    let without = world.script(clone.path(), &format!("'{}'", root().join("pipe/pipe.sh").display()), &[]);
    assert!(!without.ok && without.stderr.contains("is set by Bitbucket Pipelines"), "{without:?}");
}

#[test]
fn tekton_task_builds_the_program_and_writes_the_notes() {
    let world = world("github");
    world.install("cargo", CARGO);
    let task = Section::new("Tekton").pipeline("kind: Task");
    let step = &task["spec"]["steps"][0];
    let clone = world.checkout("v1.1.0");
    let result = clone.path().join("version").display().to_string();
    let variables = [("TAG", "v1.1.0"), ("RESULT", &result), ("GIT_CONFIG_GLOBAL", "../gitconfig")];
    let ran = world.script(clone.path(), step["script"].as_str().unwrap(), &owned(&variables));
    assert!(ran.ok, "{ran:?}");
    assert_eq!(fs::read_to_string(result).unwrap(), "1.1.0");
    assert!(clone.path().join("release/notes.md").exists() && !clone.path().join("executed").exists());
}

#[test]
fn jenkins_pipeline_builds_the_program_and_writes_the_notes() {
    let world = world("github");
    world.install("cargo", CARGO);
    let clone = world.checkout("v1.1.0");
    let script = Section::new("Jenkins").block("groovy");
    let steps = script.split("sh '").skip(1).map(|rest| rest.split("'\n").next().unwrap());
    let path = format!("{}/.tools/bin:{}", clone.path().display(), world.path().into_string().unwrap());
    for step in steps {
        let ran = world.script(clone.path(), step, &owned(&[("TAG_NAME", "v1.1.0"), ("PATH", &path)]));
        assert!(ran.ok, "{ran:?}");
    }
    assert!(
        clone.path().join(".tools/bin/tidings").exists() && clone.path().join("release/notes.md").exists()
    );
}

#[test]
fn gitlab_component_checks_writes_and_publishes() {
    for program in ["gitlab-ci-local", "rsync"] {
        if Command::new(program).arg("--version").output().is_err() {
            return required::missing("gitlab-ci-local");
        }
    }
    let world = world("gitlab");
    let template = fs::read_to_string(root().join("templates/tidings.yml")).unwrap();
    world.write("templates/tidings.yml", &template);
    world.write(
        ".gitlab-ci.yml",
        "include:\n  - local: templates/tidings.yml\n    inputs:\n      image: rust:1\n",
    );
    let commit = world.commit("ci: add a pipeline");
    world.tag("v1.1.1");
    let forge = Fake::gitlab("o", "r");
    forge.tag("v1.1.1", &commit);
    let clone = world.checkout("main");
    let run = |job: &str, variable: &str| {
        let script = format!("gitlab-ci-local --force-shell-executor --no-color --variable {variable} {job}");
        let variables = [("TIDINGS_FORGE__API", forge.api()), ("GITLAB_TOKEN", "token".to_owned())];
        world.script(clone.path(), &script, &variables.map(|(name, value)| (name.to_owned(), value)))
    };
    let checked = run("tidings-check", "CI_PIPELINE_SOURCE=merge_request_event");
    assert!(checked.ok && checked.stdout.contains("PASS  tidings-check"), "{checked:?}");
    let notes = run("tidings-notes", "CI_COMMIT_TAG=v1.1.0");
    assert!(notes.ok && notes.stdout.contains("PASS  tidings-notes"), "{notes:?}");
    let written = fs::read_to_string(clone.path().join("release/notes.env")).unwrap();
    assert!(written.starts_with("TIDINGS_VERSION=1.1.0\n"), "{written}");
    let published = run("--needs tidings-publish", "CI_COMMIT_TAG=v1.1.1");
    assert!(published.ok && forge.release("v1.1.1").is_some(), "{published:?}");
    assert!(!clone.path().join("executed").exists());
}
