//! Concurrent `publish` runs: one release, and one comment per pull request and issue.

use crate::support::{
    Repo,
    forge::{Fake, Release},
};

use super::end;

fn repo(fake: &Fake, forge: &str) -> Repo {
    let repo = Repo::new();
    let network = "[network]\ntries = 1\nmax_wait = 2\n";
    let repository = format!("[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n");
    repo.write("tidings.toml", format!("[publish]\nannounce = true\n{repository}{network}"));
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    let door = repo.commit("feat: add a door (#11)");
    repo.tag("v1.1.0");
    for tag in ["v1.0.0", "v1.1.0"] {
        let sha = repo.git(&["rev-parse", &format!("{tag}^{{commit}}")]);
        fake.tag(tag, sha.trim());
    }
    fake.pull(11).title("feat: add a door").merged_as(&repo.sha(door));
    repo.write("sums.txt", "abc");
    repo
}

fn publish(repo: &Repo, fake: &Fake) -> std::process::Child {
    let mut command = repo.tidings(&["publish", "v1.1.0", "--attach", "sums.txt"]);
    command.env("TIDINGS_FORGE__API", fake.api());
    for name in ["GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"] {
        command.env(name, "a-token-of-tests");
    }
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
}

fn publish_concurrently(fake: &Fake, forge: &str, rounds: usize) {
    let repo = repo(fake, forge);
    for round in 0..rounds {
        let runs = [(); 3].map(|()| publish(&repo, fake));
        let ended = runs.map(end);
        for (status, stderr) in &ended {
            assert_eq!(*status, Some(0), "round {round}: {stderr}");
        }
        let releases: Vec<Release> = fake.releases();
        let context = || format!("round {round}: {releases:#?}\n{ended:#?}\n{:#?}", fake.lines());
        assert_eq!(releases.len(), 1, "{}", context());
        assert!(!releases[0].draft && releases[0].body.contains("add a door"), "{}", context());
        assert_eq!(releases[0].assets.len(), 1, "{}", context());
        assert_eq!(fake.pull_now(11).comments.len(), 1, "{}", context());
        fake.clear();
    }
}

#[test]
fn concurrent_runs_create_one_release_on_github() {
    publish_concurrently(&Fake::github("o", "r"), "github", 4);
}

#[test]
fn concurrent_runs_create_one_release_if_a_tag_may_have_several() {
    let github = Fake::github("o", "r");
    github.lenient();
    publish_concurrently(&github, "github", 6);
    let gitea = Fake::gitea("o", "r");
    gitea.lenient();
    publish_concurrently(&gitea, "gitea", 6);
}

#[test]
fn concurrent_runs_create_one_release_on_gitlab_and_gitea() {
    publish_concurrently(&Fake::gitlab("o", "r"), "gitlab", 4);
    publish_concurrently(&Fake::gitea("o", "r"), "gitea", 4);
}

#[test]
fn draft_of_a_killed_run_is_reused_before_a_later_one() {
    for (fake, forge) in [(Fake::github("o", "r"), "github"), (Fake::gitea("o", "r"), "gitea")] {
        fake.lenient();
        let repo = repo(&fake, forge);
        let draft = || Release { tag: "v1.1.0".to_owned(), draft: true, ..Release::default() };
        let (first, second) = (fake.publish(draft()), fake.publish(draft()));
        let (status, stderr) = end(publish(&repo, &fake));
        assert_eq!(status, Some(0), "{stderr}");
        let published: Vec<_> = fake.releases().into_iter().filter(|release| !release.draft).collect();
        assert_eq!(published.len(), 1);
        assert_eq!((published[0].id, second > first), (first, true));
    }
}

#[test]
fn wait_for_a_killed_run_is_short() {
    let fake = Fake::github("o", "r");
    fake.lenient();
    let repo = repo(&fake, "github");
    let mut dead = publish(&repo, &fake);
    while fake.releases().is_empty() {
        std::thread::yield_now();
    }
    drop(dead.kill());
    dead.wait().unwrap();
    let (status, stderr) = end(publish(&repo, &fake));
    assert_eq!(status, Some(0), "{stderr}");
    let releases = fake.releases();
    assert_eq!((releases.len(), releases[0].draft), (1, false), "{releases:#?}");
}
