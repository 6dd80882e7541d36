//! Notes for pull requests merged with each method, with the messages of each forge.

use super::*;
use crate::support::{Ran, Repo};

struct Case {
    repo: Repo,
    fake: Fake,
    forge: &'static str,
    variable: &'static str,
}

impl Case {
    /// #11 squashed, #12 with a merge commit, #13 rebased; the first two with these messages.
    fn new(fake: Fake, forge: &'static str, variable: &'static str, squash: &str, merge: &str) -> Self {
        let repo = Repo::new();
        repo.write(
            "tidings.toml",
            format!(
                "[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n[network]\ntries = 1\n"
            ),
        );
        repo.commit("feat: start");
        repo.tag("v1.0.0");
        let squashed = repo.commit(squash);
        repo.branch("door");
        let inner = repo.commit("wip");
        repo.checkout("main");
        let merged = repo.merge("door", merge);
        let first = repo.commit("lay bricks");
        let last = repo.commit("paint them");
        fake.pull(11).title("feat: add a window").label("feature").squashed_as(&repo.sha(squashed));
        fake.pull(12).title("fix: hang a door").brought(&repo.sha(inner)).merged_as(&repo.sha(merged));
        fake.pull(13).title("feat(wall): build a wall").brought(&repo.sha(first));
        fake.pull(13).squashed_as(&repo.sha(last));
        Self { repo, fake, forge, variable }
    }

    fn gitlab() -> Self {
        let merge = "Merge branch 'door' into 'main'\n\nhang it\n\nSee merge request o/r!12";
        Self::new(Fake::gitlab("o", "r"), "gitlab", "GITLAB_TOKEN", "Add a window", merge)
    }

    fn gitea() -> Self {
        let merge = "Merge pull request 'hang it' (#12) from door into main";
        Self::new(Fake::gitea("o", "r"), "gitea", "FORGEJO_TOKEN", "Add a window (#11)", merge)
    }

    fn bitbucket() -> Self {
        let squash = "Merged in window (pull request #11)\n\nAdd a window";
        let merge = "Merged in door (pull request #12)\n\nhang it";
        Self::new(Fake::bitbucket("o", "r"), "bitbucket", "BITBUCKET_TOKEN", squash, merge)
    }

    /// Without a token, so that REST is used.
    fn github() -> Self {
        let merge = "Merge pull request #12 from o/door\n\nhang it";
        Self::new(Fake::github("o", "r"), "github", "NO_TOKEN", "Add a window (#11)", merge)
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.repo.tidings(args);
        command.env("TIDINGS_FORGE__API", self.fake.api()).env(self.variable, "hidden");
        let ran = self.repo.run_command(command);
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("hidden"), "{}", ran.snapshot());
        ran
    }

    fn notes(&self) -> Value {
        let ran = self.run(&["notes", "--forge", "--format", "json"]);
        assert_eq!(ran.status, Some(0), "{}: {}", self.forge, ran.snapshot());
        serde_json::from_str(&ran.stdout).unwrap()
    }
}

/// The issues that a pull request closes, as owner, name and number: `o/r 7`.
fn closed(notes: &Value, pull: u64) -> Vec<String> {
    let sections = notes["releases"][0]["sections"].as_array().unwrap().iter();
    let mut changes = sections.flat_map(|section| section["changes"].as_array().unwrap());
    let change = changes.find(|change| change["pull_request"]["number"] == pull).unwrap();
    let page = |issue: &Value| {
        let path = issue["url"].as_str().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
        path.replace("/-/", "/").replace("/issues/", " ")
    };
    change["closes"].as_array().unwrap().iter().map(page).collect()
}

/// Every change as `section: title #number`, sorted.
fn changes(notes: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for section in notes["releases"][0]["sections"].as_array().unwrap() {
        for change in section["changes"].as_array().unwrap() {
            let number = &change["pull_request"]["number"];
            let (id, title) = (section["id"].as_str().unwrap(), change["title"].as_str().unwrap());
            all.push(format!("{id}: {title} #{number}"));
        }
    }
    all.sort();
    all
}

