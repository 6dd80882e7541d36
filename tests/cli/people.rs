//! Contributors and authors: one person under several names and addresses, bots and coding assistants.

use serde_json::Value;

use crate::support::{Commit, Repo, forge::Fake};

const NOREPLY: &str = "7+ann-lee@users.noreply.github.com";

fn repo() -> Repo {
    let repo = Repo::new();
    repo.write("tidings.toml", "[repository]\nurl = 'https://github.com/o/r'\nforge = 'github'\n");
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo
}

fn by(message: &str, name: &str, email: &str) -> Commit {
    Commit::new(message).author(name, email)
}

/// Each contributor as `name (login) commits`, with `new` for the first contribution and `bot`.
fn people(release: &Value) -> Vec<String> {
    let row = |who: &Value| {
        let mut row = format!("{} {}", who["name"].as_str().unwrap(), who["commits"]);
        if let Some(login) = who["login"].as_str() {
            row += &format!(" @{login}");
        }
        row += if who["first_time"] == true { " new" } else { "" };
        row + if who["bot"] == true { " bot" } else { "" }
    };
    release["contributors"].as_array().unwrap().iter().map(row).collect()
}

fn authors<'r>(release: &'r Value, title: &str) -> Vec<&'r str> {
    let changes = release["sections"].as_array().unwrap().iter();
    let mut changes = changes.flat_map(|section| section["changes"].as_array().unwrap());
    let change = changes.find(|change| change["title"] == title).unwrap();
    change["authors"].as_array().unwrap().iter().map(|author| author["name"].as_str().unwrap()).collect()
}

#[test]
fn identity_with_most_commits_represents_the_person_everywhere() {
    let repo = repo();
    repo.commit(by("feat: one", "Ann Lee", "ann@work.example"));
    repo.commit(by("feat: two", "ann", NOREPLY));
    repo.commit(by("feat: three", "Ann Lee", NOREPLY));
    repo.commit(by("feat: four", "Ann Lee", "ann@work.example"));
    repo.commit(by("feat: five\n\nCo-authored-by: Ann Lee <ann@home.example>", "Bob", "bob@example.com"));
    let release = &repo.release(&[]).0;
    assert_eq!(people(release), ["Ann Lee 5 @ann-lee", "Bob 1"]);
    assert_eq!(authors(release, "two"), ["Ann Lee"]);
    assert_eq!(authors(release, "five"), ["Bob", "Ann Lee"]);
    assert_eq!(release["statistics"]["contributors"], 2);
    repo.write("tidings.toml", "[notes]\nauthors = true\ncontributors = true\nhashes = false\n");
    insta::assert_snapshot!(repo.run(&["notes"]).stdout, @r"
    ## [Unreleased]

    ### Features

    - five by Bob, Ann Lee
    - four by Ann Lee
    - three by Ann Lee
    - two by Ann Lee
    - one by Ann Lee

    ### Contributors

    - Ann Lee
    - Bob
    ");
}

#[test]
fn first_contribution_is_that_of_the_person() {
    let repo = repo();
    repo.commit(by("feat: one", "Ann Lee", "ann@work.example"));
    repo.commit(by("feat: two\n\nCo-authored-by: Cleo <cleo@example.com>", "Bob", "bob@example.com"));
    repo.tag("v1.1.0");
    repo.commit(by("feat: three", "Ann Lee", NOREPLY));
    repo.commit(by("feat: four\n\nCo-Authored-By: Cleo <cleo@example.com>", "root", "root@one.example"));
    repo.tag("v1.2.0");
    repo.commit(by("feat: five", "ann", NOREPLY));
    repo.commit(by("feat: six", "root", "root@two.example"));
    repo.tag("v1.3.0");
    let releases = repo.releases(&["--all"]);
    let tagged = releases.iter().filter(|release| release.version().is_some());
    let all: Vec<Vec<String>> = tagged.map(|release| people(&release.0)).collect();
    let expected = [
        &["ann 1 @ann-lee", "root 1 new"][..],
        &["Ann Lee 1 @ann-lee", "Cleo 1", "root 1 new"],
        &["Ann Lee 1 new", "Bob 1 new", "Cleo 1 new"],
        &["Ada Lovelace 1 new"],
    ];
    assert_eq!(all, expected);
}

#[test]
fn logins_of_the_forge_unite_addresses() {
    let (repo, fake) = (repo(), Fake::github("o", "r"));
    let work = repo.commit(by("fix: a", "Ann", "ann@work.example"));
    let home = repo.commit(by("fix: b", "A. Lee", "lee@home.example"));
    let other = repo.commit(by("fix: c", "Ann", "ann@other.example"));
    fake.commit(&repo.sha(work), "ann@work.example", Some("ann-lee"));
    fake.commit(&repo.sha(home), "lee@home.example", Some("ann-lee"));
    fake.commit(&repo.sha(other), "ann@other.example", Some("another-ann"));
    let mut command = repo.tidings(&["notes", "--format", "json"]);
    command.env("TIDINGS_FORGE__API", fake.api()).env("GITHUB_TOKEN", "ghp_hidden");
    let notes: Value = serde_json::from_str(&repo.run_command(command).stdout).unwrap();
    let people = people(&notes["releases"][0]);
    assert_eq!(people, ["A. Lee 2 @ann-lee new", "Ann 1 @another-ann new"]);
}

#[test]
fn bots_and_coding_assistants_are_listed_only_if_asked() {
    let repo = repo();
    let claude = "Co-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>\n";
    let copilot = "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>\n";
    let monet = "Co-authored-by: Claude Monet <claude@example.com>";
    repo.commit(by(&format!("feat: one\n\n{claude}{copilot}{monet}"), "Ann Lee", "ann@example.com"));
    repo.commit(by("feat: two", "Claude", "noreply@anthropic.com"));
    repo.commit(by("fix: three", "k8s-ci-robot", "robot@example.com"));
    let release = &repo.release(&[]).0;
    assert_eq!(people(release), ["Ann Lee 1", "Claude Monet 1"]);
    assert_eq!(authors(release, "one"), ["Ann Lee", "Claude Monet"]);
    assert_eq!(authors(release, "two"), [""; 0]);
    repo.write("tidings.toml", "[contributors]\nbots = true\n[notes]\nauthors = true\n");
    let release = &repo.release(&[]).0;
    let bots = ["Claude 2 bot", "Copilot 1 @Copilot bot", "k8s-ci-robot 1 bot"];
    assert_eq!(people(release), [&["Ann Lee 1", "Claude Monet 1"][..], &bots].concat());
    assert_eq!(authors(release, "one"), ["Ann Lee", "Claude", "Copilot", "Claude Monet"]);
    assert_eq!(release["statistics"]["contributors"], 2);
    let text = repo.run(&["notes", "--format", "release"]).stdout;
    assert!(text.contains("- k8s-ci-robot\n") && text.contains("by Claude\n"), "{text}");
}

#[test]
fn excluded_address_or_login_excludes_the_person() {
    let repo = repo();
    repo.commit(by("feat: one", "Ann Lee", "ann@work.example"));
    repo.commit(by("feat: two", "Ann Lee", NOREPLY));
    for pattern in ["^ann-lee$", "@work\\.example>$"] {
        repo.write(
            "tidings.toml",
            format!("[contributors]\nexclude = ['{}']\n", pattern.replace("\\\\", "\\")),
        );
        assert_eq!(people(&repo.release(&[]).0), [""; 0], "{pattern}");
    }
}
