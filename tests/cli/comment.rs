//! The comment on a pull request: the built program against the fakes.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Commit, Ran, Repo,
    forge::{Fake, Response},
};

mod attacks;
mod events;
mod forges;
mod text;

const HIDDEN: &str = "ghp_hidden";
const MARK: &str = "<!-- tidings:pull-request -->";

/// The tokens of the forges.
const TOKENS: [&str; 4] = ["GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN", "BITBUCKET_TOKEN"];

/// A repository with v1.0.0 and a fix on `main`, and a branch `topic` with a feature and a chore, which is pull request
/// 12.
struct World {
    repo: Repo,
    base: String,
    head: String,
}

fn configuration(forge: &str) -> String {
    format!(
        "[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n[network]\ntries = 1\nmax_wait = 2\n"
    )
}

/// The world on a forge. `more` precedes the rest of the configuration.
fn world(fake: &Fake, forge: &str, more: &str) -> World {
    let repo = Repo::new();
    let text = format!("{more}\n{}", configuration(forge));
    repo.commit(Commit::new("chore: configure").file("tidings.toml", text));
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    let base = repo.commit("fix: oil the hinges");
    repo.branch("topic");
    repo.commit("feat: add a door");
    let head = repo.commit("chore: sweep");
    repo.materialize();
    let (base, head) = (repo.sha(base), repo.sha(head));
    repo.git(&["update-ref", "refs/remotes/origin/main", &base]);
    fake.pull(12).title("feat: add a door").branches("topic", "main").brought(&head).onto(&base);
    World { repo, base, head }
}

impl World {
    /// The ID of a commit, after all commits of the test were written.
    fn sha(&self, revision: &str) -> String {
        self.repo.materialize();
        self.repo.git(&["rev-parse", revision]).trim().to_owned()
    }

    fn run_with(&self, fake: &Fake, args: &[&str], variables: &[(&str, String)]) -> Ran {
        let mut command = self.repo.tidings(&[&["comment"], args].concat());
        command.env("TIDINGS_FORGE__API", fake.api());
        command.envs(TOKENS.map(|name| (name, HIDDEN)));
        command.envs(variables.iter().map(|(name, value)| (*name, value)));
        let ran = self.repo.run_command(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(HIDDEN), "{}", ran.snapshot());
        ran
    }

    fn run(&self, fake: &Fake, args: &[&str]) -> Ran {
        self.run_with(fake, args, &[])
    }

    fn ok(&self, fake: &Fake, args: &[&str]) -> Ran {
        let ran = self.run(fake, args);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        ran
    }

    /// The variables of GitHub Actions for an event.
    fn event(&self, name: &str, sha: &str, payload: &Value) -> Vec<(&'static str, String)> {
        let path = self.repo.home().join("event.json");
        fs::write(&path, payload.to_string()).unwrap();
        vec![
            ("GITHUB_EVENT_NAME", name.to_owned()),
            ("GITHUB_EVENT_PATH", path.display().to_string()),
            ("GITHUB_REPOSITORY", "o/r".to_owned()),
            ("GITHUB_SHA", sha.to_owned()),
        ]
    }
}

/// The only comment on a pull request.
fn only_comment(fake: &Fake, number: u64) -> String {
    let comments = fake.pull_now(number).comments;
    assert_eq!(comments.len(), 1, "{comments:?}");
    comments[0].body.clone()
}

/// The requests that write.
fn writes(fake: &Fake) -> Vec<String> {
    fake.lines().into_iter().filter(|line| !line.starts_with("GET") && !line.contains("graphql")).collect()
}

fn repository(id: u64, name: &str) -> Value {
    json!({ "id": id, "full_name": name })
}
