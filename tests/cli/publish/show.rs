//! `tidings show VERSION`, from a release on the forge.

use super::*;

/// Runs `tidings show` with a token, in the repository.
fn show(repo: &Repo, fake: &Fake, args: &[&str]) -> Ran {
    run_show(repo, fake, &[&["show"], args].concat(), |_| {})
}

/// The same in a folder outside any git repository and without a configuration.
fn elsewhere(repo: &Repo, fake: &Fake, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    run_show(repo, fake, &[&["show"], args].concat(), |command| {
        command.current_dir(folder.path()).envs(variables.iter().copied());
    })
}

fn run_show(repo: &Repo, fake: &Fake, args: &[&str], more: impl FnOnce(&mut std::process::Command)) -> Ran {
    let mut command = repo.tidings(args);
    command.env("TIDINGS_FORGE__API", fake.api());
    for name in ["GITHUB_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"] {
        command.env(name, HIDDEN);
    }
    more(&mut command);
    let ran = repo.run_command(command);
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(HIDDEN), "{}", ran.snapshot());
    ran
}

fn shown(ran: Ran) -> String {
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    ran.stdout
}

type Make = fn(&str, &str) -> Fake;

const FORGES: [(&str, Make); 3] =
    [("github", Fake::github), ("gitlab", Fake::gitlab), ("gitea", Fake::gitea)];

#[test]
fn release_with_attached_json_is_shown_in_every_format() {
    for (forge, fake) in FORGES {
        let fake = fake("o", "r");
        fake.private();
        let repo = repo(&fake);
        configure(&repo, forge, "");
        ok(&repo, &fake, &["v1.1.0", "--attach-json"]);
        let markdown = shown(show(&repo, &fake, &["1.1.0"]));
        assert!(markdown.contains("- add a door") && !markdown.contains("<!--"), "{forge}: {markdown}");
        assert_eq!(show(&repo, &fake, &["v1.1.0", "--format", "markdown"]).stdout, markdown);
        let json: serde_json::Value =
            serde_json::from_str(&shown(show(&repo, &fake, &["v1.1.0", "--format", "json"]))).unwrap();
        assert_eq!(json["releases"][0]["version"], "1.1.0", "{forge}");
        let html = shown(show(&repo, &fake, &["v1.1.0", "--format", "html"]));
        assert!(html.contains("<li>"), "{forge}: {html}");
        // None of it comes from a clone.
        let url =
            [("TIDINGS_REPOSITORY__URL", "https://forge.example/o/r"), ("TIDINGS_REPOSITORY__FORGE", forge)];
        assert_eq!(shown(elsewhere(&repo, &fake, &["v1.1.0"], &url)), markdown, "{forge}");
        assert_eq!(shown(elsewhere(&repo, &fake, &["1.1.0", "--format", "html"], &url)), html, "{forge}");
    }
}

#[test]
fn release_body_without_json_is_shown_unchanged() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    fake.publish(Release {
        tag: "v1.0.0".into(),
        body: "By *hand*.\r\n\r\n- a\r\n".into(),
        ..Release::default()
    });
    assert_eq!(shown(show(&repo, &fake, &["v1.0.0"])), "By *hand*.\n\n- a\n");
    assert_eq!(shown(show(&repo, &fake, &["v1.0.0", "--format", "text"])), "By *hand*.\n\n- a\n");
    let json = show(&repo, &fake, &["v1.0.0", "--format", "json"]);
    insta::assert_snapshot!(json.snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: cannot show the notes of `v1.0.0` as json: they are not stored as JSON
    Hint: use --format markdown; to store JSON too: tidings publish --attach-json, tidings attach or tidings tag --note
    ");
    let none = show(&repo, &fake, &["v1.1.0"]);
    insta::assert_snapshot!(none.snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: no notes are stored for 1.1.0: neither the message of tag `v1.1.0` nor a git note has any, and GitHub has no release v1.1.0
    Hint: to generate them from history: tidings notes v1.1.0
    ");
}

#[test]
fn show_prefers_git_and_offline_uses_only_git() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    for tag in ["v1.0.0", "v1.1.0"] {
        fake.publish(Release { tag: tag.into(), body: "On the forge.".into(), ..Release::default() });
    }
    repo.git(&["notes", "--ref", "tidings", "add", "--message", "In git.", "v1.0.0"]);
    assert_eq!(shown(show(&repo, &fake, &["v1.0.0"])), "In git.\n");
    assert_eq!(fake.lines(), [""; 0]);
    assert_eq!(shown(show(&repo, &fake, &["v1.1.0"])), "On the forge.\n");
    fake.clear_log();
    let offline = show(&repo, &fake, &["v1.1.0", "--offline"]);
    assert_eq!((offline.status, fake.lines().len()), (Some(2), 0), "{}", offline.snapshot());
    assert!(offline.stderr.contains("requests to the forge are disabled"), "{}", offline.snapshot());
    // A clone without the tag; a tag that does not exist.
    repo.git(&["tag", "--delete", "v1.1.0"]);
    assert_eq!(shown(show(&repo, &fake, &["1.1.0"])), "On the forge.\n");
    assert_eq!(show(&repo, &fake, &["v9.0.0"]).status, Some(3));
    fake.fail_next(403, 1);
    let refused = show(&repo, &fake, &["v1.1.0"]);
    assert_eq!(refused.status, Some(4), "{}", refused.snapshot());
}

