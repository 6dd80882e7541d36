//! `action.yml`, run as GitHub does.

use std::{fs, path::Path, process::Command, sync::Arc, thread};

use serde_json::{Value, json};

use crate::{
    forge::Fake,
    runner::{GitHub, Outcome},
    world::World,
};

/// Subjects that a shell, the files of the runner or its log could take for something else.
const HOSTILE: [&str; 11] = [
    "$(touch executed)",
    "`touch executed`",
    "'; touch executed; '",
    "\"; touch executed; \"",
    "::set-output name=version::9.9.9",
    "::add-path::/executed",
    "##[add-path]/executed",
    "EOF",
    "%0Aversion=9.9.9%0A",
    "${{ github.token }} && touch executed",
    "--output=executed \\",
];

fn world(subjects: &[&str]) -> World {
    let world = World::empty();
    world.write("tidings.toml", "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n");
    world.commit("feat: start");
    world.tag("v1.0.0");
    for subject in subjects {
        world.commit(&format!("feat: {subject}\n\nversion<<EOF\n9.9.9\nEOF\n::error::{subject}"));
    }
    world
}

/// Runs the action with these inputs, then the scripts, which get its outputs in variables.
fn run(world: &World, revision: &str, with: Value, variables: &[(&str, &str)], scripts: &[&str]) -> Outcome {
    let names = ["version", "tag", "bump", "notes", "notes-file", "changed"];
    let outputs = names.map(|name| {
        let variable = name.to_uppercase().replace('-', "_");
        (variable, json!(format!("${{{{ steps.tidings.outputs.{name} }}}}")))
    });
    let env = Value::Object(outputs.into_iter().collect());
    let mut steps = vec![json!({ "id": "tidings", "uses": "./", "with": with })];
    steps.extend(scripts.iter().map(|script| json!({ "run": script, "env": env })));
    let workflow = json!({ "jobs": { "release": { "steps": steps } } });
    // No request leaves the machine.
    let forge = Fake::github("o", "r");
    let github = GitHub::new(world, workflow, &[]).variable("TIDINGS_FORGE__API", &forge.api());
    let github = variables.iter().fold(github, |github, (name, value)| github.variable(name, value));
    github.run("release", revision)
}

fn last(outcome: &Outcome) -> &str {
    &outcome.steps.last().unwrap().1.stdout
}

const SHOW: &str =
    r#"echo "version=$VERSION tag=$TAG bump=$BUMP changed=$CHANGED notes=${#NOTES} file=${NOTES_FILE##*/}""#;

#[test]
fn notes_of_hostile_commits_reach_the_next_step_byte_for_byte() {
    let world = world(&HOSTILE);
    let with = json!({ "command": "notes", "version": "installed" });
    let scripts = [
        "test -z \"$(git status --porcelain)\"",
        r#"printf '%s' "$NOTES" >"$RUNNER_TEMP/notes" && cmp "$RUNNER_TEMP/notes" "$NOTES_FILE" && cat "$NOTES_FILE""#,
        r#"echo "version=$VERSION tag=$TAG bump=$BUMP changed=$CHANGED file=${NOTES_FILE##*/}""#,
        "test ! -e executed && test ! -e \"$RUNNER_TEMP/executed\"",
    ];
    let outcome = run(&world, "main", with, &[], &scripts).succeeded();
    let [.., notes, values, _] = &outcome.steps[..] else { panic!("{:?}", outcome.steps) };
    for words in ["touch executed", "set-output name=version", "add-path", "EOF", "%0Aversion=9.9.9%0A"] {
        assert!(notes.1.stdout.contains(words), "{words}: {}", notes.1.stdout);
    }
    assert_eq!(
        values.1.stdout, "version=1.1.0 tag=v1.1.0 bump=minor changed=true file=notes.md\n",
        "{outcome:#?}"
    );
    // The last script of the test prints the notes as they are.
    let of_action: Vec<_> =
        outcome.steps.iter().filter(|(script, _)| script.contains("ACTION_PATH")).collect();
    for (_, ran) in of_action {
        let text = format!("{}\n{}", ran.stdout, ran.stderr);
        assert_eq!(crate::composite::commands(&text), [""; 0], "{text}");
    }
    assert!(outcome.summary.contains("touch executed"), "{}", outcome.summary);
}

