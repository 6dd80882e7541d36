//! Everything a pipeline meets: a remote repository, a registry, a webhook, and the programs of its steps.

use std::{
    cell::Cell,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    mailbox::Mailbox,
    registry::{Kind, Server},
    required,
};

/// 2026-03-01T00:00:00Z.
const START: u64 = 1_772_323_200;

/// The registries in the documentation, which the tests replace by their own.
const REGISTRIES: [&str; 2] = ["123456789012.dkr.ecr.ap-northeast-1.amazonaws.com", "registry.example.com"];

/// Stands for docker: `umoci` builds an image with its labels, `skopeo` pushes it.
const DOCKER: &str = r#"#!/bin/bash
set -eu
state=$SHIMS/state
mkdir -p "$state"
[ -e "$state/layout" ] || umoci init --layout "$state/layout"
file() { echo "$state/$(echo "$1" | tr /: __)"; }
push() { skopeo copy --quiet --dest-tls-verify=false "oci:$state/layout:$(cat "$(file "$1")")" "docker://$1"; }
build() {
  local labels=() tags=() name=image-$RANDOM$RANDOM
  while [ $# -gt 0 ]; do
    case "$1" in
      --label) labels+=(--config.label "$2"); shift 2 ;;
      --tag) tags+=("$2"); shift 2 ;;
      *) shift ;;
    esac
  done
  umoci new --image "$state/layout:$name"
  umoci config --image "$state/layout:$name" --config.label "name=$name" "${labels[@]}"
  for tag in "${tags[@]}"; do echo "$name" >"$(file "$tag")"; echo "$tag" >>"$state/tags"; done
}
case "$1 ${2:-}" in
  "build "*) shift; build "$@" ;;
  "buildx bake") build --tag "$STAGING:$TAG" .; push "$STAGING:$TAG" ;;
  "tag "*) cp "$(file "$2")" "$(file "$3")"; echo "$3" >>"$state/tags" ;;
  "push --all-tags") grep -F "$3:" "$state/tags" | sort -u | while read -r tag; do push "$tag"; done ;;
  "push "*) push "$2" ;;
  "compose "*) ;;
  *) echo "docker $*: unknown" >&2; exit 1 ;;
esac
"#;

/// Stands for a step that the test may let fail, and logs its arguments.
const STUB: &str = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >>\"$SHIMS/log\"\n[ ! -e \"$SHIMS/fail-$(basename \"$0\")\" ]\n";

/// The result of a script.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) ok: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A project with its servers, in a temporary folder.
pub(crate) struct World {
    folder: TempDir,
    hours: Cell<u64>,
    registry: Option<Server>,
    pub(crate) messages: Mailbox,
}

impl World {
    /// A remote repository with this configuration; `None`, with a message, if a program is not installed.
    pub(crate) fn new(config: &str) -> Option<Self> {
        for program in ["bash", "jq", "skopeo", "umoci"] {
            if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_err() {
                required::missing(program);
                return None;
            }
        }
        let world = Self { registry: Some(Server::start(Kind::Distribution)?), ..Self::empty() };
        world.install("docker", DOCKER);
        for stub in ["kubectl", "kustomize"] {
            world.install(stub, STUB);
        }
        world.write("tidings.toml", &world.local(config));
        for script in ["deploy", "migrate", "verify"] {
            world.write(script, STUB);
            world.set_executable(&world.work().join(script));
        }
        Some(world)
    }

