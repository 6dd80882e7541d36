//! Creating and updating the comment on each forge.

use super::*;

type New = fn(&str, &str) -> Fake;

const FORGES: [(&str, New, &str); 4] = [
    ("github", Fake::github, MARK),
    ("gitlab", Fake::gitlab, MARK),
    ("gitea", Fake::gitea, MARK),
    ("bitbucket", Fake::bitbucket, "[//]: # (tidings:pull-request)"),
];

#[test]
fn comment_is_created_once_and_updated_in_place() {
    for (name, new, mark) in FORGES {
        let fake = new("o", "r");
        let world = world(&fake, name, "");
        let ran = world.ok(&fake, &["--pull-request", "12"]);
        assert!(ran.stderr.contains("created the comment on"), "{}", ran.snapshot());
        let body = only_comment(&fake, 12);
        assert!(body.starts_with(&format!("{mark}\n")) && body.contains("add a door"), "{name}: {body}");
        assert!(body.contains("**1.1.0** with this pull request, **1.0.1** without it"), "{name}: {body}");
        assert!(!body.contains("oil the hinges"), "{name}: {body}");

        fake.clear_log();
        let again = world.ok(&fake, &["--pull-request", "12"]);
        assert!(again.stderr.contains("nothing to do"), "{}", again.snapshot());
        assert_eq!(writes(&fake), [""; 0]);

        fake.pull(12).title("fix: mend the door");
        let ran = world.ok(&fake, &["--pull-request", "12"]);
        assert!(ran.stderr.contains("updated the comment on"), "{}", ran.snapshot());
        let body = only_comment(&fake, 12);
        assert!(body.contains("mend the door") && !body.contains("add a door ("), "{name}: {body}");
    }
}

#[test]
fn comments_of_others_and_other_comments_are_left_alone() {
    for (name, new, mark) in FORGES {
        let fake = new("o", "r");
        let world = world(&fake, name, "");
        let foreign = format!("{mark}\nnot ours");
        fake.comment(12, "mallory", &foreign).comment(12, "ada", &format!("I quote:\n{mark}"));
        world.ok(&fake, &["--pull-request", "12"]);
        world.ok(&fake, &["--pull-request", "12"]);
        let comments = fake.pull_now(12).comments;
        let bodies: Vec<&str> = comments.iter().map(|comment| comment.body.as_str()).collect();
        assert_eq!(bodies[..2], [&foreign, &format!("I quote:\n{mark}")], "{name}");
        assert_eq!(bodies.len(), 3, "{name}: {bodies:?}");
        assert!(bodies[2].contains("add a door"), "{name}: {bodies:?}");
    }
}

#[test]
fn run_that_was_not_first_deletes_its_own_comment() {
    for (name, new, mark) in FORGES {
        let fake = new("o", "r");
        let world = world(&fake, name, "");
        fake.race(&format!("{mark}\nof the other run"));
        let ran = world.ok(&fake, &["--pull-request", "12"]);
        let body = only_comment(&fake, 12);
        assert!(body.contains("add a door") && !body.contains("of the other run"), "{name}: {body}");
        let deleted = writes(&fake).into_iter().filter(|line| line.starts_with("DELETE")).count();
        assert_eq!(deleted, 1, "{name}: {}", ran.snapshot());
    }
}

#[test]
fn account_of_an_app_is_recognised() {
    let fake = Fake::github("o", "r");
    fake.login("github-actions[bot]").hide_account();
    let world = world(&fake, "github", "");
    fake.comment(12, "github-actions", &format!("{MARK}\nof a user with a similar name"));
    for title in ["feat: one", "feat: two"] {
        fake.pull(12).title(title);
        world.ok(&fake, &["--pull-request", "12"]);
    }
    let comments = fake.pull_now(12).comments;
    assert_eq!(comments.len(), 2);
    assert!(comments[1].body.contains("two") && comments[1].author == "github-actions[bot]");

    let fake = Fake::gitea("o", "r");
    fake.login("gitea-actions").hide_account();
    let world = self::world(&fake, "gitea", "");
    fake.comment(12, "ada", &format!("{MARK}\nof another account"));
    world.ok(&fake, &["--pull-request", "12"]);
    fake.pull(12).title("feat: two");
    world.ok(&fake, &["--pull-request", "12"]);
    assert_eq!(fake.pull_now(12).comments.len(), 2);
}

