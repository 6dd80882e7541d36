//! Forges that repeat the request in their response.

use serde_json::json;

use super::server::{Request, Response, Server, files, forms, leaks};
use crate::support::{Ran, Repo, forge::Fake};

/// Contains characters that every encoding escapes.
const TOKEN: &str = "ghp_q7Zk/2+x9?Lw8&v<1";

struct Forge {
    name: &'static str,
    variable: &'static str,
    path: &'static str,
}

const FORGES: [Forge; 4] = [
    Forge { name: "github", variable: "GITHUB_TOKEN", path: "/api/v3" },
    Forge { name: "gitlab", variable: "GITLAB_TOKEN", path: "/api/v4" },
    Forge { name: "gitea", variable: "GITEA_TOKEN", path: "/api/v1" },
    Forge { name: "bitbucket", variable: "BITBUCKET_TOKEN", path: "/2.0" },
];

fn repo(forge: &str) -> Repo {
    let repo = Repo::new();
    let repository = format!("[repository]\nurl = 'https://forge.example/o/r'\nforge = '{forge}'\n");
    repo.write("tidings.toml", format!("{repository}[network]\ntries = 1\n"));
    repo.commit("feat: start");
    repo.tag("v1.0.0");
    repo.commit("feat: add a door (#11)");
    repo.tag("v1.1.0");
    repo
}

fn run(repo: &Repo, forge: &Forge, server: &Server, args: &[&str]) -> Ran {
    let mut command = repo.tidings(args);
    command.env(forge.variable, TOKEN);
    command.env("TIDINGS_FORGE__API", format!("http://{}{}", server.host, forge.path));
    repo.run_command(command)
}

/// Asserts that no output of the run, except `allowed`, contains the token in any form.
fn assert_clean(repo: &Repo, ran: &Ran, what: &str) {
    for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        assert_eq!(leaks(TOKEN, text), [""; 0], "{what}: {name}: {text}");
    }
    for (path, text) in files(repo.home()) {
        assert_eq!(leaks(TOKEN, &text), [""; 0], "{what}: {path}: {text}");
    }
}

/// A response with all forms of the token, and the whole request, in every field that the program reads.
fn echo(request: &Request, status: u16) -> Response {
    let repeated: Vec<String> =
        forms(TOKEN).into_iter().map(|(name, form)| format!("{name}: {form}")).collect();
    let sent = request.all();
    let body = json!({ "message": repeated.join(" | "), "error": sent, "errors": [{ "message": sent, "type": TOKEN }],
        "raw": repeated, "version": TOKEN });
    let headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("ETag".to_owned(), format!("\"{}\"", forms(TOKEN)[14].1)),
        ("Link".to_owned(), format!("<http://127.0.0.1:1/?token={TOKEN}&page=2>; rel=\"last\"")),
    ];
    (status, headers, body.to_string())
}

#[test]
fn recordings_messages_and_caches_hold_no_token_that_a_forge_repeats() {
    let mut recordings = 0;
    for forge in &FORGES {
        for status in [200, 401, 404, 500] {
            let server = Server::start(move |request| echo(request, status));
            let repo = repo(forge.name);
            let what = format!("{} {status}", forge.name);
            let ran = run(
                &repo,
                forge,
                &server,
                &["notes", "v1.1.0", "--forge", "--verbose", "--record", "../run.json"],
            );
            assert_eq!(ran.status, Some(0), "{what}: {}", ran.stderr);
            assert!(
                server.requests().iter().any(|request| request.all().contains(TOKEN)),
                "{what}: no request was sent"
            );
            assert_clean(&repo, &ran, &what);
            let recording = std::fs::read_to_string(repo.home().join("run.json")).unwrap();
            assert!(recording.contains("***"), "{what}: {recording}");

            let mut command = repo.tidings(&["notes", "v1.1.0", "--replay", "../run.json"]);
            command.env("TIDINGS_FORGE__API", format!("http://{}{}", server.host, forge.path));
            let played = repo.run_command(command);
            assert!(!played.stderr.contains("has no response"), "{what}: {}", played.stderr);
            assert_eq!((played.status, &played.stdout), (Some(0), &ran.stdout), "{what}: {}", played.stderr);
            // The same with the cache, which is not used while recording.
            let ran = run(&repo, forge, &server, &["notes", "v1.1.0", "--forge", "--verbose"]);
            assert_clean(&repo, &ran, &what);
            let ran = run(&repo, forge, &server, &["notes", "v1.1.0", "--forge", "--format", "json"]);
            assert!(ran.stdout.contains("\"complete\":false") || status == 404, "{what}: {}", ran.stdout);
            assert_clean(&repo, &ran, &what);
            let ran = run(&repo, forge, &server, &["publish", "v1.1.0", "--verbose"]);
            assert!(ran.status != Some(0), "{what}");
            assert_clean(&repo, &ran, &what);
            recordings += 1;
        }
    }
    assert_eq!(recordings, 16);
}