    /// A remote repository without commits, and no registry.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::with_prefix("tidings-pipelines-").unwrap();
        let world = Self { folder, hours: Cell::new(0), registry: None, messages: Mailbox::start() };
        world.git(world.folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "origin.git"]);
        world.git(world.folder.path(), &["clone", "--quiet", "origin.git", "work"]);
        world
    }

    /// The registry: `127.0.0.1` and its port.
    pub(crate) fn registry(&self) -> &str {
        self.registry.as_ref().map_or("registry.invalid", |registry| &registry.host)
    }

    /// A text of the documentation, with the registry of the test.
    pub(crate) fn local(&self, text: &str) -> String {
        REGISTRIES.iter().fold(text.to_owned(), |text, host| text.replace(host, self.registry()))
    }

    /// Adds a program to the `PATH` of scripts.
    pub(crate) fn install(&self, name: &str, script: &str) {
        let path = self.shims().join(name);
        fs::create_dir_all(self.shims()).unwrap();
        fs::write(&path, script).unwrap();
        self.set_executable(&path);
    }

    fn set_executable(&self, path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn shims(&self) -> PathBuf {
        self.folder.path().join("shims")
    }

    /// The developer's clone.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Lets a stub fail from now on, or succeed again.
    pub(crate) fn let_fail(&self, stub: &str, fails: bool) {
        let path = self.shims().join(format!("fail-{stub}"));
        if fails { fs::write(path, "").unwrap() } else { fs::remove_file(path).unwrap() }
    }

    /// The calls of the stubs since the last time.
    pub(crate) fn log(&self) -> Vec<String> {
        let path = self.shims().join("log");
        let text = fs::read_to_string(&path).unwrap_or_default();
        drop(fs::remove_file(path));
        text.lines().map(str::to_owned).collect()
    }

    /// Writes a file of the developer's clone.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits everything in the developer's clone and pushes it.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.hours.set(self.hours.get() + 1);
        self.git(&self.work(), &["add", "--all"]);
        self.git(&self.work(), &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(&self.work(), &["push", "--quiet", "origin", "HEAD"]);
        self.git(&self.work(), &["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Tags the last commit and pushes the tag.
    pub(crate) fn tag(&self, tag: &str) {
        self.git(&self.work(), &["tag", tag]);
        self.git(&self.work(), &["push", "--quiet", "origin", tag]);
    }

    /// A fresh clone, as a pipeline makes one for each of its steps or jobs.
    pub(crate) fn checkout(&self, revision: &str) -> TempDir {
        let clone = TempDir::with_prefix_in("step-", self.folder.path()).unwrap();
        let path = clone.path().to_str().unwrap();
        self.git(self.folder.path(), &["clone", "--quiet", "origin.git", path]);
        self.git(clone.path(), &["checkout", "--quiet", revision]);
        clone
    }

    fn git(&self, folder: &Path, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(args).current_dir(folder);
        let output = self.clean(&mut command).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a script of a pipeline, an hour after the last one.
    pub(crate) fn script(&self, folder: &Path, script: &str, variables: &[(String, String)]) -> Ran {
        self.hours.set(self.hours.get() + 1);
        let mut command = Command::new("bash");
        // As `docker` itself does with a registry on loopback.
        let script = self
            .local(script)
            .replace("skopeo copy ", "skopeo copy --src-tls-verify=false --dest-tls-verify=false ");
        command.args(["-e", "-c", &script]).current_dir(folder).stdin(Stdio::null());
        self.clean(&mut command).envs(variables.iter().map(|(name, value)| (name, self.local(value))));
        let output = command.output().unwrap();
        Ran {
            ok: output.status.success(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The folders of programs: first those of the test, then the built program.
    pub(crate) fn path(&self) -> OsString {
        let program = Path::new(env!("CARGO_BIN_EXE_tidings")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let folders = [self.shims(), program].into_iter().chain(std::env::split_paths(&path));
        std::env::join_paths(folders).unwrap()
    }

    /// Sets the environment of a script.
    pub(crate) fn clean<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let now = START + self.hours.get() * 3600;
        command.env_clear().env("PATH", self.path());
        command.env("HOME", self.folder.path()).env("SHIMS", self.shims());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("SOURCE_DATE_EPOCH", now.to_string());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.com");
            command.env(format!("GIT_{who}_DATE"), format!("{now} +0000"));
        }
        command
    }

    /// Texts without what differs between runs: the registry's host, digests and commit IDs.
    pub(crate) fn stable(&self, texts: &[String]) -> String {
        let text = texts.join("\n----\n").replace(self.registry(), "REGISTRY");
        let text = regex::Regex::new("sha256:[0-9a-f]+").unwrap().replace_all(&text, "sha256:…").into_owned();
        regex::Regex::new(r"\b[0-9a-f]{40}\b").unwrap().replace_all(&text, "COMMIT").into_owned()
    }
}