#[test]
fn account_that_cannot_be_read_is_recognised_by_what_it_writes() {
    for (name, new) in [("github", Fake::github as New), ("gitea", Fake::gitea)] {
        let fake = new("o", "r");
        fake.login("release-app[bot]").hide_account();
        let world = world(&fake, name, "");
        for title in ["feat: one", "feat: two", "feat: three"] {
            fake.pull(12).title(title);
            fake.fail_at("POST /api/graphql", 403, 10);
            world.ok(&fake, &["--pull-request", "12"]);
        }
        assert!(only_comment(&fake, 12).contains("three"), "{name}");
    }
}

#[test]
fn dry_run_needs_no_token_and_writes_nothing() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let mut command = world.repo.tidings(&["comment", "--dry-run"]);
    command.env("TIDINGS_FORGE__API", fake.api());
    let ran = world.repo.run_command(command);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    // Without the pull request, its commits are the changes.
    assert!(ran.stdout.starts_with(MARK) && ran.stdout.contains("- add a door"), "{}", ran.snapshot());
    assert_eq!(fake.lines(), [""; 0]);

    let ran = world.ok(&fake, &["--dry-run", "--pull-request", "12"]);
    assert!(ran.stdout.contains("[#12]") && ran.stderr.contains("would create"), "{}", ran.snapshot());
    assert_eq!(writes(&fake), [""; 0]);
}

#[test]
fn failures_have_the_exit_code_of_their_kind() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let status = |args: &[&str]| {
        let ran = world.run(&fake, args);
        (ran.status, ran.stderr.lines().find(|line| line.starts_with("Error")).unwrap_or_default().to_owned())
    };
    assert_eq!(status(&[]), (Some(2), "Error: no pull request is given".to_owned()));
    assert_eq!(
        status(&["--pull-request", "99"]),
        (Some(1), "Error: there is no pull request #99".to_owned())
    );
    fake.fail_at("POST /api/v3/", 502, 1);
    assert_eq!(status(&["--pull-request", "12"]).0, Some(4));
    fake.fail_at("POST /api/v3/", 403, 1);
    let ran = world.run(&fake, &["--pull-request", "12"]);
    assert_eq!(ran.status, Some(4), "{}", ran.snapshot());
    assert!(ran.stderr.contains("docs/comment"), "{}", ran.snapshot());
    fake.pull(12).closed();
    assert_eq!(
        status(&["--pull-request", "12"]),
        (Some(1), "Error: pull request #12 is not open".to_owned())
    );

    let mut command = world.repo.tidings(&["comment", "--pull-request", "12"]);
    command.env("TIDINGS_FORGE__API", fake.api());
    let ran = world.repo.run_command(command);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains("needs a token"), "{}", ran.snapshot());

    let gitlab = Fake::gitlab("o", "r");
    let world = self::world(&gitlab, "gitlab", "");
    let mut command = world.repo.tidings(&["comment", "--pull-request", "12"]);
    command
        .env("CI_JOB_TOKEN", "job")
        .env("CI_API_V4_URL", gitlab.api())
        .env("TIDINGS_FORGE__API", gitlab.api());
    let ran = world.repo.run_command(command);
    assert_eq!(ran.status, Some(2), "{}", ran.snapshot());
    assert!(ran.stderr.contains("needs GITLAB_TOKEN"), "{}", ran.snapshot());
}

#[test]
fn long_comment_stays_within_the_limit_of_the_forge() {
    for (name, new, _) in FORGES {
        let fake = new("o", "r");
        let world = world(&fake, name, "unit = 'commit'");
        for number in 0..400 {
            world.repo.commit(Commit::new(format!("feat: number {number} {}", "x".repeat(200))));
        }
        let head = world.sha("topic");
        fake.pull(12).brought(&head);
        world.ok(&fake, &["--pull-request", "12"]);
        let body = only_comment(&fake, 12);
        assert_eq!(body.contains("left out"), name != "gitlab", "{name}: {}", body.len());
        assert!(body.contains("Next version: **1.1.0**"), "{name}");
    }
}