#[test]
fn foreign_release_asset_is_skipped() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    ok(&repo, &fake, &["v1.0.0", "--attach-json"]);
    let content = fake.release("v1.0.0").unwrap().assets[0].content.clone();
    repo.write("notes.json", content);
    ok(&repo, &fake, &["v1.1.0", "--attach", "notes.json"]);
    let other = show(&repo, &fake, &["v1.1.0"]);
    assert!(shown(show(&repo, &fake, &["v1.1.0"])).contains("add a door"));
    assert!(
        other.stderr.contains(
            "ignored the file notes.json of the release v1.1.0: it does not contain the notes of 1.1.0"
        ),
        "{}",
        other.snapshot()
    );
    assert_eq!(show(&repo, &fake, &["v1.1.0", "--format", "html"]).status, Some(2));
}

#[test]
fn unavailable_asset_falls_back_to_the_body() {
    for (forge, fake) in FORGES {
        let fake = fake("o", "r");
        let repo = repo(&fake);
        configure(&repo, forge, "");
        ok(&repo, &fake, &["v1.1.0", "--attach-json"]);
        let part = if forge == "github" { "/storage/" } else { "GET /" };
        fake.clear_log();
        show(&repo, &fake, &["v1.1.0"]);
        let failing = fake.lines().into_iter().rfind(|line| line.contains(part)).unwrap();
        fake.fail_at(&failing, 403, 2);
        let body = show(&repo, &fake, &["v1.1.0"]);
        assert!(
            body.stderr.contains("ignored the file notes.json of the release v1.1.0: "),
            "{}",
            body.snapshot()
        );
        assert!(shown(body).contains("- add a door"), "{forge}");
        assert_eq!(show(&repo, &fake, &["v1.1.0", "--format", "html"]).status, Some(2), "{forge}");
    }
}

#[test]
fn show_outside_a_clone_needs_the_repository_url() {
    let fake = Fake::github("o", "r");
    let repo = repo(&fake);
    fake.publish(Release { tag: "v1.1.0".into(), body: "On the forge.".into(), ..Release::default() });
    let lost = elsewhere(&repo, &fake, &["v1.1.0"], &[]);
    insta::assert_snapshot!(lost.snapshot(), @r"
    status: 2
    ----- stderr -----
    Error: no notes found for 1.1.0: there is no git repository here, and the forge of the repository is not known
    Hint: run the command in a clone (or with --repo), or set the URL of the project: TIDINGS_REPOSITORY__URL=https://github.com/OWNER/NAME, or `url` under [repository]
    ");
    // A pipeline job without a clone.
    let job = [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "o/r")];
    assert_eq!(shown(elsewhere(&repo, &fake, &["v1.1.0"], &job)), "On the forge.\n");
    let offline = elsewhere(&repo, &fake, &["v1.1.0", "--offline"], &job);
    assert_eq!(offline.status, Some(2), "{}", offline.snapshot());
    let wrong = elsewhere(&repo, &fake, &["nonsense"], &job);
    assert!(wrong.stderr.contains("`nonsense` is not a valid version"), "{}", wrong.snapshot());
}
