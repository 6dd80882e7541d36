//! Files and variables for the next steps of a pipeline.

use super::*;

fn outputs(repo: &Repo, args: &[&str]) -> Ran {
    let mut command = repo.tidings(&[&["notes", "--offline", "--outputs", "out"], args].concat());
    command
        .env("GITHUB_OUTPUT", repo.home().join("output"))
        .env("GITHUB_STEP_SUMMARY", repo.home().join("summary"));
    repo.run_command(command)
}

#[test]
fn outputs_contain_every_format_and_variable() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    let ran = outputs(&repo, &["v1.1.0"]);
    assert_eq!(ran.snapshot(), "status: 0\n");
    for name in ["notes.md", "notes.json", "notes.txt", "notes.html", "slack.json"] {
        assert!(repo.read(&format!("out/{name}")).contains("door"), "{name}");
    }
    for name in ["notes.json", "slack.json"] {
        serde_json::from_str::<serde_json::Value>(&repo.read(&format!("out/{name}"))).unwrap();
    }
    assert_eq!(
        repo.read("out/notes.env"),
        "TIDINGS_VERSION=1.1.0\nTIDINGS_TAG=v1.1.0\nTIDINGS_BUMP=minor\nTIDINGS_PRERELEASE=false\n\
         TIDINGS_NOTES_FILE=out/notes.md\n"
    );
    // The next step may run tidings, which must ignore these variables.
    let mut next = repo.tidings(&["next", "--offline"]);
    next.envs(
        repo.read("out/notes.env")
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    let next = repo.run_command(next);
    assert_eq!(next.status, Some(0), "{}", next.snapshot());
    let table = repo
        .tidings(&["next", "--offline", "--format", "json"])
        .env("TIDINGS_BUMP", "{ wrong = 1 }")
        .output();
    assert_eq!(table.unwrap().status.code(), Some(2));
    let output = std::fs::read_to_string(repo.home().join("output")).unwrap();
    let names: Vec<&str> = output.lines().filter_map(|line| Some(line.split_once("<<")?.0)).collect();
    assert_eq!(names, ["version", "tag", "bump", "prerelease", "notes-file"]);
    assert!(output.starts_with("version<<tidings_") && output.contains("\n1.1.0\n"), "{output}");
    let summary = std::fs::read_to_string(repo.home().join("summary")).unwrap();
    assert!(summary.starts_with("## ") && summary.contains("add a door"), "{summary}");
}

#[test]
fn unreleased_changes_have_variables() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit("feat!: break");
    outputs(&repo, &["--as", "v2.0.0-rc.1"]);
    let env = repo.read("out/notes.env");
    assert!(
        env.starts_with("TIDINGS_VERSION=2.0.0-rc.1\nTIDINGS_TAG=v2.0.0-rc.1\nTIDINGS_BUMP=major\n"),
        "{env}"
    );
    assert!(env.contains("TIDINGS_PRERELEASE=true\n"), "{env}");
    outputs(&repo, &[]);
    assert!(repo.read("out/notes.env").starts_with("TIDINGS_VERSION=\nTIDINGS_TAG=\nTIDINGS_BUMP=major\n"));
}

#[test]
fn summary_stays_below_its_size_limit() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    repo.commit("feat!: break");
    std::fs::write(repo.home().join("summary"), vec![b'x'; 1024 * 1024 - 400]).unwrap();
    for number in 0..20 {
        repo.commit(&*format!("fix: number {number}"));
    }
    outputs(&repo, &["--as", "v2.0.0"]);
    let summary = std::fs::read_to_string(repo.home().join("summary")).unwrap();
    assert!(summary.len() <= 1024 * 1024, "{}", summary.len());
    assert!(summary.contains("break") && summary.contains("more"), "{}", &summary[1024 * 1024 - 400..]);
}