#[test]
fn hostile_inputs_are_only_arguments() {
    let world = world(&["one"]);
    // A command substitution, commands to the runner, and an option.
    for hostile in [HOSTILE[0], HOSTILE[5], HOSTILE[6], HOSTILE[10]] {
        let message = format!("{hostile}\n\n{hostile}");
        let inputs = [
            json!({ "command": "notes", "version": "installed", "as": hostile }),
            json!({ "command": "notes", "version": "installed", "target": hostile }),
            json!({ "command": "notes", "version": "installed", "package": hostile }),
            json!({ "version": hostile, "repository": "http://127.0.0.1:9" }),
            json!({ "command": "check", "version": "installed", "message": message }),
            json!({ "command": hostile, "version": "installed" }),
            json!({ "version": "0.1.0", "checksum": hostile }),
            json!({ "version": "0.1.0", "repository": hostile }),
        ];
        for with in inputs {
            let outcome = run(&world, "main", with.clone(), &[], &["true"]).failed();
            let harmless =
                |command: &String| command.starts_with("::error ") || command.starts_with("::warning ");
            assert!(outcome.commands.iter().all(harmless), "{with}: {:?}", outcome.commands);
            let written = Path::new("executed").exists() || world.work().join("executed").exists();
            assert!(!written, "{with}");
        }
    }
}

#[test]
fn nothing_to_release_is_no_failure() {
    let world = world(&[]);
    world.commit("docs: describe doors");
    let with = json!({ "command": "notes", "version": "installed" });
    let outcome = run(&world, "main", with, &[], &[SHOW]).succeeded();
    assert_eq!(last(&outcome), "version= tag= bump= changed=false notes=0 file=\n");
    let tagged = json!({ "command": "notes", "version": "installed", "target": "v1.0.0" });
    let outcome = run(&world, "v1.0.0", tagged, &[], &[SHOW]).succeeded();
    assert!(last(&outcome).starts_with("version=1.0.0 tag=v1.0.0 "), "{}", last(&outcome));
}

#[test]
fn changelog_is_changed_once() {
    let world = world(&["add a door"]);
    let with = json!({ "command": "changelog", "version": "installed", "as": "v1.1.0" });
    let commit =
        "git add --all && git commit --quiet --message 'docs: renew' && git push --quiet origin HEAD:main";
    let first = run(&world, "main", with.clone(), &[], &[SHOW, "cat CHANGELOG.md", commit]).succeeded();
    let steps = &first.steps[first.steps.len() - 3..];
    assert!(steps[0].1.stdout.contains("tag=v1.1.0 bump=minor changed=true"), "{steps:?}");
    assert!(steps[1].1.stdout.contains("add a door"), "{steps:?}");
    let again = run(&world, "main", with, &[], &[SHOW, "git status --porcelain"]).succeeded();
    let [.., shown, status] = &again.steps[..] else { panic!("{:?}", again.steps) };
    assert!(shown.1.stdout.contains("changed=false"), "{}", shown.1.stdout);
    assert_eq!(status.1.stdout, "");
}

#[test]
fn check_fails_the_job_with_an_annotation() {
    let world = world(&["add a door"]);
    let good = json!({ "command": "check", "version": "installed", "message": "feat: add a window" });
    run(&world, "main", good, &[], &[]).succeeded();
    let bad = json!({ "command": "check", "version": "installed", "message": "stuff\n::error::x" });
    let outcome = run(&world, "main", bad, &[], &[]).failed();
    assert!(outcome.commands.iter().all(|command| command.starts_with("::error title")), "{outcome:?}");
    assert!(!outcome.commands.is_empty(), "{outcome:?}");
    let version = |version: &str| json!({ "command": "check", "version": "installed", "as": version });
    run(&world, "main", version("v1.1.0"), &[], &[]).succeeded();
    let low = run(&world, "main", version("v1.0.1"), &[], &[]).failed();
    assert!(low.text().contains("1.0.1 is too low"), "{}", low.text());
}

#[test]
fn release_is_published_on_the_forge() {
    let world = world(&HOSTILE);
    let commit = world.commit("fix: oil the hinges");
    world.tag("v1.1.0");
    let forge = Fake::github("o", "r");
    forge.tag("v1.1.0", &commit);
    let api = forge.api();
    let variables = [("TIDINGS_FORGE__API", api.as_str())];
    let with = json!({
        "command": "publish", "version": "installed", "as": "v1.1.0", "args": "--draft\n--title\n{version} $(touch x)",
    });
    let outcome = run(&world, "v1.1.0", with, &variables, &[SHOW, "test ! -e x"]).succeeded();
    let release = forge.release("v1.1.0").unwrap();
    assert_eq!((release.draft, release.title.as_str()), (true, "1.1.0 $(touch x)"));
    assert!(release.body.contains("oil the hinges"), "{}", release.body);
    let shown = &outcome.steps[outcome.steps.len() - 2].1.stdout;
    assert!(shown.starts_with("version=1.1.0 tag=v1.1.0 bump=minor changed=true"), "{shown}");
}