#[test]
fn non_json_response_is_redacted() {
    for forge in &FORGES {
        let server = Server::start(|request| (502, Vec::new(), format!("<pre>{}</pre>", request.all())));
        let repo = repo(forge.name);
        let ran =
            run(&repo, forge, &server, &["notes", "v1.1.0", "--forge", "-v", "--record", "../run.json"]);
        assert_clean(&repo, &ran, forge.name);
    }
}

#[test]
fn password_of_a_named_user_is_redacted_in_basic_form() {
    let server = Server::start(|request| echo(request, 403));
    let repo = repo("bitbucket");
    let mut command = repo.tidings(&["notes", "v1.1.0", "--forge", "-v", "--record", "../run.json"]);
    command.env("BITBUCKET_USER", "ada").env("BITBUCKET_APP_PASSWORD", TOKEN);
    command.env("TIDINGS_FORGE__API", format!("http://{}/2.0", server.host));
    let ran = repo.run_command(command);
    assert!(
        server
            .requests()
            .iter()
            .any(|request| request.header("authorization").is_some_and(|it| it.starts_with("Basic ")))
    );
    assert_clean(&repo, &ran, "bitbucket");
}

#[test]
fn token_from_a_file_is_redacted() {
    let server = Server::start(|request| echo(request, 403));
    let repo = repo("gitlab");
    std::fs::write(repo.home().join("token"), TOKEN).unwrap();
    let mut command = repo.tidings(&["notes", "v1.1.0", "--forge", "-v", "--record", "../run.json"]);
    command.env("TIDINGS_FORGE__TOKEN_FILE", repo.home().join("token"));
    command.env("TIDINGS_FORGE__API", format!("http://{}/api/v4", server.host));
    let ran = repo.run_command(command);
    std::fs::remove_file(repo.home().join("token")).unwrap();
    assert!(server.was_sent(TOKEN), "{}", ran.stderr);
    assert_clean(&repo, &ran, "token_file");
}

#[test]
fn notes_keep_a_token_and_a_warning_names_its_variable() {
    for (title, format) in [
        (format!("feat: open the door with {TOKEN}"), "markdown"),
        ("feat: open the door with ghp_plain_0123456789".to_owned(), "json"),
        ("feat: open the door with ghp_plain_0123456789".to_owned(), "text"),
    ] {
        let token = title.rsplit(' ').next().unwrap().to_owned();
        let fake = Fake::github("o", "r");
        let repo = repo("github");
        repo.branch("door").commit("wip");
        repo.checkout("main").merge("door", "Merge pull request #11 from o/door");
        repo.tag("v1.2.0");
        fake.pull(11).title(&title).merged_as(&repo.sha(repo.head()));
        let notes = |args: &[&str]| {
            let mut command = repo.tidings(&[&["notes", "v1.2.0", "--format", format], args].concat());
            command.env("GITHUB_TOKEN", &token).env("OTHER_TOKEN", &token);
            command.env("TIDINGS_FORGE__API", fake.api());
            repo.run_command(command)
        };
        let ran = notes(&["--record", "../run.json"]);
        let warning = "the notes contain the value of GITHUB_TOKEN";
        assert!(ran.stderr.contains(warning), "{}", ran.snapshot());
        assert_eq!(leaks(&token, &ran.stderr), [""; 0]);
        assert!(ran.stdout.contains("ghp") && !ran.stdout.contains("***"), "{}", ran.stdout);
        assert_eq!(ran.stderr.matches("the value of").count(), 1, "{}", ran.stderr);
        let ran = notes(&["--output", "../notes"]);
        assert!(ran.stderr.contains(warning), "{}", ran.stderr);
        std::fs::remove_file(repo.home().join("notes")).unwrap();
        for (path, text) in files(repo.home()) {
            assert_eq!(leaks(&token, &text), [""; 0], "{path}: {text}");
        }
        // From the recording, which does not contain the token.
        let mut command = repo.tidings(&["notes", "v1.2.0", "--replay", "../run.json"]);
        command.env("TIDINGS_FORGE__API", fake.api());
        let played = repo.run_command(command);
        assert!(played.stdout.contains("open the door"), "{}", played.stderr);
    }
}

#[test]
fn short_value_is_not_redacted() {
    let fake = Fake::github("o", "r");
    let repo = repo("github");
    fake.pull(11).title("feat: open the door").merged_as(&repo.sha(repo.head()));
    let mut command = repo.tidings(&["notes", "v1.1.0", "--record", "../run.json"]);
    command.env("GITHUB_TOKEN", "open").env("TIDINGS_FORGE__API", fake.api());
    let ran = repo.run_command(command);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    assert!(std::fs::read_to_string(repo.home().join("run.json")).unwrap().contains("open the door"));
}