const EACH_ONCE: [&str; 3] =
    ["features: add a window #11", "features: build a wall #13", "fixes: hang a door #12"];

#[test]
fn gitlab_merge_requests_are_listed_once() {
    let case = Case::gitlab();
    let notes = case.notes();
    assert_eq!((changes(&notes), &notes["complete"]), (EACH_ONCE.map(str::to_owned).to_vec(), &true.into()));
    // One number from a message, three commits without a number.
    let commits = case.fake.lines().iter().filter(|line| line.contains("/repository/commits/")).count();
    assert_eq!((commits, case.fake.log()[0].token.as_deref()), (3, Some("Bearer hidden")));
}

#[test]
fn gitea_pull_requests_are_listed_once() {
    let case = Case::gitea();
    let notes = case.notes();
    // For a rebased pull request Gitea returns only the last commit.
    let expected = [EACH_ONCE[0], EACH_ONCE[1], EACH_ONCE[2], "other: lay bricks #null"];
    assert_eq!((changes(&notes), &notes["complete"]), (expected.map(str::to_owned).to_vec(), &true.into()));
    assert_eq!((case.fake.lines().len(), case.fake.log()[0].token.as_deref()), (2 + 2, Some("token hidden")));
}

#[test]
fn bitbucket_pull_requests_are_listed_once() {
    let case = Case::bitbucket();
    let notes = case.notes();
    assert_eq!((changes(&notes), &notes["complete"]), (EACH_ONCE.map(str::to_owned).to_vec(), &true.into()));
    assert_eq!(
        (case.fake.lines().len(), case.fake.log()[0].token.as_deref()),
        (1 + 2 + 1, Some("Bearer hidden"))
    );
}

#[test]
fn closing_keywords_are_parsed_without_forge_support() {
    let body = "It was dark.\n\nCloses #7, O/R#8 and other/place#9\n<!-- Fixes #1 -->\n```\nfixes #2\n```\n";
    for case in [Case::gitlab(), Case::gitea(), Case::bitbucket(), Case::github()] {
        case.fake.pull(11).title("feat: add a window, fixes #10").body(body);
        let notes = case.notes();
        assert_eq!(closed(&notes, 11), ["o/r 7", "o/r 8", "other/place 9", "o/r 10"], "{}", case.forge);
        assert_eq!(closed(&notes, 12), [""; 0], "{}", case.forge);
    }
    // With a token, GitHub returns the closed issues, which users may have changed since.
    let case = Case { variable: "GITHUB_TOKEN", ..Case::github() };
    case.fake.pull(11).body(body).closes(5);
    let notes = case.notes();
    assert_eq!(closed(&notes, 11), ["o/r 5"]);
}

#[test]
fn missing_forge_data_makes_notes_incomplete_and_require_forge_exits_4() {
    for case in [Case::gitlab(), Case::gitea(), Case::bitbucket()] {
        case.fake.fail_next(403, 1_000);
        let notes = case.notes();
        assert_eq!(notes["complete"], false, "{}", case.forge);
        let warning = notes["warnings"].to_string();
        assert!(warning.contains("403"), "{}: {warning}", case.forge);
        let required = case.run(&["notes", "--require-forge", "--no-cache"]);
        assert_eq!(required.status, Some(4), "{}", required.snapshot());
    }
}

#[test]
fn recording_of_each_forge_is_replayed_without_a_server() {
    for case in [Case::gitlab(), Case::gitea(), Case::bitbucket()] {
        let first = case.run(&["notes", "--record", "run.json"]);
        assert_eq!(first.status, Some(0), "{}", first.snapshot());
        assert!(!case.repo.read("run.json").contains("hidden"));
        case.fake.clear_log();
        let second = case.run(&["notes", "--replay", "run.json"]);
        assert_eq!((&second.stdout, case.fake.lines().len()), (&first.stdout, 0), "{}", second.snapshot());
    }
}
