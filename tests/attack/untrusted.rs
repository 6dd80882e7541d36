//! An untrusted pull request: configuration, templates and corrections come from the base branch.

use std::{fs, process::Command};

use crate::support::{Commit, Ran, Repo};

/// Environment variables with their values.
type Variables = Vec<(&'static str, String)>;

/// A clone with an untrusted branch checked out: `main` is the base, with its own template, include, locale, mailmap
/// and rules; the work tree has the untrusted version of each.
struct Clone {
    repo: Repo,
    base: String,
}

const OWN: &str = "[notes]\ntemplate = \"t/notes.tera\"\ninclude = \"t/parts\"\n";

fn clone() -> Clone {
    let repo = Repo::new();
    let base = repo.commit(
        Commit::new("feat: one")
            .file("tidings.toml", OWN)
            .file("t/notes.tera", "BASE {% include \"part.tera\" %} {{ releases[0].contributors[0].name }}")
            .file("t/parts/part.tera", "PART")
            .file("t/l.toml", "features = \"News\"\n")
            .file(".mailmap", "Base Person <ada@example.com>\n"),
    );
    let base = repo.sha(base);
    repo.branch("stranger");
    repo.commit(
        Commit::new("feat: two")
            .file("tidings.toml", format!("{OWN}contributors = true\n"))
            .file("t/notes.tera", "STRANGER {% include \"part.tera\" %}")
            .file("t/parts/part.tera", "STRANGER")
            .file("t/parts/more.tera", "STRANGER")
            .file("t/own.tera", "STRANGER")
            .file(".mailmap", "Strange Person <ada@example.com>\n")
            .file(".github/release.yml", "changelog: [STRANGER"),
    );
    repo.materialize();
    repo.git(&["update-ref", "refs/remotes/origin/main", &base]);
    repo.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
    Clone { repo, base }
}

impl Clone {
    fn run(&self, args: &[&str], variables: &Variables) -> Ran {
        let mut command: Command = self.repo.tidings(args);
        command.args(["--offline"]).envs(variables.iter().map(|(name, value)| (name, value)));
        self.repo.run_command(command)
    }

    /// GitHub's variables for an event with this payload.
    fn github(&self, name: &str, payload: &str) -> Variables {
        let path = self.repo.home().join("event.json");
        fs::write(&path, payload).unwrap();
        vec![
            ("GITHUB_EVENT_NAME", name.to_owned()),
            ("GITHUB_EVENT_PATH", path.display().to_string()),
            ("GITHUB_REPOSITORY", "o/r".to_owned()),
            ("GITHUB_BASE_REF", "main".to_owned()),
        ]
    }

    fn assert_base(&self, ran: &Ran, what: &str) {
        assert_eq!(ran.status, Some(0), "{what}: {}", ran.snapshot());
        assert_eq!(ran.stdout.trim(), "BASE PART Base Person", "{what}: {}", ran.snapshot());
        assert!(ran.stderr.contains("untrusted"), "{what}: {}", ran.snapshot());
        assert!(ran.stderr.contains(&self.base[..7]), "{what}: {}", ran.snapshot());
    }

    fn assert_none(&self, ran: &Ran, what: &str) {
        assert_eq!(ran.status, Some(0), "{what}: {}", ran.snapshot());
        assert!(
            ran.stdout.contains("### Features") && !ran.stdout.contains("STRANGER"),
            "{what}: {}",
            ran.snapshot()
        );
        assert!(
            ran.stderr.contains("untrusted") && ran.stderr.contains("no configuration"),
            "{what}: {}",
            ran.snapshot()
        );
    }

    fn assert_trusted(&self, ran: &Ran, what: &str) {
        assert_eq!(ran.status, Some(0), "{what}: {}", ran.snapshot());
        assert_eq!(ran.stdout.trim(), "STRANGER STRANGER", "{what}: {}", ran.snapshot());
        assert!(!ran.stderr.contains("untrusted"), "{what}: {}", ran.snapshot());
    }
}

/// Stores a text as an object, and returns its ID.
fn blob(repo: &Repo, text: &str) -> String {
    let path = repo.home().join("blob");
    fs::write(&path, text).unwrap();
    repo.git(&["hash-object", "-w", path.to_str().unwrap()])
}

fn pull(head: &str, base_sha: &str) -> String {
    format!(
        r#"{{"pull_request": {{"head": {{"repo": {head}}}, "base": {{"ref": "main", "sha": "{base_sha}",
        "repo": {{"id": 1, "full_name": "o/r"}}}}}}, "repository": {{"full_name": "o/r", "default_branch": "main"}}}}"#
    )
}

