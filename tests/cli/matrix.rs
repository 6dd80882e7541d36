//! The deployment matrix, by tags in git and by releases that start the deployment: all commands name the same two ends
//! and the same migrations.

use super::{
    cells::{CELLS, Cell, VERSIONS},
    support::{Commit, Repo, forge::Fake},
};

fn repo(cell: &Cell, fake: Option<&Fake>) -> Repo {
    let repo = Repo::new();
    for (version, message, file) in VERSIONS {
        let commit = Commit::new(message);
        repo.commit(match file {
            Some(file) => commit.file(file, "1"),
            None => commit,
        });
        repo.tag(version);
    }
    repo.write(
        "tidings.toml",
        "[environments.staging]\n[environments.production]\n\
         [repository]\nurl = 'https://forge.example/o/r'\nforge = 'github'\n[network]\ntries = 1\n",
    );
    for (version, ..) in VERSIONS {
        let commit = repo.git(&["rev-parse", version]);
        if let Some(fake) = fake {
            fake.tag(version, commit.trim());
        }
    }
    for (at, version) in cell.deployed.iter().enumerate() {
        record(&repo, version, "production", at);
    }
    record(&repo, cell.to, "staging", 0);
    repo
}

fn record(repo: &Repo, version: &str, environment: &str, hour: usize) {
    let mut command = repo.tidings(&["tag", version, "--deployed-to", environment]);
    command.env("SOURCE_DATE_EPOCH", (1_772_323_200 + 3_600 * hour).to_string());
    let ran = repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
}

/// Checks all commands but the plan of the promotion, which is `plan`.
fn check(repo: &Repo, cell: &Cell, command: &str, plan: &str) {
    cell.check_notes("compare", &repo.run_json(&["compare", "--format", "json"]));
    cell.check_status(&repo.run_json(&["status", "--format", "json"]));
    cell.check_plan(command, plan);
    let message = ["notify", "--to", "webhook", "--dry-run", "--environment", "production"];
    cell.check_notes("notify", &repo.run_json(&message)["notes"]);
    cell.check_notes(
        "notify V",
        &repo.run_json(&[&message[..1], &[cell.to], &message[1..]].concat())["notes"],
    );
    record(repo, cell.to, "production", 9);
    cell.check_after(&repo.run_json(&[&message[..], &["--phase", "after"]].concat()));
}

#[test]
fn all_commands_name_the_same_ends_by_git_tags() {
    for cell in &CELLS {
        let repo = repo(cell, None);
        let plan = repo.run(&["tag", cell.to, "--deployed-to", "production", "--dry-run"]);
        check(&repo, cell, "tag --deployed-to", &format!("{}{}", plan.stdout, plan.stderr));
    }
}

#[test]
fn all_commands_name_the_same_ends_for_deployments_on_release() {
    for cell in &CELLS {
        let fake = Fake::github("o", "r");
        let repo = repo(cell, Some(&fake));
        let version = format!("v{}", cell.to);
        let args: &[&str] = if cell.is_back() { &["--rollback-to"] } else { &[] };
        let args = [&["publish", "--dry-run", "--environment", "production"], args, &[&*version]].concat();
        let mut command = repo.tidings(&args);
        command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "hidden");
        let plan = repo.run_command(command);
        assert_eq!(plan.status, Some(0), "{}", plan.snapshot());
        let head = plan.stdout.split("\n- ").next().unwrap();
        let mut command = repo.tidings(&args);
        command.env("TIDINGS_PUBLISH__ROLLBACK", "deployment");
        let by_deployment = repo.run_command(command);
        assert_eq!(by_deployment.status, Some(0), "{}", by_deployment.snapshot());
        assert_eq!(by_deployment.stdout.split("\n- ").next().unwrap(), head);
        check(&repo, cell, "publish", head);
    }
}