/// Serves a folder; the URL of a repository in it.
fn serve(folder: &Path) -> String {
    let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
    let url = format!("http://{}/o/r", server.server_addr());
    let folder = folder.to_owned();
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let path = folder.join(request.url().trim_start_matches('/'));
            drop(match fs::File::open(path) {
                Ok(file) => request.respond(tiny_http::Response::from_file(file)),
                Err(_) => request.respond(tiny_http::Response::empty(404)),
            });
        }
    });
    url
}

/// Makes the release v9.8.7, whose program prints its version, with SHA256SUMS; its checksum.
fn release(folder: &Path) -> String {
    let script = r#"
        set -eu
        case $(uname -s) in Darwin) system=apple-darwin ;; *) system=unknown-linux-gnu ;; esac
        case $(uname -m) in arm64 | aarch64) machine=aarch64 ;; *) machine=x86_64 ;; esac
        name=tidings-v9.8.7-$machine-$system
        mkdir -p o/r/releases/download/v9.8.7 "$name"
        printf '#!/bin/sh\necho tidings 9.8.7\n' >"$name/tidings"
        chmod +x "$name/tidings"
        tar -czf "o/r/releases/download/v9.8.7/$name.tar.gz" "$name"
        cd o/r/releases/download/v9.8.7
        if command -v sha256sum >/dev/null; then sha256sum "$name.tar.gz"; else shasum -a 256 "$name.tar.gz"; fi >SHA256SUMS
        cut -c1-64 SHA256SUMS
    "#;
    let output = Command::new("sh").args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn pinned_version_is_installed_only_with_its_checksum() {
    let world = world(&[]);
    let folder = tempfile::tempdir().unwrap();
    let checksum = release(folder.path());
    let url = serve(folder.path());
    let version = ["tidings --version"];
    let with = |checksum: &str| json!({ "version": "v9.8.7", "checksum": checksum, "repository": url });
    for checksum in ["", checksum.as_str(), &checksum.to_uppercase()] {
        let outcome = run(&world, "main", with(checksum), &[], &version).succeeded();
        assert_eq!(last(&outcome), "tidings 9.8.7\n");
    }
    let other = run(&world, "main", with(&"0".repeat(64)), &[], &version).failed();
    assert!(other.text().contains("expected 00000"), "{}", other.text());
    let unknown = json!({ "version": "9.8.8", "repository": url });
    let unknown = run(&world, "main", unknown, &[], &version).failed();
    assert!(unknown.text().contains("build it: cargo install --locked --git"), "{}", unknown.text());
    // The archive was replaced after the release.
    let downloads = folder.path().join("o/r/releases/download/v9.8.7");
    for file in fs::read_dir(&downloads).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "gz") {
            fs::write(file, "other").unwrap();
        }
    }
    let replaced = run(&world, "main", with(""), &[], &version).failed();
    assert!(replaced.text().contains("has the checksum"), "{}", replaced.text());
    // The checksums are not in the release.
    fs::write(downloads.join("SHA256SUMS"), "").unwrap();
    let unlisted = run(&world, "main", with(""), &[], &version).failed();
    assert!(unlisted.text().contains("does not list"), "{}", unlisted.text());
}

#[test]
fn source_of_the_action_is_built() {
    let world = world(&[]);
    // Stands for cargo: the program it installs prints the arguments.
    let cargo = "#!/bin/sh\nfor root; do :; done\nmkdir -p \"$root/bin\"\n\
                 printf '#!/bin/sh\\necho built by %s\\n' \"$*\" >\"$root/bin/tidings\"\nchmod +x \"$root/bin/tidings\"\n";
    world.install("cargo", cargo);
    let outcome = run(&world, "main", json!({ "version": "source" }), &[], &["tidings"]).succeeded();
    let expected = format!("built by install --locked --quiet --path {} --root ", env!("CARGO_MANIFEST_DIR"));
    assert!(last(&outcome).starts_with(&expected), "{}", last(&outcome));
}