const FORK: &str = r#"{"id": 2, "full_name": "evil/r"}"#;
const OURS: &str = r#"{"id": 1, "full_name": "o/r"}"#;

#[test]
fn fork_on_github_is_recognised() {
    let clone = clone();
    let run = |name: &str, payload: &str| clone.run(&["notes"], &clone.github(name, payload));
    let base = clone.base.as_str();
    for (what, head) in [
        ("another repository", FORK),
        ("a deleted fork", "null"),
        ("a fork of the same name as seen by a liar", r#"{"id": 2, "full_name": "o/r"}"#),
        ("no id", r#"{"full_name": "evil/r"}"#),
        ("no name", r#"{"id": 2}"#),
        ("nothing to compare", "{}"),
        ("nonsense", "[]"),
    ] {
        for event in [
            "pull_request",
            "pull_request_target",
            "pull_request_review",
            "pull_request_review_comment",
            "pull_request_sync",
        ] {
            clone.assert_base(&run(event, &pull(head, base)), &format!("{event}, {what}"));
        }
    }
    clone.assert_base(&run("pull_request_target", &pull(OURS, base)), "pull_request_target of our own");
    clone.assert_trusted(&run("pull_request", &pull(OURS, base)), "our own");
    let workflow = |head: &str, event: &str| {
        format!(
            r#"{{"workflow_run": {{"event": "{event}", "head_repository": {head}}}, "repository": {{"id": 1, "full_name": "o/r",
            "default_branch": "main"}}}}"#
        )
    };
    clone.assert_base(&run("workflow_run", &workflow(FORK, "pull_request")), "workflow_run of a fork");
    clone.assert_base(
        &run("workflow_run", &workflow("null", "pull_request")),
        "workflow_run of a deleted fork",
    );
    clone.assert_base(
        &run("workflow_run", &workflow(OURS, "pull_request_target")),
        "workflow_run after pull_request_target",
    );
    clone.assert_trusted(&run("workflow_run", &workflow(OURS, "push")), "workflow_run of our own");
    let comment =
        |issue: &str| format!(r#"{{"issue": {issue}, "repository": {{"default_branch": "main"}}}}"#);
    clone.assert_base(
        &run("issue_comment", &comment(r#"{"pull_request": {"url": "x"}}"#)),
        "a comment on a pull request",
    );
    clone.assert_trusted(&run("issue_comment", &comment("{}")), "a comment on an issue");
    for event in ["push", "schedule", "workflow_dispatch", "release"] {
        clone.assert_trusted(&run(event, "not JSON"), event);
    }
}

#[test]
fn unreadable_event_is_untrusted() {
    let clone = clone();
    for payload in [
        "",
        "not JSON",
        "[]",
        "7",
        "{}",
        "{\"pull_request\": null}",
        "{\"pull_request\": 1}",
        "\u{feff}{}",
        "{\"pull_request\": {}",
    ] {
        for event in ["pull_request", "pull_request_target", "workflow_run"] {
            let ran = clone.run(&["notes"], &clone.github(event, payload));
            clone.assert_base(&ran, &format!("{event}: {payload}"));
        }
    }
    for path in ["/none", "/dev/null", "/", ""] {
        let variables = vec![
            ("GITHUB_EVENT_NAME", "pull_request".to_owned()),
            ("GITHUB_EVENT_PATH", path.to_owned()),
            ("GITHUB_BASE_REF", "main".to_owned()),
        ];
        clone.assert_base(&clone.run(&["notes"], &variables), path);
    }
    let deep = format!("{{\"a\": {}", "[".repeat(100_000));
    clone.assert_base(&clone.run(&["notes"], &clone.github("pull_request", &deep)), "a deep event");
}

#[test]
fn forks_on_other_forges_are_recognised() {
    let clone = clone();
    let base = clone.base.clone();
    let gitlab = |source: &str, more: &[(&'static str, &str)]| {
        let mut variables = vec![
            ("CI_PROJECT_ID", "1".to_owned()),
            ("CI_MERGE_REQUEST_PROJECT_ID", "1".to_owned()),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", source.to_owned()),
            ("CI_MERGE_REQUEST_IID", "7".to_owned()),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.clone()),
        ];
        variables.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        variables
    };
    clone.assert_base(&clone.run(&["notes"], &gitlab("2", &[])), "GitLab");
    clone.assert_base(&clone.run(&["notes"], &gitlab("", &[])), "GitLab, a deleted fork");
    // A pipeline that runs in the fork itself.
    clone.assert_base(&clone.run(&["notes"], &gitlab("2", &[("CI_PROJECT_ID", "2")])), "GitLab, in the fork");
    clone.assert_trusted(&clone.run(&["notes"], &gitlab("1", &[])), "GitLab, our own");
    let branch = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", "x"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")];
    clone.assert_base(&clone.run(&["notes"], &gitlab("2", &branch)), "GitLab, by the branch");
    for variables in [
        vec![("SYSTEM_PULLREQUEST_ISFORK", "True"), ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")],
        vec![("CHANGE_FORK", "evil"), ("CHANGE_TARGET", "main")],
    ] {
        let variables: Variables =
            variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        clone.assert_base(&clone.run(&["notes"], &variables), &format!("{variables:?}"));
    }
    let circle = vec![("CIRCLE_PR_REPONAME", "r".to_owned())];
    clone.assert_none(&clone.run(&["notes"], &circle), "CircleCI does not tell the base branch");
}

#[test]
fn branches_of_a_fork_are_not_the_base() {
    let clone = clone();
    let evil = clone.repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    // As left by `actions/checkout` when a workflow checks out the fork: `origin` is the fork.
    clone.repo.git(&["remote", "set-url", "origin", "https://github.com/evil/r.git"]);
    clone.repo.git(&["update-ref", "refs/remotes/origin/main", &evil]);
    clone.repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    clone.repo.git(&["update-ref", "refs/heads/origin/main", &evil]);
    clone.repo.git(&["update-ref", "refs/tags/main", &evil]);
    let payload = pull(FORK, &clone.base);
    clone.assert_base(
        &clone.run(&["notes"], &clone.github("pull_request_target", &payload)),
        "the event's commit",
    );
    let missing = pull(FORK, &"1".repeat(40));
    clone.assert_none(
        &clone.run(&["notes"], &clone.github("pull_request_target", &missing)),
        "no other commit",
    );
    for sha in ["", "main", "HEAD", "HEAD^{/x}", "--all", "refs/heads/stranger", &evil[..10]] {
        clone
            .assert_none(&clone.run(&["notes"], &clone.github("pull_request_target", &pull(FORK, sha))), sha);
    }
    // A replace ref in the clone does not replace the commit.
    clone.repo.git(&["update-ref", &format!("refs/replace/{}", clone.base), &evil]);
    let ran = clone.run(&["notes"], &clone.github("pull_request_target", &payload));
    assert!(!ran.stdout.contains("STRANGER"), "{}", ran.snapshot());
    clone.repo.git(&["update-ref", "-d", &format!("refs/replace/{}", clone.base)]);
    // The project itself, under another name.
    clone.repo.git(&["remote", "add", "base", "git@github.com:O/R.git"]);
    clone.repo.git(&["update-ref", "refs/remotes/base/main", &clone.base]);
    clone.assert_base(
        &clone.run(&["notes"], &clone.github("pull_request", &missing)),
        "the project's own remote",
    );
}

#[test]
fn flags_and_variable_override_the_detection() {
    let clone = clone();
    let fork = clone.github("pull_request", &pull(FORK, &clone.base));
    let variable = |value: &str| vec![("TIDINGS_UNTRUSTED", value.to_owned())];
    clone.assert_base(&clone.run(&["notes", "--untrusted"], &Vec::new()), "--untrusted");
    clone.assert_base(&clone.run(&["notes"], &variable("true")), "the variable");
    clone.assert_base(&clone.run(&["notes"], &variable("1")), "the variable");
    clone.assert_base(&clone.run(&["notes", "--untrusted"], &variable("false")), "a flag over the variable");
    clone.assert_base(&clone.run(&["notes", "--config-from", &clone.base], &Vec::new()), "--config-from");
    clone.assert_trusted(&clone.run(&["notes"], &variable("false")), "the variable disables it");
    clone.assert_trusted(&clone.run(&["notes", "--trusted"], &fork), "--trusted");
    clone.assert_trusted(&clone.run(&["notes", "--no-untrusted"], &variable("true")), "--no-untrusted");
    let over = [fork.clone(), variable("false")].concat();
    clone.assert_trusted(&clone.run(&["notes"], &over), "the variable over what is recognised");
    assert_eq!(clone.run(&["notes"], &variable("perhaps")).status, Some(2));
    assert_eq!(clone.run(&["notes", "--trusted", "--untrusted"], &Vec::new()).status, Some(2));
    assert_eq!(clone.run(&["notes", "--config-from", "nowhere"], &Vec::new()).status, Some(3));
    insta::assert_snapshot!(clone.run(&["notes"], &fork).snapshot(), @r"
    status: 0
    ----- stdout -----
    BASE PART Base Person[no line end]
    ----- stderr -----
    Warning: untrusted (a pull request from a fork): configuration from [c1] (main)
    Warning: no version is tagged (the repository has no tags), so the notes cover the whole history; if the remote has tags, run `git fetch --tags`
    ");
}

#[test]
fn untrusted_files_are_not_read_under_any_key() {
    let clone = clone();
    let fork = clone.github("pull_request", &pull(FORK, &clone.base));
    clone.repo.write("ci.toml", "[notes]\ntemplate = \"t/own.tera\"\n").write("own.toml", "STRANGER");
    for args in [
        &["notes", "--template", "t/own.tera"][..],
        &["--config", "ci.toml", "notes"],
        &["notes", "--locale", "own.toml"],
        &["notes", "--template", "../repo/t/own.tera"],
    ] {
        let ran = clone.run(args, &fork);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.snapshot());
        assert!(
            !ran.stdout.contains("STRANGER") && ran.stderr.contains("base commit"),
            "{args:?}: {}",
            ran.snapshot()
        );
    }
    // A file that the base branch has too is read from the base branch.
    clone.assert_base(&clone.run(&["notes", "--template", "t/notes.tera"], &fork), "--template");
    clone.assert_base(&clone.run(&["--config", "tidings.toml", "notes"], &fork), "--config");
    let mut variable = fork.clone();
    variable.push(("TIDINGS_NOTES__TEMPLATE", "t/own.tera".to_owned()));
    assert_eq!(clone.run(&["notes"], &variable).status, Some(2));
    // Files outside belong to the user.
    fs::write(clone.repo.home().join("mine.tera"), "MINE").unwrap();
    assert_eq!(clone.run(&["notes", "--template", "../mine.tera"], &fork).stdout.trim(), "MINE");
}

#[test]
fn untrusted_links_do_not_leave_the_repository() {
    let clone = clone();
    let fork = clone.github("pull_request", &pull(FORK, &clone.base));
    let outside = clone.repo.home().join("outside.md");
    fs::write(&outside, "UNTOUCHED").unwrap();
    #[cfg(unix)]
    for name in ["CHANGELOG.md", "notes.md"] {
        // Not even a file that is not tracked at all.
        std::os::unix::fs::symlink("../outside.md", clone.repo.dir().join(name)).unwrap();
    }
    for args in [
        &["changelog", "--write"][..],
        &["notes", "--output", "notes.md"],
        &["changelog", "--write", "--file", "notes.md"],
    ] {
        let ran = clone.run(args, &fork);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.snapshot());
        assert_eq!(fs::read_to_string(&outside).unwrap(), "UNTOUCHED", "{args:?}");
    }
}

