//! Publishing to `emulate`, a stateful third-party emulator of GitHub (`tests/contract/package.json`).
//!
//! It supports refs and releases but not GraphQL: the notes are built from git data, with a warning.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::{Ran, Repo};

const PROGRAM: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/node_modules/emulate/dist/index.js");
const SEED: &str = "tokens:\n  test_token:\n    login: admin\n    scopes: [repo, user]\ngithub:\n  users:\n    - login: admin\n  \
                    repos:\n    - owner: admin\n      name: app\n      auto_init: true\n";

/// The running emulator, stopped when dropped.
struct Emulator {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Emulator {
    /// Starts it; `None` if it is not installed.
    fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            println!("`npm ci` in tests/contract installs the emulator");
            crate::required::missing("contract");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed.yaml");
        std::fs::write(&seed, SEED).unwrap();
        // Another test may have taken the free port.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
            let arguments = ["start", "--service", "github", "--port", &port, "--seed"];
            let mut command = Command::new("node");
            command.arg(PROGRAM).args(arguments).arg(&seed).current_dir(folder.path());
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            if lines.map_while(Result::ok).any(|line| line.contains("test_token")) {
                return Some(Self { child, address: format!("http://localhost:{port}"), folder });
            }
            drop(child.kill());
            drop(child.wait());
        }
        panic!("the emulator does not start");
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut command = Command::new("curl");
        command.args(["-sS", "-X", method, "-H", "Authorization: Bearer test_token"]);
        if !body.is_null() {
            command.args(["-d", &body.to_string()]);
        }
        let output = command.arg(format!("{}/repos/admin/app{path}", self.address)).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{path}: {error} {output:?}"))
    }

    fn publish(&self, repo: &Repo, args: &[&str]) -> Ran {
        let mut command = repo.tidings(args);
        command.env("TIDINGS_FORGE__API", &self.address).env("GITHUB_TOKEN", "test_token");
        repo.run_command(command)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        assert!(self.folder.path().exists());
    }
}

#[test]
fn releases_are_created_and_updated_on_the_github_emulator() {
    let Some(emulator) = Emulator::start() else { return };
    let repo = Repo::new();
    let page = format!("{}/admin/app", emulator.address);
    repo.write(
        "tidings.toml",
        format!("[repository]\nurl = '{page}'\nforge = 'github'\n[network]\ntries = 1\n"),
    );
    repo.commit("feat: one");
    repo.tag("v1.0.0");

    let missing = emulator.publish(&repo, &["publish", "v1.0.0"]);
    assert_eq!(missing.status, Some(1), "{}", missing.snapshot());
    assert_eq!(emulator.call("GET", "/releases", &Value::Null), json!([]));

    let created = emulator.publish(&repo, &["publish", "v1.0.0", "--create-tag", "--target", "main"]);
    assert_eq!(created.status, Some(0), "{}", created.snapshot());
    let release = || emulator.call("GET", "/releases/tags/v1.0.0", &Value::Null);
    assert_eq!((&release()["draft"], &release()["name"]), (&json!(false), &json!("v1.0.0")));
    assert!(release()["body"].as_str().unwrap().contains("- one"), "{}", release());
    assert_eq!(emulator.call("GET", "/releases/latest", &Value::Null)["tag_name"], "v1.0.0");

    let again = emulator.publish(&repo, &["publish", "v1.0.0"]);
    assert!(again.stderr.contains("nothing to do"), "{}", again.snapshot());
    let titled = emulator.publish(&repo, &["publish", "v1.0.0", "--title", "The {version}"]);
    assert_eq!((titled.status, &release()["name"]), (Some(0), &json!("The 1.0.0")), "{}", titled.snapshot());
    let one = format!("/releases/{}", release()["id"]);
    emulator.call("PATCH", &one, &json!({ "body": "written by hand" }));
    let unchanged = emulator.publish(&repo, &["publish", "v1.0.0"]);
    assert_eq!(
        (unchanged.status, &release()["body"]),
        (Some(0), &json!("written by hand")),
        "{}",
        unchanged.snapshot()
    );
    let joined = emulator.publish(&repo, &["publish", "v1.0.0", "--mode", "append"]);
    let body = release()["body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("written by hand") && body.contains("- one"), "{body}\n{}", joined.snapshot());
    assert_eq!(emulator.call("GET", "/releases", &Value::Null).as_array().unwrap().len(), 1);

    // A tag that points to another commit there is not published.
    let head = emulator.call("GET", "/git/ref/heads/main", &Value::Null)["object"]["sha"].clone();
    emulator.call("POST", "/git/refs", &json!({ "ref": "refs/tags/v1.1.0", "sha": head }));
    repo.commit("feat: two");
    repo.tag("v1.1.0");
    let other = emulator.publish(&repo, &["publish", "v1.1.0"]);
    assert_eq!(other.status, Some(1), "{}", other.snapshot());
    assert_eq!(emulator.call("GET", "/releases", &Value::Null).as_array().unwrap().len(), 1);
}
