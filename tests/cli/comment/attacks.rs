//! Pull requests of strangers.

use super::*;

#[test]
fn hostile_title_has_no_effect() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let titles = [
        "feat: ping @org/team and @ada",
        "feat: --> <img src=x onerror=alert(1)> <!-- x",
        &format!("feat: {MARK}"),
        "feat: [click](https://evil.example) ![x](https://evil.example/x.png)",
        "feat: closes #1, fixes GH-2\u{202e}",
    ];
    for title in titles {
        fake.pull(12).title(title);
        world.ok(&fake, &["--pull-request", "12"]);
        let body = only_comment(&fake, 12);
        let mut options = comrak::Options::default();
        options.extension.autolink = true;
        options.render.r#unsafe = true;
        let page = comrak::markdown_to_html(&body, &options);
        assert_eq!(page.matches("<!--").count(), 1, "{page}");
        for text in ["<img", "ping @", "and @", "href=\"https://evil", "\u{202e}"] {
            assert!(!page.contains(text), "{title}: {text}: {page}");
        }
    }
}

#[test]
fn mark_in_a_comment_of_a_stranger_changes_nothing() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let body = format!("{MARK}\n## Release notes\n\nNext version: **9.9.9**");
    fake.comment(12, "mallory", &body);
    world.ok(&fake, &["--pull-request", "12"]);
    world.ok(&fake, &["--pull-request", "12"]);
    let comments = fake.pull_now(12).comments;
    assert_eq!((comments.len(), &comments[0].body), (2, &body));
    let patched: Vec<String> = writes(&fake).into_iter().filter(|line| line.starts_with("PATCH")).collect();
    assert_eq!(patched, [""; 0]);
}

#[test]
fn configuration_of_a_fork_does_not_count() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    let rules = "[[rules]]\ntypes = ['*']\nhide = true\n[[sections]]\nid = 'features'\ntitle = 'EVIL'\n";
    let text = format!(
        "corrections = 'evil.toml'\n[notes]\ntemplate = 'evil.tera'\n{rules}\n[repository]\nurl = 'https://evil.example/o/r'\nforge = 'github'\n"
    );
    world.repo.commit(
        Commit::new("feat: mine")
            .file("tidings.toml", text)
            .file("evil.toml", "[pull_request.12]\ntitle = 'EVIL'\n")
            .file(".tidings/corrections.toml", "[pull_request.12]\ntitle = 'EVIL'\n")
            .file("evil.tera", "EVIL")
            .file(
                ".github/release.yml",
                "changelog:\n  categories:\n    - title: EVIL\n      labels: ['*']\n",
            ),
    );
    world.repo.materialize();
    let head = world.sha("topic");
    fake.pull(12).fork("eve/r").brought(&head);
    let run = |name: &str, payload: &Value| {
        let event = world.event(name, &world.base, payload);
        let ran = world.run_with(&fake, &[], &event);
        assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
        let body = only_comment(&fake, 12);
        assert!(body.contains("#### Features\n\n- add a door ([#12](http://127.0.0.1:"), "{body}");
        assert!(!body.contains("EVIL") && !body.contains("evil.example"), "{body}");
        assert!(body.contains("`tidings.toml` (configuration)"), "{body}");
        assert!(body.contains("`.tidings/corrections.toml` (corrections)"), "{body}");
    };
    // Even if a workflow checks out the fork.
    world.repo.git(&["checkout", "--quiet", "topic"]);
    run(
        "workflow_run",
        &json!({
            "workflow_run": { "event": "pull_request", "head_sha": head, "head_branch": "topic",
                "head_repository": repository(2, "eve/r") },
            "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
        }),
    );
    run(
        "pull_request",
        &json!({
            "pull_request": { "number": 12, "title": "feat: add a door", "labels": [],
                "head": { "sha": head, "ref": "topic", "repo": repository(2, "eve/r") },
                "base": { "sha": world.base, "ref": "main", "repo": repository(1, "o/r") } },
            "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
        }),
    );
}

#[test]
fn branch_of_a_remote_that_is_the_fork_is_not_the_base() {
    let fake = Fake::github("o", "r");
    let world = world(&fake, "github", "");
    fake.pull(12).fork("eve/r");
    // The fork's `main` pretends that the pull request is merged already.
    world.repo.git(&["update-ref", "refs/remotes/origin/main", &world.head]);
    let event = world.event(
        "workflow_run",
        &world.base,
        &json!({
            "workflow_run": { "event": "pull_request", "head_sha": world.head, "head_branch": "topic",
                "head_repository": repository(2, "eve/r") },
            "repository": { "id": 1, "full_name": "o/r", "default_branch": "main" },
        }),
    );
    let ran = world.run_with(&fake, &[], &event);
    assert_eq!(ran.status, Some(0), "{}", ran.snapshot());
    assert!(only_comment(&fake, 12).contains("add a door"));
}