#[test]
fn paths_in_the_base_commit_stay_in_it() {
    let clone = clone();
    let (repo, secret) = (&clone.repo, clone.repo.home().join("secret.tera"));
    fs::write(&secret, "SECRET").unwrap();
    let links = [
        ("out.tera", "../secret.tera"),
        ("absolute.tera", secret.to_str().unwrap()),
        ("folder", ".."),
        ("loop.tera", "loop.tera"),
        ("git.tera", ".git/config"),
        ("zero.tera", "/dev/zero"),
    ];
    for (name, target) in links {
        let link = blob(repo, target);
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{},{name}", link.trim())]);
    }
    let large = blob(repo, &"x".repeat((1 << 20) + 1));
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},large.tera", large.trim())]);
    let inside = blob(repo, "t/../t/notes.tera");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{},inside.tera", inside.trim())]);
    for template in [
        "out.tera",
        "absolute.tera",
        "folder/secret.tera",
        "loop.tera",
        "git.tera",
        "zero.tera",
        "large.tera",
        "../secret.tera",
        ".git/config",
        "t",
        "none.tera",
    ] {
        let config = blob(repo, &format!("[notes]\ntemplate = \"{template}\"\n"));
        repo.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("100644,{},tidings.toml", config.trim()),
        ]);
        let tree = repo.git(&["write-tree"]);
        let commit = repo.git(&["commit-tree", "-m", "base", tree.trim()]);
        let ran = clone.run(&["notes", "--config-from", commit.trim()], &Vec::new());
        assert_eq!(ran.status, Some(2), "{template}: {}", ran.snapshot());
        assert!(!ran.stdout.contains("SECRET"), "{template}: {}", ran.snapshot());
    }
    let config = blob(repo, &OWN.replace("t/notes", "inside"));
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},tidings.toml", config.trim())]);
    let tree = repo.git(&["write-tree"]);
    let commit = repo.git(&["commit-tree", "-m", "base", tree.trim()]);
    let ran = clone.run(&["notes", "--config-from", commit.trim()], &Vec::new());
    assert!(
        ran.stdout.contains("STRANGER STRANGER"),
        "the index has the stranger's files: {}",
        ran.snapshot()
    );
}

#[test]
fn untrusted_configuration_does_not_publish() {
    let clone = clone();
    let fork = clone.github("pull_request_target", &pull(FORK, &clone.base));
    for args in [
        &["publish", "v1.0.0"][..],
        &["attach", "localhost:1/x:v1.0.0", "v1.0.0"],
        &["promote", "localhost:1/x:v1", "localhost:1/y:v1"],
        &["notify", "--to", "slack", "--url-env", "X"],
        &["tag", "v1.0.0", "--push"],
        &["tag", "v1.0.0"],
    ] {
        let ran = clone.run(args, &fork);
        assert_eq!(ran.status, Some(2), "{args:?}: {}", ran.snapshot());
        assert!(
            ran.stderr.contains("is refused") && ran.stderr.contains("--trusted"),
            "{args:?}: {}",
            ran.snapshot()
        );
    }
    assert_eq!(clone.repo.git(&["tag"]), "");
    let ran = clone.run(&["tag", "v1.0.0", "--dry-run"], &fork);
    assert!(!ran.stderr.contains("is refused"), "{}", ran.snapshot());
}
