//! `packaging/release`: the files of a release, their checksums, and the draft on the forge.

use std::{fs, process::Command};

use crate::{
    composite::root,
    forge::Fake,
    world::{Ran, World},
};

/// Copies what the script reads.
fn project(world: &World) {
    let files = [
        "packaging/release",
        "packaging/archive.py",
        "packaging/install.sh",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
    ];
    for file in files {
        world.write(file, &fs::read_to_string(root().join(file)).unwrap());
    }
    world.write("Cargo.toml", "[package]\nname = \"tidings\"\nversion = \"1.1.0\"\n");
    world.write(".gitignore", "/target\n");
    world.write("tidings.toml", "[repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n");
    world.commit("feat: start");
    world.tag("v1.0.0");
    world.commit("feat: add a door");
    // Stand for Rust and for the program that writes the SBOM.
    world.install("rustc", "#!/bin/sh\necho 'host: x86_64-unknown-linux-gnu'\n");
    world.install("cargo-cyclonedx", "#!/bin/sh\n");
    world.install("cargo", "#!/bin/sh\necho '{\"bomFormat\": \"CycloneDX\"}' >tidings.cdx.json\n");
}

#[test]
fn files_are_the_same_each_time_and_become_a_draft() {
    if Command::new("python3").arg("--version").output().is_err() {
        return crate::required::missing("python3");
    }
    let world = World::empty();
    project(&world);
    let clone = world.checkout("main");
    let forge = Fake::github("o", "r");
    let release = |arguments: &str| -> Ran {
        let variables = [("TIDINGS_FORGE__API", forge.api()), ("GITHUB_TOKEN", "token".to_owned())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        world.script(
            clone.path(),
            &format!("env -u SOURCE_DATE_EPOCH bash packaging/release {arguments}"),
            &variables,
        )
    };
    // Stands for the program, which is large; packages are made of its path.
    let program = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_tidings"));
    fs::create_dir(clone.path().join("target")).unwrap();
    for name in ["tidings", "tidings.exe"] {
        fs::write(clone.path().join("target").join(name), &program).unwrap();
    }
    let build = || {
        for (target, name) in
            [("x86_64-unknown-linux-gnu", "tidings"), ("x86_64-pc-windows-msvc", "tidings.exe")]
        {
            let built = release(&format!("build --target {target} --binary target/{name}"));
            assert!(built.ok, "{built:?}");
        }
        let assembled = release("assemble");
        assert!(assembled.ok, "{assembled:?}");
        fs::read_to_string(clone.path().join("target/release-files/SHA256SUMS")).unwrap()
    };
    let sums = build();
    assert_eq!(sums, build());
    let names: Vec<&str> = sums.lines().filter_map(|line| Some(line.split_once("  ")?.1)).collect();
    let expected = [
        "install.sh",
        "tidings-v1.1.0-x86_64-pc-windows-msvc.zip",
        "tidings-v1.1.0-x86_64-unknown-linux-gnu.tar.gz",
        "tidings-v1.1.0.cdx.json",
    ];
    assert_eq!(names, expected);

    let untagged = release("draft");
    assert!(!untagged.ok && untagged.stderr.contains("HEAD is not tagged v1.1.0"), "{untagged:?}");
    world.tag("v1.1.0");
    let script = "git fetch --quiet --tags && git rev-parse v1.1.0";
    let commit = world.script(clone.path(), script, &[]).stdout.trim().to_owned();
    forge.tag("v1.1.0", &commit);
    let drafted = release("draft");
    assert!(drafted.ok, "{drafted:?}");
    let release = forge.release("v1.1.0").unwrap();
    assert!(release.draft && release.body.contains("add a door"), "{release:?}");
    let mut assets: Vec<&str> = release.assets.iter().map(|asset| asset.name.as_str()).collect();
    assets.sort_unstable();
    assert_eq!(assets, [&["SHA256SUMS"], &expected[..1], &["notes.json"], &expected[1..]].concat());
}

#[test]
fn version_and_repository_are_copied_from_the_manifest() {
    let world = World::empty();
    let files = [
        "action.yml",
        "packaging/install.sh",
        "packaging/release",
        "pipe.yml",
        "pipe/Dockerfile",
        "templates/tidings.yml",
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "docs/configuration.md",
        "docs/pipelines.md",
        "docs/promotion.md",
        "docs/publishing.md",
        "schemas/tidings.schema.json",
    ];
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let value =
        |key: &str| manifest.split(&format!("\n{key} = \"")).nth(1).unwrap().split('"').next().unwrap();
    let (version, repository) = (value("version"), value("repository"));
    for file in files {
        world.write(file, &fs::read_to_string(root().join(file)).unwrap());
    }
    let other =
        manifest.replacen(version, "7.8.9", 1).replacen(repository, "https://github.com/Ada/notes-of", 1);
    world.write("Cargo.toml", &other);
    world.commit("feat: start");
    let ran = world.script(&world.work(), "bash packaging/release sync && git status --porcelain", &[]);
    assert!(ran.ok, "{ran:?}");
    let read = |file: &str| fs::read_to_string(world.work().join(file)).unwrap();
    for file in ["action.yml", "packaging/install.sh", "pipe.yml", "pipe/Dockerfile", "templates/tidings.yml"]
    {
        let text = read(file);
        assert!(!text.contains(version) && text.contains("7.8.9"), "{file}: {text}");
        assert!(!text.contains(repository), "{file}: {text}");
    }
    assert!(read("templates/tidings.yml").contains("default: ghcr.io/ada/notes-of:7.8.9"));
    assert!(read("docs/pipelines.md").contains("uses: Ada/notes-of@v7.8.9"));
    let installer = read("packaging/install.sh");
    assert!(
        installer.contains("\nversion=7.8.9\nrepository=https://github.com/Ada/notes-of\n"),
        "{installer}"
    );
    // A second run changes nothing.
    let script = "git add --all && bash packaging/release sync && git diff --stat";
    let again = world.script(&world.work(), script, &[]);
    assert!(again.ok && again.stdout.is_empty(), "{again:?}");
}
