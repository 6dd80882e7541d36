//! The deployment matrix, by the registry: all commands name the same two ends and the same migrations.

use serde_json::{Value, json};

use crate::{
    cells::{CELLS, Cell, VERSIONS},
    support::{Kind, Project, Server, client, image, ran, repository, run},
};

fn project(server: &Server, cell: &Cell, number: usize) -> Project {
    let project = Project::empty();
    let name = |environment: &str| server.image(&format!("{environment}/app{number}"));
    project.environments(&name("staging"), &name("production"));
    let staging = repository(&name("staging"));
    let mut images = Vec::new();
    for (at, (version, message, file)) in VERSIONS.into_iter().enumerate() {
        if let Some(file) = file {
            project.write(file, "");
            project.git(&["add", file]);
        }
        project.commit(at, message);
        project.git(&["tag", version]);
        let tags = [version, &format!("{version}-staging")];
        images.push((version, run(image(&client(), &staging, version, json!({}), &tags))));
        project.run(&["attach", &format!("{}:{version}", name("staging"))]).ok();
    }
    let runs_on_staging = |version: &str| {
        let (_, manifest) = images.iter().find(|(tag, _)| tag.ends_with(version)).unwrap();
        run(client().put_manifest(&staging, "staging", manifest)).unwrap();
    };
    for (at, version) in cell.deployed.iter().enumerate() {
        runs_on_staging(version);
        promote(&project, version, at, false);
    }
    runs_on_staging(cell.to);
    project
}

fn promote(project: &Project, version: &str, hour: usize, is_back: bool) {
    let mut command = project.tidings(&["promote", "--version", version]);
    if is_back {
        command.arg("--rollback");
    }
    ran(command.env("SOURCE_DATE_EPOCH", (1_772_323_200 + 3_600 * hour).to_string())).ok();
}

#[test]
fn all_commands_name_the_same_ends_by_the_registry() {
    let Some(server) = Server::start(Kind::Distribution) else { return };
    for (number, cell) in CELLS.iter().enumerate() {
        let project = project(&server, cell, number);
        let json = |args: &[&str]| -> Value { serde_json::from_str(&project.run(args).ok()).unwrap() };
        cell.check_notes("compare", &json(&["compare", "--format", "json"]));
        cell.check_notes("compare --attached", &json(&["compare", "--attached", "--format", "json"]));
        cell.check_status(&json(&["status", "--format", "json"]));
        let rollback: &[&str] = if cell.is_back() { &["--rollback"] } else { &[] };
        let plan = [&["promote", "--version", cell.to, "--dry-run"], rollback].concat();
        cell.check_plan("promote", &project.run(&plan).ok());
        let message = ["notify", "--to", "webhook", "--dry-run", "--environment", "production"];
        cell.check_notes("notify", &json(&message)["notes"]);
        cell.check_notes(
            "notify staging",
            &json(&[&message[..1], &["staging"], &message[1..]].concat())["notes"],
        );
        promote(&project, cell.to, 9, cell.is_back());
        cell.check_after(&json(&[&message[..], &["--phase", "after"]].concat()));
    }
}
