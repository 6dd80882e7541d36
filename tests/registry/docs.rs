//! Runs the commands of `docs/promotion.md`.

use std::{path::Path, process::Command};

use crate::{
    required,
    support::{Kind, Project, Server},
};

const PAGE: &str = include_str!("../../docs/promotion.md");

/// The blocks of a page to run.
fn script() -> String {
    let blocks = PAGE.split("\n```sh\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn commands_in_promotion_page_run() {
    for program in ["skopeo", "umoci", "bash"] {
        if Command::new(program).arg("--version").output().is_err() {
            required::missing(program);
            return;
        }
    }
    let Some(server) = Server::start(Kind::Distribution) else { return };
    let project = Project::new();
    let mut command = project.tidings(&[]);
    let program = Path::new(command.get_program()).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script()]).current_dir(project.elsewhere()).env_clear();
    for (name, value) in command.args(["x"]).get_envs() {
        bash.env(name, value.unwrap_or_default());
    }
    let output = bash.env("PATH", path).env("REGISTRY", &server.host).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    let mut rest = &*stdout;
    // In this order.
    for expected in [
        "## [1.1.0]",
        "sell maps",
        "count the change right",
        "production/shop:prod@sha256:",
        "Also",
        "## 1.0.0 → 1.2.0",
        "Also includes 1.1.0.",
        "promote 1.1.0 from",
        "production/shop:prod@sha256:",
        "production/shop:prod@sha256:",
        "## [1.2.0]",
        "older: refused",
        "## [1.1.0]",
        "sell maps",
    ] {
        let at =
            rest.find(expected).unwrap_or_else(|| panic!("{expected} is missing in\n{stdout}\n{stderr}"));
        rest = &rest[at + expected.len()..];
    }
    assert!(stderr.contains("1.1.0 is older than 1.2.0, which runs on production"), "{stderr}");
    let record = std::fs::read_to_string(project.elsewhere().join("promotion.json")).unwrap();
    assert!(record.contains("\"version\": \"1.1.0\"") && record.contains("\"previous\": {"), "{record}");
}
