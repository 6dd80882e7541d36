//! Measures how many requests a window needs and how long it waits for them, for `docs/forges.md`. Other tests check
//! the counts.

use std::time::{Duration, Instant};

use super::*;
use crate::support::Repo;

/// The response time of a distant forge.
const DISTANT_DELAY: Duration = Duration::from_millis(100);

struct Case {
    name: &'static str,
    forge: &'static str,
    variable: &'static str,
    fake: fn(&str, &str) -> Fake,
    /// The message of a pull request that contains its number.
    message: fn(u64) -> String,
}

const CASES: [Case; 5] = [
    Case {
        name: "GitHub",
        forge: "github",
        variable: "GITHUB_TOKEN",
        fake: Fake::github,
        message: |number| format!("feat: number {number} (#{number})"),
    },
    Case {
        name: "GitHub, no token",
        forge: "github",
        variable: "NO_TOKEN",
        fake: Fake::github,
        message: |number| format!("feat: number {number} (#{number})"),
    },
    Case {
        name: "GitLab",
        forge: "gitlab",
        variable: "GITLAB_TOKEN",
        fake: Fake::gitlab,
        message: |number| format!("feat: number {number} (!{number})"),
    },
    Case {
        name: "Gitea, Forgejo",
        forge: "gitea",
        variable: "GITEA_TOKEN",
        fake: Fake::gitea,
        message: |number| format!("feat: number {number} (#{number})"),
    },
    Case {
        name: "Bitbucket Cloud",
        forge: "bitbucket",
        variable: "BITBUCKET_TOKEN",
        fake: Fake::bitbucket,
        message: |number| format!("Merged in topic (pull request #{number})\n\nfeat: number {number}"),
    },
];

impl Case {
    /// A window with one pull request per commit, whose messages contain the number or not.
    fn measure(&self, commits: u64, has_numbers: bool) -> String {
        let (repo, fake) = (Repo::new(), (self.fake)("o", "r"));
        let forge = format!("forge = '{}'", self.forge);
        repo.write("tidings.toml", format!("[repository]\nurl = 'https://forge.example/o/r'\n{forge}\n"));
        repo.commit("feat: start");
        repo.tag("v1.0.0");
        let silent = |number: u64| format!("feat: number {number}");
        let message = if has_numbers { self.message } else { silent };
        let all: Vec<_> = (1..=commits).map(|number| repo.commit(message(number).as_str())).collect();
        for (number, id) in (1..).zip(&all) {
            fake.pull(number).merged_as(&repo.sha(*id));
        }
        let run = |more: &[&str]| {
            fake.clear_log();
            let mut command = repo.tidings(&[&["notes", "--forge", "--require-forge"], more].concat());
            command.env("TIDINGS_FORGE__API", fake.api()).env(self.variable, "t");
            let begin = Instant::now();
            let ran = repo.run_command(command);
            let took = begin.elapsed();
            assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
            (fake.lines().len(), took.as_secs_f64())
        };
        let without = run(&["--no-cache"]);
        let cold = run(&[]);
        let warm = run(&[]);
        assert_eq!(without.0, cold.0);
        fake.slow_next(DISTANT_DELAY, usize::MAX);
        let far = run(&["--no-cache"]);
        let source = if has_numbers { "told by messages" } else { "asked for by commits" };
        format!(
            "| {} | {commits} | {source} | {} | {:.2} s | {} | {:.2} s | {:.1} s |",
            self.name, cold.0, cold.1, warm.0, warm.1, far.1
        )
    }
}

#[test]
#[ignore = "measures, for minutes: cargo test --test cli -- --ignored --nocapture times"]
fn requests_and_times_of_windows() {
    for case in CASES {
        for commits in [100, 1_000] {
            for has_numbers in [true, false] {
                println!("{}", case.measure(commits, has_numbers));
            }
        }
    }
}
